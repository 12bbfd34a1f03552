# SPDX-License-Identifier: Apache-2.0
"""TPC-H's 22 queries through Scrim, with masks and row rules, against the same SQL on hand-written security_barrier views."""

import subprocess
import sys
from pathlib import Path

from row import Row, at_most, median
from servers import HERE, ROOT, conninfo, say

GENERATOR = "tpchgen-cli==4.0.0"
TABLES = ("region", "nation", "part", "supplier", "partsupp", "customer", "orders", "lineitem")


def generator(folder):
    """TPC-H's own rows come from a generator on PyPI, in an environment of its own."""
    program = Path(folder) / "tpchgen" / "bin" / "tpchgen-cli"
    if not program.exists():
        for command in ([sys.executable, "-m", "venv", program.parent.parent], [program.parent / "pip", "-q", "install", GENERATOR]):
            done = subprocess.run(command, capture_output=True, text=True)
            if done.returncode != 0:
                raise RuntimeError(f"{GENERATOR} could not be installed: {done.stderr.strip()[-300:]}")
    return program


def load(servers, scale):
    program = generator(servers.folder)
    run = servers.postgres.psql
    if not run("SELECT 1 FROM pg_database WHERE datname = 'tpch'"):
        run("CREATE DATABASE tpch")
    run((HERE / "tpch/schema.sql").read_text(), "tpch")
    for name in TABLES:
        with subprocess.Popen([program, "tbl", "-s", str(scale), "-T", name, "--stdout"], stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL) as rows:
            # A line of TPC-H's own format ends with one separator too many.
            with subprocess.Popen(["sed", "s/|$//"], stdin=rows.stdout, stdout=subprocess.PIPE) as lines:
                done = subprocess.run(["psql", "-Xq", "-c", f"COPY {name} FROM STDIN (DELIMITER '|')", servers.postgres.dsn("tpch")],
                                      stdin=lines.stdout, capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(f"loading {name}: {done.stderr.strip()}")
    run((HERE / "tpch/indexes.sql").read_text(), "tpch")
    run("VACUUM (ANALYZE, FREEZE)", "tpch")


def timed(query, dsn, rounds):
    done = subprocess.run([ROOT / "build/release/tests/bench/bench_client", "time", str(rounds), dsn], input=query,
                          capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(done.stderr.strip())
    return [(float(line.split()[0]), line.split()[1:]) for line in done.stdout.splitlines()]


def compare(query, hand, scrim, rounds):
    """(median by hand, median through Scrim). Each on one connection, after a round that warms it up."""
    theirs, ours = timed(query, hand, rounds + 1)[1:], timed(query, scrim, rounds + 1)[1:]
    if any(rows != theirs[0][1] for _, rows in ours + theirs):
        raise RuntimeError(f"results differ: by hand {theirs[0][1]}, through Scrim {ours[0][1]} (rows, digest)")
    return median(s for s, _ in theirs), median(s for s, _ in ours)


def run(servers, options):
    servers.load("tpch", f"{options.scale:g}", lambda: load(servers, options.scale))
    servers.postgres.psql((HERE / "tpch/views.sql").read_text(), "tpch")
    scrim = servers.start_scrimd((HERE / "tpch.yaml").read_text(), name="scrimd-tpch")
    hand = conninfo(servers.postgres.port, database="tpch") + " options='-c search_path=by_hand'"
    hand_total = scrim_total = 0.0
    slower, broken = [], []
    for path in sorted((HERE / "tpch").glob("q*.sql")):
        try:
            theirs, ours = compare(path.read_text(), hand, scrim.dsn, max(1, min(options.rounds, 3)))
        except RuntimeError as error:
            broken.append(path.stem)
            say(f"  {path.stem}: {error}")
            continue
        say(f"  {path.stem}: by hand {theirs * 1000:9.1f} ms, scrim {ours * 1000:9.1f} ms, {ours / theirs:.2f}")
        hand_total, scrim_total = hand_total + theirs, scrim_total + ours
        slower += [f"{path.stem} {ours / theirs:.2f}"] if ours > theirs * 1.1 else []
    done = 22 - len(broken)
    rows = [Row(f"TPC-H SF {options.scale:g}, queries answered", "-", "22", f"{done}" + (f" (not {', '.join(broken)})" if broken else ""),
                not broken)]
    if done:
        rows.append(at_most(f"TPC-H SF {options.scale:g}, masks and row rules, time", "security_barrier views", scrim_total / hand_total, 1.03,
                            f"  ({scrim_total:.2f} / {hand_total:.2f} s)" + (f"; over 1.1: {', '.join(slower)}" if slower else "")))
    return rows
