# SPDX-License-Identifier: Apache-2.0
"""pgbench's select by primary key, simple, extended and prepared, with 8 and 64 clients: Scrim with a mask and a row rule, in
its default and its strict audit mode, against PgBouncer (transaction mode) and direct access."""

import re
import subprocess
import tempfile
from pathlib import Path

from row import Row, at_least, at_most, median
from servers import HERE, say

SCALE = 10
SCRIPT = "\\set aid random(1, 100000 * :scale)\nSELECT abalance FROM pgbench_accounts WHERE aid = :aid;\n"
BINARY = "/usr/lib/postgresql/15/bin/pgbench"


def load(servers):
    done = subprocess.run([BINARY, "-q", "-i", "-s", str(SCALE), "-I", "dtGvp", servers.direct], capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(done.stderr.strip())


def load_wide(servers, rows):
    servers.postgres.psql(f"""
        DROP TABLE IF EXISTS wide;
        CREATE UNLOGGED TABLE wide AS
          SELECT i AS id, md5(i::text) AS name, (i * 7919::bigint % 1000003)::numeric / 100 AS amount,
                 timestamptz '2026-01-01' + i % 31536000 * interval '1 second' AS seen,
                 (ARRAY['north', 'south', 'east', 'west'])[1 + i % 4] AS region, 'note ' || i AS note, i * 0.5::float8 AS weight
          FROM generate_series(1, {rows}) AS i;
        ALTER TABLE wide OWNER TO bench;
        VACUUM (ANALYZE, FREEZE) wide;""", "bench")


def load_all(servers, rows=None):
    """Both tables of pgbench.yaml; rows: the size that `wide` must have."""
    servers.load("pgbench", SCALE, lambda: load(servers))
    servers.load("wide", rows, lambda: load_wide(servers, rows or 1000))


def once(dsn, mode, clients, seconds):
    """(transactions per second, p99 in milliseconds) of one round."""
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "select.sql"
        script.write_text(SCRIPT)
        done = subprocess.run([BINARY, "-n", "-M", mode, "-c", str(clients), "-j", "2", "-T", str(seconds), "-D", f"scale={SCALE}",
                               "-f", str(script), "-l", "--sampling-rate=0.05", f"--log-prefix={folder}/log", dsn],
                              capture_output=True, text=True, cwd=folder)
        rate = re.search(r"^tps = ([\d.]+)", done.stdout, re.M)
        failed = re.search(r"^number of failed transactions: (\d+)", done.stdout, re.M)
        if done.returncode != 0 or not rate or (failed and failed[1] != "0"):
            raise RuntimeError(f"pgbench -M {mode} -c {clients} to port {dsn.split()[1]}: "
                               f"{done.stderr.strip()[:500] or 'no transaction finished, or some failed'}")
        times = sorted(int(line.split()[2]) for log in Path(folder).glob("log.*") for line in log.read_text().splitlines())
    return float(rate[1]), (times[int(len(times) * 0.99)] / 1000 if times else 0.0)


def compare(targets, mode, clients, options):
    results = {name: [] for name in targets}
    for _ in range(options.rounds):
        for name, dsn in targets.items():
            try:
                results[name].append(once(dsn, mode, clients, options.seconds))
            except RuntimeError as error:
                raise RuntimeError(f"{name}: {error}") from error
    figures = {name: (median(r[0] for r in rounds), median(r[1] for r in rounds)) for name, rounds in results.items()}
    say(f"  {mode} {clients}: " + ", ".join(f"{name} {tps:.0f} tps p99 {late:.2f} ms" for name, (tps, late) in figures.items()))
    return figures


def rows_of(mode, clients, figures):
    what, rows = f"pgbench -S -M {mode}, {clients} clients", []
    tps, late = figures["scrim"]
    if "pgbouncer" in figures:
        other, other_late = figures["pgbouncer"]
        rows.append(at_least(what, "PgBouncer", tps / other, 1.3, f"  ({tps:.0f} / {other:.0f} tps)"))
        rows.append(at_most(what + ", p99", "PgBouncer", late / other_late, 1.0, f"  ({late:.2f} / {other_late:.2f} ms)"))
    direct = figures["direct"][0]
    rows.append(at_least(what, "direct", tps / direct, 0.8 if mode == "prepared" else 0.9, f"  ({tps:.0f} / {direct:.0f} tps)"))
    if "strict" in figures:
        rows.append(Row(what + ", strict audit", "direct", "-", f"{figures['strict'][0] / direct:.2f}  ({figures['strict'][0]:.0f} tps)"))
    return rows


def run(servers, options):
    load_all(servers)
    bouncer = servers.start_pgbouncer(200)
    configuration = (HERE / "pgbench.yaml").read_text()
    scrim = servers.start_scrimd(configuration)
    strict = servers.start_scrimd(configuration, audit="strict", name="scrimd-strict")
    rows = []
    for mode in ("simple", "extended", "prepared"):
        targets = {"direct": servers.direct, "pgbouncer": bouncer.dsn, "scrim": scrim.dsn, "strict": strict.dsn}
        if mode == "prepared":  # PgBouncer 1.18 has no prepared statements in transaction mode
            del targets["pgbouncer"]
        for clients in (8, 64):
            rows += rows_of(mode, clients, compare(targets, mode, clients, options))
    return rows
