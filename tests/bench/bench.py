#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""./dev bench [NAME ..] [--quick] [--size NAME=VALUE ..]: target and figure side by side, in one run.

Every bench of BENCHES is a function (servers, options) -> [Row]; its targets are those of docs/architecture.md's page on speed.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import api_bench  # noqa: E402
import idle_bench  # noqa: E402
import pgbench_bench  # noqa: E402
import rows_bench  # noqa: E402
import tpch_bench  # noqa: E402
from row import Row, note, table  # noqa: E402
from servers import ROOT, Servers, say  # noqa: E402

BENCHES = {
    "pgbench": pgbench_bench.run,
    "rows": rows_bench.run,
    "tpch": tpch_bench.run,
    "idle": idle_bench.run,
    "api": api_bench.run,
    "programs": None,  # bench_* of tests/bench/*_bench.cpp: each prints rows as JSON lines
}


def run_programs(_, options):
    """Programs in C++ print one JSON object a line: {"what", "against", "target", "figure", "met"}."""
    rows = []
    for program in sorted((ROOT / "build" / "release" / "tests" / "bench").glob("bench_*")):
        if program.name == "bench_client" or not os.access(program, os.X_OK) or not program.is_file():
            continue
        say(f"  {program.name} ...")
        done = subprocess.run([program, *(["--quick"] if options.quick else [])], capture_output=True, text=True, cwd=ROOT)
        if done.returncode != 0:
            raise RuntimeError(f"{program.name} failed: {done.stderr.strip()[-500:]}")
        rows += [Row(**json.loads(line)) for line in done.stdout.splitlines() if line.startswith("{")]
    return rows


def build():
    say("bench: building (preset release) ...")
    wanted = ["scrimd", "bench_client"] + [f"bench_{p.stem.removesuffix('_bench')}" for p in Path(__file__).parent.glob("*_bench.cpp")]
    done = subprocess.run(["./dev", "build", *wanted], cwd=ROOT, env={**os.environ, "SCRIM_PRESET": "release"},
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        sys.exit(done.stdout[-4000:])


def main():
    BENCHES["programs"] = run_programs
    parser = argparse.ArgumentParser(prog="./dev bench")
    parser.add_argument("names", nargs="*")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--quick", action="store_true", help="small sizes and short rounds: does it work? Figures mean little")
    parser.add_argument("--seconds", type=int, help="length of a pgbench round (default 5; quick 1)")
    parser.add_argument("--rounds", type=int, help="rounds of each, interleaved; the median counts (default 5; quick 1)")
    parser.add_argument("--rows", type=int, help="rows of the large result (default 5,000,000; quick 50,000)")
    parser.add_argument("--scale", type=float, help="scale factor of TPC-H (default 1; quick 0.01)")
    parser.add_argument("--sessions", type=int, help="idle sessions (default 5,000; quick 200)")
    parser.add_argument("--folder", default=str(ROOT / "build" / "bench"))
    parser.add_argument("--no-build", action="store_true", help="measure what is built already")
    parser.add_argument("--json", help="also write the rows to this file")
    options = parser.parse_args()
    if options.list:
        print("\n".join(BENCHES))
        return 0
    unknown = [name for name in options.names if name not in BENCHES]
    if unknown:
        sys.exit(f"no bench named {', '.join(unknown)}; there are: {', '.join(BENCHES)}")
    for name, full, quick in (("seconds", 5, 1), ("rounds", 5, 1), ("rows", 5_000_000, 50_000), ("scale", 1, 0.01),
                              ("sessions", 5_000, 200)):
        if getattr(options, name) is None:
            setattr(options, name, quick if options.quick else full)
    if not options.no_build:
        build()
    return measure(options)


def measure(options):
    rows, broken = [], []
    for name in options.names or BENCHES:
        say(f"bench: {name}")
        started = time.monotonic()
        try:
            with Servers(options.folder) as servers:
                found = BENCHES[name](servers, options)
        except RuntimeError as error:
            say(f"  {name} could not be measured: {error}")
            broken.append(name)
            continue
        rows += found
        print(table(found), flush=True)
        say(f"  took {time.monotonic() - started:.0f} s")
    print("\n" + note(options) + "\n" + table(rows))
    print(f"{sum(row.met is True for row in rows)} targets met, {sum(row.met is False for row in rows)} missed"
          + (f", not measured: {', '.join(broken)}" if broken else ""))
    if options.json:
        Path(options.json).write_text(json.dumps([row.__dict__ for row in rows], indent=1) + "\n")
    return 1 if broken or not rows else 0


if __name__ == "__main__":
    sys.exit(main())
