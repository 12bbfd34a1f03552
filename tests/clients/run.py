#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs real client drivers against the demo world. Usage: with_drivers run.py [client ...]; last line: N passed, N failed.

The world is one of its own (build/clients/demo), served by the build that SCRIM_PRESET names. With SCRIM_KEEP_DEMO=1 a running
demo (build/demo/env) is used and left as it is.
"""
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(ROOT / "tests" / "support"))
from private_scrim import check_no_report  # noqa: E402

KEEP = bool(os.environ.get("SCRIM_KEEP_DEMO"))
TOOLS = ROOT / "build" / "clients"
PGJDBC = "org.postgresql:postgresql:42.7.4"
JAR = TOOLS / "postgresql.jar"
DEMO = ROOT / "build" / "demo" if KEEP else TOOLS / "demo"
CLIENTS = {
    "psql": ["python", "psql_client.py"],
    "psycopg3": ["python", "psycopg3_client.py"],
    "psycopg2": ["python", "psycopg2_client.py"],
    "asyncpg": ["python", "asyncpg_client.py"],
    "odbc": ["python", "odbc_client.py"],
    "node": ["node", "node_client.js"],
    "jdbc": ["java", "-cp", str(JAR), "JdbcClient.java"],
}
# What alice may see, written by hand against the source itself.
VISIBLE = ("FROM customer JOIN purchase ON customer.id = purchase.customer_id "
           "WHERE purchase.department IN ('Toys', 'Home Goods') AND product_id = 15")


def python():
    return sys.executable  # the one with the drivers: tests/support/with_drivers


def fetch_node():
    folder = TOOLS / "node"
    folder.mkdir(parents=True, exist_ok=True)
    wanted = (HERE / "package.json").read_text()
    if not ((folder / "node_modules").exists() and (folder / "package.json").read_text() == wanted):
        shutil.copy(HERE / "package.json", folder)
        subprocess.run(["npm", "install", "--silent", "--no-audit", "--no-fund"], cwd=folder, check=True)
    shutil.copy(HERE / "node_client.js", folder)  # modules resolve from the script's own folder


def fetch_jdbc():
    if JAR.exists():
        return
    group, artifact, version = PGJDBC.split(":")
    subprocess.run(["mvn", "-q", "-B", "dependency:copy", f"-Dartifact={PGJDBC}", f"-DoutputDirectory={TOOLS}"], check=True,
                   stdin=subprocess.DEVNULL)
    (TOOLS / f"{artifact}-{version}.jar").rename(JAR)


def demo(option):
    subprocess.run([ROOT / "dev", "demo", "--folder", DEMO, option], check=True, stdin=subprocess.DEVNULL)


def demo_environment():
    """Starts the demo unless told to keep one; its settings as a dict."""
    if not KEEP:
        demo("--stop")  # what another run may have left
        demo("--detach")
    script = f"set -a; . {DEMO}/env; env -0"
    out = subprocess.run(["bash", "-c", script], capture_output=True, check=True).stdout.decode()
    return dict(item.split("=", 1) for item in out.split("\0") if "=" in item)


def expected_rows(env):
    code = """
import json, os, psycopg2
db = psycopg2.connect(os.environ["RETAIL_DSN"])
cursor = db.cursor()
visible = os.environ["VISIBLE"]
cursor.execute("SELECT customer.id, first_name, last_name, age, country, product_id, department, purchase_date::text " + visible +
               " AND age BETWEEN 18 AND 24 ORDER BY customer.id, purchase_date, department")
rows = [list(row) for row in cursor.fetchall()]
cursor.execute("SELECT count(*) " + visible)
print(json.dumps({"reference": rows, "product15": cursor.fetchone()[0]}))
"""
    out = subprocess.run([python(), "-c", code], env={**env, "VISIBLE": VISIBLE}, capture_output=True, text=True, check=True).stdout
    return json.loads(out)


def run_client(name, env):
    command = list(CLIENTS[name])
    folder = TOOLS / "node" if name == "node" else HERE
    if command[0] == "python":
        command[0] = python()
    try:
        done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=300)
        out, err, code = done.stdout, done.stderr, done.returncode
    except subprocess.TimeoutExpired as late:
        out, err, code = (late.stdout or b"").decode(), "timed out after 300 s", 1
    lines = [line for line in out.splitlines() if line.startswith(("ok ", "FAIL "))]
    passed = sum(line.startswith("ok ") for line in lines)
    failed = len(lines) - passed
    if not lines or (code != 0 and failed == 0):
        failed += 1
        lines.append(f"FAIL ended with {code}: {err[-800:]}")
    for line in lines:
        print(f"{name}: {line}", flush=True)
    return passed, failed


def main():
    names = sys.argv[1:] or list(CLIENTS)
    TOOLS.mkdir(parents=True, exist_ok=True)
    if "node" in names:
        fetch_node()
    if "jdbc" in names:
        fetch_jdbc()
    env = {**os.environ, **demo_environment()}
    expected = expected_rows(env)
    assert expected["reference"], "the reference query must have rows, or the checks prove nothing"
    path = TOOLS / "expected.json"
    path.write_text(json.dumps(expected))
    env.update(SCRIM_EXPECTED=str(path), SCRIM_EXPECTED_PRODUCT15=str(expected["product15"]),
               SCRIM_EXPECTED_REFERENCE=str(len(expected["reference"])))
    try:
        results = [run_client(name, env) for name in names]
    finally:
        if not KEEP:
            demo("--stop")
    check_no_report((DEMO / "scrimd.log").read_text(errors="replace"))
    passed, failed = (sum(column) for column in zip(*results))
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


main()
