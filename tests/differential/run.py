#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""run.py COUNT [FIRST_SEED]: what analysts send (statements.sql), then COUNT generated queries, through Scrim and on hand-made
views; last line: N passed, N failed."""
import signal
import sys
import tempfile
from collections import Counter
from pathlib import Path

import psycopg

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(ROOT / "tests" / "support"))
sys.path.insert(0, str(HERE))
from generate import query  # noqa: E402
from private_postgres import PrivatePostgres  # noqa: E402
from private_scrim import PrivateScrim  # noqa: E402

STATEMENT_SECONDS = 2
SLOW_SECONDS = 60  # what plain PostgreSQL answers just in time, Scrim may answer a little later


def learn_hashes(scrim, direct):
    """The views must show the gateway's own hashes: they are read once, by key."""
    rows = scrim.execute("SELECT id, secret FROM item WHERE secret IS NOT NULL").fetchall()
    with direct.cursor() as cursor:
        cursor.executemany("INSERT INTO secured.hash_map VALUES ('item', %s, 'secret', %s)", rows)
    distinct = {value for _, value in rows}
    assert len(distinct) > 10 and all(len(value) == 64 for value in distinct), "these are no hashes"
    direct.execute("ANALYZE secured.hash_map")


def answer(connection, sql, prepared):
    try:
        with connection.cursor() as cursor:
            cursor.execute(sql, prepare=prepared)
            columns = [(c.name, c.type_code) for c in cursor.description]
            return "rows", columns, Counter(map(repr, cursor.fetchall()))
    except psycopg.Error as error:
        return "error", error.sqlstate, str(error)


def patient_answer(connection, sql, prepared):
    """The answer with a time limit that only a statement gone astray meets."""
    connection.execute(f"SET statement_timeout = {SLOW_SECONDS * 1000}")
    try:
        return answer(connection, sql, prepared)
    finally:
        connection.execute(f"SET statement_timeout = {STATEMENT_SECONDS * 1000}")


def same(ours, theirs):
    if theirs[0] == "rows" and ours[0] == "rows":
        return ours[1:] == theirs[1:]
    if theirs[0] == "error" and theirs[1] == "57014":
        return True  # too slow on the plain side: nothing to compare with
    if theirs[0] == "error" and ours[0] == "error":
        return theirs[1] == ours[1] or theirs[1][:2] == ours[1][:2] == "22" or ours[1] == "57014"
    if theirs[0] == "error":
        return theirs[1][:2] == "22"
    return ours[1][:2] == "22" and "plain-side data error possible" in ours[2]


def compare(count, first, scrim, direct):
    failed, kinds = 0, Counter()
    for seed in range(first, first + count):
        sql = query(seed)
        theirs = answer(direct, sql, False)
        ours = answer(scrim, sql, seed % 2 == 1)
        if ours[:2] == ("error", "57014") and theirs[0] == "rows":
            ours = patient_answer(scrim, sql, seed % 2 == 1)
        kinds[theirs[0] if theirs[0] == "rows" else "error " + str(theirs[1])] += 1
        kinds["with at least one row"] += theirs[0] == "rows" and bool(theirs[2])
        if not same(ours, theirs):
            failed += 1
            if failed <= 20:
                print(f"DIFFERENCE seed {seed}\n  {sql}\n  ours   {str(ours)[:400]}\n  theirs {str(theirs)[:400]}", flush=True)
        if (seed - first + 1) % 2000 == 0:
            print(f"  {seed - first + 1} of {count}, {failed} differ", flush=True)
    print("  plain PostgreSQL answered:", dict(kinds))
    return count - failed, failed


def analysts_statements():
    """(title, statement): a title is a line that begins with "-- ", the statement what follows it."""
    cases = []
    for line in (HERE / "statements.sql").read_text().splitlines():
        if line.startswith("-- "):
            cases.append((line[3:], ""))
        elif line and cases:
            cases[-1] = (cases[-1][0], (cases[-1][1] + "\n" + line).strip())
    return [case for case in cases if case[1]]


def compare_analysts(scrim, direct):
    """Each must be answered, and alike, by both protocols."""
    failed, cases = 0, analysts_statements()
    for title, sql in cases:
        theirs = answer(direct, sql.replace('"public".', "secured."), False)
        ours = [answer(scrim, sql, prepared) for prepared in (False, True)]
        if theirs[0] != "rows" or any(one[0] != "rows" or not same(one, theirs) for one in ours):
            failed += 1
            print(f"DIFFERENCE {title}\n  {sql}\n  ours   {str(ours)[:600]}\n  theirs {str(theirs)[:400]}", flush=True)
    print(f"  {len(cases)} statements of analysts, {failed} differ")
    return len(cases) - failed, failed


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20000
    first = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with tempfile.TemporaryDirectory(prefix="scrim-differential-") as folder:
        Path(folder).chmod(0o755)
        with PrivatePostgres(Path(folder) / "pg", settings={"fsync": "off", "jit": "off"}) as source:
            source.psql((HERE / "world.sql").read_text())
            text = (HERE / "scrim.yaml").read_text().replace("@SOCKET@", str(source.sockets)).replace("@PORT@", str(source.port))
            applied = Path(folder) / "scrim.yaml"
            applied.write_text(text)
            with PrivateScrim(Path(folder) / "scrim", applied, plaintext=True) as server:
                scrim = psycopg.connect(**server.connect_options("alice", "alice"), autocommit=True)
                direct = psycopg.connect(source.dsn(), autocommit=True)
                learn_hashes(scrim, direct)
                direct.execute("SET search_path = secured")
                for connection in (scrim, direct):
                    connection.execute(f"SET statement_timeout = {STATEMENT_SECONDS * 1000}")
                known, unlike = compare_analysts(scrim, direct)
                passed, failed = compare(count, first, scrim, direct)
                scrim.close()
                direct.close()
    passed, failed = passed + known, failed + unlike
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


main()
