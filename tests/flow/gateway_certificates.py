# SPDX-License-Identifier: Apache-2.0
"""Client certificates: who has shown one that the administrator's CA made is who it says, at SQL and at the API."""

import http.client
import json
import ssl
import subprocess
import tempfile
import unittest
from pathlib import Path
from urllib.parse import urlsplit

import gateway_world

CONFIG = "tls: {{client_ca: '{}', certificate_login: true}}\n"


def made(folder, name, by=None, usage="clientAuth"):
    """A certificate and its key of that common name, signed by `by`, or an authority."""
    files = folder / f"{name}-{usage}.pem", folder / f"{name}-{usage}.key"
    signed = [] if by is None else ["-CA", by[0], "-CAkey", by[1], "-addext", "basicConstraints=critical,CA:FALSE", "-addext", f"extendedKeyUsage={usage}"]
    request = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", f"/CN={name}",
               "-out", files[0], "-keyout", files[1], *signed]
    subprocess.run(request, check=True, capture_output=True)
    return files


class Certificates(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory(prefix="scrim-certificates-")
        folder = Path(cls.scratch.name)
        cls.authority, cls.stranger = made(folder, "people"), made(folder, "strangers")
        cls.world = gateway_world.World(plaintext=False, config=CONFIG.format(cls.authority[0]))
        cls.folder = folder

    @classmethod
    def tearDownClass(cls):
        cls.world.stop()
        cls.scratch.cleanup()

    def psql(self, user, certificate, password=""):
        dsn = f"sslcert={certificate[0]} sslkey={certificate[1]}"
        return self.world.psql("SELECT current_user", user=user, password=password, dsn=dsn)

    def sign_in(self, body, certificate):
        context = ssl.create_default_context(cafile=self.world.scrim.ca)
        context.load_cert_chain(*certificate)
        where = urlsplit(self.world.scrim.api)
        connection = http.client.HTTPSConnection(where.hostname, where.port, context=context, timeout=30)
        connection.request("POST", "/api/v1/sessions", json.dumps(body), {"Content-Type": "application/json"})
        return connection.getresponse().status

    def test_a_certificate_is_enough(self):
        for name, user in (("alice", "alice"), ("ALICE", "Alice")):
            self.assertEqual(self.psql(user, made(self.folder, name, self.authority)), ("alice\n", ""))
        self.assertEqual(self.sign_in({"user": "alice"}, made(self.folder, "alice", self.authority)), 201)

    def test_it_is_of_one_user(self):
        alice = made(self.folder, "alice", self.authority)
        self.assertIn("certificate authentication failed", self.psql("bob", alice, gateway_world.PASSWORD)[1])
        self.assertEqual(self.sign_in({"user": "bob"}, alice), 401)
        for name in ("nobody", "alice2"):
            self.assertIn("authentication failed", self.psql(name, made(self.folder, name, self.authority))[1])
            self.assertEqual(self.sign_in({"user": name}, made(self.folder, name, self.authority)), 401)

    def test_it_is_the_authority_s_and_a_client_s(self):
        for certificate in (made(self.folder, "alice", self.stranger), made(self.folder, "alice", self.authority, "serverAuth")):
            shown, error = self.psql("alice", certificate, gateway_world.PASSWORD)
            self.assertEqual(shown, "")
            self.assertNotEqual(error, "")
            with self.assertRaises((ssl.SSLError, ConnectionError, http.client.RemoteDisconnected)):
                self.sign_in({"user": "alice"}, certificate)

    def test_without_one_the_password_is_asked_for(self):
        self.assertEqual(self.world.psql("SELECT current_user")[0], "alice\n")
        self.assertIn("authentication failed", self.world.psql("SELECT 1", password="wrong")[1])
