# SPDX-License-Identifier: Apache-2.0
"""The catalog as a document: export, plan, apply; all or nothing; what it refuses."""

from nouns import same, sql, status

PATH = "/api/v1/configuration"


def post(caller, *texts, **more):
    return caller.post(PATH, {"files": [{"name": f"{number}.yaml", "text": text} for number, text in enumerate(texts, 1)], **more})


def version(world):
    return world.root.get("/api/v1/plans") and status(world.root.post("/api/v1/plans", {"sql": "SELECT 1"}), 200).json["snapshot"]


def what_is_exported_changes_nothing(world):
    text = status(world.root.get(PATH), 200).json["text"]
    for word in ("connections:", "identity_providers:", "users:", "purposes:", "data_sources:", "projects:", "rules:", "name: plain", "customer"):
        assert word in text, f"{word} is not in {text}"
    for secret in ("plain-password", "SCRAM-SHA", "reader-password"):
        assert secret not in text, f"{secret} is in the export"
    before = version(world)
    same(status(post(world.root, text, dryRun=True), 200).json, {"applied": False, "changes": [], "warnings": []})
    same(status(post(world.root, text), 200).json["changes"], [])
    same(version(world), before, "the version of the catalog")
    same(sql(world, "sam", "SELECT count(*) FROM customer"), [["20"]], "sources are still reached: the password was kept")


def a_plan_and_then_the_deed(world):
    users = "users: [{name: carl, password: carl-password, groups: [Toys]}]"
    rules = "rules:\n  - {data_source: customer, rule: SHOW ONLY ROWS WHERE id <= 3 FOR EVERYONE, reason: few}\n"
    before = version(world)
    planned = status(post(world.root, users, rules, dryRun=True), 200).json
    same([(each["action"], each["kind"], each["name"]) for each in planned["changes"]],
         [("create", "user", "carl"), ("create", "rule", "on public.customer: SHOW ONLY ROWS WHERE id <= 3 FOR EVERYONE")])
    assert "carl-password" not in str(planned), planned
    same(version(world), before, "a plan changes nothing")
    done = status(post(world.root, users, rules), 200).json
    same((done["applied"], done["changes"]), (True, planned["changes"]))
    same(sql(world, "sam", "SELECT count(*) FROM customer"), [["3"]], "the rule holds")
    same(sql(world, "carl", "SELECT 1"), [["1"]], "the user is let in")
    rule = next(each for each in world.root.get("/api/v1/rules").json["items"] if "id <= 3" in each["sentence"])
    same((rule["author"], rule["reason"]), ("admin", "few"))
    records = status(world.callers["audrey"].get("/api/v1/audit/records?kind=policy&limit=1000"), 200).json["items"]
    assert any("configuration: create user carl; create rule on public.customer" in str(each) for each in records), "it left its trace"
    same(status(post(world.root, users, rules), 200).json["changes"], [], "a second time")
    owner, path = world.callers["olivia"], f"/api/v1/rules/{rule['id']}"
    status(owner.delete(path, owner.get(path).etag), 204)
    status(world.root.delete("/api/v1/users/carl", world.root.get("/api/v1/users/carl").etag), 204)
    same(sql(world, "sam", "SELECT count(*) FROM customer"), [["20"]])


def everything_wrong_is_told_and_nothing_done(world):
    before = version(world)
    good = "users: [{name: dora, password: x}]"
    for files, *wanted in (
            ([good, "users:\n  - {name: eve, colour: red}"], "2.yaml:2:17: a user has no key colour"),
            ([good, "rules:\n  - {data_source: customer, rule: MASK COLUMN ssn USING HASING FOR EVERYONE}"], "2.yaml:2:", "HASHING"),
            ([good, "rules:\n  - {data_source: nowhere, rule: SHOW NO ROWS FOR EVERYONE}"], "2.yaml:2:", "there is no data source public.nowhere"),
            ([good, "data_sources:\n  - {name: customer2, connection: shop, table: public.nowhere}"], "2.yaml:2:", "nowhere"),
            ([good, "a: ["], "2.yaml:", "this is not YAML"),
            ([good, "x: 1", "users: 7"], "2.yaml:1:1", "3.yaml:1:8"),
            ([good, "users:\n  - {name: ed, password_env: HOME}"], "2.yaml:2:30: the password of the environment variable HOME was not sent"),
            ([good, "users:\n  - {name: ed, password_file: /etc/hostname}"], "the password in the file /etc/hostname was not sent")):
        reply = status(post(world.root, *files), 400)
        same(reply.json["code"], "config-invalid")
        assert all(word in reply.json["detail"] for word in wanted), f"{wanted} is not in {reply.json['detail']}"
    for body in ({}, {"files": []}, {"files": [{"name": "a"}]}, {"files": [{"name": "a", "text": ""}], "force": True}, {"files": "a"}):
        reply = status(world.root.post(PATH, body), 400)
        assert "field" in reply.json, reply
    same(version(world), before, "nothing was changed")
    status(world.root.get("/api/v1/users/dora"), 404)


def passwords_that_are_sent(world):
    text = "users: [{name: fay, password_env: FAY}, {name: gus, password_file: secrets/gus}]"
    status(post(world.root, text, environmentPasswords={"FAY": "fay-password"}, filePasswords={"secrets/gus": "gus-password"}), 200)
    same([sql(world, name, "SELECT 1") for name in ("fay", "gus")], [[["1"]], [["1"]]])
    for name in ("fay", "gus"):
        status(world.root.delete(f"/api/v1/users/{name}", world.root.get(f"/api/v1/users/{name}").etag), 204)


def nobody_shuts_themselves_out(world):
    for text in ("users: [{name: admin, disabled: true, permissions: [ADMIN]}]", "users: [{name: admin}]"):
        for dry in (True, False):
            reply = status(post(world.root, text, dryRun=dry), 400)
            assert "no longer be an administrator" in reply.json["title"], reply
    status(post(world.root, "prune: true"), 400)
    same(world.root.get("/api/v1/me").json["name"], "admin")


def who_may(world):
    for caller in ("adam", "grace", "ursula", "olivia"):
        reply = status(post(world.callers[caller], "users: []"), 403)
        assert "ADMIN, GOVERNOR and USER_ADMIN" in reply.json["title"], reply
    made = status(world.root.post("/api/v1/tokens", {"name": "reads", "scopes": ["read"]}), 201).json
    reader = type(world.root)(world.root.url, world.root.ca, made["token"])
    status(reader.get(PATH), 200)
    status(post(reader, "users: []", dryRun=True), 403)


def a_large_one(world):
    """Ten thousand rules' worth of users, in one file of a megabyte: told and taken back by prune-free removal of none."""
    text = "users:\n" + "".join(f"  - {{name: many{number}, groups: [G{number % 100}], attributes: {{Level: '{number}'}}}}\n" for number in range(2000))
    planned = status(post(world.root, text, dryRun=True), 200).json
    same(len(planned["changes"]), 2000)
    status(world.root.get("/api/v1/users/many7"), 404)


CASES = [what_is_exported_changes_nothing, a_plan_and_then_the_deed, everything_wrong_is_told_and_nothing_done, passwords_that_are_sent,
         nobody_shuts_themselves_out, who_may, a_large_one]


def run(world, report):
    for case in CASES:
        report.case(case, world)
