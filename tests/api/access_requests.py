# SPDX-License-Identifier: Apache-2.0
"""Asking for access and answering, from end to end: who may ask, whose yes counts, what SQL sees of it, and how it ends."""

import time
from contextlib import contextmanager

from escalation import made_user, records, replace_user
from nouns import same, sql, status

QUERY = "SELECT count(*) FROM asked.customer"
LIMIT = 1.0  # seconds after its end in which access is gone


def ask(caller, source, **more):
    return caller.post("/api/v1/access-requests", {"dataSource": source, "reason": "a report", **more})


def decide(caller, request, decision, **more):
    return caller.post(f"/api/v1/access-requests/{request}/decision", {"decision": decision, **more})


def requestable(caller):
    return {each["id"] for each in status(caller.get("/api/v1/requestable-data-sources"), 200).json["items"]}


def state(caller, request):
    return status(caller.get(f"/api/v1/access-requests/{request}"), 200).json["state"]


@contextmanager
def governing_owner(world):
    """The owner, who is a governor as well for a while."""
    both = ["CREATE_DATA_SOURCE", "GOVERNOR"]
    status(replace_user(world.root, "olivia", {"permissions": both, "groups": ["Staff"]}), 200)
    try:
        yield world.callers["olivia"]
    finally:
        status(replace_user(world.root, "olivia", {"permissions": both[:1], "groups": ["Staff"]}), 200)


def set_subscribers(caller, source, users, groups=()):
    path = f"/api/v1/data-sources/{source}/subscribers"
    return caller.put(path, {"users": list(users), "groups": list(groups)}, caller.get(path).etag)


def only_what_a_rule_offers(world):
    """Without a rule BY APPROVAL, a data source does not exist for who asks."""
    _, rhea = made_user(world, "rhea")
    source = world.ids["askedSource"]
    assert source in requestable(rhea) and world.ids["dataSource"] not in requestable(rhea)
    offered = next(each for each in rhea.get("/api/v1/requestable-data-sources").json["items"] if each["id"] == source)
    same(offered, {"id": source, "name": "asked.customer", "comment": "by approval", "approvers": ["OWNER", "GOVERNOR"]})
    hidden, unknown = ask(rhea, world.ids["dataSource"]), ask(rhea, 999_999)
    same((hidden.status, hidden.json["code"]), (404, unknown.json["code"]), "a hidden source looks like none")
    status(rhea.get(f"/api/v1/data-sources/{source}"), 404)
    same(sql(world, "rhea", QUERY), "42P01")
    assert source not in requestable(world.callers["olivia"]), "who has access has nothing to ask for"
    status(ask(world.callers["olivia"], source), 409)
    status(rhea.post("/api/v1/access-requests", {"dataSource": source, "reason": ""}), 400)
    status(ask(rhea, source, expiresInSeconds=0), 400)
    status(ask(rhea, source, reason="x" * 2001), 400)


def every_role_says_yes(world):
    _, rosa = made_user(world, "rosa")
    source, olivia, grace = world.ids["askedSource"], world.callers["olivia"], world.callers["grace"]
    made = status(ask(rosa, source), 201).json
    same((made["state"], made["needs"], made["user"]), ("pending", ["OWNER", "GOVERNOR"], "rosa"))
    status(ask(rosa, source), 409)
    status(decide(rosa, made["id"], "approve"), 403)
    status(decide(world.callers["sam"], made["id"], "approve"), 404)
    half = status(decide(olivia, made["id"], "approve", reason="fine"), 200).json
    same((half["state"], half["needs"], [each["role"] for each in half["approvals"]]), ("pending", ["GOVERNOR"], ["OWNER"]))
    status(decide(olivia, made["id"], "approve"), 409)
    same(sql(world, "rosa", QUERY), "42P01", "half a yes lets nobody in")
    whole = status(decide(grace, made["id"], "approve"), 200).json
    same((whole["state"], whole["needs"], "accessUntil" in whole), ("approved", [], False))
    same(sql(world, "rosa", QUERY), [["20"]])
    status(rosa.get(f"/api/v1/data-sources/{source}"), 200)
    status(decide(grace, made["id"], "approve"), 409)
    assert any("approve" in str(each) for each in records(world, f"access request {made['id']} of user rosa")), "each step is in the journal"
    status(decide(olivia, made["id"], "revoke", reason="over"), 200)
    same((state(rosa, made["id"]), sql(world, "rosa", QUERY)), ("ended", "42P01"))
    status(ask(rosa, source), 201)


def no_yes_of_ones_own(world):
    """Nobody approves for themselves; one person counts once, though they hold both roles."""
    _, gina = made_user(world, "gina", permissions=["GOVERNOR"])
    source = world.ids["askedSource"]
    made = status(ask(gina, source), 201).json
    status(decide(gina, made["id"], "approve"), 403)
    with governing_owner(world) as olivia:
        status(decide(olivia, made["id"], "approve"), 200)
        status(decide(olivia, made["id"], "approve"), 409)
        same(state(gina, made["id"]), "pending")
    status(decide(gina, made["id"], "withdraw"), 200)
    same(state(gina, made["id"]), "withdrawn")


def a_yes_ends_with_its_role(world):
    """An approval of somebody who is no governor any more counts no more."""
    made_user(world, "gus", permissions=["GOVERNOR"])
    gus = world.nobody.sign_in("gus", "gus-password")
    _, ruth = made_user(world, "ruth")
    made = status(ask(ruth, world.ids["askedSource"]), 201).json
    status(decide(gus, made["id"], "approve"), 200)
    status(replace_user(world.root, "gus", {"permissions": []}), 200)
    half = status(decide(world.callers["olivia"], made["id"], "approve"), 200).json
    same((half["state"], half["needs"]), ("pending", ["GOVERNOR"]), "the governor's yes is gone")
    same(sql(world, "ruth", QUERY), "42P01")
    status(decide(world.callers["grace"], made["id"], "approve"), 200)
    same(sql(world, "ruth", QUERY), [["20"]])
    status(decide(ruth, made["id"], "withdraw"), 200)
    same((state(ruth, made["id"]), sql(world, "ruth", QUERY)), ("ended", "42P01"))


def rules_that_change(world):
    """A rule that comes between asking and answering holds."""
    _, rex = made_user(world, "rex")
    source, grace = world.ids["askedSource"], world.callers["grace"]
    made = status(ask(rex, source), 201).json
    status(decide(world.callers["olivia"], made["id"], "approve"), 200)
    shut = "ON DATA SOURCES TAGGED 'Asked': ALLOW SUBSCRIPTION BY INVITATION ONLY"
    rule = status(grace.post("/api/v1/rules", {"sentence": shut}), 201)
    status(decide(grace, made["id"], "approve"), 409)
    same(requestable(rex), set())
    status(grace.delete(f"/api/v1/rules/{rule.json['id']}", rule.etag), 204)
    status(decide(grace, made["id"], "deny", reason="not now"), 200)
    shown = status(rex.get(f"/api/v1/access-requests/{made['id']}"), 200).json
    same((shown["state"], shown["settledBy"], shown["settledReason"]), ("denied", "grace", "not now"))
    status(decide(grace, made["id"], "approve"), 409)
    status(decide(grace, made["id"], "revoke"), 409)


def access_that_ends(world):
    _, rory = made_user(world, "rory")
    source = world.ids["askedSource"]
    made = status(ask(rory, source, expiresInSeconds=2), 201).json
    status(decide(world.callers["olivia"], made["id"], "approve"), 200)
    begun = time.monotonic()
    whole = status(decide(world.callers["grace"], made["id"], "approve"), 200).json
    assert whole["accessUntil"], whole
    same(sql(world, "rory", QUERY), [["20"]])
    with governing_owner(world) as olivia:  # who stays among the subscribers keeps the end
        status(set_subscribers(olivia, source, ["rory", "sam"]), 200)
        status(set_subscribers(olivia, source, ["rory"]), 200)
    while sql(world, "rory", QUERY) == [["20"]]:
        assert time.monotonic() - begun < 2 + LIMIT + 1, "access outlives its end"
        time.sleep(0.05)
    took = time.monotonic() - begun - 2
    assert -0.5 < took < LIMIT, f"gone {took:.2f} s after its end"
    same(state(rory, made["id"]), "ended")
    assert records(world, "subscription of user rory"), "its end is in the journal"


def owners_do_not_weaken_governors(world):
    """Where a governor's yes is asked for, an owner alone gives access to nobody: not by subscribers, not by owners."""
    source, olivia = world.ids["askedSource"], world.callers["olivia"]
    status(set_subscribers(olivia, source, ["sam"]), 403)
    status(set_subscribers(olivia, source, [], ["Staff"]), 403)
    path = f"/api/v1/data-sources/{source}"
    shown = olivia.get(path)
    body = {key: shown.json[key] for key in ("comment", "tags")} | {"owners": ["olivia", "sam"]}
    status(olivia.put(path, body, shown.etag), 403)
    status(olivia.put(path, body | {"owners": ["olivia"]}, shown.etag), 200)
    same(sql(world, "sam", QUERY), "42P01")


CASES = [only_what_a_rule_offers, every_role_says_yes, no_yes_of_ones_own, a_yes_ends_with_its_role, rules_that_change,
         access_that_ends, owners_do_not_weaken_governors]


def run(world, report):
    for case in CASES:
        report.case(case, world)
