# SPDX-License-Identifier: Apache-2.0
"""The extended protocol; cancelling, timeouts, slow readers."""

import struct
import time
import unittest

import gateway_world
from gateway_world import bind, CANCEL, describe, errors, everything, execute, kinds, message, packet, parse, rows, SYNC, tags


class ExtendedProtocol(unittest.TestCase):
    def setUp(self):
        self.wire = gateway_world.shared.wire()

    def tearDown(self):
        self.wire.close()

    def say(self, *messages):
        self.wire.socket.sendall(b"".join(messages))
        return self.wire.until_ready()

    def test_the_usual_five(self):
        answer = self.say(parse("SELECT name FROM thing WHERE id = $1"), bind(values=[b"7"]), describe(b"P"), execute(), SYNC)
        self.assertEqual(kinds(answer), "12TDCZ")
        self.assertEqual(rows(answer), [(b"thing 7",)])

    def test_binary_values(self):
        answer = self.say(parse("SELECT id, amount FROM thing WHERE id = $1"), bind(values=[struct.pack("!I", 7)], formats=[1], results=[1, 0]),
                          describe(b"P"), execute(), SYNC)
        self.assertEqual(rows(answer), [(struct.pack("!I", 7), b"10.5")])

    def test_describe_a_statement(self):
        answer = self.say(parse("SELECT id FROM thing WHERE name = $1 AND id > $2", "s"), describe(b"S", "s"), SYNC)
        self.assertEqual(kinds(answer), "1tTZ")
        self.assertEqual(struct.unpack("!HII", answer[1][1]), (2, 25, 23))
        self.assertEqual(kinds(self.say(parse("BEGIN", "b"), describe(b"S", "b"), SYNC)), "1tnZ")
        self.assertEqual(kinds(self.say(parse("SHOW timezone", "w"), describe(b"S", "w"), SYNC)), "1tTZ")
        self.assertEqual(kinds(self.say(parse("", "e"), describe(b"S", "e"), bind("e"), execute(), SYNC)), "1tn2IZ")

    def test_named_statements_and_portals(self):
        self.say(parse("SELECT id FROM thing WHERE id < $1 ORDER BY id", "s"), SYNC)
        answer = self.say(bind("s", "a", [b"4"]), bind("s", "b", [b"3"]), execute("b"), execute("a"), SYNC)
        self.assertEqual([int(row[0]) for row in rows(answer)], [1, 2, 1, 2, 3])
        self.assertEqual(errors(self.say(parse("SELECT 1", "s"), SYNC))[0]["C"], "42P05")
        self.assertEqual(kinds(self.say(message(b"C", b"Ss\0"), SYNC)), "3Z")
        self.assertEqual(errors(self.say(bind("s"), SYNC))[0]["C"], "26000")
        self.assertEqual(errors(self.say(execute("nope"), SYNC))[0]["C"], "34000")

    def test_row_limits(self):
        messages = [parse("SELECT id FROM thing ORDER BY id"), bind(), execute(limit=2), execute(limit=3), execute(), execute(), SYNC]
        answer = self.say(*messages)
        self.assertEqual(kinds(answer), "12" + "DDs" + "DDDs" + "D" * 995 + "C" + "CZ")

    def test_a_command_is_carried_out_once_for_a_portal(self):
        for sql, first in (("COPY (SELECT id FROM thing WHERE id < 3) TO STDOUT", "COPY 2"), ("SET datestyle = 'ISO'", "SET")):
            answer = self.say(parse(sql), bind(), execute(), execute(), SYNC)
            self.assertEqual((tags(answer), [error["C"] for error in errors(answer)]), ([first], ["55000"]), sql)
            self.assertIn('portal "" cannot be run', errors(answer)[0]["M"])
        shown = self.say(parse("SHOW timezone"), bind(), execute(), execute(), SYNC)
        self.assertEqual((rows(shown), tags(shown)), ([(b"UTC",)], ["SHOW", "SHOW"]))

    def test_a_portal_lives_in_its_transaction(self):
        self.say(parse("BEGIN"), bind(), execute(), SYNC)
        self.assertEqual(kinds(self.say(parse("SELECT id FROM thing ORDER BY id"), bind(portal="p"), execute("p", 2), SYNC)), "12DDsZ")
        self.assertEqual([int(row[0]) for row in rows(self.say(execute("p", 2), SYNC))], [3, 4])
        self.say(parse("COMMIT"), bind(), execute(), SYNC)
        self.assertEqual(errors(self.say(execute("p", 2), SYNC))[0]["C"], "34000")

    def test_an_error_skips_to_sync(self):
        answer = self.say(parse("SELECT nope FROM thing"), bind(), execute(), parse("SELECT 1"), SYNC, parse("SELECT id FROM thing WHERE id = 1"), bind(),
                          execute(), SYNC)
        self.assertEqual(kinds(answer), "EZ")
        self.assertEqual(int(errors(answer)[0]["P"]), 8)
        self.assertEqual(kinds(self.wire.until_ready()), "12DCZ")

    def test_a_failing_run_skips_to_sync(self):
        answer = self.say(parse("SELECT 1/(id-1) FROM thing WHERE id = 1"), bind(), execute(), execute(), SYNC)
        self.assertEqual(kinds(answer), "12EZ")
        self.assertEqual(kinds(self.say(SYNC)), "Z")

    def test_a_pipeline(self):
        one = [parse("SELECT id FROM thing WHERE id = $1"), bind(values=[b"5"]), execute()]
        answer = self.say(*(one * 50), SYNC)
        self.assertEqual(kinds(answer), "12DC" * 50 + "Z")
        self.wire.socket.sendall(b"".join([*one, SYNC] * 50))
        for _ in range(50):
            self.assertEqual(kinds(self.wire.until_ready()), "12DCZ")

    def test_flush(self):
        self.wire.socket.sendall(parse("SELECT id FROM thing WHERE id = 1") + bind() + execute() + message(b"H"))
        self.assertEqual([self.wire.message()[0] for _ in range(4)], [b"1", b"2", b"D", b"C"])
        self.assertEqual(kinds(self.say(SYNC)), "Z")

    def test_wrong_numbers_of_values(self):
        self.assertEqual(errors(self.say(parse("SELECT id FROM thing WHERE id = $1"), bind(), SYNC))[0]["C"], "08P01")
        self.assertEqual(errors(self.say(parse("SELECT 1; SELECT 2"), SYNC))[0]["C"], "42601")
        self.assertEqual(kinds(self.say(SYNC)), "Z")

    def test_an_error_in_a_value(self):
        answer = self.say(parse("SELECT id FROM thing WHERE id = $1"), bind(values=[b"x"]), execute(), SYNC)
        self.assertEqual(errors(answer)[0]["C"], "22P02")

    def test_commands(self):
        self.assertEqual(tags(self.say(parse("BEGIN"), bind(), execute(), parse("SELECT id FROM thing WHERE id = 1"), bind(), execute(), SYNC)),
                         ["BEGIN", "SELECT 1"])
        self.assertEqual(tags(self.say(parse("DECLARE c CURSOR FOR SELECT id FROM thing WHERE id > $1 ORDER BY id"), bind(values=[b"9"]), execute(), SYNC)),
                         ["DECLARE CURSOR"])
        answer = self.say(parse("FETCH 2 FROM c"), describe(b"S"), bind(), describe(b"P"), execute(), SYNC)
        self.assertEqual(kinds(answer), "1tT2TDDCZ")
        self.assertEqual(rows(answer), [(b"10",), (b"11",)])
        answer = self.say(parse("ROLLBACK"), bind(), execute(), SYNC)
        self.assertEqual(answer[-1], (b"Z", b"I"))

    def test_function_calls_are_refused(self):
        answer = self.say(message(b"F", struct.pack("!IHHH", 1, 0, 0, 0)))
        self.assertEqual((kinds(answer), errors(answer)[0]["C"]), ("EZ", "0A000"))

    def test_bodies_that_make_no_sense(self):
        for kind, bodies in ((b"P", (b"", b"s\0", b"s\0SELECT 1\0\0\1", b"s\0SELECT 1\0\0\0x")), (b"B", (b"", b"\0\0\0\1", b"\0\0\0\0\0\1\xff\xff\xff\xfe\0\0")),
                             (b"D", (b"", b"X\0", b"S")), (b"C", (b"", b"S", b"Xa\0")), (b"E", (b"", b"\0", b"\0\0\0\0"))):
            for body in bodies:
                answer = self.say(message(kind, body), parse("SELECT 1"), SYNC)
                self.assertEqual((kinds(answer), errors(answer)[0]["C"]), ("EZ", "08P01"), (kind, body))
        self.assertEqual(kinds(self.say(parse("SELECT id FROM thing WHERE id = 1"), bind(), execute(), SYNC)), "12DCZ")

    def test_a_format_that_does_not_exist(self):
        for wrong in ({"formats": [2], "values": [b"1"]}, {"values": [b"1"], "results": [7]}):
            answer = self.say(parse("SELECT id FROM thing WHERE id = $1"), bind(**wrong), execute(), SYNC)
            self.assertEqual((kinds(answer), errors(answer)[0]["C"]), ("1EZ", "22023"), wrong)


class Greed(unittest.TestCase):
    def test_cancel(self):
        for version, length in ((196608, 4), (196610, 32)):
            wire = gateway_world.shared.wire(version=version)
            self.assertEqual(len(wire.key), 4 + length)
            wire.send(b"Q", b"SELECT count(*) FROM big a, big b WHERE a.filler < b.filler\0")
            gateway_world.shared.wait_until_source_runs("filler")
            with gateway_world.shared.socket() as canceller:
                canceller.sendall(packet(CANCEL, wire.key))
                self.assertEqual(everything(canceller), b"")
            self.assertEqual([error["C"] for error in errors(wire.until_ready())], ["57014"])
            self.assertEqual(rows(wire.simple("SELECT id FROM thing WHERE id = 1")), [(b"1",)])
            wire.close()

    def test_a_cancel_counts_at_any_moment(self):
        """While a new statement is planned, described at the source, planned there: the request is not forgotten."""
        wire = gateway_world.shared.wire()
        for number in range(24):
            joins = ", ".join(f"big t{i}" for i in range(8))
            wire.send(b"Q", f"SELECT count(*) FROM {joins} WHERE t0.id <> {number} AND t1.filler < t2.filler AND {number} = {number}\0".encode())
            time.sleep((0.01, 0.02, 0.04, 0.08)[number % 4])
            with gateway_world.shared.socket() as canceller:
                canceller.sendall(packet(CANCEL, wire.key))
                self.assertEqual(everything(canceller), b"")
            self.assertEqual([error["C"] for error in errors(wire.until_ready())], ["57014"])
        self.assertEqual(rows(wire.simple("SELECT id FROM thing WHERE id = 1")), [(b"1",)])
        wire.close()

    def test_statement_timeout(self):
        wire = gateway_world.shared.wire()
        wire.simple("SET statement_timeout = '300ms'")
        (error,) = errors(wire.simple("SELECT count(*) FROM big a, big b WHERE a.filler < b.filler"))
        self.assertEqual((error["C"], error["M"]), ("57014", "canceling statement due to statement timeout"))
        self.assertEqual(rows(wire.simple("SELECT id FROM thing WHERE id = 1")), [(b"1",)])
        wire.close()

    def test_a_client_that_leaves_ends_its_statement(self):
        running = "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%leaving%' AND pid <> pg_backend_pid()"
        for farewell in (b"", message(b"X")):
            wire = gateway_world.shared.wire()
            wire.send(b"Q", b"SELECT count(*) AS leaving FROM big a, big b WHERE a.filler < b.filler\0")
            gateway_world.shared.wait_until_source_runs("leaving")
            wire.socket.sendall(farewell)
            wire.socket.close()
            gateway_world.eventually(lambda: self.assertEqual(gateway_world.shared.postgres.psql(running), "0"), AssertionError, 10)

    def test_a_slow_reader_is_not_buffered_for(self):
        before = self.resident()
        wire = gateway_world.shared.wire()
        wire.send(b"Q", b"SELECT a.filler FROM big a, big b WHERE b.id < 20\0")
        time.sleep(3)
        self.assertLess(self.resident() - before, 32 << 20)
        wire.socket.close()

    def resident(self):
        with open(f"/proc/{gateway_world.shared.scrim.process.pid}/statm") as facts:
            return int(facts.read().split()[1]) * 4096
