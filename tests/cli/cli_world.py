# SPDX-License-Identifier: Apache-2.0
"""The world of the command line's suite: a private PostgreSQL with two tables, a scrimd that starts for the first time,
and people who have a home folder each and run the real scrim."""

import json
import os
import pty
import select
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests" / "support")]
from private_postgres import PrivatePostgres  # noqa: E402
from private_scrim import PrivateScrim, scrimd_binary  # noqa: E402

BINARY = scrimd_binary().parents[1] / "cli" / "scrim"
TABLES = r"""
CREATE TABLE customer (id int PRIMARY KEY, name text NOT NULL, ssn text, country text, seen timestamptz);
INSERT INTO customer VALUES (1, 'Ada', '111-11-1111', 'GB', now()), (2, 'Bo', '222-22-2222', 'SE', now());
CREATE TABLE purchase (id int PRIMARY KEY, customer_id int, amount numeric);
INSERT INTO purchase SELECT i, 1 + i % 2, i FROM generate_series(1, 10) AS i;
CREATE ROLE scrim_reader LOGIN PASSWORD 'reader';
CREATE TABLE odd (id int PRIMARY KEY, word text, amount numeric, ratio float8, flag bool);
INSERT INTO odd VALUES (1, '', 123456789012345678901234567890.10, 0.1, true), (2, NULL, NULL, 'NaN', NULL),
  (3, E'\033[31mred, "quoted"\r\nand long', 0.00, 1e300, false);
CREATE TABLE big AS SELECT i FROM generate_series(1, 200000) AS i;
GRANT SELECT ON customer, purchase, odd, big TO scrim_reader;
"""
PASSWORD = "correct horse battery"


class World:
    """Started once for the suite."""

    def __init__(self):
        self.typed = set()  # the first two words of every command
        self.scratch = tempfile.TemporaryDirectory(prefix="scrim-cli-")
        self.folder = Path(self.scratch.name)
        self.folder.chmod(0o755)
        self.postgres = PrivatePostgres(self.folder / "source", settings={"fsync": "off"}).start()
        self.postgres.psql(TABLES)
        self.server = PrivateScrim(self.folder / "scrim").start()
        self.admin_password = (self.folder / "scrim" / "data" / "admin-password").read_text().strip()
        self.admin = self.person("admin", self.admin_password)
        self.admin.good("user", "set", "admin", *(f"--permission={each}" for each in (
            "ADMIN", "GOVERNOR", "USER_ADMIN", "CREATE_DATA_SOURCE", "AUDIT")))

    def person(self, name, password):
        """Somebody who is signed in."""
        person = Person(self, name)
        person.good("login", "--url", self.server.api, "--ca", self.server.ca, "--user", name, "--password-stdin", stdin=password + "\n")
        return person

    def made(self, name, *flags):
        """A new user, signed in."""
        self.admin.good("user", "create", name, "--password-stdin", *flags, stdin=PASSWORD + "\n")
        return self.person(name, PASSWORD)

    def gateway(self):
        """The flags that say where SQL is served; the API of a test is on any port."""
        return ["--sql", f"{self.server.host}:{self.server.port}"]

    def connection(self, name):
        """A connection to the private PostgreSQL, by the flags of scrim."""
        return ["connection", "create", name, "--host", str(self.postgres.sockets), "--port", str(self.postgres.port), "--database", "postgres",
                "--user", "scrim_reader", "--tls", "disable", "--password-stdin"]

    def stop(self):
        self.server.stop()
        self.postgres.stop()
        self.scratch.cleanup()


class Person:
    def __init__(self, world, name):
        self.world, self.name = world, name
        self.home = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=world.folder))
        self.credentials = self.home / ".config" / "scrim" / "credentials.json"

    def environment(self, more=None):
        bare = {key: value for key, value in os.environ.items() if not key.startswith("SCRIM_") and key not in ("XDG_CONFIG_HOME", "NO_COLOR")}
        return {**bare, "HOME": str(self.home), **(more or {})}

    def run(self, *words, stdin="", env=None):
        self.world.typed.add(" ".join(map(str, words[:2])))
        return subprocess.run([str(BINARY), *map(str, words)], input=stdin, capture_output=True, text=True, timeout=60,
                              env=self.environment(env), start_new_session=True)  # without a terminal that could be asked

    def good(self, *words, stdin="", env=None):
        """Standard output of what must succeed."""
        done = self.run(*words, stdin=stdin, env=env)
        if done.returncode != 0:
            raise AssertionError(f"scrim {' '.join(map(str, words))}: exit code {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout

    def json(self, *words, stdin="", env=None):
        return json.loads(self.good(*words, "--output", "json", stdin=stdin, env=env))

    def refused(self, code, *words, stdin="", env=None):
        """Standard error of what must fail with the code."""
        done = self.run(*words, stdin=stdin, env=env)
        if done.returncode != code:
            raise AssertionError(f"scrim {' '.join(map(str, words))}: exit code {done.returncode}, not {code}\n{done.stdout}{done.stderr}")
        return done.stderr

    def at_terminal(self, *words, env=None):
        return Terminal([str(BINARY), *map(str, words)], self.environment(env))


class Terminal:
    """A program on a terminal of its own: what it shows is in `shown`."""

    def __init__(self, command, environment):
        self.child, self.file = pty.fork()
        if self.child == 0:
            signal.signal(signal.SIGINT, signal.SIG_DFL)  # a background job's children ignore it
            os.execve(command[0], command, environment)
        self.shown = ""

    def expect(self, text, seconds=30):
        deadline = time.monotonic() + seconds
        while text not in self.shown:
            if time.monotonic() > deadline or not self._read(deadline):
                raise AssertionError(f"{text!r} was not shown: {self.shown!r}")
        return self

    def type(self, text):
        os.write(self.file, text.encode())
        return self

    def _read(self, deadline):
        if not select.select([self.file], [], [], max(0, deadline - time.monotonic()))[0]:
            return False
        try:
            got = os.read(self.file, 4096)
        except OSError:  # the other end is closed
            return False
        self.shown += got.decode(errors="replace")
        return bool(got)

    def end(self, seconds=30):
        """The exit code."""
        deadline = time.monotonic() + seconds
        while self._read(deadline):
            pass
        if time.monotonic() > deadline:
            os.kill(self.child, signal.SIGKILL)
        _, status = os.waitpid(self.child, 0)
        os.close(self.file)
        return os.waitstatus_to_exitcode(status)


shared = None  # the World
