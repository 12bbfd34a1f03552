#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The attack corpus: every statement of statements/*.sql against a governed endpoint; no canary may be in any byte that
comes back, nor in the server's log, and the same statements without rules must find the canaries (or they prove nothing).

    run.py                         a world of its own: PostgreSQL, scrimd with rules, scrimd without, views by hand
    run.py --against source        only PostgreSQL: open, plain views, security_barrier views (no scrimd needed)
    run.py --against scrim         only scrimd, with and without rules
    run.py --against endpoint      what SCRIM_SQL_HOST, SCRIM_SQL_PORT, SCRIM_CA, SCRIM_USER, SCRIM_PASSWORD name
    run.py ... --only PATTERN      ids that match;  --show: what came back

A case in a file:  --# id [flags]: comment      then SQL, one Query message; a line `--/` begins the next message.
flags: extended    Parse/Bind/Execute; `--$ value` lines before the SQL are its parameters (`--$` alone: NULL)
       binary      extended, results in binary
       limit=N     Execute with a row limit, the portal left open
       time        leaks by taking longer than a second
       sqlstate=N  leaks by failing with that SQLSTATE: only a hidden row can cause it
       marker=TEXT leaks by saying TEXT (_ for a space) anywhere
       pair        two halves that must be answered alike, but for the names NAME1 and NAME2 in them
       close       the server may close the connection
Statements never hold a canary themselves: they say 'CN' || 'RY'.
Last line: N passed, N failed.
"""

import argparse
import base64
import os
import re
import struct
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
sys.path.insert(0, str(HERE.parent / "support"))
from private_postgres import PrivatePostgres  # noqa: E402
from private_scrim import PrivateScrim, scrimd_binary  # noqa: E402
from wire import BINARY, Closed, Wire  # noqa: E402

HEADER = re.compile(r"--# (?P<id>[a-z]+-\d+)(?P<flags>[^:]*): (?P<comment>.+)")
SLOW = 1.0  # seconds
NEEDED_TEETH = 0.95  # share of the corpus that must leak where there are no rules


@dataclass
class Case:
    id: str
    kind: str
    flags: dict
    comment: str
    messages: list
    parameters: list = field(default_factory=list)


def read_cases(folder):
    cases, seen = [], set()
    for path in sorted(folder.glob("*.sql")):
        for number, line in enumerate(path.read_text().splitlines(), 1):
            header = HEADER.fullmatch(line)
            if header:
                if header["id"] in seen:
                    sys.exit(f"{path}:{number}: {header['id']} stands twice")
                seen.add(header["id"])
                flags = dict((flag.split("=") + ["1"])[:2] for flag in header["flags"].split())
                cases.append(Case(header["id"], path.stem, flags, header["comment"], [""]))
            elif not cases or line.startswith("-- SPDX"):
                continue
            elif line == "--/":
                cases[-1].messages.append("")
            elif line.startswith("--$"):
                cases[-1].parameters.append(None if line == "--$" else line[4:])
            else:
                cases[-1].messages[-1] += line + "\n"
    for case in cases:
        case.messages = [message.strip() for message in case.messages]
        hit = canaries_in(" ".join(case.messages).encode())
        if hit or not all(case.messages):
            sys.exit(f"{case.id}: {'the statement holds a canary itself' if hit else 'empty'}")
    return cases


def canary_forms():
    """The canaries as they may come back: letters in any case, reversed, in hexadecimal, base64; numbers in text and binary."""
    word, digits, number = b"CNRY", b"73317331", 73317331
    any_case = [word, word[::-1], word.hex().encode(), digits, digits[::-1], b"7.3317331"]
    exact = []
    for shift in range(3):  # where the word may stand among groups of three bytes
        core = base64.b64encode(b"\0" * shift + word)
        exact.append(core[(8 * shift + 5) // 6 : (8 * (shift + 4)) // 6])
    exact += [struct.pack(shape, sign * number) for shape in ("!i", "!d", "!f") for sign in (1, -1)]
    exact.append(struct.pack("!hh", 7331, 7331))  # numeric, in base 10,000
    return (re.compile(b"|".join(map(re.escape, any_case)), re.IGNORECASE), re.compile(b"|".join(map(re.escape, exact))))


ANY_CASE, EXACT = canary_forms()


def canaries_in(received):
    return ANY_CASE.findall(received) + EXACT.findall(received)


def run_messages(case, connect):
    """Every byte that came back, and the longest time a message took."""
    received, slowest = [], 0.0
    wire = connect()
    try:
        for message in case.messages:
            wire.socket.settimeout(3 * SLOW if "time" in case.flags else 20)
            begun, before = time.monotonic(), len(wire.received)
            try:
                if "extended" in case.flags or "binary" in case.flags:
                    wire.extended(message, case.parameters, BINARY if "binary" in case.flags else 0, int(case.flags.get("limit", 0)))
                else:
                    wire.simple(message)
            except (Closed, TimeoutError):
                received.append(wire.received[before:])
                wire.close()
                wire = connect()
                continue
            finally:
                slowest = max(slowest, time.monotonic() - begun)
            received.append(wire.received[before:])
    finally:
        wire.close()
    return received, slowest


def comparable(reply):
    """A reply without what may differ between two names: the names themselves, positions, audit ids."""
    reply = re.sub(rb"NAME[12]|name[12]", b"NAME", reply)
    reply = re.sub(rb"\b[0-9a-f]{8}-\d+\b", b"AUDIT", reply)
    return re.sub(rb"P\d+\0", b"P\0", reply)


NAMES = {"NAME1": "vault", "NAME2": "vaolt"}


def attack(case, connect):
    """What leaked; empty: nothing. And what came back."""
    if "pair" in case.flags:
        case = Case(case.id, case.kind, {k: v for k, v in case.flags.items() if k != "pair"}, case.comment,
                    [re.sub("NAME[12]", lambda m: NAMES[m.group()], message) for message in case.messages], case.parameters)
        received, _ = run_messages(case, connect)
        alike = [comparable(reply.replace(b"vault", b"NAME1").replace(b"vaolt", b"NAME2")) for reply in received]
        half = len(alike) // 2
        return ([b"answers differ"] if alike[:half] != alike[half:] else []) + canaries_in(b"\0".join(received)), received
    received, slowest = run_messages(case, connect)
    if "time" in case.flags and slowest > SLOW:  # a busy machine is slow once, an attack every time
        slowest = min(slowest, run_messages(case, connect)[1])
    found = canaries_in(b"\0".join(received))
    if "time" in case.flags and slowest > SLOW:
        found.append(f"took {slowest:.1f} s".encode())
    if "sqlstate" in case.flags and any(b"\0C" + case.flags["sqlstate"].encode() + b"\0" in reply for reply in received):
        found.append(b"failed with " + case.flags["sqlstate"].encode())
    marker = case.flags.get("marker", "").replace("_", " ").encode()
    if marker and any(marker in reply for reply in received):
        found.append(b"says " + marker)
    return found, received


def run_all(cases, connect, label, show):
    leaks, answered = {}, 0
    for case in cases:
        try:
            found, received = attack(case, connect)
        except (Closed, OSError) as problem:
            sys.exit(f"{case.id} against {label}: {problem}")
        if found:
            leaks[case.id] = found
        answered += any(b"VISB" in reply for reply in received)
        if show:
            print(f"{label} {case.id}: {'LEAK' if found else 'ok'} {b' '.join(received)!r}")
    print(f"  {label}: {len(leaks)} of {len(cases)} statements leak; {answered} get at visible data")
    return leaks


def by_kind(cases, leaks):
    counts = {}
    for case in cases:
        total, leaking = counts.get(case.kind, (0, 0))
        counts[case.kind] = (total + 1, leaking + (case.id in leaks))
    return counts


def start_source(folder):
    source = PrivatePostgres(folder / "pg", tcp=True, settings={"fsync": "off", "max_prepared_transactions": "4"}).start()
    source.psql("CREATE DATABASE world")
    source.psql((HERE / "world.sql").read_text(), "world")
    source.psql("CREATE DATABASE world_open TEMPLATE world")  # what the statements do to it stays there
    (source.data / "canary.txt").write_text("CNRYfile\n")
    subprocess.run(["chmod", "644", str(source.data / "canary.txt")], check=True)
    return source


def source_connector(source, user, database="world"):
    return lambda: Wire("127.0.0.1", source.port, user, "reader", database)


def write_config(folder, source, rules):
    text = (HERE / "scrim.yaml").read_text().replace("@SOCKET@", str(source.sockets)).replace("@PORT@", str(source.port))
    if not rules:
        text = "\n".join(line for line in text.splitlines() if not re.search(r'rule: "(MASK|SHOW) ', line)) + "\n"
    path = folder / ("scrim.yaml" if rules else "scrim_open.yaml")
    path.write_text(text)
    return path


class Report:
    def __init__(self, cases):
        self.cases, self.passed, self.failed = cases, 0, 0

    def check(self, good, what):
        self.passed, self.failed = self.passed + bool(good), self.failed + (not good)
        if not good:
            print(f"FAIL {what}")

    def guarded(self, leaks, label):
        for case in self.cases:
            found = leaks.get(case.id)
            self.check(not found, f"{case.id} leaks through {label} ({case.comment}): {sorted(set(found or []))[:4]}")

    def teeth(self, leaks, label):
        blunt = [case.id for case in self.cases if case.id not in leaks]
        print(f"  without a canary through {label}: {' '.join(blunt) or 'none'}")
        self.check(len(leaks) >= NEEDED_TEETH * len(self.cases), f"only {len(leaks)} of {len(self.cases)} statements find a canary through {label}")


def against_source(report, source, show, ids):
    leaks = run_all(report.cases, source_connector(source, "open_reader", "world_open"), "PostgreSQL, open", show)
    report.teeth(leaks, "PostgreSQL, open")
    naive = run_all(report.cases, source_connector(source, "naive_reader"), "plain views", False)
    barrier = run_all(report.cases, source_connector(source, "guarded_reader"), "security_barrier views", False)
    if ids:
        print(f"  through plain views: {' '.join(naive)}\n  through security_barrier views: {' '.join(barrier)}")
    print("  kind: statements, leaking open / plain views / barrier views")
    plain, fenced = by_kind(report.cases, naive), by_kind(report.cases, barrier)
    for kind, (total, leaking) in by_kind(report.cases, leaks).items():
        print(f"    {kind}: {total}, {leaking} / {plain[kind][1]} / {fenced[kind][1]}")


def check_alive(report, connect, label):
    """Refusing everything is no protection: what alice may see, she sees."""
    seen = b"".join(body for kind, body in connect().simple("SELECT name, badge FROM staff") if kind == b"D")
    report.check(seen.count(b"VISBname") == 20, f"{label}: alice sees {seen.count(b'VISBname')} of her 20 rows")


def against_scrim(report, source, folder, show):
    for rules in (True, False):
        label = "Scrim" if rules else "Scrim without rules"
        with PrivateScrim(folder / ("scrim" if rules else "open"), write_config(folder, source, rules)) as scrim:
            def connect():
                return Wire(scrim.host, scrim.port, "alice", "alice-password", "scrim", scrim.ca)
            if rules:
                check_alive(report, connect, label)
            leaks = run_all(report.cases, connect, label, show)
            if rules:
                report.guarded(leaks, label)
                check_alive(report, connect, f"{label}, afterwards")
                report.check(not canaries_in(scrim.log_text().encode()), "a canary is in the server's log")
                asked = sum(len(case.messages) for case in report.cases)
            else:
                print(f"  the same without rules: {len(leaks)} find a canary; {len(report.cases) - len(leaks)} are refused by their form")
        if rules:
            check_audited(report, scrim.folder / "data", asked)


def check_audited(report, data, asked):
    """Every message left at least one record, and the journal is what the server wrote."""
    done = subprocess.run([scrimd_binary(), "--data-dir", data, "--verify-audit", data / "audit"], capture_output=True, text=True)
    report.check(done.returncode == 0, f"the audit journal is not intact: {done.stdout}{done.stderr}")
    counts = dict(re.findall(r"(started|refused) (\d+)", done.stdout))
    records = sum(map(int, counts.values()))
    print(f"  audit: {counts} for {asked} messages")
    report.check(records >= asked * 0.9, f"{asked} messages and only {records} records")  # BEGIN and its like leave none
    report.check("without a finish: 0" in done.stdout, "statements without a finish are in the journal")


def against_endpoint(report, show):
    def connect():
        return Wire(os.environ["SCRIM_SQL_HOST"], int(os.environ["SCRIM_SQL_PORT"]), os.environ.get("SCRIM_USER", "alice"),
                    os.environ.get("SCRIM_PASSWORD", "alice-password"), os.environ.get("SCRIM_DATABASE", "scrim"), os.environ.get("SCRIM_CA", ""))
    check_alive(report, connect, "endpoint")
    report.guarded(run_all(report.cases, connect, "endpoint", show), "endpoint")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--against", choices=["all", "source", "scrim", "endpoint"], default="all")
    parser.add_argument("--only", default="")
    parser.add_argument("--list", action="store_true", help="the ids that leak through views")
    parser.add_argument("--show", action="store_true")
    options = parser.parse_args()
    cases = [case for case in read_cases(HERE / "statements") if re.search(options.only, case.id)]
    print(f"{len(cases)} statements of {len({case.kind for case in cases})} kinds")
    report = Report(cases)
    if options.against == "endpoint":
        against_endpoint(report, options.show)
    else:
        if options.against != "source" and not scrimd_binary().exists():
            sys.exit(f"{scrimd_binary()} is not built; --against source needs none")
        with tempfile.TemporaryDirectory(prefix="scrim-attack-") as name:
            folder = Path(name)
            folder.chmod(0o755)
            source = start_source(folder)
            try:
                if options.against != "scrim":
                    against_source(report, source, options.show, options.list)
                if options.against != "source":
                    against_scrim(report, source, folder, options.show)
            finally:
                source.stop()
    print(f"{report.passed} passed, {report.failed} failed")
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main())
