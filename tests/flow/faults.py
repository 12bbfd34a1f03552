#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""faults.py: what happens around scrimd goes wrong; it says so clearly, leaks nothing, loses nothing, and goes on.

Sources that stop, restart, or change under it; a catalog that is killed; kill -9 of scrimd itself; a full disk under the
audit journal; a taken port, a used or open data folder; broken files. Last line: N passed, N failed.
"""
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from pathlib import Path

import psycopg

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))
from client import Api  # noqa: E402
from private_postgres import PrivatePostgres  # noqa: E402
from private_scrim import PrivateScrim, check_no_report, scrimd_binary  # noqa: E402

CANARY = "canary-7f3a"
WORLD = f"""
CREATE TABLE person (id int PRIMARY KEY, grp text, secret text, born date);
ALTER TABLE person ADD note text;
INSERT INTO person SELECT i, (ARRAY['red', 'blue'])[1 + i % 2], '{CANARY}-' || i, date '1990-01-01' + i FROM generate_series(1, 100) AS i;
CREATE ROLE scrim_reader LOGIN PASSWORD 'reader';
GRANT SELECT ON person TO scrim_reader;
"""
SCRIM = """
connections:
  - {{name: world, kind: postgres, hosts: ["{socket}"], ports: [{port}], database: postgres, user: scrim_reader, password: reader, tls: disable}}
users:
  - {{name: alice, password: alice}}
data_sources:
  - {{name: person, connection: world, table: public.person}}
rules:
  - {{data_source: person, rule: ALLOW SUBSCRIPTION BY ANYONE}}
  - {{data_source: person, rule: "SHOW ONLY ROWS WHERE grp = 'red' FOR EVERYONE"}}
  - {{data_source: person, rule: "MASK COLUMN secret USING HASHING FOR EVERYONE"}}
"""
COUNT = "SELECT count(*) FROM person"
CHECKS = []


def check(function):
    CHECKS.append(function)
    return function


class World:
    """One source and one scrimd in a folder of their own."""

    def __init__(self, folder, options=()):
        self.folder = Path(folder)
        self.source = PrivatePostgres(self.folder / "pg", settings={"fsync": "off"})
        self.options = options

    def __enter__(self):
        self.source.start()
        try:
            self.source.psql(WORLD)
            self.applied = self.folder / "scrim.yaml"
            self.applied.write_text(SCRIM.format(socket=self.source.sockets, port=self.source.port))
            self.scrim = PrivateScrim(self.folder / "scrim", self.applied, plaintext=True, options=self.options).start()
        except BaseException:
            self.source.stop()
            raise
        return self

    def __exit__(self, *_):
        try:
            self.scrim.stop()
        finally:
            self.source.stop()

    def connect(self):
        return psycopg.connect(**self.scrim.connect_options("alice", "alice"), autocommit=True)

    def no_canary_in(self, *texts):
        for text in (*texts, self.scrim.log_text()):
            assert CANARY not in text, "a hidden value shows in: " + text[:300]


def error_of(action):
    try:
        action()
    except psycopg.Error as error:
        return error
    raise AssertionError("no error")


def within(seconds, action):
    """Repeats until it works: for what comes back by itself. The last error is raised."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            return action()
        except (psycopg.Error, AssertionError):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def served_until(db, over):
    """One answer, right or refused for want of the catalog; fails until `over`."""
    try:
        assert db.execute(COUNT).fetchone()[0] == 50
    except psycopg.errors.CannotConnectNow:
        pass
    assert over(), "it is not over"


def run_scrimd(*arguments, timeout=60):
    done = subprocess.run([str(scrimd_binary()), *map(str, arguments)], capture_output=True, text=True, timeout=timeout,
                          stdin=subprocess.DEVNULL)
    check_no_report(done.stderr)
    return done


def refused_at_its_place(scrim, file, place, word):
    """scrim apply says what is wrong, at line and column; the server goes on, its catalog is what it was."""
    root = scrim.administrator()
    before = root.get("/api/v1/configuration").json["text"]
    access = {"SCRIM_API_URL": scrim.api, "SCRIM_CA": scrim.ca, "SCRIM_TOKEN": root.token, "HOME": str(scrim.folder)}
    done = subprocess.run([str(scrimd_binary().parents[1] / "cli" / "scrim"), "apply", "--yes", "-f", str(file)], capture_output=True, text=True,
                          timeout=60, stdin=subprocess.DEVNULL, env={**os.environ, **access})
    check_no_report(done.stderr)
    assert done.returncode in (1, 2), (done.returncode, done.stdout, done.stderr)
    assert any(f"{file}:{place}" in line and word in line for line in done.stderr.splitlines()), (place, word, done.stderr)
    assert root.get("/api/v1/configuration").json["text"] == before, "something was changed"
    assert scrim.process.poll() is None, "the server has ended"


@check
def a_source_that_stops_and_comes_back(folder):
    with World(folder) as world, world.connect() as db:
        assert db.execute(COUNT).fetchone()[0] == 50
        world.source.stop()
        error = error_of(lambda: db.execute(COUNT))
        assert error.sqlstate[:2] in ("08", "57"), error.sqlstate
        assert error_of(lambda: db.execute(COUNT)).sqlstate == "08001"
        assert db.execute("SELECT 1").fetchone()[0] == 1, "what needs no source goes on"
        world.source.start()
        within(15, lambda: db.execute(COUNT))
        world.no_canary_in(str(error))


@check
def a_source_restarted_between_two_statements_is_not_noticed(folder):
    with World(folder) as world, world.connect() as db:
        for _ in range(3):
            db.execute(COUNT)
        world.source.stop()
        world.source.start()
        assert db.execute(COUNT).fetchone()[0] == 50


@check
def a_transaction_whose_source_has_gone_is_rolled_back(folder):
    """What ROLLBACK asks for is so already: it is no error, and the session goes on."""
    with World(folder) as world, world.connect() as db:
        for end in ("ROLLBACK", "ABORT AND CHAIN"):
            db.execute("BEGIN")
            db.execute(COUNT)
            world.source.psql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'scrim_reader'")
            assert db.execute(end).statusmessage == "ROLLBACK"
            assert db.execute(COUNT).fetchone()[0] == 50
        db.execute("ROLLBACK")
        db.execute("BEGIN")
        db.execute(COUNT)
        world.source.psql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'scrim_reader'")
        assert error_of(lambda: db.execute("COMMIT")).sqlstate[:2] in ("08", "57"), "whether it was as asked is unknown"
        assert db.execute(COUNT).fetchone()[0] == 50


@check
def a_source_table_that_changes_or_goes(folder):
    with World(folder) as world, world.connect() as db:
        everything = "SELECT * FROM person ORDER BY id LIMIT 3"
        before = db.execute(everything).fetchall()
        world.source.psql("ALTER TABLE person ADD COLUMN extra text DEFAULT '" + CANARY + "'")
        assert db.execute(everything).fetchall() == before, "a new column stays hidden"
        world.source.psql("ALTER TABLE person RENAME COLUMN grp TO team")
        gone = error_of(lambda: db.execute(everything))
        world.source.psql("ALTER TABLE person RENAME COLUMN team TO grp; ALTER TABLE person RENAME TO elsewhere")
        missing = error_of(lambda: db.execute(COUNT))
        world.source.psql("ALTER TABLE elsewhere RENAME TO person")
        within(15, lambda: db.execute(COUNT))
        for error in (gone, missing):
            assert "team" not in str(error) and "elsewhere" not in str(error), error
            world.no_canary_in(str(error))


@check
def a_source_that_takes_the_right_away(folder):
    with World(folder) as world, world.connect() as db:
        db.execute(COUNT)
        world.source.psql("REVOKE SELECT ON person FROM scrim_reader")
        error = error_of(lambda: db.execute(COUNT))
        assert error.sqlstate == "42501", error.sqlstate
        world.source.psql("GRANT SELECT ON person TO scrim_reader")
        within(10, lambda: db.execute(COUNT))


@check
def collations_that_change_tell_nothing_of_hidden_rows(folder):
    with World(folder) as world, world.connect() as db:
        world.source.psql('UPDATE person SET note = id::text')
        world.source.psql('ALTER TABLE person ALTER grp TYPE text COLLATE "C", ALTER note TYPE text COLLATE "POSIX"')
        for row in (1, 2):  # hidden and shown: comparing the two as they are would fail with 42P22
            assert db.execute(f"SELECT count(*) FROM person WHERE id = {row} AND grp < note").fetchone()[0] == 0
            assert db.execute(f"SELECT count(*) FROM person a JOIN person b ON a.grp < b.note WHERE a.id = {row} AND b.id = {row}").fetchone()[0] == 0


@check
def the_catalog_is_killed_and_comes_back(folder):
    with World(folder) as world, world.connect() as db:
        db.execute(COUNT)
        pid_file = next(Path(world.scrim.folder).glob("data/**/postmaster.pid"))
        os.kill(int(pid_file.read_text().split()[0]), signal.SIGKILL)
        within(60, lambda: served_until(db, lambda: "the catalog is back" in world.scrim.log_text()))
        assert db.execute(COUNT).fetchone()[0] == 50
        world.connect().close()


@check
def probes_are_answered_while_the_catalog_hangs(folder):
    with World(folder) as world:
        pid_file = next(Path(world.scrim.folder).glob("data/**/postmaster.pid"))
        postmaster = int(pid_file.read_text().split()[0])
        children = subprocess.run(["pgrep", "-P", str(postmaster)], capture_output=True, text=True, check=True).stdout.split()
        stopped = [postmaster, *map(int, children)]
        api = Api(world.scrim.api, world.scrim.ca)
        assert (api.get("/livez").status, api.get("/readyz").status) == (200, 200)
        for pid in stopped:
            os.kill(pid, signal.SIGSTOP)
        try:  # more sign-ins than threads that handle requests: all of them wait for the catalog
            waiting = [threading.Thread(target=ask_to_sign_in, args=(world.scrim,), daemon=True) for _ in range(20)]
            for thread in waiting:
                thread.start()
            time.sleep(1)
            begun = time.monotonic()
            assert api.get("/livez").status == 200
            assert time.monotonic() - begun < 5
            within(30, lambda: fails_readiness(api))
        finally:
            for pid in stopped:
                os.kill(pid, signal.SIGCONT)
        for thread in waiting:
            thread.join(60)
        within(30, lambda: sign_in(world.scrim))


def ask_to_sign_in(scrim):
    return Api(scrim.api, scrim.ca).post("/api/v1/sessions", {"user": "alice", "password": "alice"}).status


def sign_in(scrim):
    status = ask_to_sign_in(scrim)
    assert status == 201, status


def fails_readiness(api):
    status = api.get("/readyz").status
    assert status == 503, status


@check
def kill_9_loses_no_record_and_restarts(folder):
    with World(folder) as world:
        with world.connect() as db:
            for _ in range(20):
                db.execute(COUNT)
        world.scrim.stop(signal.SIGKILL)
        again = PrivateScrim(world.scrim.folder, plaintext=True)
        world.scrim = again.start()
        with world.connect() as db:
            assert db.execute(COUNT).fetchone()[0] == 50
        world.scrim.stop()
        done = run_scrimd("--verify-audit", world.scrim.folder / "data" / "audit")
        assert done.returncode == 0, done.stdout + done.stderr
        records = "".join(p.read_text(errors="replace") for p in (world.scrim.folder / "data" / "audit").rglob("*") if p.is_file())
        assert records.count(COUNT) >= 21, "each statement has a record"
        assert CANARY not in records


@check
def a_full_disk_under_the_journal_serves_nothing(folder):
    mounted = Path(folder) / "scrim" / "data" / "audit"
    mounted.mkdir(parents=True)
    os.chmod(Path(folder) / "scrim" / "data", 0o700)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k,mode=0700", "tmpfs", str(mounted)], check=True)
    try:
        with World(folder) as world, world.connect() as db:
            filler = mounted.parent / "audit" / "filler"
            with open(filler, "wb", buffering=0) as out:
                try:
                    while out.write(b"x" * 4096):
                        pass
                except OSError:
                    pass
            error = None
            for _ in range(200):  # what still fits in the last page may be served, recorded
                try:
                    db.execute("SELECT id, secret FROM person /* " + "x" * 2000 + " */").fetchall()
                except psycopg.Error as problem:
                    error = problem
                    break
            assert error is not None and error.sqlstate == "58030", error
            filler.unlink()
            within(10, lambda: db.execute(COUNT))
            world.no_canary_in(str(error))
    finally:
        subprocess.run(["umount", "-l", str(mounted)], check=True)


@check
def a_port_that_is_taken(folder):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = run_scrimd("--data-dir", Path(folder) / "d", "--listen", f"127.0.0.1:{taken.getsockname()[1]}")
        assert done.returncode != 0 and "taken" in done.stderr, done.stderr


@check
def a_data_folder_in_use(folder):
    with World(folder) as world:
        done = run_scrimd("--data-dir", world.scrim.folder / "data", "--listen", "127.0.0.1:0")
        assert done.returncode != 0, "a second scrimd on the same folder"
        assert "data" in done.stderr, done.stderr
        with world.connect() as db:
            db.execute(COUNT)


@check
def a_key_file_that_others_can_read(folder):
    with World(folder) as world:
        world.scrim.stop()
        key = next(p for p in (world.scrim.folder / "data").iterdir() if p.suffix == ".key")
        assert key.stat().st_mode & 0o077 == 0
        key.chmod(0o644)
        done = run_scrimd("--data-dir", world.scrim.folder / "data", "--listen", "127.0.0.1:0")
        assert done.returncode != 0 and key.name in done.stderr, done.stderr
        key.chmod(0o600)
        world.scrim = PrivateScrim(world.scrim.folder, plaintext=True).start()


@check
def broken_files_change_nothing(folder):
    with World(folder) as world, world.connect() as db:
        good = world.applied.read_text()
        bad = Path(folder) / "bad.yaml"
        for change, place, word in (((": alice, password", ": [alice, password"), "5:", "YAML"), (("USING HASHING", "USING HASING"), "11:", "HASHING"),
                                    (("grp = 'red'", "nope = 'red'"), "10:", "nope"), (("users:", "usrs:"), "4:1: ", "usrs"),
                                    (("public.person}", "public.absent}"), "7:", "absent")):
            bad.write_text(good.replace(*change))
            refused_at_its_place(world.scrim, bad, place, word)
            assert db.execute(COUNT).fetchone()[0] == 50


@check
def an_unreachable_source_is_a_clear_refusal_at_apply(folder):
    file = Path(folder) / "scrim.yaml"
    file.write_text(SCRIM.format(socket="/nowhere", port=5432))
    with PrivateScrim(Path(folder) / "scrim") as scrim:
        refused_at_its_place(scrim, file, "7:", "world")


@check
def a_wrong_password_and_then_the_right_one(folder):
    with World(folder) as world:
        options = world.scrim.connect_options("alice", "wrong")
        error = error_of(lambda: psycopg.connect(**options))
        assert 'password authentication failed for user "alice"' in str(error)
        with world.connect() as db:
            db.execute(COUNT)


def main():
    wanted = sys.argv[1:]
    failed = ran = 0
    for function in CHECKS:
        if wanted and function.__name__ not in wanted:
            continue
        ran += 1
        with tempfile.TemporaryDirectory(prefix="scrim-faults-") as folder:
            Path(folder).chmod(0o755)
            try:
                function(folder)
                print("ok", function.__name__, flush=True)
            except Exception as error:  # reported, counted, and turned into the exit code
                failed += 1
                print(f"FAIL {function.__name__}: {type(error).__name__}: {str(error)[:1500]}", flush=True)
                if os.environ.get("SCRIM_TRACE"):
                    traceback.print_exc()
    print(f"{ran - failed} passed, {failed} failed")
    sys.exit(1 if failed or not ran else 0)


main()
