#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The layers suite: the checker's own tests, then the checker on this tree, one test a rule."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import check_test  # noqa: E402
from check import check  # noqa: E402


def main():
    own = unittest.TextTestRunner(sys.stdout, verbosity=0).run(unittest.defaultTestLoader.loadTestsFromModule(check_test))
    failed = len(own.failures) + len(own.errors)
    passed = own.testsRun - failed
    for name, problems in check(Path(__file__).resolve().parents[2]):
        print(f"{'FAIL' if problems else 'ok  '} {name.replace('_', ' ')}")
        for problem in problems:
            print("     " + problem)
        passed, failed = passed + (not problems), failed + bool(problems)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
