# SPDX-License-Identifier: Apache-2.0
"""Many tables of a schema registered by one call: what is made, what is refused and why, and that it is one change."""

from nouns import same, sql, status

SCHEMA = """
CREATE SCHEMA bulk;
CREATE DOMAIN bulk.code AS text;
CREATE TABLE bulk.one (id int NOT NULL, c bulk.code);
CREATE TABLE bulk.two (id int);
CREATE VIEW bulk.three AS SELECT id FROM bulk.two;
CREATE TABLE bulk.closed (id int);
CREATE TABLE bulk.bare ();
GRANT USAGE ON SCHEMA bulk TO reader;
GRANT SELECT ON bulk.one, bulk.two, bulk.three, bulk.bare TO reader;
INSERT INTO bulk.one VALUES (1, 'x');
"""


def path_of(world):
    return f"/api/v1/connections/{world.ids['connection']}/data-sources"


def refusals(reply):
    return {each["table"]: each["code"] for each in reply.json["refused"]}


def removed(owner, made):
    for each in made:
        where = f"/api/v1/data-sources/{each['id']}"
        status(owner.delete(where, owner.get(where).etag), 204)


def all_tables_of_a_schema(world):
    olivia = world.callers["olivia"]
    world.source.psql(SCHEMA, "shop")
    reply = status(olivia.post(path_of(world), {"schema": "bulk", "all": True, "name": "crm.{schema}_{table}", "tags": ["Bulk"], "comment": "many"}), 200)
    same([(each["name"], each["table"]) for each in reply.json["made"]], [("crm.bulk_one", "one"), ("crm.bulk_three", "three"), ("crm.bulk_two", "two")])
    same(reply.json["complete"], not refusals(reply))
    one = olivia.get(f"/api/v1/data-sources/{reply.json['made'][0]['id']}").json
    same((one["owners"], one["tags"], one["comment"], one["table"]), (["olivia"], ["Bulk"], "many", "bulk.one"))
    same([(each["name"], each["type"], each["notNull"]) for each in one["columns"]], [("id", "integer", True), ("c", "text", False)])
    same(sql(world, "olivia", "SELECT id, c FROM crm.bulk_one"), [["1", "x"]])
    same(sql(world, "sam", "SELECT id FROM crm.bulk_one"), "42P01", "nobody else sees it")
    records = world.callers["audrey"].get("/api/v1/audit/records?limit=1000&q=tables%20of%20connection%20shop").json["items"]
    same(len(records), 1, "one change, one record")
    again = status(olivia.post(path_of(world), {"schema": "bulk", "all": True, "name": "crm.{schema}_{table}"}), 200)
    same((again.json["made"], again.json["complete"]), ([], False))
    same([refusals(again)[table] for table in ("one", "two", "three")], ["duplicate-object"] * 3)
    removed(olivia, reply.json["made"])


def chosen_tables(world):
    olivia = world.callers["olivia"]
    reply = status(olivia.post(path_of(world), {"schema": "bulk", "tables": ["two", "nowhere", "one"]}), 200)
    same([each["name"] for each in reply.json["made"]], ["bulk.two", "bulk.one"])
    told = {each["table"]: each for each in reply.json["refused"]}
    same(sorted(told), ["nowhere"])
    assert "no table bulk.nowhere" in told["nowhere"]["reason"], told
    removed(olivia, reply.json["made"])
    # What somebody governs is not got at by registering it in bulk.
    root = world.root
    kept = status(root.post(path_of(world), {"schema": "bulk", "tables": ["one"]}), 200)
    other = status(olivia.post(path_of(world), {"schema": "bulk", "tables": ["one", "two"], "name": "mine.{table}"}), 200)
    same((refusals(other), [each["name"] for each in other.json["made"]]), ({"one": "permission-denied"}, ["mine.two"]))
    removed(olivia, other.json["made"])
    removed(root, kept.json["made"])
    system = status(root.post(path_of(world), {"schema": "pg_catalog", "tables": ["pg_authid"]}), 200)
    same((refusals(system), system.json["made"]), ({"pg_authid": "permission-denied"}, []))


def what_makes_no_sense(world):
    olivia = world.callers["olivia"]
    good = {"schema": "bulk", "tables": ["one"]}
    for field, body in (("schema", {"tables": ["one"]}), ("schema", {**good, "schema": ""}), ("tables", {"schema": "bulk"}), ("tables", {**good, "all": True}),
                        ("tables", {**good, "tables": ["one", "one"]}), ("tables", {**good, "tables": [""]}), ("tables", {**good, "tables": [str(i) for i in range(501)]}),
                        ("name", {**good, "name": "crm.x"}), ("name", {**good, "name": "{table}{table}"}), ("name", {**good, "name": "{tabel}.{table}"}),
                        ("tags", {**good, "tags": ["a..b"]}), ("columns", {**good, "columns": []}), ("schema", {"schema": "nowhere", "all": True}), ("extra", {**good, "extra": 1})):
        told = status(olivia.post(path_of(world), body), 400).json
        assert field in told.get("field", "") + told["title"], (field, told)
    status(olivia.post("/api/v1/connections/999999/data-sources", good), 404)
    long = status(olivia.post(path_of(world), {**good, "name": "crm." + "x" * 63 + "{table}"}), 200)
    same(refusals(long), {"one": "invalid-value"})
    key = {"Idempotency-Key": "bulk-once"}
    first, second = (status(olivia.request("POST", path_of(world), {**good, "name": "once.{table}"}, key), 200) for _ in range(2))
    same(first.json, second.json)
    removed(olivia, first.json["made"])


CASES = [all_tables_of_a_schema, chosen_tables, what_makes_no_sense]


def run(world, report):
    for case in CASES:
        report.case(case, world)
