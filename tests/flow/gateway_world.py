# SPDX-License-Identifier: Apache-2.0
"""The world of the gateway's flow tests: a private PostgreSQL with one small table, a scrimd in front of it, and raw sockets
that say exactly what a test wants said."""

import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests" / "support"), str(ROOT / "tests" / "attack")]
from private_postgres import PrivatePostgres  # noqa: E402
from private_scrim import PrivateScrim  # noqa: E402
from wire import Closed, Wire  # noqa: E402

SSL, GSS, CANCEL = 80877103, 80877104, 80877102
PASSWORD = "correct horse"
WORLD = """
CREATE TABLE thing (id int PRIMARY KEY, name text, grp text, amount numeric, made timestamptz);
INSERT INTO thing SELECT i, 'thing ' || i, (ARRAY['red', 'blue'])[1 + i % 2], i * 1.5, '2024-01-01 00:00:00+00'::timestamptz + i * interval '1 hour'
  FROM generate_series(1, 1000) AS i;
CREATE TABLE odd (id int PRIMARY KEY, t text);
INSERT INTO odd VALUES (1, E'a\\tb'), (2, E'back\\\\slash'), (3, NULL), (4, ''), (5, E'line\\nbreak'), (6, 'comma, "quote"'), (7, E'\\b\\f\\v\\r'),
  (8, '\\.'), (9, 'ünïcödé');
CREATE TABLE big (id int PRIMARY KEY, filler text);
INSERT INTO big SELECT i, repeat('x', 200) FROM generate_series(1, 200000) AS i;
CREATE ROLE scrim_reader LOGIN PASSWORD 'reader';
GRANT SELECT ON thing, odd, big TO scrim_reader;
"""
APPLY = """
connections:
  - {{name: world, kind: postgres, hosts: ["{socket}"], ports: [{port}], database: postgres, user: scrim_reader, password: reader, tls: disable}}
users:
  - {{name: alice, password: "{password}"}}
  - {{name: bob, password: "{password}"}}
  - {{name: root, password: "{password}", permissions: [ADMIN, GOVERNOR, USER_ADMIN, CREATE_DATA_SOURCE, AUDIT]}}
data_sources:
  - {{name: thing, connection: world, table: public.thing}}
  - {{name: odd, connection: world, table: public.odd}}
  - {{name: big, connection: world, table: public.big}}
  - {{name: watched, connection: world, table: public.thing}}
rules:
  - {{data_source: thing, rule: ALLOW SUBSCRIPTION BY ANYONE}}
  - {{data_source: odd, rule: ALLOW SUBSCRIPTION BY ANYONE}}
  - {{data_source: big, rule: ALLOW SUBSCRIPTION BY ANYONE}}
  - {{data_source: watched, rule: ALLOW SUBSCRIPTION BY ANYONE}}
  - {{data_source: watched, rule: "SHOW ONLY ROWS WHERE grp = 'red' FOR EVERYONE"}}
"""


class World:
    """Started once for a module."""

    def __init__(self, plaintext=True, config="", rules=""):
        self.folder = tempfile.TemporaryDirectory(prefix="scrim-gateway-")
        folder = Path(self.folder.name)
        folder.chmod(0o755)
        applied, config_file = folder / "apply.yaml", folder / "scrim.yaml"
        config_file.write_text(config)
        options = ["--config", str(config_file)] if config else []
        self.postgres = PrivatePostgres(folder / "source", settings={"fsync": "off"})
        self.scrim = PrivateScrim(folder / "scrim", applied, plaintext=plaintext, options=options)
        try:
            self.postgres.start()
            self.postgres.psql(WORLD)
            applied.write_text(APPLY.format(socket=self.postgres.sockets, port=self.postgres.port, password=PASSWORD) + rules)
            self.scrim.start()
        except BaseException:
            self.postgres.stop()
            raise

    def stop(self):
        try:
            self.scrim.stop()
        finally:
            self.postgres.stop()
            self.folder.cleanup()

    def wait_until_source_runs(self, part):
        """Returns when the source is at work on a statement with `part` in its text."""
        running = f"SELECT count(*) > 0 FROM pg_stat_activity WHERE usename = 'scrim_reader' AND state = 'active' AND position('{part}' IN query) > 0"
        eventually(lambda: check(self.postgres.psql(running) == "t", "the source runs no such statement"), AssertionError)

    def socket(self, timeout=10):
        return socket.create_connection((self.scrim.host, self.scrim.port), timeout)

    def wire(self, user="alice", password=PASSWORD, database="scrim", options=None, version=196608):
        return Client(self, user, password, database, options, version)

    def set_watched(self, *colours):
        """The rule of `watched` becomes these, one after the other, as another instance would change it."""
        sentences = [f"SHOW ONLY ROWS WHERE grp = '{colour}' FOR EVERYONE" for colour in colours]
        sql = "".join(f"""
            BEGIN;
            UPDATE catalog_version SET version = version + 1;
            UPDATE rule SET sentence = $${sentence}$$, version = version + 1 WHERE sentence LIKE 'SHOW ONLY ROWS WHERE grp = %';
            INSERT INTO change (version, noun, id, author) SELECT v.version, 'rule', r.id, 'test' FROM catalog_version v, rule r WHERE r.sentence = $${sentence}$$;
            SELECT pg_notify('scrim_catalog', version::text) FROM catalog_version;
            COMMIT;""" for sentence in sentences)
        subprocess.run(["psql", "-Xq", "-v", "ON_ERROR_STOP=1", self.scrim.catalog_dsn], input=sql, text=True, check=True, stdout=subprocess.DEVNULL)

    def change_watched(self, colour):
        """The same, known to the sessions on return."""
        self.set_watched(colour)
        looker = self.wire()
        while rows(looker.simple("SELECT grp FROM watched LIMIT 1")) != [(colour.encode(),)]:
            pass
        looker.close()

    def psql(self, *commands, user="alice", password=PASSWORD, flags="-XAt", dsn=""):
        """(standard output, standard error) of psql running each command."""
        wanted = [part for command in commands for part in ("-c", command)]
        mode = "disable" if self.scrim.plaintext else f"verify-full sslrootcert={self.scrim.ca}"
        done = subprocess.run(["psql", flags, *wanted, f"host={self.scrim.host} port={self.scrim.port} user={user} dbname=scrim sslmode={mode} {dsn}"],
                              capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=60, env={"PGPASSWORD": password, "PATH": "/usr/bin:/bin"})
        return done.stdout, done.stderr


class Client(Wire):
    """A Wire of a chosen protocol version that remembers its key for cancelling."""

    def __init__(self, world, user, password, database, options, version):
        self.version, self.key = version, b""
        super().__init__(world.scrim.host, world.scrim.port, user, password, database, "" if world.scrim.plaintext else world.scrim.ca, options=options)

    def _start_up(self, user, password, settings):
        self.socket.sendall(startup(user, version=self.version, **settings))
        while True:
            kind, body = self.message()
            if kind == b"R":
                self._authenticate(body, password)
            elif kind == b"E":
                raise Closed(body.replace(b"\0", b" ").decode(errors="replace"))
            elif kind == b"K":
                self.key = body
            elif kind == b"Z":
                return


def packet(code, body=b""):
    return struct.pack("!II", len(body) + 8, code) + body


def startup(user="alice", version=196608, **settings):
    pairs = {"user": user, "database": "scrim", **settings}
    return packet(version, b"".join(f"{name}\0{value}\0".encode() for name, value in pairs.items()) + b"\0")


def message(kind, body=b""):
    return kind + struct.pack("!I", len(body) + 4) + body


def check(good, what):
    if not good:
        raise AssertionError(what)


def eventually(action, failure, patience=60):
    """Repeats `action` until it does not fail so: for what another process does in its own time."""
    deadline = time.monotonic() + patience
    while True:
        try:
            return action()
        except failure:
            if time.monotonic() > deadline:
                raise
        time.sleep(0.02)


def everything(connection):
    """All bytes until the server closes."""
    data = b""
    while True:
        try:
            piece = connection.recv(65536)
        except ConnectionResetError:
            return data
        if not piece:
            return data
        data += piece


def fields(body):
    """The fields of an ErrorResponse."""
    return {part[:1].decode(): part[1:].decode() for part in body.split(b"\0") if part}


def errors(messages):
    return [fields(body) for kind, body in messages if kind == b"E"]


def kinds(messages):
    return b"".join(kind for kind, _ in messages).decode()


def tags(messages):
    return [body[:-1].decode() for kind, body in messages if kind == b"C"]


def rows(messages):
    """Values of DataRows, as bytes or None."""
    found = []
    for kind, body in messages:
        if kind != b"D":
            continue
        count, at, row = struct.unpack("!H", body[:2])[0], 2, []
        for _ in range(count):
            length = struct.unpack("!i", body[at:at + 4])[0]
            row.append(None if length < 0 else body[at + 4:at + 4 + length])
            at += 4 + max(length, 0)
        found.append(tuple(row))
    return found


def tls_client(connection, ca, host, alpn=None):
    context = ssl.create_default_context(cafile=ca)
    if alpn:
        context.set_alpn_protocols([alpn])
    return context.wrap_socket(connection, server_hostname=host)


def bind(statement="", portal="", values=(), formats=(), results=()):
    body = portal.encode() + b"\0" + statement.encode() + b"\0" + struct.pack("!H", len(formats))
    body += b"".join(struct.pack("!H", one) for one in formats) + struct.pack("!H", len(values))
    for value in values:
        body += struct.pack("!i", -1) if value is None else struct.pack("!i", len(value)) + value
    return message(b"B", body + struct.pack("!H", len(results)) + b"".join(struct.pack("!H", one) for one in results))


def parse(sql, name="", types=()):
    return message(b"P", name.encode() + b"\0" + sql.encode() + b"\0" + struct.pack("!H", len(types)) + b"".join(struct.pack("!I", one) for one in types))


def describe(kind, name=""):
    return message(b"D", kind + name.encode() + b"\0")


def execute(portal="", limit=0):
    return message(b"E", portal.encode() + b"\0" + struct.pack("!I", limit))


SYNC = message(b"S")
shared = None  # the World of the suite
