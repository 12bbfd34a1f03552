#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The wire protocol as clients meet it, by raw sockets and psql, against a scrimd; last line: N passed, N failed."""

import sys

import gateway_world
import unittest_suite
from gateway_certificates import Certificates
from gateway_extended import ExtendedProtocol, Greed
from gateway_limits import Addresses, Counts, Memory, Records, Shares, TheEnd, Times
from gateway_login import BeforeLogin
from gateway_projects import Projects
from gateway_revocation import Revocation
from gateway_simple import CopyOut, SimpleProtocol

__all__ = ["Addresses", "BeforeLogin", "Certificates", "CopyOut", "Counts", "ExtendedProtocol", "Greed", "Projects", "Records", "Revocation", "SimpleProtocol", "TheEnd", "Times"]


def main():
    gateway_world.shared = gateway_world.World()
    try:
        return unittest_suite.run(sys.modules[__name__])
    finally:
        gateway_world.shared.stop()


if __name__ == "__main__":
    sys.exit(main())
