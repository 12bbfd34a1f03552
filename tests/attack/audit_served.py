#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""No answer without an audit record, seen from the client: scrimd under load while the journal's disk is full, and killed
with SIGKILL. Every row that a client has seen must be a statement in the verified journal. Needs root (a mount).
Last line: N passed, N failed.
"""

import os
import random
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
sys.path.insert(0, str(HERE.parent / "support"))
from audit_faults import Failed, Mounted, check, fill  # noqa: E402
from private_scrim import PrivateScrim, scrimd_binary  # noqa: E402
from run import start_source, write_config  # noqa: E402
from wire import Closed, Wire  # noqa: E402

CLIENTS = 4
KILLS = int(os.environ.get("AUDIT_KILLS", "6"))


class Load:
    """Clients that ask numbered questions and note the numbers whose rows they saw."""

    def __init__(self, scrim, first):
        self.scrim, self.seen, self.refusals, self.other = scrim, [], 0, set()
        self.changed = threading.Condition()
        self.stop, self.next = False, first
        self.threads = [threading.Thread(target=self._ask, args=(extended,), daemon=True) for extended in (False, True) * (CLIENTS // 2)]
        for thread in self.threads:
            thread.start()

    def _number(self):
        with self.changed:
            self.next += 1
            return self.next

    def _ask(self, extended):
        try:
            wire = Wire(self.scrim.host, self.scrim.port, "alice", "alice-password", "scrim", self.scrim.ca)
            while not self.stop:
                number = self._number()
                sql = f"SELECT name, {number} AS audit_number FROM staff WHERE id = 1"
                before = len(wire.received)
                try:
                    (wire.extended if extended else wire.simple)(sql)
                finally:
                    self._note(number, wire.received[before:])
                wire.received = b""
        except (Closed, OSError):
            pass  # the server was killed, or is full at login: that is the test

    def _note(self, number, reply):
        row = struct.pack("!i", len(str(number))) + str(number).encode()
        with self.changed:
            if row in reply and b"VISBname1" in reply:
                self.seen.append(number)
            elif b"C58030\0" in reply:
                self.refusals += 1
            elif b"\0C" in reply:
                self.other.add(reply[reply.index(b"\0C") + 2 :][:60])
            self.changed.notify_all()

    def until(self, condition, what, seconds=30):
        with self.changed:
            check(self.changed.wait_for(condition, seconds), f"waited {seconds} s in vain for {what}; other errors: {self.other}")

    def end(self):
        self.stop = True
        for thread in self.threads:
            thread.join(20)


def expect_recorded(data, seen):
    verified = subprocess.run([scrimd_binary(), "--data-dir", data, "--verify-audit", data / "audit"], capture_output=True, text=True)
    check(verified.returncode == 0, f"the journal is not intact: {verified.stdout}{verified.stderr}")
    text = b"".join(path.read_bytes() for path in sorted((data / "audit").glob("segment-*.jsonl")))
    recorded = {int(part.split(b" ", 1)[0]) for part in text.split(b"SELECT name, ")[1:]}
    missing = set(seen) - recorded
    check(seen, "no row was seen: the test proves nothing")
    check(not missing, f"{len(missing)} of {len(seen)} answers were seen and not recorded, e.g. {sorted(missing)[:5]}")
    print(f"    {len(seen)} answers seen, all of them recorded")


def full_disk(folder, config, options):
    data = folder / "data"
    data.mkdir(parents=True, mode=0o700)
    (data / "audit").mkdir(mode=0o700)
    with Mounted(data / "audit", "-t", "tmpfs", "-o", "size=2m,mode=0700", "tmpfs") as audit:
        with PrivateScrim(folder, config, options=options) as scrim:
            load = Load(scrim, 1_000_000)
            load.until(lambda: len(load.seen) > 100, "answers")
            filler = fill(audit)
            load.until(lambda: load.refusals > 20, "refusals while the disk is full")
            asked = load.next  # an answer to an earlier question may be noted late: its thread had to wait
            load.until(lambda: load.refusals > 60, "more refusals")
            late = [number for number in load.seen if number > asked]
            check(not late, f"rows were served while the disk was full: {late[:5]}")
            check(scrim.process.poll() is None, "the server died of a full disk")
            filler.unlink()
            before = len(load.seen)
            load.until(lambda: len(load.seen) > before + 50, "answers after room was made")
            load.end()
        expect_recorded(data, load.seen)


def killed(folder, config, options):
    seen, dice = [], random.Random(7)
    for turn in range(KILLS):
        scrim = PrivateScrim(folder, config if turn == 0 else None, options=options).start()
        try:
            load = Load(scrim, turn * 1_000_000)
            load.until(lambda: load.seen, "a first answer")
            threading.Event().wait(0.1 + dice.random() * 0.5)
        finally:
            scrim.stop(signal.SIGKILL)
        load.end()
        seen += load.seen
    with PrivateScrim(folder, options=options):
        pass  # takes up the journal, and stops in good order
    expect_recorded(folder / "data", seen)


def main():
    passed = failed = 0
    with tempfile.TemporaryDirectory(prefix="scrim-audit-served-") as name:
        base = Path(name)
        base.chmod(0o755)
        source = start_source(base)
        try:
            config = write_config(base, source, rules=True)
            for test in (full_disk, killed):
                for mode in ("default", "strict"):
                    begun = time.monotonic()
                    try:
                        test(base / f"{test.__name__}-{mode}", config, ["--audit", mode])
                        passed += 1
                        print(f"ok   {test.__name__}, {mode} ({time.monotonic() - begun:.1f} s)")
                    except (Failed, RuntimeError, subprocess.CalledProcessError) as problem:
                        failed += 1
                        print(f"FAIL {test.__name__}, {mode}: {problem}")
        finally:
            source.stop()
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
