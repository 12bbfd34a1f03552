#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Builds the fuzz targets (tests/fuzz/*_fuzz.cpp, preset fuzz) and runs each for a time, two at once, from its corpus.

Usage: fuzz_suite.py [--seconds 60] [target ..]. What a run finds lies in build/fuzz/found/<target>.
"""

import argparse
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build" / "fuzz"


def run(target, seconds):
    corpus, found = ROOT / "tests" / "fuzz" / "corpus" / target, BUILD / "found" / target
    inputs, crashes = found / "inputs", found / "crashes"
    for folder in (inputs, crashes):
        folder.mkdir(parents=True, exist_ok=True)
    seeds = [str(corpus)] if corpus.is_dir() else []
    command = [BUILD / "tests" / "fuzz" / target, f"-max_total_time={seconds}", "-timeout=10", "-rss_limit_mb=2048", "-print_final_stats=1",
               f"-artifact_prefix={crashes}/", inputs, *seeds]
    try:
        done = subprocess.run([str(word) for word in command], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              stdin=subprocess.DEVNULL, timeout=seconds + 120)
        output, code = done.stdout.decode(errors="replace"), done.returncode
    except subprocess.TimeoutExpired:
        output, code = "", "none: did not end"
    runs = re.search(r"stat::number_of_executed_units:\s*(\d+)", output)
    good = code == 0 and runs is not None and int(runs[1]) > 0
    print(f"{'ok  ' if good else 'FAIL'} {target}: {runs[1] if runs else 0} inputs in {seconds} s" +
          ("" if good else f", exit code {code}; what broke it is in {crashes.relative_to(ROOT)}"), flush=True)
    if not good:
        print("\n".join("     | " + line for line in output.splitlines()[-40:]), flush=True)
    return good


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("targets", nargs="*")
    options = parser.parse_args()
    targets = options.targets or sorted(path.stem for path in (ROOT / "tests" / "fuzz").glob("*_fuzz.cpp"))
    built = subprocess.run(["./dev", "build", *targets], cwd=ROOT, env={**os.environ, "SCRIM_PRESET": "fuzz"}, text=True,
                           stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
    if built.returncode != 0:
        print(built.stdout[-4000:])
        print("0 passed, 1 failed")
        return 1
    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(lambda target: run(target, options.seconds), targets))
    print(f"{results.count(True)} passed, {results.count(False)} failed")
    return 0 if results and all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
