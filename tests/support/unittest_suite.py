# SPDX-License-Identifier: Apache-2.0
"""Runs a module of unittest cases as a suite of ./dev test: prints each failure, closes with "N passed, N failed"."""

import sys
import unittest


def run(module):
    result = unittest.TextTestRunner(sys.stdout, verbosity=0).run(unittest.defaultTestLoader.loadTestsFromModule(module))
    failed = len(result.failures) + len(result.errors) + len(result.unexpectedSuccesses)
    print(f"{result.testsRun - failed} passed, {failed} failed")
    return 1 if failed or not result.testsRun else 0
