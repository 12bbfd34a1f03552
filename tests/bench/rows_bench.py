# SPDX-License-Identifier: Apache-2.0
"""A large result, text and binary, through Scrim (a mask and a row rule on) against the same protected SELECT sent directly:
throughput, and the memory that scrimd needed for it."""

import subprocess

import pgbench_bench
from row import Row, at_least, median
from servers import HERE, ROOT, memory_of, peak_of, say

GOVERNED = "SELECT * FROM wide"
BY_HAND = "SELECT id, name, amount, seen, region, 'hidden'::text AS note, weight FROM wide WHERE region <> 'nowhere'"


def read(mode, query, dsn):
    """(rows, bytes, seconds)"""
    done = subprocess.run([ROOT / "build/release/tests/bench/bench_client", "rows", mode, query, dsn], capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(done.stderr.strip())
    rows, size, seconds = done.stdout.split()
    return int(rows), int(size), float(seconds)


def run(servers, options):
    pgbench_bench.load_all(servers, options.rows)
    scrim = servers.start_scrimd((HERE / "pgbench.yaml").read_text())
    before = memory_of(scrim.pid)
    rows = []
    for mode in ("text", "binary"):
        direct, through = [], []
        for _ in range(max(1, min(options.rounds, 3))):
            direct.append(read(mode, BY_HAND, servers.direct))
            through.append(read(mode, GOVERNED, scrim.dsn))
        if {r[:2] for r in direct} != {r[:2] for r in through}:
            raise RuntimeError(f"results differ: direct {direct[0][:2]}, through Scrim {through[0][:2]} (rows, bytes)")
        ours, theirs = median(r[2] for r in through), median(r[2] for r in direct)
        size = direct[0][1] / 1e6
        say(f"  {mode}: direct {size / theirs:.0f} MB/s, scrim {size / ours:.0f} MB/s")
        rows.append(at_least(f"{options.rows:,} rows, {mode}", "direct", theirs / ours, 0.95,
                             f"  ({size / ours:.0f} / {size / theirs:.0f} MB/s)"))
    grown = (peak_of(scrim.pid) - before) / 1e6
    rows.append(Row(f"{options.rows:,} rows, memory added", "-", "<= 8 MB", f"{grown:.1f} MB", grown <= 8))
    return rows
