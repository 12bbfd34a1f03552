# SPDX-License-Identifier: Apache-2.0
"""A scrimd of our own: its data in one folder, listening on free loopback ports; a file that it is given is applied over REST.

    with PrivateScrim(folder, file, plaintext=True) as scrim:
        psycopg.connect(**scrim.connect_options("alice", "secret"))
"""

import os
import re
import shlex
import signal
import subprocess
import threading
from pathlib import Path

from client import administrator, apply_file

ROOT = Path(__file__).resolve().parents[2]
REPORT = re.compile(r"(WARNING: Thread|ERROR: (Address|Leak))Sanitizer|^\S+: runtime error: ", re.M)
REPORT_SHOWN = 6000  # characters
THREADS = "3"  # on any machine: what threads share is tried, and some sessions share a thread


def scrimd_binary():
    build = Path(os.environ.get("SCRIM_BUILD", ROOT / "build" / "dev"))
    return build / "server" / "app" / "scrimd"


def facts_of(line):
    """What the line of --print-ready says."""
    return dict(part.split("=", 1) for part in shlex.split(line.removeprefix("ready ")))


def check_no_report(log):
    """Raises when a sanitizer of an instrumented build has written into the log."""
    found = REPORT.search(log)
    if found:
        raise RuntimeError("a sanitizer reports:\n" + log[found.start():found.start() + REPORT_SHOWN])


class PrivateScrim:
    def __init__(self, folder, applied=None, plaintext=False, options=(), port=0, binary=None, ca=""):
        """applied: the file that start() applies. ca: of certificates that are not scrimd's own."""
        self.folder = Path(folder).resolve()
        self.folder.mkdir(parents=True, exist_ok=True)
        self.binary = Path(binary or scrimd_binary())
        self.plaintext = plaintext
        self.options = [*(["--plaintext"] if plaintext else []), *options]
        self.listen_port, self.applied, self.own_ca = port, applied, ca
        self.process, self.host, self.port, self.ca, self.catalog_dsn = None, None, None, None, None

    def start(self, timeout=90):
        self.log = open(self.folder / "scrimd.log", "ab")
        command = [str(self.binary), "--data-dir", str(self.folder / "data"), "--listen", f"127.0.0.1:{self.listen_port}",
                   "--threads", THREADS, "--print-ready", *self.options]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=self.log, stdin=subprocess.DEVNULL, text=True)
        late = threading.Timer(timeout, self.process.kill)
        late.start()
        line = next((line for line in self.process.stdout if line.startswith("ready ")), "")
        late.cancel()
        if not line:
            self.process.wait()
            raise RuntimeError("scrimd did not start:\n" + "\n".join(self.log_text().splitlines()[-15:]))
        facts = facts_of(line)
        self.host, self.port, self.ca = facts["host"], int(facts["port"]), self.own_ca or facts.get("ca", "")
        self.catalog_dsn, self.api = facts.get("catalog_dsn", ""), facts.get("api", "")
        if self.applied:
            self._apply(self.applied)
        return self

    def _apply(self, file):
        try:
            apply_file(self.administrator(), file)
        except BaseException:
            self.stop()
            raise

    def administrator(self):
        """A caller of the API who may do everything."""
        return administrator(self.api, self.ca, self.folder / "data")

    def log_text(self):
        return (self.folder / "scrimd.log").read_text(errors="replace")

    def connect_options(self, user, password, database="scrim"):
        tls = {"sslmode": "disable"} if self.plaintext else {"sslmode": "verify-full", "sslrootcert": self.ca}
        return {"host": self.host, "port": self.port, "user": user, "password": password, "dbname": database, **tls}

    def stop(self, how=signal.SIGTERM):
        """Raises when the server does not end, has not ended in good order, or a sanitizer found something in it."""
        if not self.process:
            return
        process, self.process = self.process, None
        if process.poll() is None:
            process.send_signal(how)
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise RuntimeError("scrimd did not end within 60 s") from None
        finally:
            process.stdout.close()
            self.log.close()
        check_no_report(self.log_text())
        if process.returncode not in (0, -signal.SIGKILL if how == signal.SIGKILL else 0):
            raise RuntimeError(f"scrimd ended with {process.returncode}:\n" + "\n".join(self.log_text().splitlines()[-15:]))

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()
