# SPDX-License-Identifier: Apache-2.0
"""Signing in and out, the credentials file, tokens, TLS and what cannot be reached."""

import json
import socket
import stat
import subprocess
import unittest

import cli_world
from cli_world import PASSWORD, Person


def world():
    return cli_world.shared


class SigningIn(unittest.TestCase):
    def test_credentials_are_the_owners_alone(self):
        anna = world().made("anna")
        self.assertEqual(stat.S_IMODE(anna.credentials.stat().st_mode), 0o600)
        self.assertEqual(stat.S_IMODE(anna.credentials.parent.stat().st_mode), 0o700)
        self.assertEqual(json.loads(anna.credentials.read_text())["user"], "anna")
        self.assertIn("anna", anna.good("whoami"))
        for mode in (0o640, 0o604, 0o620):
            anna.credentials.chmod(mode)
            self.assertIn("Others may read", anna.refused(4, "whoami"))
        anna.credentials.chmod(0o600)
        anna.good("whoami")
        moved = anna.credentials.rename(anna.home / "elsewhere")
        anna.credentials.symlink_to(moved)
        anna.refused(4, "whoami")

    def test_login_replaces_a_file_that_others_may_read(self):
        ida = world().made("ida")
        ida.credentials.chmod(0o644)
        ida.good("login", "--url", world().server.api, "--ca", world().server.ca, "--user", "ida", "--password-stdin", stdin=PASSWORD)
        self.assertEqual(stat.S_IMODE(ida.credentials.stat().st_mode), 0o600)

    def test_logout_ends_the_session(self):
        ben = world().made("ben")
        token = json.loads(ben.credentials.read_text())["token"]
        self.assertEqual(ben.good("logout"), "Signed out.\n")
        self.assertFalse(ben.credentials.exists())
        self.assertIn("not signed in", ben.refused(4, "whoami"))
        env = {"SCRIM_TOKEN": token, "SCRIM_API_URL": world().server.api, "SCRIM_CA": world().server.ca}
        ben.refused(4, "whoami", env=env)

    def test_logout_after_the_session_is_over(self):
        ora = world().made("ora")
        credentials = ora.credentials.read_text()
        ora.good("logout")
        ora.credentials.write_text(credentials)
        ora.credentials.chmod(0o600)
        self.assertEqual(ora.good("logout"), "Signed out.\n")
        self.assertFalse(ora.credentials.exists())

    def test_a_wrong_password(self):
        cleo = Person(world(), "cleo")
        shown = cleo.refused(4, "login", "--url", world().server.api, "--ca", world().server.ca, "--user", "nobody", "--password-stdin", stdin="wrong\n")
        self.assertIn("request: ", shown)
        self.assertFalse(cleo.credentials.exists())

    def test_a_password_on_the_terminal_is_not_echoed(self):
        world().made("dora")
        dora = Person(world(), "dora")
        terminal = dora.at_terminal("login", "--url", world().server.api, "--ca", world().server.ca)
        terminal.expect("User: ").type("dora\n").expect("Password of dora: ").type("x\x15" + PASSWORD + "?\x7f\n")
        self.assertEqual(terminal.end(), 0, terminal.shown)
        self.assertNotIn("horse", terminal.shown)
        self.assertIn("Signed in at", terminal.shown)
        broken = dora.at_terminal("login", "--user", "dora").expect("Password of dora: ").type("half\x03")
        self.assertEqual(broken.end(), 2)

    def test_no_password_without_a_terminal(self):
        self.assertIn("--password-stdin", world().admin.refused(2, "login", "--user", "admin"))
        self.assertIn("--password-stdin", world().admin.refused(2, "user", "create", "somebody"))
        world().admin.refused(2, "login", "--password-stdin", stdin="x")

    def test_changing_the_own_password(self):
        emil = world().made("emil")
        self.assertIn("not the right one", emil.refused(1, "passwd", "--password-stdin", stdin="wrong\nnew password\n"))
        self.assertEqual(emil.good("passwd", "--password-stdin", stdin=PASSWORD + "\nnew password\n"), "The password is changed.\n")
        world().person("emil", "new password")

    def test_json_of_login_holds_no_token(self):
        fred = world().made("fred")
        answer = fred.json("login", "--user", "fred", "--password-stdin", stdin=PASSWORD)
        self.assertEqual(set(answer), {"expiresAt", "user", "sql"})


class Tokens(unittest.TestCase):
    def test_made_used_and_revoked(self):
        gina = world().made("gina")
        made = gina.json("token", "create", "ci", "--expires-in", "2h", "--scope", "read")
        env = {"SCRIM_TOKEN": made["token"], "SCRIM_API_URL": world().server.api, "SCRIM_CA": world().server.ca}
        stranger = Person(world(), "stranger")
        self.assertEqual(stranger.json("whoami", env=env)["token"]["scopes"], ["read"])
        self.assertIn("ci", gina.good("token", "list"))
        self.assertNotIn(made["token"], gina.good("token", "list", "--output", "json"))
        stranger.refused(1, "token", "create", "more", env=env)
        self.assertEqual(gina.good("token", "revoke", "ci"), "The token is revoked.\n")
        stranger.refused(4, "whoami", env=env)
        self.assertIn("There is no token ci", gina.refused(1, "token", "revoke", "ci"))

    def test_lengths_of_time(self):
        for wrong in ("2 weeks", "h", "", "-1h", "1.5h"):
            world().admin.refused(2, "token", "create", "x", "--expires-in=" + wrong)
        world().admin.refused(2, "token", "create", "x", "--scope", "everything")

    def test_a_token_that_could_end_the_header(self):
        for bad in ("a\nX-Other: b", "a b", "t\u00e9"):
            self.assertIn("no token has", world().admin.refused(2, "whoami", env={"SCRIM_TOKEN": bad}))


class Trust(unittest.TestCase):
    def test_a_certificate_that_is_not_trusted(self):
        admin = world().admin
        self.assertIn("not trusted", admin.refused(3, "whoami", env={"SCRIM_CA": "/etc/ssl/certs/ca-certificates.crt"}))
        nobody = Person(world(), "nobody")
        nobody.refused(3, "login", "--url", world().server.api, "--user", "admin", "--password-stdin", stdin="x")
        self.assertIn("cannot be used", admin.refused(3, "whoami", env={"SCRIM_CA": "/nowhere.pem"}))

    def test_a_certificate_with_another_name(self):
        """By an address of this machine that the certificate does not carry, loopback too."""
        token = json.loads(world().admin.credentials.read_text())["token"]
        port = world().server.api.rsplit(":", 1)[1]
        env = {"SCRIM_API_URL": f"https://127.0.0.2:{port}", "SCRIM_CA": world().server.ca, "SCRIM_TOKEN": token}
        with Relay("127.0.0.2", int(port)):
            shown = world().admin.refused(3, "whoami", env=env)
        self.assertIn("not trusted", shown)

    def test_nobody_answers(self):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            url = f"https://127.0.0.1:{probe.getsockname()[1]}"
            self.assertIn("no answer", world().admin.refused(3, "whoami", env={"SCRIM_API_URL": url, "SCRIM_TOKEN": "x"}))

    def test_no_address(self):
        for url in ("http://127.0.0.1:1", "https://a:b@127.0.0.1:1", "127.0.0.1:1", "https://127.0.0.1/elsewhere", "https://"):
            self.assertIn("no address", world().admin.refused(2, "whoami", env={"SCRIM_API_URL": url, "SCRIM_TOKEN": "x"}), url)

    def test_a_stored_token_goes_to_its_server_only(self):
        self.assertIn("not signed in at", world().admin.refused(4, "whoami", env={"SCRIM_API_URL": "https://127.0.0.1:1"}))


class Relay:
    """Gives another address on loopback the bytes of the server."""

    def __init__(self, host, port):
        self.command = ["python3", "-c", RELAY, host, str(port)]

    def __enter__(self):
        self.process = subprocess.Popen(self.command, stdout=subprocess.PIPE, text=True)
        self.process.stdout.readline()

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


RELAY = """
import socket, sys, threading
host, port = sys.argv[1], int(sys.argv[2])
listener = socket.create_server((host, port))
print("ready", flush=True)
def copy(source, target):
    try:
        while chunk := source.recv(65536):
            target.sendall(chunk)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass  # one of both is gone
while True:
    client = listener.accept()[0]
    server = socket.create_connection(("127.0.0.1", port))
    for pair in ((client, server), (server, client)):
        threading.Thread(target=copy, args=pair, daemon=True).start()
"""
