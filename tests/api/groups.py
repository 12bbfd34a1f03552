# SPDX-License-Identifier: Apache-2.0
"""Groups of users: made, described and filled by USER_ADMIN; what they open and shut in open SQL sessions."""

import sys
import time
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "attack"))
from nouns import same, status  # noqa: E402
from wire import Wire  # noqa: E402

GROUPS = "/api/v1/groups"
LIMIT_SECONDS = 1.0


def from_making_to_removing(world):
    ursula, grace = world.callers["ursula"], world.callers["grace"]
    made = status(ursula.post(GROUPS, {"name": "Night shift", "description": "after ten"}), 201)
    path = made.headers["Location"]
    same(made.json, {"id": made.json["id"], "name": "Night shift", "description": "after ten", "builtIn": True, "directories": []})
    same(status(ursula.post(GROUPS, {"name": "Night shift"}), 409).json["field"], "$.name")
    for field, value in (("name", ""), ("name", " x"), ("name", "a\nb"), ("name", "x" * 201), ("name", 1), ("description", "x" * 2001), ("members", [])):
        told = status(ursula.post(GROUPS, {"name": "Bad", field: value}), 400).json
        assert field in told.get("field", "") + told["title"], (field, told)
    same([each["name"] for each in grace.get(GROUPS + "?q=NIGHT").json["items"]], ["Night shift"])
    first = grace.get(GROUPS + "?limit=1").json
    assert len(first["items"]) == 1 and first["next"], first
    status(ursula.request("PUT", path, {"description": "x"}), 428)
    changed = status(ursula.put(path, {"description": "before six"}, made.etag), 200)
    status(ursula.put(path, {"description": "lost"}, made.etag), 412)
    status(ursula.put(path, {"name": "Other"}, changed.etag), 400)
    status(ursula.delete(path, made.etag), 412)
    status(ursula.delete(path, changed.etag), 204)
    status(grace.get(path), 404)
    status(ursula.delete(path, changed.etag), 404)
    page = world.callers["audrey"].get("/api/v1/audit/records?limit=1000&q=group%20Night%20shift").json
    same([each["text"].split(" Night shift ")[1].split(":")[0] for each in page["items"]], ["made", "changed", "removed"])


def members(world):
    ursula, root = world.callers["ursula"], world.root
    made = status(ursula.post(GROUPS, {"name": "Choir"}), 201)
    path = made.headers["Location"]
    for user in ("plain", "PLAIN", "sam"):
        status(ursula.post(path + "/members", {"user": user}), 204)
    same([each["user"] for each in ursula.get(path + "/members").json["items"]], ["plain", "sam"])
    first = ursula.get(path + "/members?limit=1").json
    same([each["user"] for each in ursula.get(path + "/members?cursor=" + first["next"]).json["items"]], ["sam"])
    same(sorted(ursula.get("/api/v1/users/plain").json["groups"]), ["Choir", "Staff"])
    status(ursula.post(path + "/members", {"user": "nobody-at-all"}), 404)
    status(ursula.post(GROUPS + "/999999/members", {"user": "plain"}), 404)
    status(ursula.post(path + "/members", {"user": "adam"}), 403)
    for body in ({}, {"user": 1}, {"user": "plain", "also": "sam"}):
        status(ursula.post(path + "/members", body), 400)
    status(root.post(path + "/members", {"user": "adam"}), 204)
    status(ursula.delete(path + "/members/adam"), 403)
    assert "has members" in status(ursula.delete(path, made.etag), 409).json["title"]
    for user in ("plain", "sam", "adam", "adam"):
        status(root.delete(f"{path}/members/{user}"), 204)
    same(ursula.get(path + "/members").json["items"], [])
    status(ursula.delete(path, made.etag), 204)


def what_names_a_group_keeps_it(world):
    ursula, olivia, grace = world.callers["ursula"], world.callers["olivia"], world.callers["grace"]
    made = status(ursula.post(GROUPS, {"name": "Named"}), 201)
    path, source = made.headers["Location"], world.ids["dataSource"]
    for sentence in ("MASK COLUMN name USING NULL FOR EVERYONE EXCEPT MEMBERS OF GROUP 'Named'", "SHOW ONLY ROWS WHERE USER IS A MEMBER OF GROUP 'Named' FOR USER 'nobody'"):
        rule = status(olivia.post("/api/v1/rules", {"dataSource": source, "sentence": sentence, "state": "staged"}), 201)
        assert f"rule {rule.json['id']} names it" in status(ursula.delete(path, made.etag), 409).json["title"]
        status(olivia.delete(rule.headers["Location"], rule.etag), 204)
    for owner, where in ((olivia, f"/api/v1/data-sources/{source}/subscribers"), (grace, f"/api/v1/projects/{world.ids['project']}/members")):
        before = owner.get(where)
        kept = status(owner.put(where, {**before.json, "groups": ["Named"]}, before.etag), 200)
        assert "is among the" in status(ursula.delete(path, made.etag), 409).json["title"]
        status(owner.put(where, before.json, kept.etag), 200)
    status(ursula.delete(path, made.etag), 204)


def a_group_that_a_user_was_given_is_there(world):
    ursula = world.callers["ursula"]
    before = ursula.get("/api/v1/users/plain")
    changed = {key: before.json[key] for key in ("attributes", "permissions", "disabled")}
    status(ursula.put("/api/v1/users/plain", {**changed, "groups": ["Staff", "Fresh"]}, before.etag), 200)
    found = ursula.get(GROUPS + "?q=fresh").json["items"]
    same([(each["name"], each["builtIn"]) for each in found], [("Fresh", True)])
    status(ursula.delete(f"{GROUPS}/{found[0]['id']}/members/plain"), 204)
    same(ursula.get("/api/v1/users/plain").json["groups"], ["Staff"])
    status(ursula.delete(f"{GROUPS}/{found[0]['id']}", ursula.get(f"{GROUPS}/{found[0]['id']}").etag), 204)


def seconds_until(wanted, look):
    begin = time.monotonic()
    while look() != wanted:
        assert time.monotonic() - begin < 10, f"it never became {wanted}"
    return time.monotonic() - begin


def open_sessions_follow_within_a_second(world):
    ursula, olivia = world.callers["ursula"], world.callers["olivia"]
    path = status(ursula.post(GROUPS, {"name": "Insiders"}), 201).headers["Location"]
    where = f"/api/v1/data-sources/{world.ids['dataSource']}/subscribers"
    before = olivia.get(where)
    kept = status(olivia.put(where, {**before.json, "groups": ["Insiders"]}, before.etag), 200)
    client = Wire(world.scrim.host, world.scrim.port, "plain", "plain-password", "scrim", world.scrim.ca)

    def sees():
        return any(kind == b"D" for kind, _ in client.simple("SELECT count(*) FROM customer"))

    assert not sees()
    for method, member, body, wanted in (("POST", "/members", {"user": "plain"}, True), ("DELETE", "/members/plain", None, False)):
        status(ursula.request(method, path + member, body), 204)
        took = seconds_until(wanted, sees)
        assert took < LIMIT_SECONDS, f"{method} of a member took {took:.2f} s"
    client.close()
    status(olivia.put(where, before.json, kept.etag), 200)
    status(ursula.delete(path, ursula.get(path).etag), 204)


def attributes_are_the_user_admins(world):
    """A user's attributes stand in the user's representation."""
    ursula, olivia = world.callers["ursula"], world.callers["olivia"]
    rule = status(olivia.post("/api/v1/rules", {"dataSource": world.ids["dataSource"], "sentence": "SHOW ONLY ROWS WHERE USER HAS ATTRIBUTE 'site' MATCHING COLUMN country FOR USER 'sam'"}), 201)
    before = ursula.get("/api/v1/users/sam")
    change = {key: before.json[key] for key in ("groups", "permissions", "disabled")}
    client = Wire(world.scrim.host, world.scrim.port, "sam", "sam-password", "scrim", world.scrim.ca)

    def count():
        return next(body[6:] for kind, body in client.simple("SELECT count(*) FROM customer") if kind == b"D")

    same(count(), b"0")
    status(ursula.put("/api/v1/users/sam", {**change, "attributes": {"site": "DE"}}, before.etag), 400)
    changed = status(ursula.put("/api/v1/users/sam", {**change, "attributes": {"site": ["DE"]}}, before.etag), 200)
    assert seconds_until(b"10", count) < LIMIT_SECONDS
    status(ursula.put("/api/v1/users/sam", {**change, "attributes": {}}, changed.etag), 200)
    assert seconds_until(b"0", count) < LIMIT_SECONDS
    client.close()
    status(olivia.delete(rule.headers["Location"], rule.etag), 204)


CASES = [from_making_to_removing, members, what_names_a_group_keeps_it, a_group_that_a_user_was_given_is_there,
         open_sessions_follow_within_a_second, attributes_are_the_user_admins]


def run(world, report):
    for case in CASES:
        report.case(case, world)
