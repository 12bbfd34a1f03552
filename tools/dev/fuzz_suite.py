#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Builds the fuzz targets (tests/fuzz/*_fuzz.cpp, preset fuzz) and runs each for a time, two at once, from its corpus.

Usage: fuzz_suite.py [--seconds 60] [--seed 1] [target ..]

With one seed every run makes the same search as far as its time goes, so that a change is judged by what it changes. To
look for new things search long and differently: --seconds 900 --seed 0 takes a new seed each time and goes on from what
earlier such runs found. What breaks a target lies in build/fuzz/found/<target>/crashes and is printed in base64.
"""

import argparse
import base64
import os
import re
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build" / "fuzz"
FUZZ = ROOT / "tests" / "fuzz"

# Cases of other suites that are good beginnings: each line is an input.
LINES = {"printer_fuzz": "tests/unit/server_query_parse/*.sql", "shape_fuzz": "tests/unit/server_query_parse/*.sql"}
# Where the words stand that a target's input is made of: each text in quotes there is one.
WORDS = {
    "apply_yaml_fuzz": "server/app*/*.cpp",
    "policy_tests_fuzz": "server/cli/policy_tests.cpp",
    "contract_fuzz": "common/contract/*.cpp",
    "copy_fuzz": "server/gateway/copy_options.cpp",
    "gateway_startup_fuzz": "server/gateway/setting*.cpp",
    "policy_language_fuzz": "common/policy/*.cpp",
    "printer_fuzz": "server/query/parse/keywords.inc",
    "shape_fuzz": "server/query/parse/keywords.inc",
}
# An input takes milliseconds. The limit is for endless loops; it is wall-clock time, and a busy machine may stand still.
LONGEST_INPUT_SECONDS = 120
MOST_MEGABYTES = 3072
LARGEST_PRINTED = 8192


def files(pattern):
    return sorted(ROOT.glob(pattern)) if pattern else []


def write_beginning(target, found):
    """The list of the inputs to begin with, by name, because the order of a folder differs between machines."""
    lines = found / "lines"
    shutil.rmtree(lines, ignore_errors=True)
    lines.mkdir()
    for file in files(LINES.get(target)):
        for number, line in enumerate(file.read_text().splitlines()):
            (lines / f"{file.stem}-{number:03}").write_text(line)
    paths = sorted((FUZZ / "corpus" / target).glob("*")) + sorted(lines.glob("*"))
    (found / "beginning").write_text(",".join(map(str, paths)))


def write_dictionary(target, found):
    text = "".join(file.read_text() for file in files(WORDS.get(target)))
    words = sorted(set(re.findall(r'"([A-Za-z][A-Za-z_ -]{1,30})"', text)))
    (found / "dictionary").write_text("".join(f'"{word}"\n' for word in words))


def prepare(target, fresh):
    found = BUILD / "found" / target
    if fresh:
        shutil.rmtree(found / "inputs", ignore_errors=True)
    for folder in ("inputs", "crashes"):
        (found / folder).mkdir(parents=True, exist_ok=True)
    write_beginning(target, found)
    write_dictionary(target, found)
    return found


def still():
    """The words in front of a command that keep its addresses where they are, where that is allowed: they decide what
    libFuzzer notices, and so what it tries next."""
    words = ["setarch", os.uname().machine, "-R"]
    try:
        return words if subprocess.run([*words, "true"], stderr=subprocess.DEVNULL).returncode == 0 else []
    except OSError:
        return []


def command_for(target, options, found):
    command = [*still(), BUILD / "tests" / "fuzz" / target, f"-max_total_time={options.seconds}", f"-seed={options.seed}",
               f"-timeout={LONGEST_INPUT_SECONDS}", f"-report_slow_units={LONGEST_INPUT_SECONDS}",
               f"-rss_limit_mb={MOST_MEGABYTES}", "-reload=0", "-print_final_stats=1", f"-artifact_prefix={found}/crashes/",
               f"-seed_inputs=@{found}/beginning"]
    if (found / "dictionary").stat().st_size > 0:  # libFuzzer takes no empty one
        command.append(f"-dict={found}/dictionary")
    return [str(word) for word in [*command, found / "inputs"]]


def show(path, target):
    data = path.read_bytes()
    if len(data) > LARGEST_PRINTED:
        print(f"     | {path.name}: {len(data)} bytes, too many to print; it is in {path.parent.relative_to(ROOT)}")
        return
    text = base64.b64encode(data).decode()
    print(f"     | to run it again: echo {text} | base64 -d > input; build/fuzz/tests/fuzz/{target} input")


def run(target, options):
    found = prepare(target, fresh=options.seed != 0)
    crashes = found / "crashes"
    started = time.time()
    try:
        done = subprocess.run(command_for(target, options, found), cwd=ROOT, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                              timeout=options.seconds + 3 * LONGEST_INPUT_SECONDS)
        output, code = done.stdout.decode(errors="replace"), done.returncode
    except subprocess.TimeoutExpired as late:
        output, code = (late.stdout or b"").decode(errors="replace"), "none: did not end"
    runs = re.search(r"stat::number_of_executed_units:\s*(\d+)", output)
    peak = re.search(r"stat::peak_rss_mb:\s*(\d+)", output)
    good = code == 0 and runs is not None and int(runs[1]) > 0
    print(f"{'ok  ' if good else 'FAIL'} {target}: {runs[1] if runs else 0} inputs in {options.seconds} s, "
          f"{peak[1] if peak else '?'} MB, seed {options.seed}" + ("" if good else f", exit code {code}"), flush=True)
    if not good:
        print("\n".join("     | " + line for line in output.splitlines()[-40:]))
        for path in sorted(path for path in crashes.iterdir() if path.stat().st_mtime >= started):
            show(path, target)
        sys.stdout.flush()
    return good


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1, help="0: another one each time")
    parser.add_argument("targets", nargs="*")
    options = parser.parse_args()
    targets = options.targets or sorted(path.stem for path in FUZZ.glob("*_fuzz.cpp"))
    built = subprocess.run(["./dev", "build", *targets], cwd=ROOT, env={**os.environ, "SCRIM_PRESET": "fuzz"}, text=True,
                           stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
    if built.returncode != 0:
        print(built.stdout[-4000:])
        print("0 passed, 1 failed")
        return 1
    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(lambda target: run(target, options), targets))
    print(f"{results.count(True)} passed, {results.count(False)} failed")
    return 0 if results and all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
