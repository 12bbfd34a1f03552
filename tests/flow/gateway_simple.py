# SPDX-License-Identifier: Apache-2.0
"""The simple protocol, SQL commands and COPY."""

import struct
import unittest

import gateway_world
from gateway_world import errors, everything, kinds, message, rows, tags


class SimpleProtocol(unittest.TestCase):
    def setUp(self):
        self.wire = gateway_world.shared.wire()

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
        other = gateway_world.shared.wire()
        self.assertEqual(rows(other.simple("SELECT made FROM thing WHERE id = 1")), [(b"2024-01-01 01:00:00+00",)])
        other.close()

    def test_moments_are_read_by_the_settings_of_whoever_asks(self):
        """Prepared at the source for one session, a statement is run again for others, and for the same one later."""
        moment, day = "SELECT '2026-11-27 00:00'::timestamptz AT TIME ZONE 'UTC'{}", "SELECT '03-04-2024'::date + 0{}"
        zones = {"Asia/Tokyo": b"2026-11-26 15:00:00", "UTC": b"2026-11-27 00:00:00", "Pacific/Kiritimati": b"2026-11-26 10:00:00"}
        styles = {"ISO, MDY": b"2024-03-04", "ISO, DMY": b"2024-04-03"}
        sessions = [gateway_world.shared.wire() for _ in range(2)]
        for source in (" FROM thing WHERE id = 1", ""):
            for session in sessions * 2:
                for zone, expected in zones.items():
                    session.simple(f"SET TimeZone = '{zone}'")
                    self.assertEqual(rows(session.simple(moment.format(source))), [(expected,)], (zone, source))
                for style, expected in styles.items():
                    session.simple(f"SET DateStyle = '{style}'")
                    self.assertEqual(rows(session.simple(day.format(source))), [(expected,)], (style, source))
        for session in sessions:
            session.close()

    def test_what_may_not_be_set(self):
        for sql, code in (("SET server_version = '16'", "55P02"), ("SET nope = 1", "42704"), ("SET datestyle = 'nope'", "22023"),
                          ("SET client_encoding = 'LATIN1'", "0A000"), ("SET search_path = secret", "22023"),
                          ("SET standard_conforming_strings = off", "0A000"), ("SET scrim.project = 'x'", "42501"),
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
        for length in (0, 1, 3, 2**30 + 4, 2**31 - 1, 2**31, 2**32 - 1):
            wire = gateway_world.shared.wire()
            wire.socket.sendall(b"Q" + struct.pack("!I", length))
            self.assertIn(b"C08P01", everything(wire.socket), length)

    def test_unexpected_messages_end_the_session(self):
        for kind in (b"p", b"R", b"v", b"\0", b"\xff"):
            wire = gateway_world.shared.wire()
            wire.send(kind, b"")
            self.assertIn(b"C08P01", everything(wire.socket), kind)

    def test_what_is_sent_to_copy_in_is_dropped(self):
        copying = b"".join(message(kind, body) for kind, body in ((b"d", b"1\tx\n"), (b"d", b""), (b"c", b""), (b"f", b"no\0")))
        self.wire.socket.sendall(message(b"Q", b"COPY thing FROM STDIN\0") + copying)
        self.assertEqual(errors(self.wire.until_ready())[0]["C"], "25006")
        self.assertEqual(rows(self.wire.simple("SELECT id FROM thing WHERE id = 1")), [(b"1",)])

    def test_a_query_that_is_no_text(self):
        for body in (b"", b"SELECT 1", b"SELECT 1\0x", b"a\0b\0"):
            self.wire.simple("BEGIN")
            self.wire.send(b"Q", body)
            answer = self.wire.until_ready()
            self.assertEqual((kinds(answer), errors(answer)[0]["C"], answer[-1]), ("EZ", "08P01", (b"Z", b"E")))
            self.wire.simple("ROLLBACK")

    def test_invalid_utf8_is_refused(self):
        (error,) = errors(self.wire.simple("SELECT '\udcff'"))
        self.assertEqual(error["C"], "22021")


class CopyOut(unittest.TestCase):
    def both(self, sql):
        """What Scrim and PostgreSQL itself say to the same COPY."""
        ours, ours_error = gateway_world.shared.psql(sql)
        self.assertEqual(ours_error, "", sql)
        return ours, gateway_world.shared.postgres.psql(sql)

    def test_is_what_postgresql_writes(self):
        for options in ("", "WITH (FORMAT csv)", "WITH (FORMAT csv, HEADER)", "WITH (DELIMITER '|')", "WITH (NULL 'nil')",
                        "WITH (FORMAT csv, QUOTE '''', NULL 'x')", "WITH (FORMAT csv, FORCE_QUOTE (t))", "WITH (FORMAT csv, FORCE_QUOTE *)",
                        "WITH (FORMAT csv, ESCAPE '\\')", "WITH (FORMAT text, HEADER true)", "CSV HEADER"):
            ours, theirs = self.both(f"COPY (SELECT * FROM odd ORDER BY id) TO STDOUT {options}")
            self.assertEqual(ours.rstrip("\n"), theirs.rstrip("\n") if isinstance(theirs, str) else theirs, options)
        ours, theirs = self.both("COPY (SELECT t FROM odd ORDER BY id) TO STDOUT CSV")
        self.assertEqual(ours.rstrip("\n"), theirs.rstrip("\n"))

    def test_binary(self):
        wire = gateway_world.shared.wire()
        answer = wire.simple("COPY (SELECT id FROM thing WHERE id = 7) TO STDOUT (FORMAT binary)")
        self.assertEqual(kinds(answer), "HddcCZ")
        data = b"".join(body for kind, body in answer if kind == b"d")
        self.assertEqual(data, b"PGCOPY\n\xff\r\n\0" + b"\0" * 8 + struct.pack("!HII", 1, 4, 7) + b"\xff\xff")
        self.assertEqual(tags(answer), ["COPY 1"])
        wire.close()

    def test_a_table_by_name(self):
        ours, _ = gateway_world.shared.psql("COPY odd (id) TO STDOUT")
        self.assertEqual(ours.split(), [str(i) for i in range(1, 10)])

    def test_nothing(self):
        wire = gateway_world.shared.wire()
        self.assertEqual(kinds(wire.simple("COPY (SELECT id FROM thing WHERE false) TO STDOUT")), "HcCZ")
        for options, code in (("(FORMAT csv, DELIMITER ',,')", "0A000"), ("(FORMAT csv, FORMAT csv)", "42601"), ("(QUOTE 'x')", "0A000"), ("(nope)", "42601"), ("(ENCODING 'latin1')", "0A000")):
            self.assertEqual([error["C"] for error in errors(wire.simple(f"COPY thing TO STDOUT {options}"))], [code], options)
        wire.close()
