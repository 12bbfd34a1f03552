# SPDX-License-Identifier: Apache-2.0
"""Sessions that act under a project: by the database's name, by SET, and no longer than they may."""

import time
import unittest

import gateway_world
from client import Api
from gateway_world import bind, Closed, describe, errors, execute, parse, rows, SYNC, tags

DESK, MAIL, API = "Fraud desk", "Mail", "/api/v1"
CARDS = "SELECT count(*) FROM cards"
NAME = "SELECT name FROM letters WHERE id = 7"


class Catalog:
    """The governed things of these tests, and changes of them by the REST API."""

    def __init__(self, world):
        nobody = Api(world.scrim.api, world.scrim.ca)
        self.root = nobody.sign_in("root", gateway_world.PASSWORD)
        self.alice = nobody.sign_in("alice", gateway_world.PASSWORD)
        for purpose in ("Fraud", "Marketing", "Marketing.Email"):
            self.must(self.root.post(f"{API}/purposes", {"name": purpose}))
        self.rules = {}
        connection = self.root.get(f"{API}/connections").json["items"][0]["id"]
        self.source("cards", connection, "LIMIT USAGE TO PURPOSES 'Fraud' FOR EVERYONE")
        self.source("letters", connection, "MASK COLUMN name USING NULL FOR EVERYONE EXCEPT USERS ACTING UNDER PURPOSE 'Marketing'")
        for name in ("bought", "returned"):
            self.source(name, connection, "MASK COLUMN name USING HASHING FOR EVERYONE")
        self.source("sampled", connection, "SHOW ONLY 10 PERCENT OF ROWS BY COLUMN id FOR EVERYONE")
        self.paths = {}
        self.make_desk()
        self.make(MAIL, ["marketing.email"], "", ["letters", "thing"])
        for name in ("Joins", "Other joins", "No joins"):
            self.make(name, [], "", ["bought", "returned", "sampled"])
            self.change(name, maskedJoins=name != "No joins")

    def must(self, reply):
        assert reply.status < 300, reply
        return reply

    def source(self, name, connection, rule):
        made = self.must(self.root.post(f"{API}/data-sources", {"name": name, "connection": connection, "table": "public.thing"}))
        for sentence in ("ALLOW SUBSCRIPTION BY ANYONE", rule):
            saved = self.must(self.root.post(f"{API}/rules", {"dataSource": made.json["id"], "sentence": sentence}))
        self.rules[name] = saved.headers["Location"]

    def change_rule(self, name, sentence):
        self.must(self.root.put(self.rules[name], {"sentence": sentence}, self.root.get(self.rules[name]).etag))

    def make_desk(self):
        self.make(DESK, ["Fraud"], "Be careful.", ["cards"])
        self.agree()

    def make(self, name, purposes, acknowledgement, sources):
        body = {"name": name, "purposes": purposes, "acknowledgement": acknowledgement}
        self.paths[name] = self.must(self.root.post(f"{API}/projects", body)).headers["Location"]
        self.put(f"{self.paths[name]}/data-sources", {"dataSources": sources})
        self.members(name, "alice")

    def put(self, path, change):
        now = self.root.get(path)
        kept = {key: value for key, value in now.json.items() if key not in ("id", "name", "acknowledgementVersion", "acknowledged")}
        self.must(self.root.put(path, {**kept, **change}, now.etag))

    def members(self, name, *users):
        self.put(f"{self.paths[name]}/members", {"users": list(users)})

    def change(self, name, **fields):
        self.put(self.paths[name], fields)

    def remove(self, name):
        self.must(self.root.delete(self.paths[name], self.root.get(self.paths[name]).etag))

    def agree(self, name=DESK):
        version = self.alice.get(self.paths[name]).json["acknowledgementVersion"]
        self.must(self.alice.post(f"{self.paths[name]}/acknowledgement", {"version": version}))


class Projects(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.world = gateway_world.shared
        cls.catalog = Catalog(cls.world)

    def setUp(self):
        self.wires = []

    def tearDown(self):
        for wire in self.wires:
            wire.close()

    def wire(self, database="scrim", user="alice", options=None):
        self.wires.append(self.world.wire(user=user, database=database, options=options))
        return self.wires[-1]

    def away(self, database, user="alice", options=None):
        """The words with which a login is sent away."""
        with self.assertRaises(Closed) as told:
            self.world.wire(user=user, database=database, options=options)
        return str(told.exception)

    def value(self, wire, sql):
        answer = wire.simple(sql)
        self.assertEqual(errors(answer), [], sql)
        value = rows(answer)[0][0]
        return value if value is None else value.decode()

    def error(self, wire, sql, code):
        answer = wire.simple(sql)
        self.assertTrue(errors(answer), f"{sql}: no error but {rows(answer)}")
        self.assertEqual((errors(answer)[0]["C"], rows(answer)), (code, []), sql)
        return errors(answer)[0]

    def test_the_database_names_the_project(self):
        wire = self.wire(DESK)
        self.assertEqual(self.value(wire, CARDS), "1000")
        self.assertEqual(self.value(wire, "SELECT current_database()"), DESK)
        self.assertEqual((self.value(wire, "SHOW scrim.project"), self.value(wire, "SHOW scrim.purpose")), (DESK, "Fraud"))
        for hidden in ("thing", "letters", "nothing"):
            self.assertEqual(self.error(wire, f"SELECT * FROM {hidden}", "42P01")["M"], f'relation "{hidden}" does not exist')

    def test_under_no_project_there_are_no_purposes(self):
        wire = self.wire()
        self.assertIn("Fraud", self.error(wire, CARDS, "42501")["D"])
        self.assertIsNone(self.value(wire, NAME))
        self.assertEqual((self.value(wire, "SHOW scrim.project"), self.value(wire, "SHOW scrim.purpose")), ("", ""))
        self.assertEqual(self.value(wire, "SELECT current_database()"), "scrim")
        self.error(wire, "SET scrim.purpose = 'Fraud'", "55P02")

    def test_a_purpose_counts_for_those_above_it(self):
        wire = self.wire(MAIL)
        self.assertEqual(self.value(wire, NAME), "thing 7")
        self.catalog.change(MAIL, purposes=[])
        self.assertIsNone(self.value(wire, NAME))
        self.catalog.change(MAIL, purposes=["Marketing"])
        self.assertEqual(self.value(wire, NAME), "thing 7")
        self.assertEqual(self.value(wire, "SHOW scrim.purpose"), "Marketing")
        self.catalog.change(MAIL, purposes=["Marketing.Email"])

    def test_set_rolls_back_as_postgresql_does(self):
        wire = self.wire(MAIL)
        now = lambda: self.value(wire, "SHOW scrim.project")  # noqa: E731
        wire.simple("BEGIN")
        wire.simple(f"SET scrim.project = '{DESK}'")
        self.assertEqual(self.value(wire, CARDS), "1000")
        wire.simple("ROLLBACK")
        self.assertEqual((now(), self.value(wire, NAME)), (MAIL, "thing 7"))
        self.error(wire, CARDS, "42P01")
        wire.simple(f"BEGIN; SET LOCAL scrim.project = '{DESK}'")
        self.assertEqual(self.value(wire, CARDS), "1000")
        wire.simple("COMMIT")
        self.assertEqual(now(), MAIL)
        wire.simple("BEGIN; SAVEPOINT s; SET scrim.project = ''")
        self.assertIsNone(self.value(wire, NAME))
        wire.simple("ROLLBACK TO s")
        self.assertEqual(self.value(wire, NAME), "thing 7")
        wire.simple("COMMIT")
        self.assertEqual(tags(wire.simple(f"SET LOCAL scrim.project = '{DESK}'")), ["SET"])
        self.assertEqual(now(), MAIL, "outside a transaction it does nothing")
        wire.simple(f"SET scrim.project = '{DESK}'")
        self.assertEqual(now(), DESK)
        for back in ("RESET scrim.project", "SET scrim.project TO DEFAULT", "DISCARD ALL", "RESET ALL"):
            wire.simple(f"SET scrim.project = '{DESK}'")
            wire.simple(back)
            self.assertEqual((now(), self.value(wire, NAME)), (MAIL, "thing 7"), back)
        self.error(wire, f"SET scrim.project = '{DESK}'; SELECT nothing", "42703")
        self.assertEqual(now(), MAIL, "one text is one transaction")
        wire.simple("SET scrim.project = ''")
        self.assertEqual((now(), self.value(wire, NAME)), ("", None))

    def test_at_the_start_by_options(self):
        wire = self.wire(options={"options": "-c scrim.project=Mail"})
        self.assertEqual(self.value(wire, NAME), "thing 7")
        wire.simple("SET scrim.project = ''")
        wire.simple("DISCARD ALL")
        self.assertEqual(self.value(wire, "SHOW scrim.project"), "Mail")
        self.assertIn("C42501", self.away("scrim", options={"options": "-c scrim.project=Nope"}))

    def test_outsiders_are_told_of_nothing(self):
        wire = self.wire(user="bob")
        told = [self.error(wire, f"SET scrim.project = '{name}'", "42501") for name in (DESK, "Nope")]
        self.assertEqual(told[0]["M"].replace(DESK, "Nope"), told[1]["M"])
        self.assertEqual(self.value(wire, "SHOW scrim.project"), "")
        self.assertEqual(self.away(DESK, "bob").replace(DESK, "nope"), self.away("nope", "bob"))
        self.assertIn("C3D000", self.away(DESK, "bob"))
        self.error(wire, f"BEGIN; SET LOCAL scrim.project = '{DESK}'; {CARDS}", "42501")

    def test_names_that_mean_harm(self):
        for name in ("Mail'; --", "mail", "MAIL", "Mail ", " Mail", "Mail\n", "%s%n", "../Mail", "scrim; SET scrim.project=Mail", "host=evil dbname=Mail", "x" * 5000,
                     "ü", '"Mail"', "Scrim", "postgres"):
            self.assertIn("C3D000", self.away(name), name)
            wire = self.wire()
            quoted = name.replace("'", "''")
            self.error(wire, f"SET scrim.project = '{quoted}'", "42501")
            self.assertIsNone(self.value(wire, NAME), name)

    def test_not_before_the_text_is_agreed_to_nor_when_it_is_disabled(self):
        wire, held = self.wire(), self.wire(DESK)
        self.catalog.change(DESK, acknowledgement="Be more careful.")
        for told in (self.error(wire, f"SET scrim.project = '{DESK}'", "42501"), self.error(held, CARDS, "42501")):
            self.assertIn("scrim project acknowledge 'Fraud desk'", told["H"])
        self.assertIn("C42501", self.away(DESK))
        self.catalog.agree()
        self.assertEqual(self.value(held, CARDS), "1000")
        self.catalog.change(DESK, enabled=False)
        self.assertIn("disabled", self.error(wire, f"SET scrim.project = '{DESK}'", "42501")["M"])
        self.assertIn("disabled", self.error(held, CARDS, "42501")["M"])
        self.assertIn("disabled", self.away(DESK))
        self.catalog.change(DESK, enabled=True)
        self.assertEqual(self.value(held, CARDS), "1000")

    def revocations(self):
        """Ways to lose a project, and how each is given back."""
        catalog = self.catalog
        return {
            "left": (lambda: catalog.members(DESK), lambda: catalog.members(DESK, "alice")),
            "another text": (lambda: catalog.change(DESK, acknowledgement=f"Be careful. {time.monotonic()}"), catalog.agree),
            "disabled": (lambda: catalog.change(DESK, enabled=False), lambda: catalog.change(DESK, enabled=True)),
            "removed": (lambda: catalog.remove(DESK), catalog.make_desk),
        }

    def test_a_project_that_is_lost_stops_everything_within_a_second(self):
        for way, (take, give) in self.revocations().items():
            with self.subTest(way):
                self.lose(take, give)

    def lose(self, take, give):
        wire, again, holds = self.wire(DESK), self.wire(DESK), self.wire(DESK)
        wire.simple(f"PREPARE p AS {CARDS}")
        self.say(again, parse(CARDS, "s"), SYNC)
        holds.simple("DECLARE h CURSOR WITH HOLD FOR SELECT id FROM cards ORDER BY id")
        wire.simple("BEGIN; DECLARE c CURSOR FOR SELECT id FROM cards ORDER BY id")
        self.assertEqual(rows(wire.simple("FETCH c")), [(b"1",)])
        self.assertEqual(rows(holds.simple("FETCH h")), [(b"1",)])
        try:
            take()
            begun = time.monotonic()
            self.error(wire, "FETCH c", "42501")
            self.assertLess(time.monotonic() - begun, 1)
            self.assertEqual(tags(wire.simple("ROLLBACK")), ["ROLLBACK"], "there is a way out of the transaction")
            self.error(holds, "FETCH h", "42501")
            for sql in ("EXECUTE p", CARDS, "SELECT 1", "SELECT count(*) FROM thing", f"COPY ({CARDS}) TO STDOUT", f"EXPLAIN {CARDS}",
                        "DECLARE d CURSOR WITH HOLD FOR SELECT 1"):
                self.error(wire, sql, "42501")
            answer = self.say(again, bind("s"), execute(), SYNC)
            self.assertEqual((rows(answer), errors(answer)[0]["C"]), ([], "42501"))
            self.assertEqual(self.value(wire, "SHOW scrim.project"), DESK)
            self.assertEqual(tags(wire.simple("SET scrim.project = ''")), ["SET"])
            self.error(wire, "EXECUTE p", "42501")
            self.assertEqual(self.value(wire, "SELECT count(*) FROM thing"), "1000")
        finally:
            give()
        wire.simple(f"SET scrim.project = '{DESK}'")
        self.assertEqual(self.value(wire, CARDS), "1000")

    def test_members_by_a_group_are_members_as_long_as_they_are_in_it(self):
        groups = lambda *names: self.catalog.put(f"{API}/users/alice", {"groups": list(names)})  # noqa: E731
        self.catalog.put(f"{self.catalog.paths[MAIL]}/members", {"users": [], "groups": ["Post"]})
        try:
            self.assertIn("C3D000", self.away(MAIL))
            groups("Post")
            wire = self.wire(MAIL)
            self.assertEqual(self.value(wire, NAME), "thing 7")
            groups()
            self.error(wire, NAME, "42501")
        finally:
            groups()
            self.catalog.put(f"{self.catalog.paths[MAIL]}/members", {"users": ["alice"], "groups": []})
        self.assertEqual(self.value(wire, NAME), "thing 7")

    def test_another_project_of_the_name_is_not_slipped_in(self):
        wire = self.wire(DESK)
        self.assertEqual(self.value(wire, CARDS), "1000")
        self.catalog.remove(DESK)
        self.catalog.make_desk()
        self.assertIn("another one", self.error(wire, CARDS, "42501")["M"])
        wire.simple(f"SET scrim.project = '{DESK}'")
        self.assertEqual(self.value(wire, CARDS), "1000")

    def test_a_data_source_that_leaves_the_project(self):
        wire = self.wire(MAIL)
        self.say(wire, parse(NAME, "s"), SYNC)
        self.catalog.put(f"{self.catalog.paths[MAIL]}/data-sources", {"dataSources": ["thing"]})
        answer = self.say(wire, bind("s"), execute(), SYNC)
        self.assertEqual((rows(answer), errors(answer)[0]["C"]), ([], "42P01"))
        self.catalog.put(f"{self.catalog.paths[MAIL]}/data-sources", {"dataSources": ["letters", "thing"]})
        self.assertEqual(self.value(wire, NAME), "thing 7")

    def test_a_rule_that_changes_under_the_project(self):
        wire = self.wire(DESK)
        wire.simple(f"PREPARE p AS {CARDS}")
        wire.simple("BEGIN; DECLARE c CURSOR FOR SELECT id FROM cards ORDER BY id")
        self.assertEqual(rows(wire.simple("FETCH c")), [(b"1",)])
        self.catalog.change_rule("cards", "LIMIT USAGE TO PURPOSES 'Marketing' FOR EVERYONE")
        try:
            self.error(wire, "FETCH c", "40001")
            wire.simple("ROLLBACK")
            for sql in (CARDS, "EXECUTE p"):
                self.assertIn("Marketing", self.error(wire, sql, "42501")["D"])
        finally:
            self.catalog.change_rule("cards", "LIMIT USAGE TO PURPOSES 'Fraud' FOR EVERYONE")
        self.assertEqual(rows(wire.simple("EXECUTE p")), [(b"1000",)])

    def say(self, wire, *messages):
        wire.socket.sendall(b"".join(messages))
        return wire.until_ready()

    def test_what_was_prepared_under_one_project_runs_under_the_present_one(self):
        wire = self.wire(MAIL)
        self.say(wire, parse(NAME, "s"), describe(b"S", "s"), SYNC)
        wire.simple(f"PREPARE p AS {NAME}")
        run = lambda: rows(self.say(wire, bind("s"), execute(), SYNC)) + rows(wire.simple("EXECUTE p"))  # noqa: E731
        self.assertEqual(run(), [(b"thing 7",)] * 2)
        wire.simple("SET scrim.project = ''")
        self.assertEqual(run(), [(None,)] * 2)
        wire.simple(f"SET scrim.project = '{DESK}'")
        for answer in (self.say(wire, bind("s"), execute(), SYNC), wire.simple("EXECUTE p")):
            self.assertEqual((rows(answer), errors(answer)[0]["C"]), ([], "42P01"))
        wire.simple("RESET scrim.project")
        self.assertEqual(run(), [(b"thing 7",)] * 2)

    def test_what_was_opened_under_one_project_does_not_go_on_under_another(self):
        wire = self.wire(MAIL)
        wire.simple("BEGIN; DECLARE c CURSOR FOR SELECT name FROM letters ORDER BY id")
        self.assertEqual(rows(wire.simple("FETCH c")), [(b"thing 1",)])
        wire.simple("SET scrim.project = ''")
        self.error(wire, "FETCH c", "40001")
        wire.simple("ROLLBACK")
        self.say(wire, parse("BEGIN"), bind(), execute(), SYNC)
        answer = self.say(wire, parse("SELECT name FROM letters ORDER BY id", "n"), bind("n", "p"), execute("p", 1), SYNC)
        self.assertEqual(rows(answer), [(b"thing 1",)])
        wire.simple("SET scrim.project = ''")
        answer = self.say(wire, execute("p", 1), SYNC)
        self.assertEqual((rows(answer), errors(answer)[0]["C"]), ([], "40001"))

    def test_the_cache_of_one_project_serves_no_other(self):
        for _ in range(3):
            for database, wanted in ((MAIL, "thing 7"), ("scrim", None)):
                self.assertEqual(self.value(self.wire(database), NAME), wanted)

    def test_masked_columns_join_where_the_project_allows_it(self):
        joined = "SELECT count(*) FROM bought JOIN returned USING (name)"
        for database, count in (("scrim", "0"), ("No joins", "0"), ("Joins", "1000"), ("Other joins", "1000"), ("scrim", "0")):
            self.assertEqual(self.value(self.wire(database), joined), count, database)
        hashes = {database: self.value(self.wire(database), "SELECT name FROM bought WHERE id = 7") for database in ("scrim", "No joins", "Joins", "Other joins")}
        self.assertEqual(hashes["scrim"], hashes["No joins"], "the data source's own key")
        self.assertEqual(len(set(hashes.values())), 3, "no project has the key of another, or of a data source")
        wire = self.wire("Joins")
        wire.simple(f"PREPARE p AS {joined}")
        wire.simple("BEGIN; DECLARE c CURSOR FOR SELECT name FROM bought ORDER BY id")
        self.assertEqual(len(rows(wire.simple("FETCH c"))), 1)
        self.catalog.change("Joins", maskedJoins=False)
        self.error(wire, "FETCH c", "40001")
        wire.simple("ROLLBACK")
        self.assertEqual(rows(wire.simple("EXECUTE p")), [(b"0",)])
        self.catalog.change("Joins", maskedJoins=True)
        self.assertEqual(rows(wire.simple("EXECUTE p")), [(b"1000",)])

    def test_a_sample_is_the_same_under_every_project(self):
        seen = [rows(self.wire(database).simple("SELECT id FROM sampled ORDER BY id")) for database in ("scrim", "Joins", "No joins")]
        self.assertTrue(50 < len(seen[0]) < 200)
        self.assertEqual(seen[1:], seen[:1] * 2)

    def test_explain_under_a_project(self):
        plan = lambda wire, options="": "\n".join(str(row) for row in rows(wire.simple(f"EXPLAIN {options} {NAME}")))  # noqa: E731
        self.assertIn("NULL AS name", plan(self.wire()))
        self.assertNotIn("NULL AS name", plan(self.wire(MAIL)))
        self.assertNotIn("NULL AS name", plan(self.wire(), "(AS_PROJECT 'Mail')"))
        self.error(self.wire(), f"EXPLAIN (AS_PROJECT 'Nope') {NAME}", "42501")
        self.error(self.wire(user="bob"), f"EXPLAIN (AS_PROJECT 'Mail') {NAME}", "42501")
        root = self.wire(user="root")
        self.assertIn("NULL AS name", plan(root, "(AS_USER 'alice')"))
        self.assertNotIn("NULL AS name", plan(root, "(AS_USER 'alice', AS_PROJECT 'Mail')"))
        self.error(root, f"EXPLAIN (AS_USER 'bob', AS_PROJECT 'Mail') {NAME}", "42501")

    def test_records_say_under_which_project_and_purposes(self):
        self.value(self.wire(DESK), "SELECT count(*) FROM cards WHERE id = 98765432")
        found = self.catalog.root.get(f"{API}/audit/records?q=98765432&kind=started").json["items"]
        self.assertEqual([(each["project"], each["purposes"]) for each in found], [(DESK, ["Fraud"])])
