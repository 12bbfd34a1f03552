# SPDX-License-Identifier: Apache-2.0
"""What happens before a client is logged in: start-up packets, TLS, SCRAM, bytes that do not belong."""

import struct
import unittest

import gateway_world
from gateway_world import CANCEL, Closed, everything, GSS, message, packet, rows, SSL, startup, tls_client


class BeforeLogin(unittest.TestCase):
    def last_words(self, data):
        with gateway_world.shared.socket() as connection:
            connection.sendall(data)
            return everything(connection)

    def test_gss_is_declined_once(self):
        with gateway_world.shared.socket() as connection:
            connection.sendall(packet(GSS))
            self.assertEqual(connection.recv(1), b"N")
            connection.sendall(startup())
            self.assertEqual(connection.recv(1), b"R")
        with gateway_world.shared.socket() as connection:
            connection.sendall(packet(GSS))
            self.assertEqual(connection.recv(1), b"N")
            connection.sendall(packet(GSS))
            self.assertIn(b"C08P01", everything(connection))

    def test_tls_by_request_and_directly(self):
        for request in (True, False):
            with gateway_world.shared.socket() as connection:
                if request:
                    connection.sendall(packet(SSL))
                    self.assertEqual(connection.recv(1), b"S")
                with tls_client(connection, gateway_world.shared.scrim.ca, gateway_world.shared.scrim.host, None if request else "postgresql") as tls:
                    tls.sendall(startup())
                    self.assertIn(b"SCRAM-SHA-256-PLUS", tls.recv(100))
                    self.assertGreaterEqual(tls.version(), "TLSv1.2")

    def test_direct_tls_needs_its_protocol(self):
        for alpn in (None, "http/1.1"):
            with gateway_world.shared.socket() as connection, self.assertRaises(OSError):
                tls = tls_client(connection, gateway_world.shared.scrim.ca, gateway_world.shared.scrim.host, alpn)
                tls.sendall(startup())
                if not tls.recv(1):
                    raise OSError("closed")

    def test_requests_inside_tls_are_refused(self):
        for code in (SSL, GSS):
            with gateway_world.shared.socket() as connection:
                connection.sendall(packet(SSL))
                connection.recv(1)
                with tls_client(connection, gateway_world.shared.scrim.ca, gateway_world.shared.scrim.host) as tls:
                    tls.sendall(packet(code))
                    self.assertIn(b"C08P01", everything(tls))

    def test_bytes_behind_a_request_end_the_connection(self):
        for code in (SSL, GSS):
            answer = self.last_words(packet(code) + startup())
            self.assertIn(b"C08P01", answer)
            self.assertNotIn(b"SCRAM", answer)

    def test_what_comes_in_plain_text_after_an_answer_is_no_tls(self):
        with gateway_world.shared.socket() as connection:
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
            with gateway_world.shared.socket() as connection:
                connection.sendall(startup(version=version))
                answer = connection.recv(17)
                self.assertEqual(answer[:1], b"v")
                self.assertEqual(struct.unpack("!I", answer[5:9])[0], expected)
        with gateway_world.shared.socket() as connection:
            connection.sendall(startup(**{"_pq_.magic": "1"}))
            self.assertIn(b"_pq_.magic", connection.recv(100))

    def test_a_second_startup_message_logs_nobody_in(self):
        with gateway_world.shared.socket() as connection:
            connection.sendall(startup())
            connection.recv(1000)
            connection.sendall(startup(user="bob"))
            self.assertIn(b"C08P01", everything(connection))

    def test_queries_before_login_are_refused(self):
        for kind in (b"Q", b"P", b"B", b"E", b"S", b"d"):
            with gateway_world.shared.socket() as connection:
                connection.sendall(startup())
                connection.recv(1000)
                connection.sendall(message(kind, b"SELECT 1\0"))
                self.assertIn(b"C08P01", everything(connection), kind)

    def test_sasl_out_of_order(self):
        with gateway_world.shared.socket() as connection:
            connection.sendall(startup())
            connection.recv(1000)
            connection.sendall(message(b"p", b"c=biws,r=x,p=" + b"A" * 43 + b"="))
            self.assertIn(b"FATAL", everything(connection))

    def test_failed_logins_sound_alike(self):
        heard = set()
        for user, password in (("alice", "wrong"), ("nobody-here", "wrong"), ("alice", ""), ("token:alice", "scrim_p_1_" + "0" * 64)):
            with self.assertRaises(Closed) as caught:
                gateway_world.shared.wire(user, password)
            heard.add(str(caught.exception).replace(user, "?"))
        self.assertEqual(len(heard), 1)
        self.assertRegex(heard.pop(), r'SFATAL VFATAL C28P01 Mpassword authentication failed for user "\?"')

    def test_unknown_databases_and_settings(self):
        with self.assertRaisesRegex(Closed, 'C3D000 Mdatabase "nope" does not exist'):
            gateway_world.shared.wire(database="nope")
        with self.assertRaisesRegex(Closed, 'C42704 Munrecognized configuration parameter "nope"'):
            gateway_world.shared.wire(options={"nope": "1"})
        with self.assertRaisesRegex(Closed, "C22023"):
            gateway_world.shared.wire(options={"options": "-c ="})
        wire = gateway_world.shared.wire(options={"options": "-c TimeZone=Europe/Berlin --statement-timeout=5s"})
        self.assertEqual(rows(wire.simple("SHOW timezone")), [(b"Europe/Berlin",)])
        self.assertEqual(rows(wire.simple("SHOW statement_timeout")), [(b"5s",)])

    def test_a_stranger_with_a_wrong_key_cancels_nothing(self):
        self.assertEqual(self.last_words(packet(CANCEL, struct.pack("!II", 1, 1))), b"")
