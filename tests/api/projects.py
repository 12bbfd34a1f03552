# SPDX-License-Identifier: Apache-2.0
"""Purposes and projects: made by governors, acknowledged by members, refused to everybody else."""

from nouns import same, status

PURPOSES, PROJECTS = "/api/v1/purposes", "/api/v1/projects"


def purposes(world):
    grace, olivia = world.callers["grace"], world.callers["olivia"]
    made = status(grace.post(PURPOSES, {"name": "Research", "description": "for papers"}), 201)
    path = made.headers["Location"]
    same(status(grace.post(PURPOSES, {"name": "RESEARCH"}), 409).json["code"], "duplicate-object")
    same(status(grace.post(PURPOSES, {"name": "Nowhere.Below"}), 400).json["field"], "$.name")
    for name in ("", ".", "a..b", "a'b", "ä", "x" * 300):
        same(status(grace.post(PURPOSES, {"name": name}), 400).json["field"], "$.name", name)
    below = status(grace.post(PURPOSES, {"name": "research.Cancer"}), 201)
    same([each["name"] for each in olivia.get(PURPOSES + "?q=search").json["items"]], ["Research", "research.Cancer"])
    first = olivia.get(PURPOSES + "?limit=1").json
    assert len(first["items"]) == 1 and first["next"], first
    status(grace.request("PUT", path, {"description": "x"}), 428)
    changed = status(grace.put(path, {"description": "papers"}, made.etag), 200)
    status(grace.put(path, {"description": "lost"}, made.etag), 412)
    status(grace.put(path, {"name": "Other"}, changed.etag), 400)
    assert "is below it" in status(grace.delete(path, changed.etag), 409).json["title"]
    rule = {"dataSource": world.ids["dataSource"], "sentence": "LIMIT USAGE TO PURPOSES 'Research.Cancer' FOR USER 'nobody'"}
    kept = status(olivia.post("/api/v1/rules", rule), 201)
    assert "names it" in status(grace.delete(below.headers["Location"], below.etag), 409).json["title"]
    status(olivia.delete(kept.headers["Location"], olivia.get(kept.headers["Location"]).etag), 204)
    status(grace.delete(below.headers["Location"], below.etag), 204)
    status(grace.delete(path, changed.etag), 204)
    status(grace.get(path), 404)


def rules_name_purposes_that_are_there(world):
    olivia, grace, source = world.callers["olivia"], world.callers["grace"], world.ids["dataSource"]
    for sentence in ("LIMIT USAGE TO PURPOSES 'Frad' FOR EVERYONE", "MASK COLUMN ssn USING NULL FOR EVERYONE EXCEPT USERS ACTING UNDER PURPOSE 'Frad'",
                     "SHOW ONLY ROWS WHERE USER ACTS UNDER PURPOSE 'Frad' FOR EVERYONE"):
        for path in ("/api/v1/rules", "/api/v1/rules/check", "/api/v1/rules/impact"):
            told = status(olivia.post(path, {"dataSource": source, "sentence": sentence}), 400).json
            same(told["field"], "$.sentence")
            assert "There is no purpose 'Frad'; did you mean 'Fraud'?" in told["title"], told
    # Also where a global rule covers nothing yet.
    status(grace.post("/api/v1/rules", {"sentence": "ON DATA SOURCES TAGGED 'Void': LIMIT USAGE TO PURPOSES 'Frad' FOR EVERYONE"}), 400)
    status(olivia.post("/api/v1/rules/check", {"dataSource": source, "sentence": "LIMIT USAGE TO PURPOSES 'fraud' FOR EVERYONE"}), 200)


def a_project_from_making_to_removing(world):
    grace, sam, plain = world.callers["grace"], world.callers["sam"], world.callers["plain"]
    body = {"name": "Trial", "description": "d", "purposes": ["fraud"], "acknowledgement": "Be kind.", "maskedJoins": True}
    made = status(grace.post(PROJECTS, body), 201)
    path = made.headers["Location"]
    wanted = {**body, "id": made.json["id"], "purposes": ["Fraud"], "enabled": True, "acknowledgementVersion": 1, "acknowledged": False}
    same(made.json, wanted)
    assert "key" not in made.text.lower().replace("maskedjoins", ""), "the key never leaves"
    status(grace.post(PROJECTS, {**body, "name": "TRIAL"}), 409)
    for field, value in (("name", "scrim"), ("name", "Scrim"), ("name", " x"), ("name", "é" * 40), ("name", "a\nb"), ("purposes", ["Nope"]), ("purposes", "Fraud"),
                         ("enabled", 1), ("acknowledgement", "x" * 30000), ("hashKey", "00")):
        told = status(grace.post(PROJECTS, {**body, "name": "Bad", field: value}), 400).json
        assert field in told.get("field", "") + told["title"], (field, told)
    status(sam.get(path), 404)
    members = grace.get(path + "/members")
    same(members.json, {"users": [], "groups": []})
    same(status(grace.put(path + "/members", {"users": ["nobody-at-all"], "groups": []}, members.etag), 400).json["field"], "$.users")
    status(grace.put(path + "/members", {"users": ["Sam"], "groups": ["Nobody"]}, members.etag), 200)
    status(grace.put(path + "/members", {"users": [], "groups": []}, members.etag), 412)
    sources = grace.get(path + "/data-sources")
    same(status(grace.put(path + "/data-sources", {"dataSources": ["nope"]}, sources.etag), 400).json["field"], "$.dataSources")
    set_to = status(grace.put(path + "/data-sources", {"dataSources": ["customer", "asked.customer"]}, sources.etag), 200)
    same(set_to.json, {"dataSources": ["asked.customer", "public.customer"]})
    same(sam.get(path + "/data-sources").json, {"dataSources": ["public.customer"]}, "what does not exist for sam is not named")
    same([each["name"] for each in sam.get(PROJECTS).json["items"]], ["Retail", "Trial"])
    same([each["name"] for each in plain.get(PROJECTS).json["items"]], [])
    for attempt in (sam.put(path, {"description": "mine"}, sam.get(path).etag), sam.delete(path, sam.get(path).etag), sam.get(path + "/members"),
                    sam.put(path + "/data-sources", {"dataSources": []}, sam.get(path + "/data-sources").etag)):
        status(attempt, 403)
    acknowledging(world, path)
    now = grace.get(path)
    status(grace.delete(path, now.etag), 204)
    status(sam.get(path), 404)


def acknowledging(world, path):
    grace, sam = world.callers["grace"], world.callers["sam"]
    status(grace.post(path + "/acknowledgement", {"version": 1}), 403)
    status(sam.post(path + "/acknowledgement", {"version": 2}), 412)
    status(sam.post(path + "/acknowledgement", {"version": "1"}), 400)
    status(sam.post(path + "/acknowledgement", {}), 400)
    same(status(sam.post(path + "/acknowledgement", {"version": 1}), 200).json["acknowledged"], True)
    status(sam.post(path + "/acknowledgement", {"version": 1}), 200)
    now = grace.get(path)
    same(now.json["acknowledged"], False, "grace has not")
    change = {key: now.json[key] for key in ("description", "enabled", "purposes", "maskedJoins")}
    changed = status(grace.put(path, {**change, "acknowledgement": "Be kinder."}, now.etag), 200).json
    same((changed["acknowledgementVersion"], sam.get(path).json["acknowledged"]), (2, False))
    status(sam.post(path + "/acknowledgement", {"version": 1}), 412)
    status(sam.post(path + "/acknowledgement", {"version": 2}), 200)
    listed = grace.get(path + "/acknowledgements").json["items"]
    same([(each["user"], each["version"]) for each in listed], [("sam", 1), ("sam", 2)])
    first = grace.get(path + "/acknowledgements?limit=1").json
    same(grace.get(path + "/acknowledgements?cursor=" + first["next"]).json["items"], listed[1:])


CASES = [purposes, rules_name_purposes_that_are_there, a_project_from_making_to_removing]


def run(world, report):
    for case in CASES:
        report.case(case, world)
