# SPDX-License-Identifier: Apache-2.0
"""Tags as a noun: made and described by governors, kept by what has them and by rules that name them."""

from nouns import same, status

TAGS = "/api/v1/tags"


def found(world, name):
    return [each for each in world.callers["grace"].get(TAGS + "?limit=1000").json["items"] if each["name"] == name]


def from_making_to_removing(world):
    grace = world.callers["grace"]
    made = status(grace.post(TAGS, {"name": "Geo.City", "description": "where people live"}), 201)
    path = made.headers["Location"]
    same(made.json, {"id": made.json["id"], "name": "Geo.City", "description": "where people live", "dataSources": 0, "columns": 0, "rules": []})
    same(status(grace.get(path), 200).json, made.json)
    same(status(grace.post(TAGS, {"name": "GEO.city"}), 409).json["code"], "duplicate-object")
    for field, value in (("name", ""), ("name", "."), ("name", "a..b"), ("name", "a'b"), ("name", "x" * 300), ("name", 1), ("description", "x" * 2001), ("parent", "PII")):
        told = status(grace.post(TAGS, {"name": "Bad", field: value}), 400).json
        assert field in told.get("field", "") + told["title"], (field, told)
    same([each["name"] for each in grace.get(TAGS + "?q=geo").json["items"]], ["Geo.City"])
    first = grace.get(TAGS + "?limit=1").json
    assert len(first["items"]) == 1 and first["next"], first
    status(grace.request("PUT", path, {"description": "x"}), 428)
    changed = status(grace.put(path, {"description": "a city"}, made.etag), 200)
    status(grace.put(path, {"description": "lost"}, made.etag), 412)
    status(grace.put(path, {"name": "Other"}, changed.etag), 400)
    status(grace.delete(path, made.etag), 412)
    status(grace.delete(path, changed.etag), 204)
    status(grace.get(path), 404)
    page = world.callers["audrey"].get("/api/v1/audit/records?limit=1000&q=tag%20Geo").json
    same([each["text"].split(" Geo.City ")[1].split(":")[0] for each in page["items"]], ["made", "changed", "removed"])


def where_each_is_used(world):
    grace, olivia = world.callers["grace"], world.callers["olivia"]
    ssn = found(world, "PII.SSN")
    same([(each["dataSources"], each["columns"], each["rules"]) for each in ssn], [(0, 1, [])])
    uses = status(grace.get(f"{TAGS}/{ssn[0]['id']}/uses"), 200).json["items"]
    same(uses, [{"dataSource": world.ids["dataSource"], "name": "public.customer", "tagged": False, "columns": ["ssn"]}])
    sales = found(world, "Sales")[0]
    same((sales["dataSources"], sales["columns"]), (1, 0))
    elsewhere = found(world, "Elsewhere")[0]
    same((elsewhere["dataSources"], elsewhere["rules"]), (0, [world.ids["globalRule"]]), "a tag that only a rule names")
    for tag, why in ((ssn[0], "column has it"), (sales, "has it"), (elsewhere, f"rule {world.ids['globalRule']} names it")):
        path = f"{TAGS}/{tag['id']}"
        assert why in status(grace.delete(path, grace.get(path).etag), 409).json["title"], why
    # Described first, then used: the use is no other version, and keeps it.
    made = status(grace.post(TAGS, {"name": "Fresh.Tag"}), 201)
    path, rule = made.headers["Location"], {"dataSource": world.ids["dataSource"], "sentence": "MASK COLUMNS TAGGED 'fresh.TAG' USING NULL FOR USER 'nobody'", "state": "staged"}
    kept = status(olivia.post("/api/v1/rules", rule), 201)
    same(grace.get(path).json["rules"], [kept.json["id"]])
    same(grace.get(path).etag, made.etag)
    assert "names it" in status(grace.delete(path, made.etag), 409).json["title"]
    status(olivia.delete(kept.headers["Location"], kept.etag), 204)
    same(grace.get(path).json["rules"], [])
    status(grace.delete(path, made.etag), 204)


CASES = [from_making_to_removing, where_each_is_used]


def run(world, report):
    for case in CASES:
        report.case(case, world)
