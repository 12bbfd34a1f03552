# SPDX-License-Identifier: Apache-2.0
"""Certificates, names, versions and StartTLS tricks: nothing may be sent to a server that is not who it should be."""

import ssl
import unittest

import world
from certificates import Authority
from fake import BIND_ANSWER, EXTENDED, EXTENDED_ANSWER, UNBIND, Fake, message, result, tls_context
from openldap import PASSWORD
from probe import Probe

NAME = "ldap1.example.org"
# What somebody could put into the environment or ldap.conf to make libldap careless.
CARELESS = {"LDAPTLS_REQCERT": "never", "LDAPTLS_REQSAN": "never", "LDAPTLS_CIPHER_SUITE": "NORMAL:%UNSAFE_RENEGOTIATION:+VERS-TLS-ALL"}


class Certificates(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.other = Authority(world.shared.path / "other", "Another authority")

    def outcome(self, certificate, newest=None, host=NAME, ca=None, transport="ldaps", environment=None):
        """(error of a login, requests that the server saw)"""
        context = tls_context(*certificate, newest)

        def handler(connection):
            if transport == "start-tls":
                identity, _, _ = connection.request()
                connection.send(message(identity, EXTENDED_ANSWER, result(0)))
                connection.secure(context)
            connection.answer_binds()

        fake = Fake(handler, context if transport == "ldaps" else None)
        self.addCleanup(fake.close)
        options = world.shared.openldap.options(("server", f"{host}:{fake.port}"), ("operation_ms", 1000), transport=transport, ca=ca or world.shared.authority.file)
        with Probe(options, environment) as probe:
            answer = probe.login("alice", PASSWORD)
        return answer["error"], [request for request in fake.requests if request[0] != EXTENDED]

    def refused(self, certificate, **how):
        for transport in ("ldaps", "start-tls"):
            for environment in (None, CARELESS):
                with self.subTest(f"{transport} {environment}"):
                    self.assertEqual(self.outcome(certificate, transport=transport, environment=environment, **how), ("source-unavailable", []))

    def test_the_good_one_is_taken(self):
        # The control: the same fake server with a good certificate is sent a bind and a search.
        for transport in ("ldaps", "start-tls"):
            _, requests = self.outcome(world.shared.certificate, transport=transport)
            self.assertGreaterEqual(len(requests), 2)

    def test_another_authority(self):
        self.refused(self.other.issue("good-looking"))
        self.refused(world.shared.certificate, ca=self.other.file)

    def test_signed_by_itself(self):
        self.refused((self.other.file, self.other.folder / "ca.key"))

    def test_another_name(self):
        self.refused(world.shared.authority.issue("wrong-name", "DNS:other.example.org"))
        self.refused(world.shared.certificate, host="other.example.org")
        self.refused(world.shared.authority.issue("above", "DNS:*.org"))
        self.refused(world.shared.authority.issue("below", "DNS:*.ldap1.example.org"))

    def test_an_address_that_is_not_named(self):
        self.refused(world.shared.authority.issue("no-address", "DNS:ldap1.example.org"), host="127.0.0.1")
        self.refused(world.shared.authority.issue("address-as-name", "DNS:127.0.0.1"), host="127.0.0.1")

    def test_only_a_common_name(self):
        self.refused(world.shared.authority.issue("no-alternative-name", ""))

    def test_expired_and_not_yet_valid(self):
        self.refused(world.shared.authority.issue("expired", end="20210101000000Z"))
        self.refused(world.shared.authority.issue("early", start="20690101000000Z"))

    def test_a_key_too_short(self):
        self.refused(world.shared.authority.issue("weak", key=("rsa", "rsa_keygen_bits:1024")))

    def test_versions_too_old(self):
        for version in (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1):
            self.refused(world.shared.certificate, newest=version)

    def test_version_1_2_is_taken(self):
        _, requests = self.outcome(world.shared.certificate, newest=ssl.TLSVersion.TLSv1_2)
        self.assertGreaterEqual(len(requests), 2)

    def test_a_file_that_is_no_certificate(self):
        for path, error in (("/nonexistent/ca.pem", "config-invalid"), (str(world.shared.openldap.config), None)):
            with Probe(world.shared.openldap.options(ca=path)) as probe:
                answer = probe.login("alice", PASSWORD)["error"]
            self.assertIn(answer, (error,) if error else ("config-invalid", "source-unavailable"))


class StartTls(unittest.TestCase):
    """A server, or somebody in between, that does not want TLS to happen."""

    def outcome(self, handler):
        fake = Fake(handler)
        self.addCleanup(fake.close)
        options = world.shared.options(("server", f"{NAME}:{fake.port}"), ("operation_ms", 700), ("connect_ms", 700), transport="start-tls")
        with Probe(options) as probe:
            answer = probe.login("alice", PASSWORD)
        self.assertEqual({tag for tag, _ in fake.requests} - {UNBIND}, {EXTENDED}, "something was sent without TLS")
        self.assertNotIn(PASSWORD.encode(), b"".join(content for _, content in fake.requests))
        return answer["error"]

    def answering(self, make):
        def handler(connection):
            identity, _, _ = connection.request()
            connection.send(make(identity))
            while True:
                connection.request()
        return handler

    def test_refused(self):
        for code in (1, 2, 12, 52, 53):
            self.assertEqual(self.outcome(self.answering(lambda identity, code=code: message(identity, EXTENDED_ANSWER, result(code)))), "source-unavailable")

    def test_referred_elsewhere(self):
        self.assertEqual(self.outcome(self.answering(lambda identity: message(identity, EXTENDED_ANSWER, result(10, referral=["ldap://127.0.0.9/"])))),
                         "source-unavailable")

    def test_an_answer_of_another_kind(self):
        self.assertEqual(self.outcome(self.answering(lambda identity: message(identity, BIND_ANSWER, result(0)))), "source-unavailable")

    def test_answers_put_before_tls_are_not_taken_as_said_inside(self):
        # The classic: yes to StartTLS and, in the same packet, yes to the bind that has not been sent yet.
        self.assertEqual(self.outcome(self.answering(lambda identity: message(identity, EXTENDED_ANSWER, result(0)) + message(identity + 1, BIND_ANSWER, result(0)))),
                         "source-unavailable")

    def test_yes_and_then_silence(self):
        self.assertEqual(self.outcome(self.answering(lambda identity: message(identity, EXTENDED_ANSWER, result(0)))), "source-unavailable")
