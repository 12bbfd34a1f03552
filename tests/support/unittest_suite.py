# SPDX-License-Identifier: Apache-2.0
"""Runs a module of unittest cases as a suite of ./dev test: prints each failure, closes with "N passed, N failed"."""

import faulthandler
import os
import sys
import unittest


def run(module, names=()):
    """All cases of the module, or those named ("Class", "Class.test")."""
    loader = unittest.defaultTestLoader
    cases = loader.loadTestsFromNames(names, module) if names else loader.loadTestsFromModule(module)
    limit = int(os.environ.get("SCRIM_SUITE_SECONDS", "0"))
    if limit > 10:  # where it hangs, before it is stopped
        faulthandler.dump_traceback_later(limit - 5)
    result = unittest.TextTestRunner(sys.stdout, verbosity=0).run(cases)
    failed = len(result.failures) + len(result.errors) + len(result.unexpectedSuccesses)
    print(f"{result.testsRun - failed} passed, {failed} failed")
    return 1 if failed or not result.testsRun else 0
