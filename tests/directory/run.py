#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The room ldap/ against a real OpenLDAP, a real Samba domain controller, and servers that misbehave, in a network
namespace of its own; last line: N passed, N failed. Names of cases as arguments run only those."""

import sys
from pathlib import Path

import namespace

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
import unittest_suite  # noqa: E402
import world  # noqa: E402
from api_cases import RestApi  # noqa: E402
from gateway_cases import Gateway, SlowDirectory, Synchronised  # noqa: E402
from hostile_cases import Hostile  # noqa: E402
from openldap_cases import Accounts, FailOver, Groups, Injection, Logins, Many, Walkthrough  # noqa: E402
from samba_cases import ActiveDirectory  # noqa: E402
from tls_cases import Certificates, StartTls  # noqa: E402

__all__ = ["Accounts", "ActiveDirectory", "Certificates", "FailOver", "Gateway", "Groups", "Hostile", "Injection", "Logins", "Many", "RestApi", "SlowDirectory", "StartTls", "Synchronised", "Walkthrough"]


def main():
    namespace.enter()
    world.shared = world.World()
    try:
        return unittest_suite.run(sys.modules[__name__], sys.argv[1:])
    finally:
        world.shared.stop()


if __name__ == "__main__":
    sys.exit(main())
