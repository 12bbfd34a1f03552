#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the GoogleTest binaries that CTest knows under the label "unit" and sums their tests, two binaries at a time.

Usage: unit_suite.py [--preset dev] [name part ...]
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PRINTING = threading.Lock()


def list_tests(build):
    text = subprocess.run(["ctest", "--test-dir", str(build), "-L", "^unit$", "--show-only=json-v1"],
                          capture_output=True, text=True, check=True).stdout
    for test in json.loads(text)["tests"]:
        properties = {p["name"]: p["value"] for p in test.get("properties", [])}
        yield test["name"], test.get("command"), properties.get("WORKING_DIRECTORY", str(build)), properties.get("TIMEOUT", 300)


def count(report):
    """(passed, skipped names, failed names) of a GoogleTest JSON report."""
    passed, skipped, failed = 0, [], []
    for suite in report["testsuites"]:
        for test in suite["testsuite"]:
            name = f"{suite['name']}.{test['name']}"
            if test.get("failures"):
                failed.append(name)
            elif test.get("result") == "SKIPPED" or test.get("status") == "NOTRUN":
                skipped.append(name)
            else:
                passed += 1
    return passed, skipped, failed


def run(test):
    name, command, folder, limit = test
    if not command:
        return report_line(name, 0, [], ["is not built"], "")
    with tempfile.TemporaryDirectory() as scratch:
        report = Path(scratch) / "report.json"
        try:
            done = subprocess.run([*command, f"--gtest_output=json:{report}", "--gtest_color=no"], cwd=folder, timeout=limit,
                                  stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                  env={**os.environ, "SCRIM_SOURCE_DIR": str(ROOT)})
            output, code = done.stdout.decode(errors="replace"), done.returncode
        except subprocess.TimeoutExpired as late:
            output, code = (late.stdout or b"").decode(errors="replace"), f"none: stopped after {limit} s"
        if code in (0, 1) and report.exists():
            passed, skipped, failed = count(json.loads(report.read_text()))
            if code == 1 and not failed:
                failed = ["exit code 1 without a failed test"]
        else:  # a crash writes no report: what had passed counts, and the crash is one failure
            passed, skipped = len(re.findall(r"^\[       OK \]", output, re.M)), []
            failed = [f"did not finish (exit code {code})"]
    return report_line(name, passed, skipped, failed, output)


def report_line(name, passed, skipped, failed, output):
    with PRINTING:
        print(f"{'FAIL' if failed else 'ok  '} {name}: {passed} passed" + (f", {len(failed)} failed" if failed else "") +
              (f", {len(skipped)} skipped: {', '.join(skipped)}" if skipped else ""), flush=True)
        for problem in failed:
            print(f"     {name}: {problem}")
        if failed:
            lines = [line for line in output.splitlines() if not re.match(r"\[( RUN|       OK|---|===)", line)]
            print("\n".join("     | " + line for line in lines[-80:]), flush=True)
    return passed, len(failed)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--preset", default="dev")
    parser.add_argument("parts", nargs="*")
    options = parser.parse_args()
    tests = [t for t in list_tests(ROOT / "build" / options.preset)
             if not options.parts or any(part in t[0] for part in options.parts)]
    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(run, tests))
    passed, failed = sum(r[0] for r in results), sum(r[1] for r in results)
    print(f"{passed} passed, {failed} failed")
    return 0 if passed and not failed else 1


if __name__ == "__main__":
    sys.exit(main())
