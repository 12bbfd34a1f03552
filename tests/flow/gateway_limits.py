# SPDX-License-Identifier: Apache-2.0
"""Limits, each with its clear error; silent clients; the end of the server. In worlds with tight limits and without plain text."""

import signal
import struct
import time
import unittest

import gateway_world
from client import Api
from gateway_world import (SSL, SYNC, Closed, bind, describe, errors, eventually, everything, execute, kinds, message, packet, parse, rows,
                           startup, tags)

COUNTS = """
limits:
  connections: 12
  connections_per_user: 8
  prepared_statements: 5
  cursors: 2
"""
TIMES = """
limits:
  login_timeout_seconds: 2
  idle_timeout_seconds: 2
  idle_in_transaction_timeout_seconds: 1
  statement_timeout_seconds: 2
"""


class Limited(unittest.TestCase):
    config = ""

    @classmethod
    def setUpClass(cls):
        cls.world = gateway_world.World(plaintext=False, config=cls.config)

    @classmethod
    def tearDownClass(cls):
        cls.world.stop()

    def setUp(self):
        self.open = []

    def tearDown(self):
        for wire in self.open:
            wire.socket.close()

    def wire(self, user="alice"):
        self.open.append(self.world.wire(user))
        return self.open[-1]


class Counts(Limited):
    config = COUNTS

    def test_plain_text_is_refused(self):
        with self.world.socket() as connection:
            connection.sendall(startup())
            self.assertIn(b"C28000", everything(connection))

    def test_too_many_connections_of_a_user(self):
        for _ in range(8):
            self.wire()
        with self.assertRaisesRegex(Closed, 'FATAL.*C53300 Mtoo many connections for role "alice"'):
            self.wire()
        self.wire("bob")

    def test_too_many_connections(self):
        for user in ["alice"] * 7 + ["bob"] * 5:
            self.wire(user)
        with self.assertRaisesRegex(Closed, "C53300 Msorry, too many clients already"):
            self.wire("bob")
        self.open.pop().close()
        eventually(lambda: self.wire("bob"), Closed)

    def test_prepared_statements_and_cursors(self):
        wire = self.wire()
        for i in range(5):
            wire.socket.sendall(parse("SELECT 1", f"s{i}") + SYNC)
            self.assertEqual(kinds(wire.until_ready()), "1Z")
        wire.socket.sendall(parse("SELECT 1", "more") + SYNC)
        self.assertEqual(errors(wire.until_ready())[0]["C"], "54000")
        wire.socket.sendall(message(b"C", b"Ss0\0") + parse("SELECT 1", "more") + SYNC)
        self.assertEqual(kinds(wire.until_ready()), "31Z")
        wire.simple("BEGIN; DECLARE a CURSOR FOR SELECT 1; DECLARE b CURSOR FOR SELECT 1")
        self.assertEqual(errors(wire.simple("DECLARE c CURSOR FOR SELECT 1"))[0]["C"], "54000")

    def test_the_longest_messages(self):
        wire = self.wire()
        text = "SELECT '" + "x" * (4 << 20) + "'"
        (error,) = errors(wire.simple(text))
        self.assertEqual((error["C"], error["S"]), ("54000", "ERROR"))
        long = message(b"P", b"s\0" + text.encode() + b"\0\0\0")
        for sent in (long, message(b"D", b"S" + b"x" * 2000 + b"\0"), message(b"B", b"\0\0" + b"x" * (64 << 20))):
            wire.socket.sendall(sent + long + parse("SELECT 1") + SYNC)
            answer = wire.until_ready()
            self.assertEqual((kinds(answer), errors(answer)[0]["C"]), ("EZ", "54000"))
        wire.socket.sendall(parse("SELECT 1", "s") + SYNC)  # the name is still free
        self.assertEqual(kinds(wire.until_ready()), "1Z")
        (error,) = errors(wire.simple("SELECT " + "1+" * 100000 + "1"))
        self.assertEqual(error["C"], "54001")
        self.assertEqual(rows(wire.simple("SELECT id FROM thing WHERE id = 1")), [(b"1",)])


class Shares(Limited):
    config = "limits: {source_share_per_user: 20}\n"  # of 20 connections: 4

    def test_transactions_of_one_user_leave_connections_to_others(self):
        held = [self.wire() for _ in range(4)]
        for wire in held:
            self.assertEqual(rows(wire.simple("BEGIN; SELECT id FROM thing WHERE id = 1")), [(b"1",)])
        late = self.wire()
        late.send(b"Q", b"SELECT id FROM thing WHERE id = 2\0")
        for _ in range(20):
            self.assertEqual(rows(self.wire("bob").simple("SELECT id FROM thing WHERE id = 3")), [(b"3",)])
        with self.assertRaises(TimeoutError):
            late.socket.settimeout(0.3)
            late.message()
        late.socket.settimeout(30)
        held[0].simple("COMMIT")
        self.assertEqual(rows(late.until_ready()), [(b"2",)])

    def test_results_that_nobody_reads_leave_connections_to_others(self):
        for _ in range(30):
            self.wire().send(b"Q", b"SELECT a.filler FROM big a, thing b\0")
        for _ in range(5):
            self.assertEqual(rows(self.wire("bob").simple("SELECT id FROM thing WHERE id = 3")), [(b"3",)])


class Memory(Limited):
    config = "limits: {memory_per_user: 8}\n"

    def refused(self, answer):
        (error,) = errors(answer)
        self.assertEqual(error["C"], "53200")
        self.assertIn("8 MiB", error["M"])

    def test_prepared_statements_of_all_sessions(self):
        text = "SELECT '" + "x" * 500_000 + "'"
        one, other = self.wire(), self.wire()
        for wire in (one, other):
            wire.socket.sendall(parse(text, "a") + SYNC)
            self.assertEqual(kinds(wire.until_ready()), "1Z")
        other.socket.sendall(parse(text, "b") + SYNC)
        self.refused(other.until_ready())
        bob = self.wire("bob")
        bob.socket.sendall(parse(text, "a") + SYNC)
        self.assertEqual(kinds(bob.until_ready()), "1Z")
        one.close()
        def again():
            other.socket.sendall(parse(text, "b") + SYNC)
            self.assertEqual(kinds(other.until_ready()), "1Z")
        eventually(again, AssertionError)

    def test_portals_cursors_and_messages(self):
        wire = self.wire()
        wire.socket.sendall(parse("SELECT length($1::text)", "s") + SYNC)
        self.assertEqual(kinds(wire.until_ready()), "1Z")
        wire.socket.sendall(bind(statement="s", values=[b"x" * (9 << 20)]) + execute() + SYNC)
        self.refused(wire.until_ready())
        wire.simple("BEGIN")
        for i in range(5):
            answer = wire.simple(f"DECLARE c{i} CURSOR FOR SELECT '" + "x" * 2_000_000 + "'")
            if errors(answer):
                break
        self.refused(answer)
        self.assertEqual(tags(wire.simple("ROLLBACK")), ["ROLLBACK"])
        self.assertEqual(rows(wire.simple("SELECT id FROM thing WHERE id = 1")), [(b"1",)])

    def test_messages_about_as_long_as_those_that_are_not_counted(self):
        full = self.wire()
        for size in (500_000, 50_000, 5_000, 500):
            for i in range(20):
                full.socket.sendall(parse("SELECT '" + "x" * size + "'", f"{size} {i}") + SYNC)
                if errors(full.until_ready()):
                    break
        wire, bob = self.wire(), self.wire("bob")
        for length in range(65_520, 65_550):  # of the body, on both sides of 64 KiB: answered or refused, at once
            wire.send(b"Q", b"SELECT '" + b"x" * (length - 10) + b"'\0")
            wire.until_ready()
        self.assertEqual(rows(bob.simple("SELECT id FROM thing WHERE id = 1")), [(b"1",)])

    def test_messages_that_stop_before_their_end(self):
        half = [self.wire() for _ in range(12)]
        for wire in half:
            wire.socket.sendall(message(b"Q", b"SELECT '" + b"x" * 1_000_000 + b"'\0")[:100_000])
        self.assertEqual(rows(self.wire("bob").simple("SELECT id FROM thing WHERE id = 1")), [(b"1",)])
        time.sleep(0.5)
        wire = self.wire()
        self.refused(wire.simple("SELECT '" + "x" * 1_000_000 + "'"))
        self.assertEqual(rows(wire.simple("SELECT id FROM thing WHERE id = 1")), [(b"1",)])


class Addresses(Limited):
    config = "login: {failures: 0, address_failures: 3, window_seconds: 15}\n"

    def test_logins_that_fail_are_few_from_one_address(self):
        for user in ("alice", "nobody", "bob"):
            with self.assertRaisesRegex(Closed, "C28P01"):
                self.world.wire(user, password="wrong")
        with self.assertRaisesRegex(Closed, "C53300 Mtoo many logins have failed from this address HTry again in [1-5] seconds"):
            self.wire()
        api = Api(self.world.scrim.api, self.world.scrim.ca)
        reply = api.post("/api/v1/sessions", {"user": "alice", "password": gateway_world.PASSWORD})
        self.assertEqual((reply.status, reply.json["code"]), (429, "too-many-connections"))
        eventually(self.wire, Closed)
        self.assertEqual(api.post("/api/v1/sessions", {"user": "alice", "password": "wrong"}).status, 401)
        with self.assertRaisesRegex(Closed, "C53300"):
            self.wire()


class Times(Limited):
    config = TIMES

    def test_a_silent_client_is_sent_away(self):
        for said in (b"", packet(SSL)):
            with self.world.socket() as connection:
                connection.sendall(said)
                everything(connection)

    def test_idle_sessions_end(self):
        self.assertIn(b"C57P05", everything(self.wire().socket))
        wire = self.wire()
        wire.send(b"Q", b"BEGIN\0")
        self.assertIn(b"C25P03", everything(wire.socket))

    def test_a_client_may_not_ask_for_more_time(self):
        wire = self.wire()
        wire.send(b"Q", b"SET statement_timeout = '1h'\0")  # both at once, or the session may have been idle for too long
        (error,) = errors(wire.simple("SELECT count(*) FROM big a, big b WHERE a.filler < b.filler") + wire.until_ready())
        self.assertEqual(error["C"], "57014")


class TheEnd(unittest.TestCase):
    def test_idle_sessions_are_told_and_running_statements_end_well(self):
        world = gateway_world.World()
        idle, busy = world.wire(), world.wire()
        busy.send(b"Q", b"SELECT count(*) FROM big a, big b WHERE b.id < 60 AND a.filler <= b.filler\0")
        world.wait_until_source_runs("filler")
        world.scrim.process.send_signal(signal.SIGTERM)
        self.assertIn(b"C57P01", everything(idle.socket))
        busy.socket.settimeout(60)
        answer = [busy.message() for _ in range(4)]
        self.assertEqual(kinds(answer), "TDCZ")
        self.assertIn(b"C57P01", everything(busy.socket))
        self.assertEqual(world.scrim.process.wait(60), 0)
        world.stop()


class Records(unittest.TestCase):
    def test_every_statement_leaves_its_records(self):
        world = gateway_world.shared
        wire = world.wire(options={"application_name": "records test"})
        asked = ["SELECT id FROM thing WHERE id = 4711", "SHOW timezone /* 4711 */", "EXPLAIN SELECT id FROM thing WHERE id = 4711",
                 "SELECT nope_4711 FROM thing", "SELECT 1/0 AS n4711", "COPY (SELECT id FROM thing WHERE id = 4711) TO STDOUT"]
        for text in asked:
            wire.simple(text)
        wire.socket.sendall(parse("SELECT id FROM thing WHERE id = $1") + bind(values=[b"4712"]) + describe(b"P") + execute() + SYNC)
        self.assertEqual(tags(wire.until_ready()), ["SELECT 0"])
        wire.close()
        eventually(lambda: self.assert_recorded(world, [*asked, "4712", "records test"]), AssertionError)

    def assert_recorded(self, world, texts):
        journal = b"".join(path.read_bytes() for path in sorted(world.scrim.folder.glob("data/audit/*")))
        for text in texts:
            self.assertIn(text.encode(), journal, text)
