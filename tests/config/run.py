#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The configuration of a real scrimd: where settings come from, --print-config, SIGHUP, and what a service manager hears.
Last line: N passed, N failed."""

import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests" / "support"), str(ROOT / "tests" / "attack")]
import unittest_suite  # noqa: E402
from private_scrim import PrivateScrim, scrimd_binary  # noqa: E402
from wire import Closed, Wire  # noqa: E402

PASSWORD = "correct horse"
APPLY = f"users:\n  - {{name: alice, password: {PASSWORD}}}\n"
SSL_REQUEST = b"\0\0\0\x08\x04\xd2\x16\x2f"
WATCHDOG = 2_000_000  # microseconds


def scrimd(*words, **environment):
    """(exit code, standard output, standard error) of a scrimd that does not serve; SCRIMD_ variables are these alone."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("SCRIMD_")}
    done = subprocess.run([scrimd_binary(), *words], capture_output=True, text=True, timeout=60, env={**ours, "SCRIMD_CONFIG": "", **environment})
    return done.returncode, done.stdout, done.stderr


def eventually(action, patience=60):
    """Repeats `action` until it holds: for what another process does in its own time."""
    deadline = time.monotonic() + patience
    while True:
        try:
            return action()
        except AssertionError:
            if time.monotonic() > deadline:
                raise
        time.sleep(0.02)


def certificate(folder, name):
    """A certificate of its own for 127.0.0.1 and its key."""
    files = folder / f"{name}.pem", folder / f"{name}.key"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
                    f"/CN={name}", "-addext", "subjectAltName=IP:127.0.0.1", "-out", files[0], "-keyout", files[1]], check=True, capture_output=True)
    return files


class Folder(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="scrim-config-")
        self.addCleanup(temporary.cleanup)
        self.folder = Path(temporary.name)
        self.folder.chmod(0o755)


class Printed(Folder):
    CONFIG = """
listen: 127.0.0.1:7777
catalog:
  dsn: "postgresql://scrim:tiger@db1,db2/scrim?sslmode=verify-full&sslpassword=tiger"
limits: {cursors: 7}
"""

    def test_every_setting_says_where_it_comes_from(self):
        file = self.folder / "scrim.yaml"
        file.write_text(self.CONFIG)
        code, text, _ = scrimd("--print-config", "--config", file, "--threads", "3", SCRIMD_LIMITS_CURSORS="8", SCRIMD_TLS_NAMES="a,b")
        self.assertEqual(code, 0)
        for line in ('listen: ["127.0.0.1:7777"]  # %s:2' % file, "threads: 3  # flag --threads", "  cursors: 8  # environment SCRIMD_LIMITS_CURSORS",
                     '  names: ["a", "b"]  # environment SCRIMD_TLS_NAMES', "log_level: info  # default",
                     '  dsn: "postgresql://scrim:********@db1,db2/scrim?sslmode=verify-full&sslpassword=********"  # %s:4' % file):
            self.assertIn("\n" + line + "\n", text)
        self.assertNotIn("tiger", text)

    def test_what_is_printed_gives_the_same_again(self):
        settings = {"SCRIMD_LISTEN": "[::1]:0,127.0.0.1:1", "SCRIMD_AUDIT_DIRECTORY": "/a \"b\" \\c # d", "SCRIMD_AUDIT_MODE": "strict",
                    "SCRIMD_CATALOG_DSN": "host=a dbname='my base'", "SCRIMD_LIMITS_IDLE_TIMEOUT_SECONDS": "5", "SCRIMD_LOG_LEVEL": "error"}
        code, first, _ = scrimd("--print-config", "--plaintext", **settings)
        self.assertEqual(code, 0)
        printed = self.folder / "printed.yaml"
        printed.write_text(first)
        code, second, errors = scrimd("--print-config", "--config", printed)
        self.assertEqual((code, errors), (0, ""))
        self.assertEqual([line.rsplit("  # ", 1)[0] for line in first.splitlines()], [line.rsplit("  # ", 1)[0] for line in second.splitlines()])
        self.assertTrue(all(f"  # {printed}:" in line or line.endswith(":") for line in second.splitlines()))

    def test_errors_name_their_place(self):
        file = self.folder / "scrim.yaml"
        file.write_text("limits:\n  cursers: 3\nthreads: many\n")
        code, _, errors = scrimd("--check-config", "--config", file, SCRIMD_LISTN="1")
        self.assertEqual(code, 1)
        self.assertIn(f"{file}:2:3: limits has no key cursers; did you mean cursors?", errors)
        self.assertIn(f"{file}:3:10: threads must be a whole number from 0 to 1024", errors)
        self.assertIn("environment SCRIMD_LISTN: no setting has this variable; did you mean SCRIMD_LISTEN?", errors)
        self.assertEqual(scrimd("--threads", "many")[0], 2)
        self.assertEqual(scrimd("--check-config", SCRIM_URL="https://elsewhere")[0], 0)


class Serving(Folder):
    """One scrimd under a service manager's socket, with a certificate of ours."""

    def setUp(self):
        super().setUp()
        (self.folder / "apply.yaml").write_text(APPLY)
        self.config = self.folder / "scrim.yaml"
        self.current = self.folder / "current.pem", self.folder / "current.key"
        self.certificates = {name: certificate(self.folder, name) for name in ("first", "second")}
        self.use("first")
        self.configure()

    def configure(self, **changed):
        settings = {"limits": "{cursors: 2}", "log_level": "info", "tls": "{certificate: %s, key: %s}" % self.current, **changed}
        self.config.write_text("".join(f"{key}: {value}\n" for key, value in settings.items()))

    def use(self, name):
        for source, target in zip(self.certificates[name], self.current):
            shutil.copy(source, target)

    def start(self, address):
        """`address` as in NOTIFY_SOCKET."""
        self.manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(self.manager.close)
        self.manager.bind("\0" + address[1:] if address.startswith("@") else address)
        self.manager.settimeout(90)
        self.heard = []
        self.scrim = PrivateScrim(self.folder / "scrim", self.folder / "apply.yaml", options=["--config", str(self.config)],
                                  ca=str(self.current[0]))
        before = dict(os.environ)
        os.environ.update(NOTIFY_SOCKET=address, WATCHDOG_USEC=str(WATCHDOG))
        try:
            self.scrim.start()
        finally:
            os.environ.clear()
            os.environ.update(before)
        self.addCleanup(self.scrim.stop)

    def hear(self, line):
        """The next datagram with this line; those before it are in `heard`."""
        while True:
            self.heard.append(self.manager.recv(4096).decode())
            if line in self.heard[-1].split("\n"):
                return self.heard[-1]

    def reload(self):
        self.scrim.process.send_signal(signal.SIGHUP)
        said = self.hear("RELOADING=1")
        micros = int(next(line for line in said.split("\n") if line.startswith("MONOTONIC_USEC=")).split("=")[1])
        self.assertLess(abs(time.clock_gettime(time.CLOCK_MONOTONIC) * 1e6 - micros), 60e6)
        return self.hear("READY=1")

    def log(self, message):
        lines = [json.loads(line) for line in self.scrim.log_text().splitlines() if line.startswith("{")]
        return [line for line in lines if message in line["message"]]

    def wire(self, name="first"):
        return Wire(self.scrim.host, self.scrim.port, "alice", PASSWORD, "scrim", ca=str(self.certificates[name][0]))

    def served(self, port, greeting=b""):
        """Which of our certificates a new client meets."""
        with socket.create_connection(("127.0.0.1", port), 20) as connection:
            if greeting:
                connection.sendall(greeting)
                self.assertEqual(connection.recv(1), b"S")
            context = ssl.create_default_context()
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            with context.wrap_socket(connection) as tls:
                found = ssl.DER_cert_to_PEM_cert(tls.getpeercert(True))
        return next((name for name, files in self.certificates.items() if files[0].read_text().strip() == found.strip()), "another")

    def met(self):
        return self.served(self.scrim.port, SSL_REQUEST), self.served(int(self.scrim.api.rsplit(":", 1)[1]))

    def cursors(self, wire, count):
        """Error codes of so many cursors."""
        wire.send(b"Q", ("BEGIN;" + ";".join(f"DECLARE c{i} CURSOR FOR SELECT 1" for i in range(count))).encode() + b"\0")
        messages = self.answer(wire)
        wire.send(b"Q", b"ROLLBACK\0")
        self.answer(wire)
        return [body for kind, body in messages if kind == b"E"]

    @staticmethod
    def answer(wire):
        messages = [wire.message()]
        while messages[-1][0] != b"Z":
            messages.append(wire.message())
        return messages


class Reload(Serving):
    def test_what_can_change_does_and_the_rest_is_named(self):
        self.start(f"@scrim-config-{os.getpid()}")
        self.assertIn("STATUS=Serving SQL on 127.0.0.1:", self.hear("READY=1"))
        wire = self.wire()
        self.assertEqual(self.met(), ("first", "first"))
        self.assertIn(b"C54000", b"".join(self.cursors(wire, 3)))
        wire.send(b"Q", b"BEGIN; DECLARE held CURSOR FOR SELECT 4711\0")
        self.answer(wire)

        self.use("second")
        self.configure(limits="{cursors: 5, connections_per_user: 1}", threads="2", schema_check_minutes="99", log_level="debug")
        self.assertNotIn("refused", self.reload())
        self.assertEqual(self.met(), ("second", "second"))
        (done,) = self.log("read again")
        self.assertEqual(done["changed"], "log_level, limits.connections_per_user, limits.cursors")
        self.assertEqual([line["setting"] for line in self.log("needs a restart")], ["schema_check_minutes"])

        wire.send(b"Q", b"FETCH held\0")  # the session of before lives on, its transaction too
        self.assertIn(b"4711", b"".join(body for kind, body in self.answer(wire) if kind == b"D"))
        wire.send(b"Q", b"COMMIT\0")
        self.answer(wire)
        self.assertEqual(self.cursors(wire, 5), [])
        with self.assertRaisesRegex(Closed, "too many connections for role"):
            self.wire("second")
        wire.socket.close()
        eventually(self.connects)

    def connects(self):
        try:
            wire = self.wire("second")
        except Closed as problem:
            raise AssertionError(str(problem)) from problem
        self.assertEqual(self.cursors(wire, 5), [])
        wire.socket.close()

    def test_a_broken_configuration_changes_nothing(self):
        self.start(str(self.folder / "notify"))
        self.hear("READY=1")
        wire = self.wire()
        broken = [("limits", "{cursors: many}", f"{self.config}:1:19: limits.cursors must be a whole number"),
                  ("tls", "{certificate: %s}" % self.current[0], "tls needs certificate and key together"),
                  ("tls", "{certificate: %s, key: %s}" % (self.current[0], self.certificates["second"][1]), "key values mismatch"),
                  ("tls", "{certificate: /nonexistent.pem, key: /nonexistent.key}", "cannot use the certificate in /nonexistent.pem")]
        for key, value, problem in broken:
            self.configure(**{"limits": "{cursors: 9}", "log_level": "debug", key: value})
            self.assertIn("the last reload was refused", self.reload())
            self.assertIn(problem, self.log("configuration is refused")[-1]["problem"])
            self.assertEqual(self.met(), ("first", "first"))
            self.assertIn(b"C54000", b"".join(self.cursors(wire, 3)))
        self.config.unlink()
        self.assertIn("the last reload was refused", self.reload())
        self.assertEqual(self.log("read again"), [])
        self.configure(limits="{cursors: 9}")
        self.assertNotIn("refused", self.reload())
        self.assertEqual(self.cursors(wire, 9), [])


class Manager(Serving):
    def test_hears_that_we_live_and_that_we_stop(self):
        self.start(str(self.folder / "notify"))
        self.hear("READY=1")
        self.assertNotIn("WATCHDOG=1", "".join(self.heard))
        began = time.monotonic()
        for _ in range(8):
            self.hear("WATCHDOG=1")
        self.assertLess(time.monotonic() - began, 8 * WATCHDOG / 1e6)
        self.scrim.process.send_signal(signal.SIGTERM)
        self.hear("STOPPING=1")
        self.assertEqual(self.scrim.process.wait(60), 0)
        self.assertTrue(all(line in ("READY=1", "WATCHDOG=1", "STOPPING=1") or line.startswith("STATUS=")
                            for said in self.heard for line in said.split("\n")), self.heard)


class Unit(unittest.TestCase):
    FILE = ROOT / "packaging" / "systemd" / "scrimd.service"

    def test_says_what_matters(self):
        text = self.FILE.read_text()
        for line in ("Type=notify", "NotifyAccess=main", "ExecReload=/bin/kill -HUP $MAINPID", "NoNewPrivileges=yes", "ProtectSystem=strict"):
            self.assertIn("\n" + line + "\n", text)

    @unittest.skipUnless(shutil.which("systemd-analyze"), "no systemd-analyze here")
    def test_is_a_unit(self):
        with tempfile.TemporaryDirectory(prefix="scrim-unit-") as folder:
            unit = Path(folder) / "scrimd.service"
            unit.write_text(self.FILE.read_text().replace("/usr/bin/scrimd", str(scrimd_binary())))
            done = subprocess.run(["systemd-analyze", "verify", "--man=no", str(unit)], capture_output=True, text=True, timeout=60)
        about_us = [line for line in (done.stdout + done.stderr).splitlines() if "scrimd.service" in line]
        self.assertEqual(about_us, [])


if __name__ == "__main__":
    sys.exit(unittest_suite.run(sys.modules[__name__], sys.argv[1:]))
