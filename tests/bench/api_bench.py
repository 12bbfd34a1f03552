# SPDX-License-Identifier: Apache-2.0
"""The REST API over TLS, one client on a kept connection, with a catalog of a large company: what reading and changing it
costs, and how long after another instance's change this one has it. People are put into the catalog by SQL; data sources
and rules are made one by one, as people do."""

import subprocess
import sys
import time

from row import Row, median
from servers import ROOT, memory_of, say

sys.path.insert(0, str(ROOT / "tests" / "support"))
from private_scrim import PrivateScrim  # noqa: E402

BINARY = ROOT / "build" / "release" / "server" / "app" / "scrimd"
PEOPLE = """
INSERT INTO scrim.account (name, scram_verifier, disabled) SELECT 'user' || i, '', false FROM generate_series(1, {users}) i;
INSERT INTO scrim.account_group SELECT id, 'Group ' || id % 500 FROM scrim.account WHERE name LIKE 'user%';
INSERT INTO scrim.account_attribute SELECT id, 'Country', (ARRAY['DE', 'FR', 'SE'])[1 + id % 3] FROM scrim.account WHERE name LIKE 'user%';
"""
ELSEWHERE = """
BEGIN;
UPDATE scrim.catalog_version SET version = version + 1;
UPDATE scrim.rule SET reason = '{reason}', version = version + 1 WHERE id = {rule};
INSERT INTO scrim.change (version, noun, id, author) SELECT version, 'rule', {rule}, 'bench' FROM scrim.catalog_version;
SELECT pg_notify('scrim_catalog', version::text) FROM scrim.catalog_version;
COMMIT;"""


class Bench:
    def __init__(self, api, options):
        self.api, self.rows = api, []
        self.rounds = 50 if options.quick else 1_000
        self.sources, self.rules, self.users = (200, 200, 1_000) if options.quick else (10_000, 10_000, 100_000)

    def ask(self, method, path, body=None, headers=None, wanted=(200, 201, 204)):
        reply = self.api.request(method, path, body, headers)
        if reply.status not in wanted:
            raise RuntimeError(f"{method} {path}: {reply}")
        return reply

    def timed(self, what, one, rounds=None, last=None):
        """`one(i)` many times; of its times those of the `last` ones count."""
        took = []
        for i in range(rounds or self.rounds):
            begun = time.perf_counter()
            one(i)
            took.append(time.perf_counter() - begun)
        took = sorted(took[-(last or len(took)):])
        self.rows.append(Row("API: " + what, "-", "-", f"p50 {median(took) * 1000:.2f} ms, p99 {took[int(len(took) * 0.99)] * 1000:.2f} ms"))

    def fill(self, connection):
        """The times of the last ones tell what it costs at that size."""
        def source(i):
            body = {"name": f"s{i % 100}.t{i}", "connection": connection, "table": "public.sale", "tags": [f"Tag{i % 300}"], "comment": "made by the bench"}
            self.ask("POST", "/api/v1/data-sources", body)

        def rule(i):
            tagged = f"ON DATA SOURCES TAGGED 'Tag{i % 300}': "
            sentence = f"SHOW ONLY ROWS WHERE country = 'C{i}' FOR MEMBERS OF GROUP 'Group {i % 500}'" if i % 2 else "MASK COLUMNS TAGGED 'PII' USING HASHING FOR EVERYONE"
            self.ask("POST", "/api/v1/rules", {"sentence": tagged + sentence})

        self.timed(f"a data source registered, the last of {self.sources:,}", source, self.sources, self.rounds)
        self.timed(f"a rule saved, the last of {self.rules:,}", rule, self.rules, self.rounds)
        self.ids = [each["id"] for each in self.ask("GET", "/api/v1/data-sources?limit=100").json["items"]]
        self.rule = self.ask("GET", "/api/v1/rules?limit=1").json["items"][0]["id"]

    def one(self, i):
        return f"/api/v1/data-sources/{self.ids[i % len(self.ids)]}"

    def reads(self):
        self.timed("who am I", lambda i: self.ask("GET", "/api/v1/me"))
        self.timed("one data source", lambda i: self.ask("GET", self.one(i)))
        self.timed("its decision for another user", lambda i: self.ask("GET", f"{self.one(i)}/decision?user=user{i + 1}"))
        self.timed("100 data sources of all", lambda i: self.ask("GET", "/api/v1/data-sources?limit=100"), self.rounds // 10)
        self.timed("data sources by a part of the name", lambda i: self.ask("GET", f"/api/v1/data-sources?q=t{i}9"), self.rounds // 10)
        self.timed("users by a part of the name", lambda i: self.ask("GET", f"/api/v1/users?q=user{i}77"), self.rounds // 10)

    def changes(self):
        def comment(i):
            shown = self.ask("GET", self.one(i))
            self.ask("PUT", self.one(i), {"owners": shown.json["owners"], "tags": shown.json["tags"], "comment": f"comment {i}"}, {"If-Match": shown.etag})

        def group(i):
            shown = self.ask("GET", f"/api/v1/users/user{i + 1}")
            self.ask("PUT", f"/api/v1/users/user{i + 1}", {"groups": [f"Group {i}"]}, {"If-Match": shown.etag})

        self.timed("a data source read and changed", comment)
        self.timed("a user read and changed", group)

    def elsewhere(self, dsn):
        """Another instance's change until this one has it; the change itself included."""
        def change(i):
            subprocess.run(["psql", "-XqAt", "-v", "ON_ERROR_STOP=1", dsn], input=ELSEWHERE.format(rule=self.rule, reason=f"change {i}"), text=True,
                           check=True, stdout=subprocess.DEVNULL)
            while self.ask("GET", f"/api/v1/rules/{self.rule}").json["reason"] != f"change {i}":
                pass

        self.timed("a rule changed by another instance until it is known here, psql's start included", change, self.rounds // 10)


def catalog(scrim, sql):
    subprocess.run(["psql", "-XqAt", "-v", "ON_ERROR_STOP=1", scrim.catalog_dsn], input=sql, text=True, check=True, stdout=subprocess.DEVNULL)


def run(servers, options):
    servers.postgres.psql("CREATE TABLE IF NOT EXISTS public.sale (id int PRIMARY KEY, country text, amount numeric)", "bench")
    servers.postgres.psql("GRANT SELECT ON public.sale TO bench", "bench")
    scrim = PrivateScrim(servers.folder / f"api-{time.time_ns()}", binary=BINARY).start()
    try:
        bench = Bench(None, options)
        catalog(scrim, PEOPLE.format(users=bench.users))
        scrim.stop()
        begun = time.monotonic()
        scrim.start()
        say(f"  started with {bench.users:,} users in {time.monotonic() - begun:.1f} s")
        bench.api = scrim.administrator()
        connection = bench.ask("POST", "/api/v1/connections", {"name": "bench", "hosts": ["127.0.0.1"], "ports": [servers.postgres.port], "database": "bench",
                                                               "user": "bench", "password": "bench", "tls": "disable"}).json["id"]
        bench.fill(connection)
        bench.reads()
        bench.changes()
        bench.elsewhere(scrim.catalog_dsn)
        bench.rows.append(Row(f"memory of scrimd, {bench.sources:,} data sources, {bench.rules:,} rules, {bench.users:,} users", "-", "-",
                              f"{memory_of(scrim.process.pid) / 1e6:.0f} MB"))
        return bench.rows
    finally:
        scrim.stop()
