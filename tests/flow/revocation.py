#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""revocation.py [CHANGES]: rules change in the catalog while statements run; last line: N passed, N failed.

1. CHANGES changes of one rule; after each, how long do a simple query, a prepared statement and an open cursor still show
   the old view? 99 of 100 within 1 s on a machine that has other work too, all of them within the lease of the catalog;
   p50, p99 and the longest are printed.
2. A tight query loop through CHANGES changes never sees a row or value that no version of the rules would show, and fewer
   errors than answers: what a change stops before anything of it was sent is run again by itself, a bounded number of times.
3. A long statement during which a rule changes: answered by the new rule where it stands alone, 40001 in a transaction.
"""
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path

import psycopg

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))
from private_postgres import PrivatePostgres  # noqa: E402
from private_scrim import PrivateScrim  # noqa: E402

LIMIT_SECONDS = 1.0  # for 99 in 100
LEASE_SECONDS = 10.0  # for all: nothing is served by a catalog not heard from for longer
PATIENCE_SECONDS = 120.0  # until the tight loop has had enough answers
WORLD = """
CREATE TABLE person (id int PRIMARY KEY, grp text, secret text);
INSERT INTO person SELECT i, (ARRAY['red', 'blue', 'green'])[1 + i % 3], 'secret-' || i FROM generate_series(1, 300) AS i;
CREATE ROLE scrim_reader LOGIN PASSWORD 'reader';
GRANT SELECT ON person TO scrim_reader;
"""
RED, BLUE = ("SHOW ONLY ROWS WHERE grp = '%s' FOR EVERYONE" % colour for colour in ("red", "blue"))
HASH, NULL = ("MASK COLUMN secret USING %s FOR EVERYONE" % method for method in ("HASHING", "NULL"))
SCRIM = """
connections:
  - {{name: world, kind: postgres, hosts: ["{socket}"], ports: [{port}], database: postgres, user: scrim_reader, password: reader, tls: disable}}
users:
  - {{name: alice, password: alice}}
data_sources:
  - {{name: person, connection: world, table: public.person}}
rules:
  - {{data_source: person, rule: ALLOW SUBSCRIPTION BY ANYONE}}
  - {{data_source: person, rule: "{rows}"}}
  - {{data_source: person, rule: "{mask}"}}
"""


class Catalog:
    """Changes rules as another instance would: in the catalog's own tables, in one transaction with the version."""

    def __init__(self, dsn):
        self.db = psycopg.connect(dsn, autocommit=True)

    def rule_id(self, sentence):
        return self.db.execute("SELECT id FROM rule WHERE sentence = %s", (sentence,)).fetchone()[0]

    def change(self, rule, sentence):
        with self.db.transaction():
            version = self.db.execute("UPDATE catalog_version SET version = version + 1 RETURNING version").fetchone()[0]
            self.db.execute("UPDATE rule SET sentence = %s, version = version + 1 WHERE id = %s", (sentence, rule))
            self.db.execute("INSERT INTO change (version, noun, id, author) VALUES (%s, 'rule', %s, 'test')", (version, rule))
            self.db.execute(f"NOTIFY scrim_catalog, '{version}'")
        return time.monotonic()


def wait_for(look, wanted, since):
    """Seconds from `since` until look() gives what the new rule shows."""
    while look() != wanted:
        if time.monotonic() - since > LEASE_SECONDS:
            break
    return time.monotonic() - since


def cursor_dies(db, since):
    while True:
        try:
            db.execute("FETCH 1 FROM c")
        except psycopg.Error:
            db.rollback()
            return time.monotonic() - since
        if time.monotonic() - since > LEASE_SECONDS:
            db.rollback()
            return time.monotonic() - since


def measure(catalog, connect, changes):
    simple, prepared, holder = connect(autocommit=True), connect(autocommit=True), connect()
    rule = catalog.rule_id(RED)
    ways = {
        "simple query": lambda: simple.execute("SELECT DISTINCT grp FROM person").fetchone()[0],
        "prepared statement": lambda: prepared.execute("SELECT grp FROM person WHERE id > %s LIMIT 1", (0,), prepare=True).fetchone()[0],
    }
    times = {name: [] for name in [*ways, "open cursor"]}
    for i in range(changes):
        colour, sentence = ("blue", BLUE) if i % 2 == 0 else ("red", RED)
        holder.execute("DECLARE c SCROLL CURSOR FOR SELECT * FROM person")
        holder.execute("FETCH 1 FROM c")
        since = catalog.change(rule, sentence)
        for name, look in ways.items():
            times[name].append(wait_for(look, colour, since))
        times["open cursor"].append(cursor_dies(holder, since))
    results = {}
    for name, values in times.items():
        values.sort()
        p99 = values[int(len(values) * 0.99) - 1]
        print(f"  {name}: p50 {statistics.median(values) * 1000:.1f} ms, p99 {p99 * 1000:.1f} ms, "
              f"longest {values[-1] * 1000:.1f} ms over {len(values)} changes")
        results[f"{name}: old rows are gone within {LIMIT_SECONDS} s"] = p99 <= LIMIT_SECONDS and values[-1] <= LEASE_SECONDS
    return results


def tight_loop(catalog, connect, changes):
    rows_rule = catalog.db.execute("SELECT id FROM rule WHERE sentence LIKE 'SHOW ONLY%'").fetchone()[0]
    mask_rule = catalog.rule_id(HASH)
    stop, wrong, counts = threading.Event(), [], {"answers": 0, "errors": 0}

    def look(prepare):
        db = connect(autocommit=True)
        while not stop.is_set():
            try:
                rows = db.execute("SELECT grp, secret FROM person", prepare=prepare).fetchall()
            except psycopg.Error as error:
                counts["errors"] += 1
                if error.sqlstate != "40001":
                    wrong.append(str(error))
                continue
            counts["answers"] += 1
            colours = {grp for grp, _ in rows}
            if colours not in ({"red"}, {"blue"}):
                wrong.append(f"rows of {colours}")
            if any(secret is not None and len(secret) != 64 for _, secret in rows):
                wrong.append("a raw value")

    threads = [threading.Thread(target=look, args=(prepare,)) for prepare in (False, True)]
    for thread in threads:
        thread.start()
    made, patience = 0, time.monotonic() + PATIENCE_SECONDS
    while made < changes or (counts["answers"] <= changes // 10 and time.monotonic() < patience):
        catalog.change(rows_rule, RED if made % 4 < 2 else BLUE)
        catalog.change(mask_rule, HASH if made % 2 == 0 else NULL)
        made += 1
    stop.set()
    for thread in threads:
        thread.join()
    print(f"  tight loop: {counts['answers']} answers and {counts['errors']} refusals through {2 * made} changes; wrong: {wrong[:3] or 'none'}")
    enough = counts["answers"] > max(changes // 10, counts["errors"])
    return {"a tight loop never sees an unprotected answer, and few refusals": not wrong and enough}


LONG = "SELECT min(a.grp), max(a.grp), count(*) FROM person a, person b, person c, generate_series(1, 6) g WHERE a.id + b.id + c.id + g > 3"


def run_in_thread(work):
    result = []

    def caught():
        try:
            result.append(work())
        except psycopg.Error as error:
            result.append(error.sqlstate)

    thread = threading.Thread(target=caught)
    thread.start()
    return thread, result


def copied(db):
    with db.cursor() as cursor, cursor.copy(f"COPY ({LONG}) TO STDOUT") as copy:
        return tuple(list(copy.rows())[0][:2])


def answered(db, prepare):
    return db.execute(LONG, prepare=prepare).fetchone()[:2]


def long_statements(catalog, source, connect):
    """Each is seen running at the source before the rule changes."""
    rule = catalog.db.execute("SELECT id FROM rule WHERE sentence LIKE 'SHOW ONLY%'").fetchone()[0]
    ways = {"simple": lambda db: answered(db, False), "prepared": lambda db: answered(db, True), "COPY": copied,
            "transaction": lambda db: db.execute("BEGIN") and answered(db, False)}
    running = "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%generate_series(1, 6)%' AND pid <> pg_backend_pid()"
    results = {}
    for way, run in ways.items():
        catalog.change(rule, RED)
        db = connect(autocommit=True)
        assert answered(db, True)[0] == "red"
        thread, result = run_in_thread(lambda: run(db))
        while source.execute(running).fetchone()[0] == 0 and thread.is_alive():
            pass
        caught = thread.is_alive()
        catalog.change(rule, BLUE)
        thread.join()
        wanted = "40001" if way == "transaction" else ("blue", "blue")
        print(f"  long statement, {way}: {result[0]}")
        results[f"a rule changes during a long statement, {way}"] = caught and result[0] == wanted
        db.close()
    return results


def main():
    changes = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    with tempfile.TemporaryDirectory(prefix="scrim-revocation-") as folder:
        Path(folder).chmod(0o755)
        with PrivatePostgres(Path(folder) / "pg", settings={"fsync": "off"}) as source:
            source.psql(WORLD)
            applied = Path(folder) / "scrim.yaml"
            applied.write_text(SCRIM.format(socket=source.sockets, port=source.port, rows=RED, mask=HASH))
            with PrivateScrim(Path(folder) / "scrim", applied, plaintext=True) as server:
                catalog = Catalog(server.catalog_dsn)

                def connect(autocommit=False):
                    return psycopg.connect(**server.connect_options("alice", "alice"), autocommit=autocommit)

                with psycopg.connect(source.dsn(), autocommit=True) as watcher:
                    results = {**measure(catalog, connect, changes), **tight_loop(catalog, connect, changes // 2),
                               **long_statements(catalog, watcher, connect)}
    for name, passed in results.items():
        print("ok" if passed else "FAIL", name)
    failed = sum(not passed for passed in results.values())
    print(f"{len(results) - failed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


main()
