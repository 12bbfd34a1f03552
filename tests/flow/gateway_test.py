#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The wire protocol as clients meet it, by raw sockets and psql, against a scrimd without TLS; last line: N passed, N failed."""

import struct
import sys
import time
import unittest

from gateway_world import (CANCEL, GSS, SSL, Closed, World, errors, everything, kinds, message, packet, rows, startup, tags,
                           tls_client)
import unittest_suite

world = None


def setUpModule():
    global world
    world = World()


def tearDownModule():
    world.stop()


def bind(statement="", portal="", values=(), formats=(), results=()):
    body = portal.encode() + b"\0" + statement.encode() + b"\0" + struct.pack("!H", len(formats))
    body += b"".join(struct.pack("!H", one) for one in formats) + struct.pack("!H", len(values))
    for value in values:
        body += struct.pack("!i", -1) if value is None else struct.pack("!i", len(value)) + value
    return message(b"B", body + struct.pack("!H", len(results)) + b"".join(struct.pack("!H", one) for one in results))


def parse(sql, name="", types=()):
    return message(b"P", name.encode() + b"\0" + sql.encode() + b"\0" + struct.pack("!H", len(types)) + b"".join(struct.pack("!I", one) for one in types))


def describe(kind, name=""):
    return message(b"D", kind + name.encode() + b"\0")


def execute(portal="", limit=0):
    return message(b"E", portal.encode() + b"\0" + struct.pack("!I", limit))


SYNC = message(b"S")


class BeforeLogin(unittest.TestCase):
    def last_words(self, data):
        with world.socket() as connection:
            connection.sendall(data)
            return everything(connection)

    def test_gss_is_declined_once(self):
        with world.socket() as connection:
            connection.sendall(packet(GSS))
            self.assertEqual(connection.recv(1), b"N")
            connection.sendall(startup())
            self.assertEqual(connection.recv(1), b"R")
        with world.socket() as connection:
            connection.sendall(packet(GSS))
            self.assertEqual(connection.recv(1), b"N")
            connection.sendall(packet(GSS))
            self.assertIn(b"C08P01", everything(connection))

    def test_tls_by_request_and_directly(self):
        for request in (True, False):
            with world.socket() as connection:
                if request:
                    connection.sendall(packet(SSL))
                    self.assertEqual(connection.recv(1), b"S")
                with tls_client(connection, world.scrim.ca, world.scrim.host, None if request else "postgresql") as tls:
                    tls.sendall(startup())
                    self.assertIn(b"SCRAM-SHA-256-PLUS", tls.recv(100))
                    self.assertGreaterEqual(tls.version(), "TLSv1.2")

    def test_direct_tls_needs_its_protocol(self):
        for alpn in (None, "http/1.1"):
            with world.socket() as connection, self.assertRaises(OSError):
                tls = tls_client(connection, world.scrim.ca, world.scrim.host, alpn)
                tls.sendall(startup())
                if not tls.recv(1):
                    raise OSError("closed")

    def test_requests_inside_tls_are_refused(self):
        for code in (SSL, GSS):
            with world.socket() as connection:
                connection.sendall(packet(SSL))
                connection.recv(1)
                with tls_client(connection, world.scrim.ca, world.scrim.host) as tls:
                    tls.sendall(packet(code))
                    self.assertIn(b"C08P01", everything(tls))

    def test_bytes_behind_a_request_end_the_connection(self):
        for code in (SSL, GSS):
            answer = self.last_words(packet(code) + startup())
            self.assertIn(b"C08P01", answer)
            self.assertNotIn(b"SCRAM", answer)

    def test_what_comes_in_plain_text_after_an_answer_is_no_tls(self):
        with world.socket() as connection:
            connection.sendall(packet(SSL))
            self.assertEqual(connection.recv(1), b"S")
            connection.sendall(startup())
            self.assertNotIn(b"SCRAM", everything(connection))

    def test_lengths_of_the_startup_packet(self):
        for length in (0, 1, 3, 4, 5, 7, 10001, 2**31 - 1, 2**31, 2**32 - 1):
            self.assertIn(b"C08P01", self.last_words(struct.pack("!II", length, 196608) + b"\0" * 16), length)

    def test_other_protocols_are_refused(self):
        self.assertIn(b"C", self.last_words(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"))
        for version in (0x00020000, 0x00040000):
            self.assertIn(b"unsupported frontend protocol", self.last_words(startup(version=version)))

    def test_newer_minor_versions_and_unknown_protocol_options_are_negotiated(self):
        for version, expected in ((0x00030003, 196610), (0x00039999, 196610), (0x00030001, 196608)):
            with world.socket() as connection:
                connection.sendall(startup(version=version))
                answer = connection.recv(17)
                self.assertEqual(answer[:1], b"v")
                self.assertEqual(struct.unpack("!I", answer[5:9])[0], expected)
        with world.socket() as connection:
            connection.sendall(startup(**{"_pq_.magic": "1"}))
            self.assertIn(b"_pq_.magic", connection.recv(100))

    def test_a_second_startup_message_logs_nobody_in(self):
        with world.socket() as connection:
            connection.sendall(startup())
            connection.recv(1000)
            connection.sendall(startup(user="bob"))
            self.assertIn(b"C08P01", everything(connection))

    def test_queries_before_login_are_refused(self):
        for kind in (b"Q", b"P", b"B", b"E", b"S", b"d"):
            with world.socket() as connection:
                connection.sendall(startup())
                connection.recv(1000)
                connection.sendall(message(kind, b"SELECT 1\0"))
                self.assertIn(b"C08P01", everything(connection), kind)

    def test_sasl_out_of_order(self):
        with world.socket() as connection:
            connection.sendall(startup())
            connection.recv(1000)
            connection.sendall(message(b"p", b"c=biws,r=x,p=" + b"A" * 43 + b"="))
            self.assertIn(b"FATAL", everything(connection))

    def test_failed_logins_sound_alike(self):
        heard = set()
        for user, password in (("alice", "wrong"), ("nobody-here", "wrong"), ("alice", "")):
            with self.assertRaises(Closed) as caught:
                world.wire(user, password)
            heard.add(str(caught.exception).replace(user, "?"))
        self.assertEqual(len(heard), 1)
        self.assertRegex(heard.pop(), r'SFATAL VFATAL C28P01 Mpassword authentication failed for user "\?"')

    def test_unknown_databases_and_settings(self):
        with self.assertRaisesRegex(Closed, 'C3D000 Mdatabase "nope" does not exist'):
            world.wire(database="nope")
        with self.assertRaisesRegex(Closed, 'C42704 Munrecognized configuration parameter "nope"'):
            world.wire(options={"nope": "1"})
        with self.assertRaisesRegex(Closed, "C22023"):
            world.wire(options={"options": "-c ="})
        wire = world.wire(options={"options": "-c TimeZone=Europe/Berlin --statement-timeout=5s"})
        self.assertEqual(rows(wire.simple("SHOW timezone")), [(b"Europe/Berlin",)])
        self.assertEqual(rows(wire.simple("SHOW statement_timeout")), [(b"5s",)])

    def test_a_stranger_with_a_wrong_key_cancels_nothing(self):
        self.assertEqual(self.last_words(packet(CANCEL, struct.pack("!II", 1, 1))), b"")


class SimpleProtocol(unittest.TestCase):
    def setUp(self):
        self.wire = world.wire()

    def tearDown(self):
        self.wire.close()

    def test_a_row(self):
        answer = self.wire.simple("SELECT id, name FROM thing WHERE id = 7")
        self.assertEqual(kinds(answer), "TDCZ")
        self.assertEqual(rows(answer), [(b"7", b"thing 7")])
        self.assertEqual(tags(answer), ["SELECT 1"])
        self.assertEqual(rows(self.wire.simple("SELECT id, name FROM thing WHERE id = 8")), [(b"8", b"thing 8")])

    def test_empty_texts(self):
        for text in ("", " ", ";", "-- nothing", ";;"):
            self.assertEqual(kinds(self.wire.simple(text)), "IZ", text)

    def test_several_statements_stop_at_the_first_error(self):
        answer = self.wire.simple("SELECT 1; SELECT id FROM thing WHERE id = 2; SELECT 1/0; SELECT 3")
        self.assertEqual(tags(answer), ["SELECT 1", "SELECT 1"])
        self.assertEqual([error["C"] for error in errors(answer)], ["22012"])
        self.assertEqual(answer[-1], (b"Z", b"I"))

    def test_a_setting_rolls_back_with_its_text(self):
        self.wire.simple("SET timezone = 'Asia/Tokyo'; SELECT 1/0")
        self.assertEqual(rows(self.wire.simple("SHOW timezone")), [(b"UTC",)])
        self.wire.simple("SET timezone = 'Asia/Tokyo'; SELECT 1")
        self.assertEqual(rows(self.wire.simple("SHOW timezone")), [(b"Asia/Tokyo",)])

    def test_positions_are_characters_of_the_right_statement(self):
        for text in ("SELECT 'é'; SELECT nope FROM thing", "/* ü */ SELECT nope FROM thing WHERE id = 1", "SELECT id,\n  nope FROM thing"):
            (error,) = errors(self.wire.simple(text))
            self.assertEqual(int(error["P"]), text.index("nope") + 1, text)
            self.assertEqual(error["C"], "42703")

    def test_positions_of_a_shape_seen_before(self):
        for text in ("SELECT 1 / 0 FROM thing WHERE id = 1", "SELECT   1 /  0 FROM thing WHERE id = 12345"):
            (error,) = errors(self.wire.simple(text))
            self.assertEqual(error["C"], "22012", error)

    def test_transactions(self):
        self.assertEqual(self.wire.simple("BEGIN")[-1], (b"Z", b"T"))
        self.assertEqual(self.wire.simple("SELECT nope")[-1], (b"Z", b"E"))
        answer = self.wire.simple("SELECT id FROM thing WHERE id = 1")
        self.assertEqual(errors(answer)[0]["C"], "25P02")
        answer = self.wire.simple("COMMIT")
        self.assertEqual(tags(answer), ["ROLLBACK"])
        self.assertEqual(answer[-1], (b"Z", b"I"))
        self.assertIn("N", kinds(self.wire.simple("COMMIT")))
        for sql, tag in (("START TRANSACTION ISOLATION LEVEL SERIALIZABLE", "START TRANSACTION"), ("SHOW transaction_isolation", "SHOW"),
                         ("SAVEPOINT a", "SAVEPOINT"), ("RELEASE a", "RELEASE"), ("ROLLBACK", "ROLLBACK")):
            self.assertEqual(tags(self.wire.simple(sql)), [tag], sql)

    def test_savepoints(self):
        self.wire.simple("BEGIN; SAVEPOINT a")
        self.wire.simple("SET timezone = 'Asia/Tokyo'")
        self.assertEqual(self.wire.simple("SELECT 1/0")[-1], (b"Z", b"E"))
        self.assertEqual(self.wire.simple("ROLLBACK TO a")[-1], (b"Z", b"T"))
        self.assertEqual(rows(self.wire.simple("SHOW timezone")), [(b"UTC",)])
        self.assertEqual(errors(self.wire.simple("ROLLBACK TO nope"))[0]["C"], "3B001")
        self.wire.simple("ROLLBACK")
        self.assertEqual(errors(self.wire.simple("SAVEPOINT x"))[0]["C"], "25P01")

    def test_set_local_ends_with_its_transaction(self):
        self.wire.simple("BEGIN; SET LOCAL timezone = 'Asia/Tokyo'")
        self.assertEqual(rows(self.wire.simple("SHOW timezone")), [(b"Asia/Tokyo",)])
        self.wire.simple("COMMIT")
        self.assertEqual(rows(self.wire.simple("SHOW timezone")), [(b"UTC",)])

    def test_settings_travel_with_the_statement(self):
        self.wire.simple("SET timezone = 'Asia/Tokyo'; SET datestyle = 'German'")
        self.assertEqual(rows(self.wire.simple("SELECT made FROM thing WHERE id = 1")), [(b"01.01.2024 10:00:00 JST",)])
        other = world.wire()
        self.assertEqual(rows(other.simple("SELECT made FROM thing WHERE id = 1")), [(b"2024-01-01 01:00:00+00",)])
        other.close()

    def test_what_may_not_be_set(self):
        for sql, code in (("SET server_version = '16'", "55P02"), ("SET nope = 1", "42704"), ("SET datestyle = 'nope'", "22023"),
                          ("SET client_encoding = 'LATIN1'", "0A000"), ("SET search_path = secret", "22023"),
                          ("SET standard_conforming_strings = off", "0A000"), ("SET scrim.project = 'x'", "42704"),
                          ("SET TimeZone = 'Nowhere/City'", "22023"), ("SET statement_timeout = '-1'", "22023"), ("SHOW nope", "42704")):
            self.assertEqual([error["C"] for error in errors(self.wire.simple(sql))], [code], sql)

    def test_cursors(self):
        self.assertEqual(errors(self.wire.simple("DECLARE c CURSOR FOR SELECT id FROM thing"))[0]["C"], "25P01")
        self.wire.simple("BEGIN")
        self.assertEqual(tags(self.wire.simple("DECLARE c SCROLL CURSOR FOR SELECT id FROM thing ORDER BY id")), ["DECLARE CURSOR"])
        for sql, expected, tag in (("FETCH 2 FROM c", [1, 2], "FETCH 2"), ("FETCH NEXT FROM c", [3], "FETCH 1"),
                                   ("MOVE FORWARD 5 IN c", [], "MOVE 5"), ("FETCH PRIOR FROM c", [7], "FETCH 1"),
                                   ("FETCH ABSOLUTE 100 FROM c", [100], "FETCH 1"), ("FETCH LAST FROM c", [1000], "FETCH 1"),
                                   ("FETCH FORWARD ALL FROM c", [], "FETCH 0")):
            answer = self.wire.simple(sql)
            self.assertEqual([int(row[0]) for row in rows(answer)], expected, sql)
            self.assertEqual(tags(answer), [tag])
        self.assertEqual(tags(self.wire.simple("CLOSE c")), ["CLOSE CURSOR"])
        self.assertEqual(errors(self.wire.simple("FETCH c"))[0]["C"], "34000")
        self.wire.simple("ROLLBACK")

    def test_a_held_cursor_outlives_its_transaction(self):
        self.wire.simple("BEGIN; DECLARE h CURSOR WITH HOLD FOR SELECT id FROM thing WHERE id < 4 ORDER BY id; COMMIT")
        self.assertEqual(rows(self.wire.simple("FETCH ALL FROM h")), [(b"1",), (b"2",), (b"3",)])
        self.assertEqual(tags(self.wire.simple("CLOSE ALL")), ["CLOSE CURSOR ALL"])

    def test_prepared_statements_of_sql(self):
        self.assertEqual(tags(self.wire.simple("PREPARE p(int) AS SELECT name FROM thing WHERE id = $1")), ["PREPARE"])
        self.assertEqual(rows(self.wire.simple("EXECUTE p(3)")), [(b"thing 3",)])
        self.assertEqual(errors(self.wire.simple("EXECUTE p"))[0]["C"], "42601")
        self.assertEqual(errors(self.wire.simple("PREPARE p AS SELECT 1"))[0]["C"], "42P05")
        self.assertEqual(tags(self.wire.simple("DEALLOCATE p")), ["DEALLOCATE"])
        self.assertEqual(errors(self.wire.simple("EXECUTE p(3)"))[0]["C"], "26000")
        self.assertEqual(tags(self.wire.simple("DISCARD ALL")), ["DISCARD ALL"])

    def test_refusals(self):
        for sql, code in (("INSERT INTO thing VALUES (1)", "25006"), ("LISTEN x", "0A000"), ("COPY thing FROM STDIN", "25006"),
                          ("COPY thing TO '/tmp/x'", "0A000"), ("SELEC 1", "42601"), ("SELECT * FROM nope", "42P01"),
                          ("SELECT set_config('a.b', 'c', false)", "42883"), ("SELECT pg_sleep(1)", "42883"), ("VACUUM", "0A000")):
            answer = self.wire.simple(sql)
            self.assertEqual([error["C"] for error in errors(answer)], [code], sql)
            self.assertEqual(kinds(answer), "EZ", sql)

    def test_explain(self):
        answer = self.wire.simple("EXPLAIN SELECT id FROM thing WHERE id = 7")
        self.assertEqual(tags(answer), ["EXPLAIN"])
        self.assertGreater(len(rows(answer)), 0)
        self.assertEqual(rows(self.wire.simple("EXPLAIN (FORMAT JSON) SELECT id FROM thing"))[0][0][:1] in (b"[", b"{"), True)
        self.assertEqual(kinds(self.wire.simple("EXPLAIN ANALYZE SELECT id FROM thing")), "EZ")

    def test_lengths_of_a_query_message(self):
        for length in (0, 1, 3, 2**31 - 1, 2**31, 2**32 - 1):
            wire = world.wire()
            wire.socket.sendall(b"Q" + struct.pack("!I", length))
            self.assertIn(b"C08P01", everything(wire.socket), length)

    def test_unexpected_messages_end_the_session(self):
        for kind in (b"p", b"d", b"c", b"f", b"R", b"\0", b"\xff"):
            wire = world.wire()
            wire.send(kind, b"")
            self.assertIn(b"C08P01", everything(wire.socket), kind)

    def test_invalid_utf8_is_refused(self):
        (error,) = errors(self.wire.simple("SELECT '\udcff'"))
        self.assertEqual(error["C"], "22021")


class CopyOut(unittest.TestCase):
    def both(self, sql):
        """What Scrim and PostgreSQL itself say to the same COPY."""
        ours, ours_error = world.psql(sql)
        self.assertEqual(ours_error, "", sql)
        return ours, world.postgres.psql(sql)

    def test_is_what_postgresql_writes(self):
        for options in ("", "WITH (FORMAT csv)", "WITH (FORMAT csv, HEADER)", "WITH (DELIMITER '|')", "WITH (NULL 'nil')",
                        "WITH (FORMAT csv, QUOTE '''', NULL 'x')", "WITH (FORMAT csv, FORCE_QUOTE (t))", "WITH (FORMAT csv, FORCE_QUOTE *)",
                        "WITH (FORMAT csv, ESCAPE '\\')", "WITH (FORMAT text, HEADER true)", "CSV HEADER"):
            ours, theirs = self.both(f"COPY (SELECT * FROM odd ORDER BY id) TO STDOUT {options}")
            self.assertEqual(ours.rstrip("\n"), theirs.rstrip("\n") if isinstance(theirs, str) else theirs, options)
        ours, theirs = self.both("COPY (SELECT t FROM odd ORDER BY id) TO STDOUT CSV")
        self.assertEqual(ours.rstrip("\n"), theirs.rstrip("\n"))

    def test_binary(self):
        wire = world.wire()
        answer = wire.simple("COPY (SELECT id FROM thing WHERE id = 7) TO STDOUT (FORMAT binary)")
        self.assertEqual(kinds(answer), "HddcCZ")
        data = b"".join(body for kind, body in answer if kind == b"d")
        self.assertEqual(data, b"PGCOPY\n\xff\r\n\0" + b"\0" * 8 + struct.pack("!HII", 1, 4, 7) + b"\xff\xff")
        self.assertEqual(tags(answer), ["COPY 1"])
        wire.close()

    def test_a_table_by_name(self):
        ours, _ = world.psql("COPY odd (id) TO STDOUT")
        self.assertEqual(ours.split(), [str(i) for i in range(1, 10)])

    def test_nothing(self):
        wire = world.wire()
        self.assertEqual(kinds(wire.simple("COPY (SELECT id FROM thing WHERE false) TO STDOUT")), "HcCZ")
        for options, code in (("(FORMAT csv, DELIMITER ',,')", "22023"), ("(QUOTE 'x')", "0A000"), ("(nope)", "42601"), ("(ENCODING 'latin1')", "0A000")):
            self.assertEqual([error["C"] for error in errors(wire.simple(f"COPY thing TO STDOUT {options}"))], [code], options)
        wire.close()


class ExtendedProtocol(unittest.TestCase):
    def setUp(self):
        self.wire = world.wire()

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
        self.assertEqual(errors(self.say(message(b"F", struct.pack("!IHHH", 1, 0, 0, 0)), SYNC))[0]["C"], "0A000")


class Greed(unittest.TestCase):
    def test_cancel(self):
        for version, length in ((196608, 4), (196610, 32)):
            wire = world.wire(version=version)
            self.assertEqual(len(wire.key), 4 + length)
            wire.send(b"Q", b"SELECT count(*) FROM big a, big b WHERE a.filler < b.filler\0")
            answer = None
            while answer is None:
                with world.socket() as canceller:
                    canceller.sendall(packet(CANCEL, wire.key))
                    self.assertEqual(everything(canceller), b"")
                wire.socket.settimeout(0.2)
                try:
                    answer = wire.until_ready()
                except TimeoutError:
                    continue
            self.assertEqual([error["C"] for error in errors(answer)], ["57014"])
            wire.socket.settimeout(10)
            self.assertEqual(rows(wire.simple("SELECT id FROM thing WHERE id = 1")), [(b"1",)])
            wire.close()

    def test_statement_timeout(self):
        wire = world.wire()
        wire.simple("SET statement_timeout = '300ms'")
        started = time.monotonic()
        (error,) = errors(wire.simple("SELECT count(*) FROM big a, big b WHERE a.filler < b.filler"))
        self.assertEqual((error["C"], error["M"]), ("57014", "canceling statement due to statement timeout"))
        self.assertLess(time.monotonic() - started, 5)
        self.assertEqual(rows(wire.simple("SELECT id FROM thing WHERE id = 1")), [(b"1",)])
        wire.close()

    def test_a_slow_reader_is_not_buffered_for(self):
        before = self.resident()
        wire = world.wire()
        wire.send(b"Q", b"SELECT a.filler FROM big a, big b WHERE b.id < 20\0")
        time.sleep(3)
        self.assertLess(self.resident() - before, 32 << 20)
        wire.socket.close()

    def resident(self):
        with open(f"/proc/{world.scrim.process.pid}/statm") as facts:
            return int(facts.read().split()[1]) * 4096


if __name__ == "__main__":
    sys.exit(unittest_suite.run(sys.modules[__name__]))
