#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Two scrimd on one catalog. What is taken away by the API of the first is gone within a second on both, in open SQL sessions
and for the API; and an instance that is cut off from the catalog stops serving when its lease ends, and says why.
Usage: instances.py [ROUNDS]. Last line: N passed, N failed."""

import shutil
import socket
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
sys.path.insert(0, str(HERE.parent / "attack"))
sys.path.insert(0, str(HERE.parent / "support"))
from client import Api  # noqa: E402
from private_postgres import PrivatePostgres  # noqa: E402
from private_scrim import PrivateScrim  # noqa: E402
from report import Report  # noqa: E402
from wire import Wire  # noqa: E402
from world import SOURCE  # noqa: E402

ROUNDS = int(sys.argv[1]) if len(sys.argv) > 1 else 10
LEASE = 3
QUERY = "SELECT count(*) FROM customer"


class Tunnel:
    """A TCP relay that can be cut."""

    def __init__(self, port):
        self.target, self.open, self.sockets = port, True, []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            near, _ = self.listener.accept()
            if not self.open:
                near.close()
                continue
            far = socket.create_connection(("127.0.0.1", self.target))
            self.sockets += [near, far]
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=self._relay, args=(one, other), daemon=True).start()

    def _relay(self, one, other):
        try:
            while part := one.recv(65536):
                if not self.open:
                    return  # held, not answered: as a network that swallows packets
                other.sendall(part)
        except OSError:
            pass
        for each in (one, other):
            each.close()

    def cut(self):
        self.open = False

    def mend(self):
        self.open = True
        for each in self.sockets:
            each.close()


class TwoInstances:
    def __init__(self, folder):
        self.folder = Path(folder)

    def __enter__(self):
        self.postgres = PrivatePostgres(self.folder / "pg", tcp=True, settings={"fsync": "off"}).start()
        self.postgres.psql("CREATE DATABASE shop")
        self.postgres.psql(SOURCE, "shop")
        self.postgres.psql("CREATE ROLE keeper LOGIN PASSWORD 'keeper'")
        self.postgres.psql("CREATE DATABASE catalog OWNER keeper")
        self.tunnel = Tunnel(self.postgres.port)
        self.first = self._scrim("first", self.postgres.port)
        (self.folder / "second" / "data").mkdir(parents=True, mode=0o700)
        shutil.copy(self.folder / "first" / "data" / "secret.key", self.folder / "second" / "data" / "secret.key")
        self.second = self._scrim("second", self.tunnel.port)
        self.api = [Api(scrim.api, scrim.ca) for scrim in (self.first, self.second)]
        self.root = self.first.administrator()
        self._govern()
        return self

    def _scrim(self, name, port):
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        dsn = f"host=127.0.0.1 port={port} user=keeper password=keeper dbname=catalog connect_timeout=2"
        (folder / "scrimd.yaml").write_text(f'catalog: {{dsn: "{dsn}", lease_seconds: {LEASE}}}\n')
        return PrivateScrim(folder, options=["--config", folder / "scrimd.yaml"]).start()

    def __exit__(self, *_):
        for scrim in (self.second, self.first):
            scrim.stop()
        self.postgres.stop()

    def _govern(self):
        connection = {"name": "shop", "hosts": ["127.0.0.1"], "ports": [self.postgres.port], "database": "shop", "user": "reader",
                      "password": "reader", "tls": "disable"}
        made = self.root.post("/api/v1/connections", connection).json
        source = {"name": "public.customer", "connection": made["id"], "table": "public.customer"}
        self.source = self.root.post("/api/v1/data-sources", source).json["id"]
        self.subscribers = f"/api/v1/data-sources/{self.source}/subscribers"
        self.subscribe(["sam"])
        self.root.post("/api/v1/users", {"name": "sam", "password": "sam-password", "groups": ["Staff"]})
        rule = {"dataSource": self.source, "sentence": "SHOW NO ROWS FOR EVERYONE EXCEPT MEMBERS OF GROUP 'Staff'"}
        self.rule = f"/api/v1/rules/{self.root.post('/api/v1/rules', rule).json['id']}"

    def subscribe(self, users):
        reply = self.root.put(self.subscribers, {"users": users, "groups": []}, self.root.get(self.subscribers).etag)
        assert reply.status == 200, reply

    def change_user(self, **fields):
        reply = self.root.put("/api/v1/users/sam", {"groups": ["Staff"], **fields}, self.root.get("/api/v1/users/sam").etag)
        assert reply.status == 200, reply

    def make_project(self):
        made = self.root.post("/api/v1/projects", {"name": "Desk", "acknowledgement": "Be careful."})
        self.project = made.headers["Location"]
        self.sam = self.api[0].sign_in("sam", "sam-password")
        self.change_project("/members", users=["sam"], groups=[])
        self.change_project("/data-sources", dataSources=["customer"])
        self.agree()

    def change_project(self, part="", **fields):
        now = self.root.get(self.project + part)
        kept = {key: value for key, value in now.json.items() if key not in ("id", "name", "acknowledgementVersion", "acknowledged")}
        reply = self.root.put(self.project + part, {**kept, **fields}, now.etag)
        assert reply.status == 200, reply

    def agree(self):
        version = self.sam.get(self.project).json["acknowledgementVersion"]
        reply = self.sam.post(self.project + "/acknowledgement", {"version": version})
        assert reply.status == 200, reply

    def sessions(self, database="scrim"):
        return [Wire(scrim.host, scrim.port, "sam", "sam-password", database, scrim.ca) for scrim in (self.first, self.second)]


def sees(wire):
    """Whether a statement of an open session still shows the twenty rows."""
    before = len(wire.received)
    wire.simple(QUERY)
    return b"\x00\x00\x00\x0220" in wire.received[before:]


def until_gone(still, limit=5):
    begun = time.monotonic()
    while time.monotonic() - begun < limit:
        try:
            if not still():
                break
        except Exception:  # the server ended the session: gone as well
            break
        time.sleep(0.002)
    return time.monotonic() - begun


def measure(world, report, name, take, give, database="scrim"):
    """`take` a right away by the first instance, and watch both; `give` it back."""
    found = []
    for _ in range(ROUNDS):
        sessions = world.sessions(database)
        good = all(sees(session) for session in sessions)
        report.check(good, f"{name}: the rows are not there to begin with")
        take()
        found += [until_gone(lambda session=session: sees(session)) for session in sessions]
        give()
    longest = max(found)
    print(f"    {name}: {len(found)} times, median {statistics.median(found) * 1000:.0f} ms, longest {longest * 1000:.0f} ms", flush=True)
    report.check(longest < 1, f"{name}: seen for {longest:.2f} s after it was taken away")


def rule_state(world, state):
    current = world.root.get(world.rule)
    reply = world.root.put(world.rule, {"sentence": "SHOW NO ROWS FOR EVERYONE", "state": state}, current.etag)
    assert reply.status == 200, reply


def projects(world, report):
    world.make_project()
    change = world.change_project
    for name, take, give in (("project left", lambda: change("/members", users=[]), lambda: change("/members", users=["sam"])),
                             ("project disabled", lambda: change(enabled=False), lambda: change(enabled=True)),
                             ("another text to agree to", lambda: change(acknowledgement=str(time.monotonic())), world.agree),
                             ("data source out of the project", lambda: change("/data-sources", dataSources=[]),
                              lambda: change("/data-sources", dataSources=["customer"]))):
        measure(world, report, name, take, give, "Desk")


def tokens(world, report):
    found = []
    for number in range(ROUNDS):
        sam = world.api[0].sign_in("sam", "sam-password")
        made = sam.post("/api/v1/tokens", {"name": f"t{number}"}).json
        others = [Api(api.url, api.ca, made["token"]) for api in world.api]
        report.check(all(other.get("/api/v1/me").status == 200 for other in others), "a token is good on both instances")
        sam.delete(f"/api/v1/tokens/{made['id']}")
        found += [until_gone(lambda other=other: other.get("/api/v1/me").status == 200) for other in others]
    report.check(max(found) < 1, f"a revoked token is good for {max(found):.2f} s")
    print(f"    token revoked: {len(found)} times, longest {max(found) * 1000:.0f} ms", flush=True)


def disabled_for_the_api(world, report):
    sams = [api.sign_in("sam", "sam-password") for api in world.api]
    world.change_user(disabled=True)
    longest = max(until_gone(lambda sam=sam: sam.get("/api/v1/me").status == 200) for sam in sams)
    world.change_user()
    report.check(longest < 1, f"a disabled user signs requests for {longest:.2f} s")


def cut_off(world, report):
    first, second = world.sessions()
    report.check(sees(first) and sees(second), "both serve before the cut")
    world.tunnel.cut()
    served = until_gone(lambda: sees(second), LEASE * 4)
    report.check(LEASE * 0.3 < served < LEASE + 1.5, f"the instance that was cut off served for {served:.1f} s with a lease of {LEASE} s")
    before = len(second.received)
    second.simple(QUERY)
    report.check(b"C57P03\0" in second.received[before:] and b"catalog" in second.received[before:], f"it says why: {second.received[before:][:200]}")
    ready = world.api[1].get("/readyz")
    report.check(ready.status == 503 and "lease" in ready.text, f"/readyz of the one that was cut off: {ready}")
    report.check(world.api[1].get("/livez").status == 200, "/livez of the one that was cut off")
    report.check(sees(first), "the other goes on serving")
    world.tunnel.mend()
    back = until_gone(lambda: not sees(second), 30)
    report.check(back < 30, "it serves again when the catalog is back")
    print(f"    cut off: served {served:.1f} s (lease {LEASE} s), back {back:.1f} s after the network was", flush=True)


def main():
    report = Report()
    with tempfile.TemporaryDirectory(prefix="scrim-instances-") as name:
        Path(name).chmod(0o755)
        with TwoInstances(name) as world:
            measure(world, report, "user disabled", lambda: world.change_user(disabled=True), world.change_user)
            measure(world, report, "group removed", lambda: world.change_user(groups=[]), world.change_user)
            measure(world, report, "subscription ended", lambda: world.subscribe([]), lambda: world.subscribe(["sam"]))
            rule_state(world, "disabled")
            measure(world, report, "rule activated", lambda: rule_state(world, "active"), lambda: rule_state(world, "disabled"))
            projects(world, report)
            tokens(world, report)
            disabled_for_the_api(world, report)
            cut_off(world, report)
    print(f"{report.passed} passed, {report.failed} failed")
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main())
