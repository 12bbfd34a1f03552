#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the suites of tests/suites.txt and closes with one line: N passed, N failed."""

import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LAST_LINE = re.compile(r"^(\d+) passed, (\d+) failed$")


@dataclass
class Suite:
    name: str
    builds: list
    seconds: int
    command: str


def read_suites(path):
    suites = []
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        fields = [field.strip() for field in line.split("|", 3)]
        if len(fields) != 4 or not fields[2].isdigit() or not fields[3]:
            sys.exit(f"{path}:{number}: expected 'name | builds | seconds | command'")
        builds = [] if fields[1] == "-" else fields[1].split()
        suites.append(Suite(fields[0], builds, int(fields[2]), fields[3]))
    return suites


def choose(suites, names):
    known = {suite.name for suite in suites}
    unknown = [name for name in names if name not in known]
    if unknown:
        sys.exit(f"no suite named {', '.join(unknown)}; there are: {', '.join(suite.name for suite in suites)}")
    return [suite for suite in suites if not names or suite.name in names]


class Builder:
    """Builds each preset and target list once; a build that failed fails every suite that needs it."""

    def __init__(self, logs):
        self.logs, self.done = logs, {}

    def build(self, spec):
        if spec not in self.done:
            self.done[spec] = self._run(spec)
        return self.done[spec]

    def _run(self, spec):
        preset, _, targets = spec.partition(":")
        print(f"  building {spec} ...", flush=True)
        started = time.monotonic()
        log = self.logs / f"build-{re.sub('[^a-z0-9]+', '-', spec)}.log"
        with log.open("wb") as out:
            code = subprocess.run(["./dev", "build", *filter(None, targets.split(","))], cwd=ROOT, stdout=out,
                                  stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                                  env={**os.environ, "SCRIM_PRESET": preset}).returncode
        if code != 0:
            print(f"  build of {spec} FAILED; the end of {log}:")
            print("".join(log.read_text(errors="replace").splitlines(keepends=True)[-60:]), flush=True)
        else:
            print(f"  built {spec} in {time.monotonic() - started:.0f} s", flush=True)
        return code == 0


def run_command(suite, log_path):
    """Streams the suite's output; returns (exit code or None when stopped, last line)."""
    env = {**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    env["SCRIM_SUITE_SECONDS"] = str(suite.seconds)
    if suite.builds:
        env["SCRIM_BUILD"] = str(ROOT / "build" / suite.builds[0].partition(":")[0])
    process = subprocess.Popen(["bash", "-c", suite.command], cwd=ROOT, env=env, stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
    stopped = False

    def stop(*_):
        nonlocal stopped
        stopped = True
        os.killpg(process.pid, signal.SIGTERM)

    signal.signal(signal.SIGALRM, stop)
    signal.alarm(suite.seconds)
    last = ""
    try:
        with log_path.open("w") as log:
            for raw in process.stdout:
                line = raw.decode(errors="replace").rstrip("\n")
                last = line.strip() or last
                log.write(line + "\n")
                print("  " + line, flush=True)
        code = process.wait()
    finally:
        signal.alarm(0)
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
    return (None if stopped else code), last


def run_suite(suite, builder, logs):
    """Returns (passed, failed)."""
    for spec in suite.builds:
        if not builder.build(spec):
            return 0, 1
    code, last = run_command(suite, logs / f"{suite.name}.log")
    found = LAST_LINE.match(last)
    passed, failed = (int(found[1]), int(found[2])) if found else (0, 0)
    if code is None:
        print(f"  {suite.name}: stopped after its limit of {suite.seconds} s")
    elif not found:
        print(f"  {suite.name}: ended with exit code {code} and without its last line 'N passed, N failed'")
    elif passed + failed == 0:
        print(f"  {suite.name}: nothing ran")
    if code is None or not found or passed + failed == 0 or (code != 0 and failed == 0):
        failed += 1
    return passed, failed


def main():
    suites = read_suites(Path(os.environ.get("SCRIM_SUITES", ROOT / "tests" / "suites.txt")))
    if sys.argv[1:] == ["--list"]:
        print("\n".join(suite.name for suite in suites))
        return 0
    # A shell's background job ignores it, and so would all that is started here, Ctrl-C in a test's terminal too.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    chosen = choose(suites, sys.argv[1:])
    logs = ROOT / "build" / "test"
    logs.mkdir(parents=True, exist_ok=True)
    builder = Builder(logs)
    results = []
    for number, suite in enumerate(chosen, 1):
        print(f"[{number}/{len(chosen)}] {suite.name}", flush=True)
        started = time.monotonic()
        passed, failed = run_suite(suite, builder, logs)
        results.append((suite.name, passed, failed, time.monotonic() - started))
    print()
    for name, passed, failed, seconds in results:
        print(f"{'FAIL' if failed else 'ok  '} {name:16} {passed:8} passed {failed:6} failed {seconds:8.1f} s")
    passed, failed = sum(r[1] for r in results), sum(r[2] for r in results)
    print(f"{passed} passed, {failed} failed", flush=True)
    return 0 if passed and not failed else 1


if __name__ == "__main__":
    sys.exit(main())
