# SPDX-License-Identifier: Apache-2.0
"""scrim query against the real gateway: formats, errors, Ctrl-C, signing in."""

import csv
import io
import json
import os
import signal
import subprocess
import time
import unittest

import cli_world
from cli_world import BINARY, PASSWORD, Person


def world():
    return cli_world.shared


def governed(admin, connection, *people):
    """A connection, and the tables odd and big as data sources of these people."""
    admin.good(*world().connection(connection), stdin="reader\n")
    for table in ("odd", "big"):
        admin.good("source", "register", f"public.{connection}_{table}", "--connection", connection, "--table", f"public.{table}")
        admin.good("source", "subscribe", f"{connection}_{table}", *(f"--user={name}" for name in people))


class Query(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.person = world().made("quentin")
        governed(world().admin, "q", "quentin")

    def words(self, *words):
        return ("query", *words, *world().gateway(), "--password-stdin")

    def ask(self, *words, env=None):
        return self.person.good(*self.words(*words), stdin=PASSWORD + "\n", env=env)

    def refused(self, code, *words, stdin=PASSWORD + "\n", env=None):
        return self.person.refused(code, *self.words(*words), stdin=stdin, env=env)

    def test_a_table(self):
        shown = self.ask("SELECT id, word, amount FROM q_odd ORDER BY id").splitlines()
        self.assertEqual(shown[0].split(), ["id", "word", "amount"])
        self.assertEqual(shown[1].split(), ["1", "123456789012345678901234567890.10"])
        self.assertEqual(shown[2].split(), ["2", "NULL", "NULL"])
        self.assertIn(r'\x1b[31mred, "quoted"\x0d\nand long', shown[3])

    def test_json_keeps_numbers_and_null(self):
        text = self.ask("SELECT * FROM q_odd ORDER BY id", "--output", "json")
        self.assertIn("123456789012345678901234567890.10", text)
        rows = json.loads(text, parse_float=str)
        self.assertEqual(rows[0], {"id": 1, "word": "", "amount": "123456789012345678901234567890.10", "ratio": "0.1", "flag": True})
        self.assertEqual(rows[1], {"id": 2, "word": None, "amount": None, "ratio": "NaN", "flag": None})
        self.assertEqual(rows[2]["word"], '\x1b[31mred, "quoted"\r\nand long')
        self.assertEqual(rows[2]["amount"], "0.00")
        self.assertNotIn("\x1b", text)
        self.assertEqual(json.loads(self.ask("SELECT id FROM q_odd WHERE id > 9", "--output", "json")), [])
        self.assertEqual(json.loads(self.ask("SELECT id, word AS id, amount AS id FROM q_odd WHERE id = 2", "--output=json")),
                         [{"id": 2, "id_2": None, "id_3": None}])

    def test_csv(self):
        done = subprocess.run([str(BINARY), *self.words("SELECT id, word, amount FROM q_odd ORDER BY id", "--output", "csv")], capture_output=True,
                              input=PASSWORD.encode(), env=self.person.environment(), timeout=60)
        text = done.stdout.decode()
        self.assertTrue(text.startswith('id,word,amount\r\n1,"",123456789012345678901234567890.10\r\n2,,\r\n3,'), text)
        self.assertEqual(list(csv.reader(io.StringIO(text, newline="")))[3], ["3", '\x1b[31mred, "quoted"\r\nand long', "0.00"])

    def test_yaml(self):
        text = self.ask("SELECT id, word, amount FROM q_odd ORDER BY id", "--output", "yaml")
        self.assertTrue(text.startswith('- "id": 1\n  "word": ""\n  "amount": 123456789012345678901234567890.10\n- "id": 2\n  "word": null\n'), text)

    def test_where_the_statement_comes_from(self):
        file = world().folder / "statement.sql"
        file.write_text("-- a comment\nSELECT id FROM q_odd\nORDER BY id;\n")
        for name in ("-f", "--file"):
            self.assertEqual(self.ask(name, str(file), "--output", "csv"), "id\n1\n2\n3\n")
        self.assertIn("cannot be read", self.refused(2, "-f", "/nowhere"))
        self.assertIn("Give the statement once", self.refused(2, "SELECT 1", "-f", str(file)))
        self.assertIn("cannot come from it", self.refused(2))
        self.assertIn("There is no statement", self.refused(2, " "))
        self.refused(1, "SELECT id FROM q_odd; SELECT 2")

    def test_errors_show_their_place(self):
        shown = self.refused(1, "SELECT id,\n  nonsense\nFROM q_odd")
        self.assertRegex(shown, r"(?s)^scrim: .*nonsense.*\n  sqlstate: 42703\n  line 2, column 3\n    nonsense\n    \^\n$")
        self.assertIn("sqlstate: 42P01", self.refused(1, "SELECT * FROM nowhere"))
        self.assertIn("sqlstate: 42601", self.refused(1, "SELEC"))

    def test_who_may_ask(self):
        shown = self.refused(4, "SELECT 1", stdin="wrong\n")
        self.assertNotIn("FATAL", shown)
        self.assertIn("sqlstate: 28P01", shown)
        self.refused(4, "SELECT 1", "--user", "nobody")
        self.refused(3, "SELECT 1", "--ca", "/etc/ssl/certs/ca-certificates.crt")
        self.refused(3, "SELECT 1", "--ca", "/etc/ssl/certs/ca-certificates.crt", env={"PGSSLMODE": "disable", "PGSSLROOTCERT": world().server.ca})
        port = str(world().server.port)
        self.assertIn("no address", self.person.refused(2, "query", "SELECT 1", "--sql", "/tmp:" + port, "--password-stdin", stdin=PASSWORD))
        done = self.person.run("query", "SELECT id FROM q_odd WHERE id = 1", "--output=csv", "--password-stdin", stdin=PASSWORD,
                               env={"SCRIM_SQL_HOST": "127.0.0.1", "SCRIM_SQL_PORT": port, "PGDATABASE": "x", "PGOPTIONS": "-c nonsense=1"})
        self.assertEqual((done.returncode, done.stdout), (0, "id\n1\n"), done.stderr)

    def test_by_the_token_of_the_sign_in(self):
        person, one = world().person("quentin", PASSWORD), ("query", "SELECT current_user AS who", "--output", "csv")
        self.assertEqual(person.good(*one), "who\nquentin\n")
        port = world().server.port
        self.assertEqual(person.good(*one, "--user", "quentin", "--sql", f"{world().server.host}:{port}"), "who\nquentin\n")
        self.assertEqual(person.good(*one, "--user", "admin", "--password-stdin", stdin=world().admin_password + "\n"), "who\nadmin\n")
        for words in (("--user", "admin"), ("--sql", f"localhost:{port}")):
            self.assertIn("A password is needed", person.refused(2, *one, *words))
        token = person.json("token", "create", "sql", "--scope", "sql")["token"]
        self.assertEqual(person.good(*one, "--user", "quentin", env={"SCRIM_TOKEN": token}), "who\nquentin\n")
        self.assertIn("--user NAME", person.refused(1, *one, env={"SCRIM_TOKEN": token}))
        token = person.json("token", "create", "both", "--scope", "sql", "--scope", "read")["token"]
        self.assertEqual(person.good(*one, env={"SCRIM_TOKEN": token}), "who\nquentin\n")
        person.good("logout")
        self.assertIn("A password is needed", person.refused(2, *one, "--user", "quentin"))

    def test_a_sign_in_that_is_over(self):
        person = world().person("quentin", PASSWORD)
        kept = json.loads(person.credentials.read_text())
        person.good("logout")
        person.credentials.write_text(json.dumps(kept))
        person.credentials.chmod(0o600)
        self.assertIn("scrim login", person.refused(4, "query", "SELECT 1"))
        person.credentials.write_text(json.dumps({**kept, "expiresAt": "2020-01-01T00:00:00Z"}))
        self.assertIn("The sign-in ended at 2020-01-01T00:00:00Z", person.refused(4, "query", "SELECT 1"))

    def test_a_terminal(self):
        stranger = Person(world(), "quentin")
        terminal = stranger.at_terminal("query", "SELECT word FROM q_odd WHERE id = 3", "--output", "csv", "--user", "quentin", "--ca",
                                        world().server.ca, *world().gateway())
        self.assertEqual(terminal.expect("Password of quentin: ").type(PASSWORD + "\n").end(), 0, terminal.shown)
        self.assertIn(r"\x1b[31mred", terminal.shown)
        self.assertNotIn("\x1b", terminal.shown)
        self.assertNotIn("horse", terminal.shown)

    def test_many_rows_take_little_memory(self):
        command = [str(BINARY), *self.words("SELECT a.i, b.id FROM q_big AS a, q_odd AS b, q_odd AS c", "--output", "csv")]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=self.person.environment()) as process:
            process.stdin.write(PASSWORD.encode())
            process.stdin.close()
            lines = sum(chunk.count(b"\n") for chunk in iter(lambda: process.stdout.read(1 << 16), b""))
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        self.assertEqual((process.returncode, lines), (0, 1_800_001))
        self.assertLess(usage.ru_maxrss, 64 << 10, "kilobytes")

    def running(self):
        return int(world().postgres.psql("SELECT count(*) FROM pg_stat_activity WHERE usename = 'scrim_reader' AND state = 'active'"))

    def test_ctrl_c_cancels_at_the_source(self):
        command = [str(BINARY), *self.words("SELECT count(*) FROM q_big AS a, q_big AS b WHERE a.i <> b.i")]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              env=self.person.environment()) as process:
            process.stdin.write(PASSWORD + "\n")
            process.stdin.close()
            self.until(lambda: self.running() == 1)
            process.send_signal(signal.SIGINT)
            self.assertEqual(process.wait(30), 130)
            self.assertIn("Broken off by Ctrl-C", process.stderr.read())
        self.until(lambda: self.running() == 0)

    def until(self, holds):
        deadline = time.monotonic() + 30
        while not holds():
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.02)

    def test_a_reader_that_hangs_up(self):
        command = " ".join([str(BINARY), "query", "'SELECT i FROM q_big'", *world().gateway(), "--password-stdin"])
        done = subprocess.run(["bash", "-c", f"{command} | head -1; exit ${{PIPESTATUS[0]}}"], input=PASSWORD, capture_output=True, text=True,
                              env=self.person.environment(), timeout=60)
        self.assertEqual(done.returncode, 1)
        self.assertIn("cannot be written", done.stderr)
