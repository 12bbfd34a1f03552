#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Faults of the real thing against the audit journal: kill -9, full disks, file size limits, immutable files, failing and
hanging disks. In every one of them: what was acknowledged is in the verified journal, and nothing is acknowledged that
is not. Needs root (mounts); run from anywhere: tests/attack/audit_faults.py. Ends with "N passed, N failed".
"""

import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("SCRIM_BUILD", ROOT / "build" / "dev"))
DRIVER = str(BUILD / "server" / "audit" / "audit_driver")
KILLS = int(os.environ.get("AUDIT_KILLS", "50"))
SEED = int(os.environ.get("AUDIT_SEED", "1"))


class Failed(Exception):
    pass


def check(condition, message):
    if not condition:
        raise Failed(message)


class Driver:
    """A running `audit_driver append`; collects what it acknowledged and when it broke and healed."""

    running = []

    def __init__(self, directory, threads=4, strict=False, preexec=None):
        arguments = [DRIVER, "append", str(directory), str(threads)] + (["strict"] if strict else [])
        self.process = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, preexec_fn=preexec)
        Driver.running.append(self)
        self.acknowledged, self.breaks, self.heals, self.error = [], 0, 0, ""
        self.opened = False
        self.changed = threading.Condition()
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        for line in self.process.stdout:
            if not line.endswith(b"\n"):
                break  # killed in the middle of a line
            word, _, rest = line.decode().rstrip("\n").partition(" ")
            with self.changed:
                if word == "A":
                    self.acknowledged.append(int(rest))
                elif word == "B":
                    self.breaks += 1
                elif word == "H":
                    self.heals += 1
                elif word == "O":
                    self.opened = True
                elif word == "E":
                    self.error = rest
                self.changed.notify_all()

    def until(self, condition, what, seconds=20):
        with self.changed:
            check(self.changed.wait_for(condition, seconds), f"waited {seconds} s in vain for: {what} ({self.error})")

    def until_acknowledged(self, more):
        goal = len(self.acknowledged) + more
        self.until(lambda: len(self.acknowledged) >= goal, f"{more} more statements")

    def end(self, how):
        self.process.send_signal(how)
        code = self.process.wait(30)
        self.reader.join(30)
        return code


def verify(directory):
    done = subprocess.run([DRIVER, "verify", str(directory)], capture_output=True, text=True)
    check(done.returncode == 0, f"the journal is not intact:\n{done.stdout}{done.stderr}")
    return done.stdout


def recorded(directory):
    done = subprocess.run([DRIVER, "list", str(directory)], capture_output=True, text=True, check=True)
    return {int(line.split()[0]) for line in done.stdout.splitlines() if line.endswith(" started")}


def expect_all(directory, acknowledged):
    verify(directory)
    missing = set(acknowledged) - recorded(directory)
    check(not missing, f"{len(missing)} acknowledged statements are not in the journal, e.g. {sorted(missing)[:5]}")
    check(acknowledged, "nothing was acknowledged: the test proves nothing")


class Mounted:
    """A file system of its own, unmounted at the end."""

    def __init__(self, path, *arguments):
        path.mkdir(parents=True, exist_ok=True)
        self.path = path
        subprocess.run(["mount", *arguments, str(path)], check=True, capture_output=True)

    def __enter__(self):
        return self.path

    def __exit__(self, *_):
        subprocess.run(["umount", "-l", str(self.path)], check=True, capture_output=True)


def fill(path):
    """Takes all the room there is; removing the file gives it back."""
    filler = path / "filler"
    with open(filler, "wb", buffering=0) as out:
        for size in (65536, 4096, 512, 1):
            try:
                while True:
                    out.write(b"\0" * size)
            except OSError:
                pass
    return filler


def kill_at_random_points(folder):
    """kill -9 at random points, one journal going on through all of it, default and strict in turn."""
    directory, acknowledged = folder / "audit", []
    dice = random.Random(SEED)
    for turn in range(KILLS):
        driver = Driver(directory, strict=turn % 3 == 2)
        driver.until(lambda: driver.opened or driver.error, "the journal to open")
        check(not driver.error, f"turn {turn}: {driver.error}")
        if dice.random() < 0.9:
            driver.until(lambda: driver.acknowledged, "a first statement")
        threading.Event().wait(dice.random() * 0.06)
        driver.end(signal.SIGKILL)
        acknowledged += driver.acknowledged
    print(f"    {KILLS} kills, {len(acknowledged)} statements acknowledged")
    Driver(directory, threads=0).process.wait(30)  # a start that cuts off what was torn
    expect_all(directory, acknowledged)


def kill_while_opening(folder):
    """kill -9 a few milliseconds after the start: while a chain is begun or taken up."""
    dice = random.Random(SEED)
    for turn in range(20):
        directory = folder / f"audit{turn // 4}"
        driver = Driver(directory)
        threading.Event().wait(dice.random() * 0.008)
        driver.end(signal.SIGKILL)
        check(not driver.error, driver.error)
        again = Driver(directory)
        again.until_acknowledged(3)
        again.end(signal.SIGTERM)
        expect_all(directory, driver.acknowledged + again.acknowledged)


def full_disk(folder):
    """The disk is full, twice, then has room again."""
    with Mounted(folder / "small", "-t", "tmpfs", "-o", "size=4m,mode=0700", "tmpfs") as path:
        driver = Driver(path / "audit")
        for turn in range(2):
            driver.until_acknowledged(50)
            filler = fill(path)
            driver.until(lambda: driver.breaks > turn * 4, "the journal to break")
            threading.Event().wait(0.1)  # whatever was being printed is through
            before = len(driver.acknowledged)
            threading.Event().wait(0.3)
            check(len(driver.acknowledged) == before, "statements were acknowledged while the disk was full")
            filler.unlink()
            driver.until_acknowledged(20)
            check(driver.heals >= 1, "it did not say that it is healthy again")
        check(driver.end(signal.SIGTERM) == 0, "it did not stop in good order")
        expect_all(path / "audit", driver.acknowledged)


def full_disk_then_kill(folder):
    """The disk is full, and the server is killed while broken."""
    with Mounted(folder / "small", "-t", "tmpfs", "-o", "size=2m,mode=0700", "tmpfs") as path:
        driver = Driver(path / "audit")
        driver.until(lambda: driver.breaks > 0, "the disk to be full")
        driver.end(signal.SIGKILL)
        verify(path / "audit")
        expect_all(path / "audit", driver.acknowledged)
        subprocess.run(["mount", "-o", "remount,size=8m", str(path)], check=True)
        again = Driver(path / "audit")
        again.until_acknowledged(20)
        again.end(signal.SIGTERM)
        expect_all(path / "audit", driver.acknowledged + again.acknowledged)


def full_disk_at_start(folder):
    """No room to begin a chain: a clear error; then room."""
    with Mounted(folder / "small", "-t", "tmpfs", "-o", "size=64k,mode=0700", "tmpfs") as path:
        filler = fill(path)
        driver = Driver(path / "audit")
        driver.process.wait(10)
        driver.reader.join(10)
        check("No space left on device" in driver.error, f"unclear: {driver.error!r}")
        filler.unlink()
        again = Driver(path / "audit")
        again.until_acknowledged(3)
        again.end(signal.SIGTERM)
        expect_all(path / "audit", again.acknowledged)


def file_size_limit(folder):
    """RLIMIT_FSIZE cuts a write short; raising it heals."""
    limit = 100_000
    driver = Driver(folder / "audit", preexec=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY)))
    driver.until(lambda: driver.breaks > 0, "the limit")
    torn = (folder / "audit" / "segment-00000001.jsonl").read_bytes()
    check(torn.endswith(b"\n"), "a torn record was left in the file")
    resource.prlimit(driver.process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    driver.until_acknowledged(50)
    driver.end(signal.SIGTERM)
    expect_all(folder / "audit", driver.acknowledged)


def immutable_files(folder):
    """Directory and files become immutable (chattr +i) under the running server, then writable again."""
    driver = Driver(folder / "audit", threads=2)
    driver.until_acknowledged(20)

    def change(flag):
        for path in [folder / "audit", *(folder / "audit").glob("segment-*.jsonl")]:
            subprocess.run(["chattr", flag, str(path)], check=True, capture_output=True)

    try:
        change("+i")
        driver.until(lambda: driver.breaks > 0, "the journal to break")
    finally:
        change("-i")
    driver.until(lambda: driver.heals > 0, "it to heal")
    driver.until_acknowledged(20)
    driver.end(signal.SIGTERM)
    expect_all(folder / "audit", driver.acknowledged)


def read_only_mount(folder):
    """The file system is mounted read-only when the server starts."""
    with Mounted(folder / "disk", "-t", "tmpfs", "-o", "size=4m,mode=0700", "tmpfs") as path:
        driver = Driver(path / "audit")
        driver.until_acknowledged(5)
        driver.end(signal.SIGKILL)
        subprocess.run(["mount", "-o", "remount,ro", str(path)], check=True)
        refused = Driver(path / "audit")
        refused.process.wait(10)
        refused.reader.join(10)
        check("Read-only file system" in refused.error, f"unclear: {refused.error!r}")
        expect_all(path / "audit", driver.acknowledged)
        subprocess.run(["mount", "-o", "remount,rw", str(path)], check=True)
        again = Driver(path / "audit")
        again.until_acknowledged(5)
        again.end(signal.SIGTERM)
        expect_all(path / "audit", driver.acknowledged + again.acknowledged)


def image_on(path, size):
    """An ext4 without a journal in a sparse file: its disk fails when the file system under the file is full."""
    image = path / "image"
    with open(image, "wb") as out:
        out.truncate(size)
    subprocess.run(["mkfs.ext4", "-q", "-O", "^has_journal", "-E", "lazy_itable_init=0", str(image)], check=True,
                   capture_output=True)
    return image


def failing_disk(folder):
    """Writes go to the page cache and fdatasync fails (EIO), as on a dying disk; then the disk works again."""
    with Mounted(folder / "under", "-t", "tmpfs", "-o", "size=6m", "tmpfs") as under:
        image = image_on(under, 64 << 20)
        with Mounted(folder / "disk", "-o", "loop,errors=continue", str(image)) as path:
            driver = Driver(path / "audit")
            driver.until(lambda: driver.breaks > 0, "fdatasync to fail", 60)
            threading.Event().wait(0.2)
            before = len(driver.acknowledged)
            threading.Event().wait(0.3)
            check(len(driver.acknowledged) == before, "statements were acknowledged while syncs failed")
            subprocess.run(["mount", "-o", "remount,size=128m", str(under)], check=True)
            driver.until(lambda: driver.heals > 0, "it to heal", 60)
            driver.until_acknowledged(20)
            driver.end(signal.SIGTERM)
            # What counts is what a fresh look at the disk finds, not what the page cache still claims.
            Path("/proc/sys/vm/drop_caches").write_text("3\n")
            expect_all(path / "audit", driver.acknowledged)
            repaired = any(b'"repair":1' in file.open("rb").readline() for file in (path / "audit").glob("segment-*"))
            check(repaired, "no segment was written anew: the fault did not strike where it was meant to")


def hanging_disk(folder):
    """The file system hangs (fsfreeze): nothing is acknowledged until it goes on."""
    with Mounted(folder / "under", "-t", "tmpfs", "-o", "size=80m", "tmpfs") as under:
        image = image_on(under, 64 << 20)
        with Mounted(folder / "disk", "-o", "loop", str(image)) as path:
            driver = Driver(path / "audit", strict=True)
            driver.until_acknowledged(20)
            subprocess.run(["fsfreeze", "-f", str(path)], check=True)
            try:
                threading.Event().wait(0.2)
                before = len(driver.acknowledged)
                threading.Event().wait(0.5)
                check(len(driver.acknowledged) == before, "statements were acknowledged while the disk hung")
            finally:
                subprocess.run(["fsfreeze", "-u", str(path)], check=True)
            driver.until_acknowledged(20)
            driver.end(signal.SIGTERM)
            expect_all(path / "audit", driver.acknowledged)


def second_server(folder):
    """A second process on the same directory is refused, in words; after a kill -9 of the first it may."""
    driver = Driver(folder / "audit")
    driver.until_acknowledged(3)
    second = Driver(folder / "audit")
    check(second.process.wait(10) == 1, "the second process was let in")
    second.reader.join(10)
    check(f"in use by another process (process {driver.process.pid})" in second.error, f"unclear: {second.error!r}")
    driver.end(signal.SIGKILL)
    third = Driver(folder / "audit")
    third.until_acknowledged(3)
    third.end(signal.SIGTERM)
    expect_all(folder / "audit", driver.acknowledged + third.acknowledged)


def open_permissions(folder):
    """A directory that others can read is refused, in words."""
    (folder / "audit").mkdir(mode=0o755)
    driver = Driver(folder / "audit")
    check(driver.process.wait(10) == 1, "it was let in")
    driver.reader.join(10)
    check("can be reached by other users" in driver.error, f"unclear: {driver.error!r}")


def tampering(folder):
    """What an intruder does to a stopped journal is named, and the server refuses to go on."""
    driver = Driver(folder / "audit")
    driver.until_acknowledged(50)
    driver.end(signal.SIGTERM)
    segment = folder / "audit" / "segment-00000001.jsonl"
    lines = segment.read_bytes().splitlines(keepends=True)
    changes = {
        "was changed": lines[:9] + [lines[9].replace(b'"outcome":"completed"', b'"outcome":"denied!!!"')
                                    .replace(b"alice", b"mallo")] + lines[10:],
        "were deleted": lines[:9] + lines[11:],
        "belongs, which is on line": lines[:9] + [lines[10], lines[9]] + lines[11:],
        "a second time": lines[:9] + [lines[3]] + lines[9:],
        "at the end are missing": lines[:-2],
    }
    for words, changed in changes.items():
        segment.write_bytes(b"".join(changed))
        done = subprocess.run([DRIVER, "verify", str(folder / "audit")], capture_output=True, text=True)
        finding = done.stdout.splitlines()[-1]
        segments = list((folder / "audit").glob("segment-*"))
        if words == "at the end are missing" and len(segments) > 1:
            words = "are missing before it"
        check(done.returncode == 1 and words in finding, f"{words}: {finding}")
        if words != "at the end are missing" and len(segments) > 1:
            continue  # the server checks from the head's segment on; the rest is the verifier's
        refused = Driver(folder / "audit")
        refused.process.wait(10)
        refused.reader.join(10)
        check("cannot be continued" in refused.error, f"the server went on after '{words}'")


def cost(folder):
    """Not a fault: what a record costs."""
    done = subprocess.run([DRIVER, "bench", str(folder / "audit")], capture_output=True, text=True, check=True)
    print("    " + done.stdout.replace("\n", "\n    ").rstrip())


TESTS = [kill_at_random_points, kill_while_opening, full_disk, full_disk_then_kill, full_disk_at_start, file_size_limit,
         immutable_files, read_only_mount, failing_disk, hanging_disk, second_server, open_permissions, tampering, cost]


def main():
    if os.geteuid() != 0:
        print("audit_faults: needs root, to mount file systems that fail")
        print("0 passed, 1 failed")
        return 1
    chosen = [test for test in TESTS if not sys.argv[1:] or test.__name__ in sys.argv[1:]]
    passed = failed = 0
    for test in chosen:
        folder = Path(tempfile.mkdtemp(prefix="scrim-audit-faults-"))
        begun = time.monotonic()
        try:
            test(folder)
            passed += 1
            print(f"ok   {test.__name__} ({time.monotonic() - begun:.1f} s)")
        except (Failed, subprocess.CalledProcessError, subprocess.TimeoutExpired, OSError) as problem:
            failed += 1
            stderr = getattr(problem, "stderr", None)
            print(f"FAIL {test.__name__}: {problem} {stderr.decode(errors='replace') if stderr else ''}")
        for driver in Driver.running:
            driver.end(signal.SIGKILL)
        Driver.running.clear()
        shutil.rmtree(folder, ignore_errors=True)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
