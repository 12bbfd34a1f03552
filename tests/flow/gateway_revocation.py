# SPDX-License-Identifier: Apache-2.0
"""Rules that change between the messages of one session."""

import unittest

import gateway_world
from gateway_world import bind, errors, execute, parse, rows, SYNC, tags


class Revocation(unittest.TestCase):
    def setUp(self):
        gateway_world.shared.change_watched("red")
        self.wire = gateway_world.shared.wire()

    def tearDown(self):
        self.wire.close()

    def say(self, *messages):
        self.wire.socket.sendall(b"".join(messages))
        return self.wire.until_ready()

    def open_portal(self):
        self.say(parse("BEGIN"), bind(), execute(), SYNC)
        answer = self.say(parse("SELECT grp FROM watched ORDER BY id", "s"), bind("s", "p"), execute("p", 2), SYNC)
        self.assertEqual(rows(answer), [(b"red",)] * 2)

    def test_a_suspended_portal_does_not_go_on(self):
        self.open_portal()
        gateway_world.shared.change_watched("blue")
        answer = self.say(execute("p", 2), SYNC)
        self.assertEqual((rows(answer), errors(answer)[0]["C"]), ([], "40001"))

    def test_nor_when_its_statement_was_bound_again(self):
        self.open_portal()
        gateway_world.shared.change_watched("blue")
        self.say(bind("s", "q"), SYNC)
        answer = self.say(execute("p", 2), SYNC)
        self.assertEqual((rows(answer), errors(answer)[0]["C"]), ([], "40001"))

    def test_a_bound_portal_shows_the_new_rows(self):
        self.say(parse("BEGIN"), bind(), execute(), SYNC)
        self.say(parse("SELECT grp FROM watched ORDER BY id LIMIT 1", "s"), bind("s", "p"), SYNC)
        gateway_world.shared.change_watched("blue")
        self.assertEqual(rows(self.say(execute("p"), SYNC)), [(b"blue",)])

    def test_a_cursor_does_not_go_on(self):
        for statement in ("FETCH c", "MOVE c", "FETCH FIRST c", "FETCH ALL c", "MOVE ALL c"):
            gateway_world.shared.change_watched("red")
            self.wire.simple("BEGIN")
            self.wire.simple("DECLARE c SCROLL CURSOR WITH HOLD FOR SELECT grp FROM watched ORDER BY id")
            self.assertEqual(rows(self.wire.simple("FETCH c")), [(b"red",)])
            self.wire.simple("COMMIT")
            gateway_world.shared.change_watched("blue")
            answer = self.wire.simple(statement)
            self.assertEqual((rows(answer), tags(answer), errors(answer)[0]["C"]), ([], [], "40001"), statement)
            self.assertEqual(rows(self.wire.simple("FETCH c")), [], statement)
            self.wire.simple("CLOSE ALL")

    def test_copy_and_prepared_statements_show_the_new_rows(self):
        self.wire.simple("PREPARE p AS SELECT grp FROM watched ORDER BY id LIMIT 1")
        self.assertEqual(rows(self.wire.simple("EXECUTE p")), [(b"red",)])
        gateway_world.shared.change_watched("blue")
        self.assertEqual(rows(self.wire.simple("EXECUTE p")), [(b"blue",)])
        copied = self.wire.simple("COPY (SELECT grp FROM watched ORDER BY id LIMIT 1) TO STDOUT")
        self.assertEqual([body for kind, body in copied if kind == b"d"], [b"blue\n"])
