# SPDX-License-Identifier: Apache-2.0
"""World: the demo's servers, their folder, and what can be asked of them. State lives in the folder, so that another process
can find, use and end a detached world."""

import contextlib
import hashlib
import json
import os
import re
import secrets
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))
from private_postgres import PrivatePostgres  # noqa: E402
from private_scrim import facts_of  # noqa: E402

RETAIL_SETTINGS = {"shared_buffers": "256MB", "max_wal_size": "4GB", "log_parameter_max_length": "0",
                   "log_line_prefix": "%m [%p] %u "}


class Problem(Exception):
    """Something that the person at the terminal can act on."""


def built(program):
    return ROOT / "build" / os.environ.get("SCRIM_PRESET", "dev") / "server" / program


def relative(path):
    """As it is typed in the project's folder."""
    return os.path.relpath(path, ROOT)


def alive(pid, word):
    """Is there such a process, and is it still ours?"""
    try:
        return word in Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return False


class World:
    root = ROOT
    users = ("alice", "bob", "olivia", "grace", "admin")

    def __init__(self, folder):
        self.folder = (ROOT / folder).resolve()
        self.scrim_folder = self.folder / "scrim"
        self.state = self._read_json("state.json")
        self.passwords = self._read_json("passwords.json")
        self.retail = PrivatePostgres(self.folder / "retail", tcp=True, port=self.state.get("retail_port"),
                                      settings=RETAIL_SETTINGS)

    def _read_json(self, name):
        path = self.folder / name
        return json.loads(path.read_text()) if path.exists() else {}

    def _write(self, name, text):
        """Readable by us alone: it may hold passwords."""
        path = self.folder / name
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
            out.write(text)

    # ---- start and stop

    def start(self, say):
        self.stop()
        if not self.passwords:
            self.passwords = {name: secrets.token_urlsafe(12) for name in (*self.users, "retail") if name != "admin"}
            self._write("passwords.json", json.dumps(self.passwords))
        say("demo: PostgreSQL for retail ...")
        self.retail.start()
        self.state = {"retail_port": self.retail.port, "retail_pid": self.retail.process.pid}
        self._save()
        self._load_retail(say)
        say("demo: scrimd ...")
        self._start_scrimd()
        self._apply(say)

    def _save(self):
        self._write("state.json", json.dumps(self.state))

    def _load_retail(self, say):
        """Loads the data once; again when its recipe has changed."""
        recipe = (ROOT / "demo" / "retail.sql").read_text()
        mark = hashlib.sha256(recipe.encode()).hexdigest()
        if self.retail.psql("SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = 'retail'") == mark:
            self.retail.psql(f"ALTER ROLE scrim_reader PASSWORD '{self.passwords['retail']}'")
            return
        say("demo: 100,000 customers and 1,000,000 purchases ...")
        started = time.monotonic()
        for statement in ("DROP DATABASE IF EXISTS retail", "DROP ROLE IF EXISTS scrim_reader", "CREATE DATABASE retail"):
            self.retail.psql(statement)
        self.retail.psql(recipe, "retail", {"reader_password": self.passwords["retail"]})
        self.retail.psql(f"COMMENT ON DATABASE retail IS '{mark}'")
        say(f"demo: loaded in {time.monotonic() - started:.0f} s")

    def _configuration(self):
        values = {"RETAIL_SOCKET": self.retail.sockets, "RETAIL_PORT": self.retail.port}
        text = (ROOT / "demo" / "scrim.yaml").read_text()
        return re.sub(r"@([A-Z_]+)@", lambda found: str(values[found[1]]) if found[1] in values else found[0], text)

    def _start_scrimd(self):
        administrator = self.scrim_folder / "admin-password"
        if (self.scrim_folder / "secret.key").exists() and not administrator.exists():
            raise Problem(f"{relative(administrator)} is gone, so nobody can sign in as the administrator: put it back, or "
                          f"remove {relative(self.scrim_folder)} and start again")
        command = [built("app/scrimd"), "--data-dir", self.scrim_folder, "--listen", "127.0.0.1:0", "--print-ready"]
        with open(self.folder / "scrimd.log", "wb") as log, open(self.folder / "ready", "wb") as ready:
            process = subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL, stdout=ready, stderr=log,
                                       start_new_session=True, cwd="/")
        self.state["scrimd_pid"] = process.pid
        self._save()
        line = self._ready_line(process)
        self.state["scrimd"] = facts_of(line)
        self._save()
        self.passwords["admin"] = administrator.read_text().strip()
        self._write("passwords.json", json.dumps(self.passwords))

    def _apply(self, say):
        """Scrim is told about its world as anybody would tell it, signed in where nobody else's sign-in is."""
        self._write("retail-password", self.passwords["retail"] + "\n")
        self._write("scrim.yaml", self._configuration())
        outside = {name: value for name, value in os.environ.items() if not name.startswith("SCRIM_")}
        environment = {**outside, **self.environment(), "XDG_CONFIG_HOME": str(self.folder / "config")}
        for words, typed in ((["login", "--user", "admin", "--password-stdin"], self.passwords["admin"] + "\n"),
                             (["apply", "--yes", "-f", relative(self.folder / "scrim.yaml")], "")):
            say(f"demo: scrim {' '.join(words)}")
            done = subprocess.run([built("cli/scrim"), *words], cwd=ROOT, env=environment, input=typed, capture_output=True, text=True)
            if done.returncode != 0:
                raise Problem(f"{done.stderr.strip()}\nTo begin with an empty catalog: remove {relative(self.scrim_folder)}")
        say("demo: " + done.stdout.splitlines()[-1])

    def _ready_line(self, process):
        """What scrimd prints when it serves: "ready host=.. port=.. ca=.. catalog_dsn=..", quoted as for a shell."""
        while True:
            ended = process.poll()
            for line in (self.folder / "ready").read_text().splitlines(keepends=True):
                if line.startswith("ready ") and line.endswith("\n"):
                    return line
            if ended is not None:
                raise Problem(f"scrimd did not start (exit code {ended}):\n{self._end_of_log()}")
            time.sleep(0.05)

    def _end_of_log(self):
        return "\n".join((self.folder / "scrimd.log").read_text(errors="replace").splitlines()[-15:])

    def is_up(self):
        return alive(self.state.get("scrimd_pid"), "scrimd") and alive(self.state.get("retail_pid"), "postgres")

    def check_alive(self):
        if not alive(self.state.get("scrimd_pid"), "scrimd"):
            raise Problem(f"scrimd ended:\n{self._end_of_log()}")

    def stop(self):
        """Ends what runs; True if something did. scrimd first: it holds connections to retail."""
        found = False
        for key, word, how in (("scrimd_pid", "scrimd", signal.SIGTERM), ("retail_pid", "postgres", signal.SIGINT)):
            pid = self.state.pop(key, None)
            if pid and alive(pid, word):
                found = True
                os.kill(pid, how)
                self._wait_for_end(pid, word)
        self.retail.stop()
        if self.folder.exists():
            self._save()
            (self.folder / "env").unlink(missing_ok=True)
        return found

    @staticmethod
    def _wait_for_end(pid, word, patience=30):
        deadline = time.monotonic() + patience
        while alive(pid, word):
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)
            if time.monotonic() > deadline:
                os.kill(pid, signal.SIGKILL)
                raise Problem(f"process {pid} ({word}) did not end in {patience} s and was killed")
            time.sleep(0.05)

    # ---- what can be asked of it

    def environment(self):
        scrimd = self.state["scrimd"]  # what its ready line says: host, port, ca, catalog_dsn
        return {
            "SCRIM_SQL_HOST": scrimd["host"],
            "SCRIM_SQL_PORT": scrimd["port"],
            "SCRIM_API_URL": self.state["scrimd"]["api"],
            "SCRIM_CA": scrimd["ca"],
            **{f"DEMO_{user.upper()}_PASSWORD": self.passwords[user] for user in self.users},
            "RETAIL_DSN": self.retail.dsn("retail"),
            "CATALOG_DSN": scrimd.get("catalog_dsn", ""),
        }

    def write_environment(self):
        self._write("env", "".join(f"{name}='{value}'\n" for name, value in self.environment().items()))

    def dsn(self, user):
        here = self.environment()
        return (f"host={here['SCRIM_SQL_HOST']} port={here['SCRIM_SQL_PORT']} dbname=scrim user={user} sslmode=verify-full "
                f"sslrootcert={here['SCRIM_CA']}")

    def command_line(self, user):
        return f"PGPASSWORD={self.passwords[user]} psql \"{self.dsn(user)}\""

    def scrim_lines(self, query):
        """What to type to go on with the command line: as somebody who asks, then as the administrator."""
        scrim = relative(built("cli/scrim"))
        return [f"set -a; . {relative(self.folder / 'env')}; set +a",
                f'{scrim} login --user alice --password-stdin <<<"$DEMO_ALICE_PASSWORD"',
                f"{scrim} query {shlex.quote(query)}",
                f'{scrim} login --user admin --password-stdin <<<"$DEMO_ADMIN_PASSWORD"',
                f"{scrim} apply --dry-run -f {relative(self.folder / 'scrim.yaml')}"]

    def ask(self, user, sql, *options):
        done = subprocess.run(["psql", "-X", *options, "-c", sql, self.dsn(user)], capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, env={**os.environ, "PGPASSWORD": self.passwords[user], "PAGER": ""})
        if done.returncode != 0:
            raise Problem(f"as {user}: {done.stderr.strip()}\n{self._end_of_log()}")
        return done.stdout.rstrip("\n")

    def count_unprotected(self, query):
        """The same question to retail itself, by its superuser, with the definition in the place of the data source."""
        definition = ("(SELECT age, product_id FROM customer JOIN purchase ON customer.id = purchase.customer_id) "
                      "AS customer_purchases")
        return self.retail.psql("SELECT count(*) FROM (" + query.replace("customer_purchases", definition, 1) + ") AS q", "retail")

    @contextlib.contextmanager
    def log_of_retail(self):
        """Collects the statements that Scrim sends to retail meanwhile, from retail's own log. Parameters stay out of it."""
        statements = []
        log = self.retail.folder / "log"
        self.retail.psql("ALTER SYSTEM SET log_statement = 'all'")
        self.retail.psql("SELECT pg_reload_conf()")
        start = log.stat().st_size
        try:
            yield statements
        finally:
            self.retail.psql("ALTER SYSTEM RESET log_statement")
            self.retail.psql("SELECT pg_reload_conf()")
        text = log.read_bytes()[start:].decode(errors="replace")
        entries = re.split(r"^\d{4}-\d\d-\d\d [\d:.]+ \S+ \[\d+\] ", text, flags=re.M)
        for entry in entries:
            match = re.match(r"scrim_reader LOG:  (?:statement|execute [^:]*): (.*)", entry, re.S)
            if match and re.search(r"\bpurchase\b", match[1]):
                statements.append(match[1].strip())
