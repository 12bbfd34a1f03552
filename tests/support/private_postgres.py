# SPDX-License-Identifier: Apache-2.0
"""A PostgreSQL of our own: its data in one folder, reached by a UNIX socket in a short private folder and, when asked for,
by loopback TCP with SCRAM. Debian's own cluster is neither needed nor touched. PostgreSQL refuses root, so as root the server
runs as an unprivileged user; a data folder that this user cannot reach (a clone under /root) moves to /var/tmp.

    with PrivatePostgres(folder, tcp=True, settings={"fsync": "off"}) as server:
        server.psql("SELECT 1")
"""

import hashlib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

BINARIES = Path(os.environ.get("SCRIM_PG_BIN", "/usr/lib/postgresql/15/bin"))
BASE_SETTINGS = {
    "autovacuum_max_workers": "2",
    "log_min_messages": "warning",
    "logging_collector": "off",
    "max_connections": "200",
    "password_encryption": "scram-sha-256",
    "timezone": "UTC",
}


def free_port():
    """A loopback port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def server_user():
    """The user that runs the server: we ourselves, or for root an unprivileged one."""
    if os.getuid() != 0:
        return pwd.getpwuid(os.getuid())
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise RuntimeError("no unprivileged user to run PostgreSQL as")


def as_user(user):
    if os.getuid() != 0:
        return []
    return ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]


class PrivatePostgres:
    superuser = "postgres"

    def __init__(self, folder, tcp=False, port=None, settings=None, superuser_password="", hba_extra=()):
        self.user = server_user()
        self.folder = self._reachable(Path(folder).resolve())
        self.data = self.folder / "data"
        self.sockets = Path(tempfile.gettempdir()) / ("scrim-pg-" + hashlib.sha256(str(self.folder).encode()).hexdigest()[:10])
        self.tcp, self.port = tcp, port or free_port()
        self.settings = {**BASE_SETTINGS, **(settings or {})}
        self.superuser_password, self.hba_extra = superuser_password, hba_extra
        self.process = None

    def _reachable(self, folder):
        folder.mkdir(parents=True, exist_ok=True)
        if subprocess.run([*as_user(self.user), "test", "-x", str(folder)], stderr=subprocess.DEVNULL).returncode == 0:
            return folder
        moved = Path("/var/tmp") / ("scrim-" + hashlib.sha256(str(folder).encode()).hexdigest()[:12])
        moved.mkdir(mode=0o755, exist_ok=True)
        return moved

    def _own(self, path, mode):
        path.mkdir(exist_ok=True)
        if os.getuid() == 0:
            os.chown(path, self.user.pw_uid, self.user.pw_gid)
        path.chmod(mode)

    def _run(self, *command):
        done = subprocess.run([*as_user(self.user), *map(str, command)], capture_output=True, text=True, cwd="/",
                              env={**os.environ, "LC_ALL": "C.UTF-8"}, stdin=subprocess.DEVNULL)
        if done.returncode != 0:
            raise RuntimeError(f"{command[0]} failed: {done.stderr.strip() or done.stdout.strip()}")
        return done.stdout

    def initialised(self):
        return self._exists(self.data / "PG_VERSION")

    @staticmethod
    def _exists(path):
        try:
            return path.exists()
        except PermissionError:
            return False

    def init(self):
        self._own(self.data, 0o700)
        self._run(BINARIES / "initdb", "-D", self.data, "-U", self.superuser, "-E", "UTF8", "--locale=C.UTF-8",
                  "--auth-local=trust", "--auth-host=scram-sha-256", "--no-instructions", "--no-sync")

    def start(self, timeout=60):
        """Starts the server as a child of this process; it stops with stop() or on SIGINT/SIGTERM to itself."""
        if not self.initialised():
            self.init()
        self._own(self.sockets, 0o755)
        self._write_hba()
        settings = {**self.settings, "port": self.port, "unix_socket_directories": self.sockets,
                    "listen_addresses": "127.0.0.1" if self.tcp else ""}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        log = open(self.folder / "log", "ab")
        self.process = subprocess.Popen([*as_user(self.user), str(BINARIES / "postgres"), "-D", str(self.data), *options],
                                        stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd="/", start_new_session=True,
                                        env={**os.environ, "LC_ALL": "C.UTF-8"})
        log.close()
        self._wait(timeout)
        if self.superuser_password:
            self.psql(f"ALTER ROLE {self.superuser} PASSWORD '{self.superuser_password}'")
        return self

    def _write_hba(self):
        """Our own superuser needs no password on the socket; everybody else does, there and on TCP."""
        lines = [*self.hba_extra, f"local all {self.superuser} trust", "local all all scram-sha-256",
                 "host all all 127.0.0.1/32 scram-sha-256"]
        (self.data / "pg_hba.conf").write_text("\n".join(lines) + "\n")

    def _wait(self, timeout):
        deadline = time.monotonic() + timeout
        while subprocess.run([BINARIES / "pg_isready", "-q", "-h", self.sockets, "-p", str(self.port)]).returncode != 0:
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise RuntimeError("PostgreSQL did not start:\n" + "\n".join((self.folder / "log").read_text().splitlines()[-15:]))
            time.sleep(0.05)

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(2)  # SIGINT: fast shutdown
            self.process.wait(60)
        self.process = None
        shutil.rmtree(self.sockets, ignore_errors=True)

    def psql(self, sql, database="postgres", variables=None, check=True):
        """Runs SQL text as the superuser over the socket; returns what psql prints (unaligned, tuples only)."""
        options = [part for name, value in (variables or {}).items() for part in ("-v", f"{name}={value}")]
        done = subprocess.run(["psql", "-XqAt", "-v", "ON_ERROR_STOP=1", *options, "-f", "-", self.dsn(database)],
                              input=sql, capture_output=True, text=True)
        if check and done.returncode != 0:
            raise RuntimeError(done.stderr.strip())
        return done.stdout.rstrip("\n")

    def dsn(self, database="postgres"):
        """The superuser's connection string, over the socket."""
        return f"host={self.sockets} port={self.port} dbname={database} user={self.superuser}"

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()
