# SPDX-License-Identifier: Apache-2.0
"""Servers that are slow, stop half-way, send too much or too odd: every wait and every answer is bounded, and what cannot be
understood is an error. These speak without TLS: what they say is what counts here."""

import time
import unittest

import world
from fake import BIND_ANSWER, BUSY, DONE, ENTRY, REFERENCE, REFERRAL, SEARCH, SUCCESS, Fake, entry, message, page_control, result, text
from openldap import BASE, PASSWORD
from probe import Probe

USER = f"uid=alice,ou=people,{BASE}"
ALICE = {"uid": ["alice"], "entryUUID": ["an-id"]}


class Hostile(unittest.TestCase):
    def serve(self, handler, host="127.0.0.1"):
        fake = Fake(handler, host=host)
        self.addCleanup(fake.close)
        return fake

    def probe(self, fake, *more):
        probe = Probe(world.shared.options(("server", f"127.0.0.1:{fake.port}"), ("operation_ms", 500), ("connect_ms", 500), ("call_ms", 3000),
                                           ("groups.lookup", "none"), *more, transport="plain"))
        self.addCleanup(probe.close)
        return probe

    def searched(self, *answers):
        """A server that answers every search with these: functions of the message's id."""
        def handler(connection):
            while True:
                identity, _, _ = connection.answer_binds()
                for answer in answers:
                    connection.send(answer(identity))
        return self.serve(handler)

    def found(self, *answers, options=()):
        return self.probe(self.searched(*answers), *options).ask("find", "alice")

    def test_the_control(self):
        self.assertEqual(self.found(one_entry(), done())["login"], "alice")

    def test_silence(self):
        begin = time.monotonic()
        answer = self.probe(self.serve(lambda connection: connection.wait())).login("alice", PASSWORD)
        self.assertEqual(answer["error"], "source-unavailable")
        self.assertLess(time.monotonic() - begin, 60)  # it ends: without a limit it never would

    def test_half_a_message_and_then_silence(self):
        for cut in (1, 2, 5, 20):
            self.assertEqual(self.found(lambda identity, cut=cut: one_entry()(identity)[:cut])["error"], "source-unavailable")

    def test_one_byte_at_a_time_is_understood(self):
        def handler(connection):
            while True:
                identity, _, _ = connection.answer_binds()
                for byte in one_entry()(identity) + done()(identity):
                    connection.send(bytes([byte]))
        self.assertEqual(self.probe(self.serve(handler)).ask("find", "alice")["login"], "alice")

    def test_a_length_of_gigabytes(self):
        for length in (b"\x84\x7f\xff\xff\xff", b"\x84\xff\xff\xff\xff", b"\x88" + b"\xff" * 8, b"\x80", b"\x84\x20\x00\x00\x00"):
            self.assertEqual(self.found(lambda identity, length=length: b"\x30" + length + b"x" * 1000)["error"], "source-unavailable")

    def test_bytes_that_are_no_ldap(self):
        for junk in (b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\0" * 100, b"\x30\x00", b"\x30\x03\x02\x01\x05", b"\xff" * 64):
            self.assertEqual(self.found(lambda identity, junk=junk: junk)["error"], "source-unavailable")

    def test_it_ends_while_it_is_asked(self):
        def handler(connection):
            connection.answer_binds()
            raise OSError
        self.assertEqual(self.probe(self.serve(handler)).login("alice", PASSWORD)["error"], "source-unavailable")

    def test_entries_without_end(self):
        def handler(connection):
            identity, _, _ = connection.answer_binds()
            while True:
                connection.send(one_entry()(identity))
        self.assertEqual(self.probe(self.serve(handler)).ask("find", "alice")["error"], "limit-exceeded")

    def test_more_bytes_than_are_taken(self):
        many = [f"{number}" * 10 for number in range(2000)]
        for name in ("departmentNumber", "somethingElse"):
            self.assertEqual(self.found(one_entry(**{name: many}), done(), options=[("most_bytes", 10_000)])["error"], "source-unavailable")

    def test_pages_without_end(self):
        def handler(connection):
            while True:
                identity, _, _ = connection.answer_binds()
                connection.send(one_entry()(identity) + message(identity, DONE, result(SUCCESS), page_control(b"again")))
        answer = self.probe(self.serve(handler), ("most_entries", 50)).ask("sync")
        self.assertEqual(answer["error"], "limit-exceeded")

    def test_empty_pages_without_end(self):
        def handler(connection):
            while True:
                identity, _, _ = connection.answer_binds()
                connection.send(message(identity, DONE, result(SUCCESS), page_control(b"again")))
        self.assertEqual(self.probe(self.serve(handler), ("most_entries", 50)).ask("sync")["error"], "limit-exceeded")

    def test_referrals_are_not_followed(self):
        trap = self.serve(lambda connection: connection.answer_binds(), host="127.0.0.9")
        url = f"ldap://127.0.0.9:{trap.port}/{BASE}"
        answer = self.found(lambda identity: message(identity, DONE, result(REFERRAL, referral=[url])))
        self.assertEqual(answer["error"], "source-error")
        answer = self.found(lambda identity: message(identity, REFERENCE, text(url)), one_entry(), done())
        self.assertEqual(answer["login"], "alice")
        self.assertEqual(trap.accepted, 0)

    def test_a_busy_server_is_left_for_the_next(self):
        busy = self.searched(lambda identity: message(identity, DONE, result(BUSY)))
        good = self.searched(one_entry(), done())
        probe = self.probe(busy, ("server", f"127.0.0.1:{good.port}"))
        for _ in range(3):
            self.assertEqual(probe.ask("find", "alice")["login"], "alice")
        self.assertEqual(len([tag for tag, _ in busy.requests if tag == SEARCH]), 1, "it was asked again although it had failed")

    def test_a_slow_server_is_left_for_the_next(self):
        slow = self.serve(lambda connection: connection.wait())
        good = self.searched(one_entry(), done())
        probe = self.probe(slow, ("server", f"127.0.0.1:{good.port}"))
        for _ in range(3):
            self.assertEqual(probe.ask("find", "alice")["login"], "alice")
        self.assertEqual(slow.accepted, 1)

    def test_a_server_that_failed_is_tried_again_when_all_have(self):
        probe = self.probe(self.searched(lambda identity: message(identity, DONE, result(BUSY))))
        for _ in range(2):
            self.assertEqual(probe.ask("find", "alice")["error"], "source-unavailable")

    def test_a_stop_request_ends_the_wait(self):
        fake = self.serve(lambda connection: connection.wait())
        probe = self.probe(fake, ("operation_ms", 600_000), ("call_ms", 600_000))
        probe.ask("start", "alice", PASSWORD)
        self.assertTrue(fake.arrived.acquire(timeout=60))
        self.assertEqual(probe.ask("stop")["error"], "query-canceled")

    def test_an_answer_to_another_request_is_not_taken(self):
        # Yes to requests that were never made, before the no to the one that was.
        def handler(connection):
            while True:
                identity, tag, content = connection.request()
                if tag == SEARCH:
                    connection.send(one_entry()(identity) + done()(identity))
                    continue
                connection.send(b"".join(message(identity + ahead, BIND_ANSWER, result(SUCCESS)) for ahead in (1, 2, 3)))
                connection.send(message(identity, BIND_ANSWER, result(49 if USER.encode() in content else SUCCESS)))
        probe = self.probe(self.serve(handler))
        for _ in range(3):
            self.assertEqual(probe.login("alice", PASSWORD), {"error": "invalid-password", "message": "wrong password"})

    def test_values_that_are_not_text(self):
        for value in (b"\xff\xfe", b"a\0b", b"line\nbreak", b"", b"x" * 1025, b"\xed\xa0\x80"):
            self.assertEqual(self.found(one_entry(departmentNumber=[value]), done())["error"], "source-error", value)
            self.assertEqual(self.found(one_entry(entryUUID=[value]), done())["error"], "source-error", value)

    def test_an_entry_without_what_it_needs(self):
        for attributes in ({"uid": ["alice"]}, {"entryUUID": ["x"]}, {}, {"uid": ["alice", "bob"], "entryUUID": ["x"]}, {"uid": ["alice"], "entryUUID": ["x", "y"]}):
            self.assertEqual(self.found(lambda identity, a=attributes: message(identity, ENTRY, entry(USER, **a)), done())["error"], "source-error", attributes)

    def test_an_entry_of_somebody_else(self):
        self.assertIsNone(self.found(one_entry(uid=["mallory"]), done()))

    def test_account_states_that_cannot_be_read(self):
        for name, value in (("shadowExpire", "soon"), ("shadowExpire", ""), ("pwdEndTime", "yesterday"), ("pwdAccountLockedTime", "now")):
            self.assertEqual(self.found(one_entry(**{name: [value]}), done())["state"], "of unknown state", name)

    def test_active_directory_that_hides_the_state(self):
        answers = (lambda identity: message(identity, ENTRY, entry(USER, sAMAccountName=["alice"], objectGUID=[b"\xff" * 16])), done())
        probe = self.probe(self.searched(*answers), ("users.login", "sAMAccountName"))
        self.assertIn("error", probe.ask("find", "alice"))  # OpenLDAP's id is not there
        options = [("kind", "active-directory"), *world.shared.options(("groups.lookup", "none"), transport="plain")[1:], ("users.login", "sAMAccountName")]
        fake = self.searched(*answers)
        options = [option for option in options if option[0] != "server"] + [("server", f"127.0.0.1:{fake.port}")]
        with Probe(options) as hidden:
            self.assertEqual(hidden.ask("find", "alice")["state"], "of unknown state")
            self.assertEqual(hidden.login("alice", PASSWORD), {"error": "invalid-password", "message": "of unknown state"})

    def test_pieces_that_do_not_fit(self):
        pieces = {"departmentNumber;range=0-1": ["1", "2"]}
        for following in ({"departmentNumber;range=3-*": ["3"]}, {"departmentNumber;range=0-1": ["1", "2"]}, {"departmentNumber;range=2-5": ["3"]}, {},
                          {"departmentNumber;range=2-1": []}, {"departmentNumber;range=x-*": ["3"]}):
            answer = self.found(self.first_then(pieces, following), done())
            self.assertEqual(answer["error"], "source-error", following)
        self.assertEqual(self.found(self.first_then(pieces, {"departmentNumber;range=2-*": ["3"]}), done())["attributes"], {"Department": ["1", "2", "3"]})

    def first_then(self, first, following):
        asked = []

        def answer(identity):
            asked.append(identity)
            return message(identity, ENTRY, entry(USER, **ALICE, **(first if len(asked) == 1 else following)))
        return answer


def one_entry(**attributes):
    return lambda identity: message(identity, ENTRY, entry(USER, **{**ALICE, **attributes}))


def done():
    return lambda identity: message(identity, DONE, result(SUCCESS))
