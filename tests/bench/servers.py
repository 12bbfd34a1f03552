# SPDX-License-Identifier: Apache-2.0
"""The servers that a bench compares, all on this machine over loopback TCP without TLS: PostgreSQL, tuned; PgBouncer in
transaction mode; scrimd with rules on. Each pool holds the same number of connections to PostgreSQL."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(ROOT / "tests" / "support"))
from client import administrator, apply_file  # noqa: E402
from private_postgres import PrivatePostgres, as_user, free_port, server_user  # noqa: E402
from private_scrim import facts_of  # noqa: E402

PASSWORD = "bench"
POOL = 20
MANY_FILES = ["bash", "-c", 'ulimit -n "$(ulimit -Hn)" && exec "$@"', "bash"]  # a socket is a file
TUNED = {
    "shared_buffers": "1GB", "work_mem": "64MB", "maintenance_work_mem": "512MB", "effective_cache_size": "8GB",
    "max_connections": "200", "synchronous_commit": "off", "max_wal_size": "8GB", "checkpoint_timeout": "1h", "jit": "off",
    "autovacuum": "off", "random_page_cost": "1.1", "wal_level": "minimal", "max_wal_senders": "0",
    "max_parallel_workers_per_gather": "0",
}


def say(text):
    print(text, file=sys.stderr, flush=True)


def conninfo(port, user="bench", database="bench"):
    return f"host=127.0.0.1 port={port} user={user} password={PASSWORD} dbname={database} sslmode=disable"


def memory_of(pid):
    """Resident bytes of the process that are its own (not shared with others)."""
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return sum(int(kb) for kb in re.findall(r"^Private_(?:Clean|Dirty):\s+(\d+) kB", text, re.M)) * 1024


def peak_of(pid):
    return int(re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())[1]) * 1024


class Child:
    """A server process with its log; ended by SIGTERM."""

    def __init__(self, command, log, **options):
        self.log = Path(log)
        with self.log.open("wb") as out:
            self.process = subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL, stderr=out,
                                            stdout=options.pop("stdout", out), start_new_session=True, **options)

    @property
    def pid(self):
        return self.process.pid

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def tail(self):
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-15:])


class Servers:
    """PostgreSQL at once; PgBouncer and scrimd when asked for. Use as a context: all are stopped at its end."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.children = []
        self.postgres = PrivatePostgres(self.folder / "postgres", tcp=True, settings=TUNED)

    def __enter__(self):
        self.postgres.start()
        if not self.postgres.psql("SELECT 1 FROM pg_roles WHERE rolname = 'bench'"):
            self.postgres.psql(f"CREATE ROLE bench LOGIN PASSWORD '{PASSWORD}'")
            self.postgres.psql("CREATE DATABASE bench OWNER bench")
        return self

    def __exit__(self, *_):
        for child in reversed(self.children):
            child.stop()
        self.postgres.stop()

    @property
    def direct(self):
        return conninfo(self.postgres.port)

    def load(self, name, size, make):
        """Runs make() unless this folder holds the data of that name in that size (None: any size) already."""
        self.postgres.psql("CREATE TABLE IF NOT EXISTS public.bench_loaded (name text PRIMARY KEY, size text)", "bench")
        held = self.postgres.psql(f"SELECT size FROM public.bench_loaded WHERE name = '{name}'", "bench")
        if held == str(size) or (held and size is None):
            return
        say(f"  loading {name} {size or ''} ...")
        started = time.monotonic()
        self.postgres.psql(f"DELETE FROM public.bench_loaded WHERE name = '{name}'", "bench")
        make()
        self.postgres.psql(f"INSERT INTO public.bench_loaded VALUES ('{name}', '{size or 0}')", "bench")
        say(f"  loaded in {time.monotonic() - started:.0f} s")

    def start_pgbouncer(self, clients):
        folder = self.folder / "pgbouncer"
        folder.mkdir(exist_ok=True)
        port = free_port()
        (folder / "users.txt").write_text(f'"bench" "{PASSWORD}"\n')
        (folder / "pgbouncer.ini").write_text(
            f"[databases]\nbench = host=127.0.0.1 port={self.postgres.port} dbname=bench\n[pgbouncer]\n"
            f"listen_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\nauth_type = scram-sha-256\n"
            f"auth_file = {folder}/users.txt\npool_mode = transaction\ndefault_pool_size = {POOL}\nmax_client_conn = {clients}\n"
            "ignore_startup_parameters = extra_float_digits\nlog_connections = 0\nlog_disconnections = 0\n")
        user = server_user()
        if os.getuid() == 0:
            for path in (folder, *folder.iterdir()):
                os.chown(path, user.pw_uid, user.pw_gid)
        child = self._child([*as_user(user), "pgbouncer", folder / "pgbouncer.ini"], folder / "log")  # it refuses root
        return self._ready(child, conninfo(port), "PgBouncer")

    def start_scrimd(self, applied, audit="default", sessions=500, name="scrimd"):
        """applied: the text of a file that is applied; @NAMES@ of the source's address are filled in."""
        binary = ROOT / "build" / "release" / "server" / "app" / "scrimd"
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        shutil.rmtree(folder / "data", ignore_errors=True)  # what is applied is all that the catalog holds
        values = {"SOURCE_PORT": self.postgres.port, "PASSWORD": PASSWORD, "POOL": POOL}
        (folder / "apply.yaml").write_text(re.sub(r"@([A-Z_]+)@", lambda found: str(values[found[1]]), applied))
        (folder / "config.yaml").write_text(
            f"plaintext: true\naudit: {{mode: {audit}}}\n"
            f"limits: {{connections: {sessions}, connections_per_address: {sessions}, connections_per_user: {sessions}}}\n")
        child = self._child([binary, "--config", folder / "config.yaml", "--data-dir", folder / "data", "--listen", "127.0.0.1:0",
                             "--print-ready"], folder / "log")
        facts = self._until(lambda: self._ready_line(child), child, name)
        apply_file(administrator(facts["api"], facts["ca"], folder / "data"), folder / "apply.yaml")
        return self._ready(child, conninfo(facts["port"], database="scrim"), name)

    def _child(self, command, log):
        self.children.append(Child([*MANY_FILES, *command], log))
        return self.children[-1]

    @staticmethod
    def _ready_line(child):
        lines = child.log.read_text(errors="replace").splitlines(keepends=True)
        return next((facts_of(line) for line in lines if line.startswith("ready ") and line.endswith("\n")), None)

    def _ready(self, child, dsn, name):
        self._until(lambda: subprocess.run(["psql", "-XAtc", "SELECT 1", dsn], capture_output=True).returncode == 0, child, name)
        child.dsn = dsn
        return child

    @staticmethod
    def _until(action, child, name):
        """Repeats `action` until it gives something."""
        deadline = time.monotonic() + 60
        while not (found := action()):
            if child.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{name} did not start:\n{child.tail()}")
            time.sleep(0.1)
        return found
