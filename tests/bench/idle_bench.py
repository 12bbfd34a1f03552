# SPDX-License-Identifier: Apache-2.0
"""Many idle sessions: the memory of each, through Scrim and through PgBouncer, and whether a new one is still served at once."""

import subprocess
import time

import pgbench_bench
from row import Row
from servers import HERE, ROOT, memory_of, say

QUERY = "SELECT abalance FROM pgbench_accounts WHERE aid = 1"


def hold(child, count):
    """(bytes per session, seconds to open them all, seconds that a new login with one query takes)"""
    before = memory_of(child.pid)
    started = time.monotonic()
    client = subprocess.Popen([ROOT / "build/release/tests/bench/bench_client", "idle", str(count), child.dsn], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        if not client.stdout.readline().startswith("open"):
            raise RuntimeError(f"{count} sessions: {client.stderr.read().strip()}")
        opened = time.monotonic() - started
        each = (memory_of(child.pid) - before) / count
        started = time.monotonic()
        subprocess.run(["psql", "-XAtc", QUERY, child.dsn], check=True, capture_output=True)
        return each, opened, time.monotonic() - started
    finally:
        client.stdin.close()
        client.wait()


def run(servers, options):
    pgbench_bench.load_all(servers)
    bouncer = servers.start_pgbouncer(options.sessions + 100)
    scrim = servers.start_scrimd((HERE / "pgbench.yaml").read_text(), sessions=options.sessions + 100)
    rows = []
    theirs = hold(bouncer, options.sessions)
    ours = hold(scrim, options.sessions)
    say(f"  opened in {ours[1]:.1f} s (PgBouncer {theirs[1]:.1f} s)")
    what = f"{options.sessions:,} idle sessions"
    rows.append(Row(what + ", memory each", "PgBouncer", "<= 20 KB", f"{ours[0] / 1000:.1f} KB  (PgBouncer {theirs[0] / 1000:.1f} KB)",
                    ours[0] <= 20_000))
    rows.append(Row(what + ", a new login and query", "PgBouncer", "-", f"{ours[2] * 1000:.0f} ms  (PgBouncer {theirs[2] * 1000:.0f} ms)"))
    return rows
