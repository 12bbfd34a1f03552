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


def answers_under_a_project(world):
    """Plans, decisions and impact for who acts under a project."""
    grace, sam, olivia, source = world.callers["grace"], world.callers["sam"], world.callers["olivia"], world.ids["dataSource"]
    path = status(grace.post(PROJECTS, {"name": "Cases", "purposes": ["Fraud"]}), 201).headers["Location"]
    status(grace.put(path + "/members", {"users": ["sam"], "groups": []}, grace.get(path + "/members").etag), 200)
    status(grace.put(path + "/data-sources", {"dataSources": ["customer"]}, grace.get(path + "/data-sources").etag), 200)
    sentence = "MASK COLUMN name USING NULL FOR EVERYONE EXCEPT USERS ACTING UNDER PURPOSE 'Fraud'"
    rule = status(olivia.post("/api/v1/rules", {"dataSource": source, "sentence": sentence}), 201).headers["Location"]

    def plan(caller, wanted=200, **body):
        return status(caller.post("/api/v1/plans", {"sql": "SELECT name FROM customer", **body}), wanted).text

    assert "NULL AS name" in plan(sam) and "NULL AS name" not in plan(sam, project="Cases")
    assert "NULL AS name" not in plan(grace, user="sam", project="Cases")
    for project in ("Nope", "Retail", "x', VERBOSE) --", "Cases'"):
        plan(sam, 403, project=project)
    plan(olivia, 403, project="Cases")
    plan(grace, 403, project="Cases")
    decision = f"/api/v1/data-sources/{source}/decision"
    own = status(sam.get(decision + "?project=Cases"), 200).json["sentences"]
    assert own != sam.get(decision).json["sentences"], own
    told = status(grace.get(decision + "?user=sam&project=Cases"), 200).json
    assert "name" not in told["decision"]["masks"] and "name" in grace.get(decision + "?user=sam").json["decision"]["masks"], told
    status(sam.get(decision + "?project=Retail"), 403)
    for hidden in ("Cases", "Nope"):
        same(status(olivia.get(f"{decision}?user=sam&project={hidden}"), 400).json["field"], "$.project", "an owner hears of no project")
    limit = {"sentence": "ON DATA SOURCES TAGGED 'Sales': LIMIT USAGE TO PURPOSES 'Fraud' FOR EVERYONE"}
    told = status(grace.post("/api/v1/rules/impact", limit), 200).json
    assert any("sam" in each["users"] for each in told["changes"]), told
    told = status(grace.post("/api/v1/rules/impact", {**limit, "project": "Cases"}), 200).json
    same((told["users"], told["changes"]), (1, []))
    told = status(grace.post("/api/v1/rules/impact", {"sentence": limit["sentence"].replace("Fraud", "Marketing"), "project": "Cases"}), 200).json
    same([each["users"] for each in told["changes"]], [["sam"]])
    mine = {"dataSource": source, "sentence": "MASK COLUMN ssn USING NULL FOR EVERYONE", "project": "Cases"}
    same(status(olivia.post("/api/v1/rules/impact", mine), 400).json["field"], "$.project")
    status(olivia.delete(rule, olivia.get(rule).etag), 204)
    status(grace.delete(path, grace.get(path).etag), 204)


CASES = [answers_under_a_project, purposes, rules_name_purposes_that_are_there, a_project_from_making_to_removing]


def run(world, report):
    for case in CASES:
        report.case(case, world)
