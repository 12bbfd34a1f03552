# SPDX-License-Identifier: Apache-2.0
"""Counts checks, and names those that failed."""

import traceback


class Report:
    def __init__(self):
        self.passed = self.failed = 0

    def check(self, good, what):
        self.passed, self.failed = self.passed + bool(good), self.failed + (not good)
        if not good:
            print(f"FAIL {what}", flush=True)

    def case(self, function, *arguments):
        try:
            function(*arguments)
            self.check(True, "")
        except Exception:  # a broken case must not hide the others
            self.check(False, f"{function.__name__}:\n{traceback.format_exc(limit=-3)}")
