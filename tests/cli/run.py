#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The command line scrim against a real scrimd and a real PostgreSQL behind it; last line: N passed, N failed.

Usage: run.py [CASE ..]        all, or those named: Users, Users.test_long_lists_go_over_pages
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import cli_world  # noqa: E402
import unittest_suite  # noqa: E402
from applying import Apply  # noqa: E402
from nouns import Audit, Connections, Directories, Sources, Users  # noqa: E402
from people import Groups, ManyTables, Tags  # noqa: E402
from policy_tests import PolicyTests  # noqa: E402
from projects import Projects  # noqa: E402
from querying import Query  # noqa: E402
from shapes import Formats, Itself, Page, Whole  # noqa: E402
from signing_in import SigningIn, Tokens, Trust  # noqa: E402

__all__ = ["Apply", "Audit", "Connections", "Directories", "Formats", "Groups", "Itself", "ManyTables", "Page", "PolicyTests", "Projects", "Query", "SigningIn", "Sources", "Tags", "Tokens", "Trust", "Users", "Whole"]


def main():
    cli_world.shared = cli_world.World()
    try:
        return unittest_suite.run(sys.modules[__name__], sys.argv[1:])
    finally:
        cli_world.shared.stop()


if __name__ == "__main__":
    sys.exit(main())
