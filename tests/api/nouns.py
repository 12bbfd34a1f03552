# SPDX-License-Identifier: Apache-2.0
"""Each noun from end to end, as its people would use it."""

import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "attack"))
from client import Api  # noqa: E402
from wire import Closed, Wire  # noqa: E402


def same(found, wanted, what=""):
    assert found == wanted, f"{what}: expected {wanted!r}, found {found!r}"


def status(reply, wanted):
    assert reply.status == wanted, f"expected {wanted}, got {reply}"
    return reply


def sql(world, user, text):
    """What the user sees over the SQL endpoint: rows as lists of texts, or the SQLSTATE."""
    options = world.scrim.connect_options(user, f"{user}-password")
    dsn = " ".join(f"{key}={value}" for key, value in options.items())
    done = subprocess.run(["psql", "-XAt", "-v", "VERBOSITY=sqlstate", "-c", text, dsn], capture_output=True, text=True)
    return [line.split("|") for line in done.stdout.splitlines()] if done.returncode == 0 else done.stderr.split()[-1]


def signing_in(world):
    status(world.nobody.post("/api/v1/sessions", {"user": "plain", "password": "wrong"}), 401)
    status(world.nobody.get("/api/v1/me"), 401)
    for token in ("", "x", "scrim_s_1_" + "0" * 64, "scrim_p_99999_" + "a" * 64, "scrim_s_-1_" + "0" * 64):
        status(Api(world.nobody.url, world.nobody.ca, token).get("/api/v1/me"), 401)
    caller = world.nobody.sign_in("plain", "plain-password")
    same(caller.get("/api/v1/me").json["name"], "plain")
    status(caller.delete("/api/v1/sessions/current"), 204)
    status(caller.get("/api/v1/me"), 401)


def personal_tokens(world):
    plain = world.callers["plain"]
    made = status(plain.post("/api/v1/tokens", {"name": "reader", "scopes": ["read"], "expiresInSeconds": 3600}), 201).json
    reader = Api(world.nobody.url, world.nobody.ca, made["token"])
    same(reader.get("/api/v1/me").json["token"]["scopes"], ["read"])
    status(reader.post("/api/v1/tokens", {"name": "more"}), 403)
    listed = plain.get("/api/v1/tokens").json["items"]
    assert all("token" not in each for each in listed), "a token is shown once"
    half = Api(world.nobody.url, world.nobody.ca, made["token"][:-1] + ("0" if made["token"][-1] != "0" else "1"))
    status(half.get("/api/v1/me"), 401)
    status(world.callers["sam"].delete(f"/api/v1/tokens/{made['id']}"), 404)
    status(plain.delete(f"/api/v1/tokens/{made['id']}"), 204)
    status(reader.get("/api/v1/me"), 401)


def users(world):
    ursula = world.callers["ursula"]
    body = {"name": "Ned", "password": "ned-password", "groups": ["HR"], "attributes": {"Country": ["DE", "FR"]}}
    made = status(ursula.post("/api/v1/users", body), 201)
    same(made.headers["Location"], "/api/v1/users/ned")
    assert "password" not in made.text and "SCRAM" not in made.text
    status(ursula.post("/api/v1/users", body), 409)
    same(sql(world, "ned", "SELECT 1"), [["1"]])
    ned = world.nobody.sign_in("NED", "ned-password")
    same(ned.get("/api/v1/me").json["attributes"], {"Country": ["DE", "FR"]})
    # Permissions are not a USER_ADMIN's to give, nor are the accounts of those who hold them.
    status(ursula.post("/api/v1/users", {"name": "evil", "password": "x", "permissions": ["ADMIN"]}), 403)
    status(ursula.put("/api/v1/users/ned", {"permissions": ["GOVERNOR"]}, made.etag), 403)
    adam = ursula.get("/api/v1/users/adam")
    status(ursula.put("/api/v1/users/adam", {"permissions": ["ADMIN"], "password": "mine"}, adam.etag), 403)
    status(ursula.delete("/api/v1/users/adam", adam.etag), 403)
    status(ursula.put("/api/v1/users/ned", {"disabled": True}, ""), 428)
    status(ursula.put("/api/v1/users/ned", {"disabled": True}, '"stale"'), 412)
    changed = status(ursula.put("/api/v1/users/ned", {"disabled": True}, made.etag), 200)
    status(ursula.put("/api/v1/users/ned", {"disabled": False}, made.etag), 412)
    status(ned.get("/api/v1/me"), 401)
    same(sql(world, "ned", "SELECT 1"), "password authentication failed for user \"ned\"".split()[-1])
    status(ursula.delete("/api/v1/users/ned", changed.etag), 204)
    status(ursula.get("/api/v1/users/ned"), 404)


def the_last_administrator(world):
    root, path = world.root, "/api/v1/users/admin"
    adam = root.get("/api/v1/users/adam")
    taken = {key: adam.json[key] for key in ("groups", "attributes")}
    status(root.put("/api/v1/users/adam", {**taken, "permissions": []}, adam.etag), 200)
    admin = root.get(path)
    kept = {key: admin.json[key] for key in ("groups", "attributes", "permissions")}
    for change in ({"permissions": [each for each in kept["permissions"] if each != "ADMIN"]}, {"disabled": True}):
        assert "Nobody would be left" in status(root.put(path, {**kept, **change}, admin.etag), 400).json["title"]
    assert "Nobody would be left" in status(root.delete(path, admin.etag), 400).json["title"]
    status(root.put("/api/v1/users/adam", {**taken, "permissions": ["ADMIN"]}, root.get("/api/v1/users/adam").etag), 200)


def own_password(world):
    plain = world.callers["plain"]
    change = "/api/v1/me/password"
    status(plain.request("PUT", change, {"currentPassword": "no", "newPassword": "next"}), 403)
    status(plain.request("PUT", change, {"currentPassword": "plain-password", "newPassword": ""}), 400)
    status(plain.request("PUT", change, {"currentPassword": "plain-password", "newPassword": "next"}), 204)
    status(world.nobody.post("/api/v1/sessions", {"user": "plain", "password": "plain-password"}), 401)
    world.nobody.sign_in("plain", "next")
    status(plain.request("PUT", change, {"currentPassword": "next", "newPassword": "plain-password"}), 204)


def pages(world):
    root, seen, cursor = world.root, [], ""
    while True:
        page = status(root.get("/api/v1/users?limit=3" + cursor), 200).json
        assert len(page["items"]) <= 3
        seen += [user["name"] for user in page["items"]]
        if "next" not in page:
            break
        cursor = "&cursor=" + page["next"]
    same(seen, [user["name"] for user in root.get("/api/v1/users").json["items"]])
    same([user["name"] for user in root.get("/api/v1/users?q=OLIV").json["items"]], ["olivia"])
    for wrong in ("limit=0", "limit=1001", "limit=x", "cursor=zz", "unknown=1", "q=a&q=b"):
        status(root.get("/api/v1/users?" + wrong), 400)


def connections(world):
    adam = world.callers["adam"]
    made = status(adam.post("/api/v1/connections", world.connection_body("second")), 201)
    assert "reader\"" not in made.text.replace('"user":"reader"', "") and made.json["hasPassword"] is True
    path = made.headers["Location"]
    same(status(adam.post(path + "/test"), 200).json["reachable"], True)
    # A password does not follow to another host without being given again.
    moved = {**world.connection_body("second"), "hosts": ["127.0.0.2"]}
    del moved["password"]
    status(adam.put(path, moved, made.etag), 400)
    kept = {**world.connection_body("second"), "maxConnections": 3}
    del kept["password"]
    changed = status(adam.put(path, kept, made.etag), 200)
    same(status(adam.post(path + "/test"), 200).json["reachable"], True)
    wrong = status(adam.put(path, {**kept, "password": "no"}, changed.etag), 200)
    tested = status(adam.post(path + "/test"), 200).json
    assert tested["reachable"] is False and tested["reason"], tested
    for field, value in (("hosts", []), ("hosts", ["a b"]), ("hosts", ["host=evil"]), ("hosts", ["x?sslmode=disable"]), ("ports", [0]),
                         ("ports", [70000]), ("tls", "maybe"), ("kind", "oracle"), ("caFile", "relative"), ("name", "")):
        reply = status(adam.post("/api/v1/connections", {**world.connection_body("bad"), field: value}), 400)
        assert reply.json["field"].startswith("$." + field), reply
    status(adam.delete(f"/api/v1/connections/{world.ids['connection']}", adam.get(f"/api/v1/connections/{world.ids['connection']}").etag), 409)
    status(adam.delete(path, wrong.etag), 204)
    tables = status(world.callers["olivia"].get(f"/api/v1/connections/{world.ids['connection']}/tables"), 200).json["items"]
    same([table["name"] for table in tables], ["customer", "purchase"])


def data_sources(world):
    olivia, sam = world.callers["olivia"], world.callers["sam"]
    body = {"name": "shop.purchase", "connection": world.ids["connection"], "table": "purchase"}
    made = status(olivia.post("/api/v1/data-sources", body), 201)
    path = made.headers["Location"]
    same(made.json["owners"], ["olivia"])
    status(olivia.post("/api/v1/data-sources", body), 409)
    status(sam.get(path), 404)
    same(sql(world, "sam", "SELECT count(*) FROM shop.purchase"), "42P01")
    change = {"owners": ["olivia"], "comment": "c", "tags": ["Sales.EU"], "columns": [{"name": "department", "exposed": False, "tags": ["Org"]}]}
    changed = status(olivia.put(path, change, made.etag), 200)
    same([each["exposed"] for each in changed.json["columns"]], [True, True, False])
    same([each["name"] for each in olivia.get("/api/v1/data-sources?tag=Sales").json["items"]], ["public.customer", "shop.purchase"])
    for wrong in ({**change, "owners": []}, {**change, "owners": ["nobody-here"]}, {**change, "columns": [{"name": "nope"}]}, {**change, "tags": ["a b."]}, {**change, "eventTimeColumn": "nope"},
                  {**change, "columns": [{"name": name, "exposed": False} for name in ("id", "customer_id", "department")]}):
        status(olivia.put(path, wrong, changed.etag), 400)
    for wrong in ({**body, "name": "n", "table": "missing"}, {**body, "name": "n", "table": "hidden_"}, {**body, "name": "n", "definition": "SELECT 1"}):
        assert olivia.post("/api/v1/data-sources", wrong).status in (400, 404), wrong
    twice = "SELECT a.id, b.id FROM customer a JOIN customer b ON a.id = b.id"
    status(olivia.post("/api/v1/data-sources", {"name": "n", "connection": world.ids["connection"], "definition": twice}), 400)
    for unusable in ("SELECT id, pg_sleep(0)::text AS s FROM customer", "SELECT id FROM customer FOR UPDATE", "SELECT xmin::text AS x FROM customer",
                     "SELECT id, current_setting('port') AS s FROM customer", "SELECT id FROM customer TABLESAMPLE SYSTEM (10)"):
        refused = olivia.post("/api/v1/data-sources", {"name": "n", "connection": world.ids["connection"], "definition": unusable})
        same((refused.status, "$.definition" in refused.text), (400, True), f"{unusable}: {refused}")
    world.source.psql("ALTER TABLE purchase ADD COLUMN note text", "shop")
    same(status(olivia.post(path + "/refresh"), 200).json, {"appeared": ["note"], "vanished": [], "changed": []})
    shown = olivia.get(path)
    same([each["name"] for each in shown.json["columns"] if not each["exposed"]], ["department", "note"])
    status(olivia.delete(path, made.etag), 412)
    status(olivia.delete(path, shown.etag), 204)


def what_a_subscriber_sees(world):
    path = f"/api/v1/data-sources/{world.ids['dataSource']}"
    shown = status(world.callers["sam"].get(path), 200)
    same([each["name"] for each in shown.json["columns"]], ["id", "name", "ssn"])
    assert "connection" not in shown.json and "country" not in shown.text
    explained = status(world.callers["sam"].get(path + "/decision"), 200).json
    assert explained["allowed"] and "decision" not in explained, explained
    same(explained["sentences"], ["You see all rows.", "Column ssn is masked: HASHING(ssn) AS ssn."])
    status(world.callers["sam"].get(path + "/decision?user=olivia"), 403)
    same(status(world.callers["olivia"].get(path + "/decision?user=plain"), 200).json["visible"], False)
    rows = sql(world, "sam", "SELECT id, ssn FROM customer ORDER BY id LIMIT 1")
    assert rows[0][0] == "1" and len(rows[0][1]) == 64, rows


def rules(world):
    olivia, grace, source = world.callers["olivia"], world.callers["grace"], world.ids["dataSource"]
    query = "SELECT count(*) FROM customer"
    same(sql(world, "sam", query), [["20"]])
    body = {"dataSource": source, "sentence": "show only rows where country = 'DE' for everyone", "state": "staged", "reason": "try"}
    checked = status(olivia.post("/api/v1/rules/check", body), 200).json
    same(checked["sentence"], "SHOW ONLY ROWS WHERE country = 'DE' FOR EVERYONE")
    made = status(olivia.post("/api/v1/rules", body), 201)
    path = made.headers["Location"]
    same(sql(world, "sam", query), [["20"]], "a staged rule is not applied")
    change = {"sentence": body["sentence"], "state": "active", "reason": "go"}
    same(status(grace.put(path, change, made.etag), 403).json["code"], "permission-denied")
    activated = status(olivia.put(path, change, made.etag), 200)
    same(sql(world, "sam", query), [["10"]])
    status(olivia.put(path, change, made.etag), 412)
    wrong = status(olivia.post("/api/v1/rules", {"dataSource": source, "sentence": "MASK COLUMN ssn USING HASING FOR EVERYONE"}), 400)
    assert wrong.json["field"] == "$.sentence" and wrong.json["position"] == 22 and "HASHING" in wrong.text, wrong
    for sentence in ("MASK COLUMN nope USING NULL FOR EVERYONE", "SHOW ONLY ROWS WHERE id = 'x' FOR EVERYONE", ""):
        status(olivia.post("/api/v1/rules", {"dataSource": source, "sentence": sentence}), 400)
    status(olivia.post("/api/v1/rules", {"sentence": "SHOW NO ROWS FOR EVERYONE"}), 400)
    everywhere = status(grace.post("/api/v1/rules", {"sentence": "ON DATA SOURCES TAGGED 'Sales': SHOW NO ROWS FOR EVERYONE"}), 201)
    same(sql(world, "sam", query), [["0"]], "a governor's rule")
    gone = everywhere.headers["Location"]
    status(olivia.delete(gone, everywhere.etag), 404)
    status(grace.delete(gone, everywhere.etag), 204)
    same(sql(world, "sam", query), [["10"]])
    current = olivia.get(path)
    status(olivia.delete(path, current.etag), 204)
    same(sql(world, "sam", query), [["20"]])
    assert activated.json["version"] == 2


def history(world):
    olivia, source = world.callers["olivia"], world.ids["dataSource"]
    made = olivia.post("/api/v1/rules", {"dataSource": source, "sentence": "MASK COLUMN name USING NULL FOR EVERYONE", "state": "staged"})
    path = made.headers["Location"]
    olivia.put(path, {"sentence": "MASK COLUMN name USING NULL FOR EVERYONE", "state": "disabled"}, made.etag)
    items = status(olivia.get(path + "/history"), 200).json["items"]
    same([(each["version"], each["state"], each["author"]) for each in items], [(1, "staged", "olivia"), (2, "disabled", "olivia")])
    told = status(olivia.get(path + "/diff"), 200).json
    same((told["fromVersion"], told["toVersion"], [each for each in told["items"] if each["field"] != "changedAt"]),
         (1, 2, [{"field": "state", "from": "staged", "to": "disabled"}]))
    same(status(olivia.get(path + "/diff?fromVersion=2&toVersion=2"), 200).json["items"], [])
    for wrong in ("fromVersion=3", "toVersion=0", "toVersion=x", "fromVersion=99999999999"):
        status(olivia.get(f"{path}/diff?{wrong}"), 400)
    olivia.delete(path, olivia.get(path).etag)


def once_only(world):
    """A creation that is sent again with its key is not carried out again."""
    ursula, key = world.callers["ursula"], {"Idempotency-Key": "k-1"}
    body = {"name": "once", "password": "p"}
    first = ursula.request("POST", "/api/v1/users", body, key)
    second = ursula.request("POST", "/api/v1/users", body, key)
    same((first.status, first.json, first.etag), (second.status, second.json, second.etag))
    status(ursula.request("POST", "/api/v1/users", {**body, "groups": ["x"]}, key), 400)
    status(world.root.request("POST", "/api/v1/users", body, key), 409)  # another caller's keys are others
    status(ursula.request("POST", "/api/v1/users", body, {"Idempotency-Key": "a b"}), 400)
    ursula.delete("/api/v1/users/once", first.etag)


def not_modified(world):
    root = world.root
    etag = root.get("/api/v1/users/plain").etag
    reply = root.request("GET", "/api/v1/users/plain", headers={"If-None-Match": etag})
    same((reply.status, reply.text), (304, ""))


def queries_that_mean_nothing(world):
    for path, words in (("audit/records?from=yesterday", "from: a time"), ("audit/records?before=2026-1-1", "before: a time"), ("audit/records?kind=x", "kind: started"),
                        ("rules?state=foo", "state: staged"), ("rules?dataSource=x", "dataSource")):
        reply = status(world.root.get(f"/api/v1/{path}"), 400)
        assert words in reply.text, reply
    for path in ("audit/records?from=2026-11&before=2999-01-01T00:00:00.5Z&kind=login", "rules?state=staged&dataSource=1"):
        status(world.root.get(f"/api/v1/{path}"), 200)


def plans(world):
    sam, grace = world.callers["sam"], world.callers["grace"]
    own = status(sam.post("/api/v1/plans", {"sql": "SELECT id, ssn FROM customer"}), 200)
    assert "HASHING" in own.text and "sql" not in own.json["plan"], own
    assert "MASK COLUMN" not in own.text, "the sentences are for those who govern"
    misspelled = status(sam.post("/api/v1/plans", {"sql": "SELECT nam FROM customer"}), 400)
    same((misspelled.json["code"], misspelled.json["position"]), ("undefined-column", 7))
    status(sam.post("/api/v1/plans", {"sql": "SELECT 1", "user": "olivia"}), 403)
    other = status(grace.post("/api/v1/plans", {"sql": "SELECT id, ssn FROM customer", "user": "sam"}), 200)
    assert "MASK COLUMN ssn USING HASHING FOR EVERYONE" in other.text, other
    wrong = status(sam.post("/api/v1/plans", {"sql": "SELECT id FORM customer"}), 400)
    assert wrong.json["code"] == "syntax-error" and wrong.json["position"] == 15, wrong
    for text in ("SELECT country FROM customer", "DELETE FROM customer", "SELECT 1; SELECT 2", "", "ANALYZE) SELECT 1"):
        assert 400 <= sam.post("/api/v1/plans", {"sql": text}).status < 500, text
    status(sam.post("/api/v1/plans", {"sql": "SELECT 1", "user": "x'; --"}), 403)


def audit(world):
    audrey = world.callers["audrey"]
    records, cursor = [], ""
    while True:
        page = status(audrey.get("/api/v1/audit/records?limit=200" + cursor), 200).json
        records += page["items"]
        if "next" not in page:
            break
        cursor = "&cursor=" + page["next"]
    numbers = [record["n"] for record in records]
    same(numbers, sorted(set(numbers)))
    changes = [record for record in records if record["k"] == "policy"]
    assert any("MASK COLUMN ssn USING HASHING" in str(record) and record["user"] == "olivia" for record in changes), changes[:3]
    assert not any(word in str(record) for word in ("plain-password", "ned-password") for record in records), "a password is in the journal"
    same({each["k"] for each in status(audrey.get("/api/v1/audit/records?kind=policy&limit=1000"), 200).json["items"]}, {"policy"})
    found = status(audrey.get("/api/v1/audit/records?q=mask%20COLUMN%20ssn"), 200).json["items"]
    assert found and all("MASK COLUMN ssn" in str(each) for each in found)
    same(status(audrey.post("/api/v1/audit/verify"), 200).json["intact"], True)


def nothing_leaks_into_the_log(world):
    log = world.scrim.log_text()
    for secret in ("plain-password", "ned-password", "scrim_s_", "scrim_p_", "000-00-"):
        assert secret not in log, secret


def lock_out(world):
    world.callers["ursula"].post("/api/v1/users", {"name": "loser", "password": "right"})
    answers = {world.nobody.post("/api/v1/sessions", {"user": "loser", "password": f"w{i}"}).text.split('"requestId"')[0] for i in range(12)}
    same(len(answers), 1)
    status(world.nobody.post("/api/v1/sessions", {"user": "loser", "password": "right"}), 401)
    try:
        Wire(world.scrim.host, world.scrim.port, "loser", "right", "scrim", world.scrim.ca)
        raise AssertionError("locked for the API, open for SQL")
    except (Closed, RuntimeError, OSError):
        pass


def identity_providers(world):
    adam = world.callers["adam"]
    body = {"name": "hq", "kind": "active-directory", "servers": [{"host": "127.0.0.1", "port": 1}], "transport": "plain", "position": 3,
            "bindDn": "cn=scrim,dc=hq", "password": "service-secret", "users": {"base": "dc=hq", "attributes": {"department": "Department"}},
            "groups": {"lookup": "in-chain", "base": "dc=hq", "prefix": "hq/"}, "connectTimeoutMs": 200, "callTimeoutMs": 500}
    made = status(adam.post("/api/v1/identity-providers", body), 201)
    assert "service-secret" not in made.text and made.json["hasPassword"] and made.json["users"]["login"] == "sAMAccountName", made
    path = made.headers["Location"]
    status(adam.post("/api/v1/identity-providers", body), 409)
    kept = {key: value for key, value in body.items() if key != "password"}
    changed = status(adam.put(path, {**kept, "syncSeconds": 60}, made.etag), 200)
    assert changed.json["hasPassword"] and changed.json["syncSeconds"] == 60, changed
    moved = {**kept, "servers": [{"host": "evil.example"}]}
    same(status(adam.put(path, moved, changed.etag), 400).json["field"], "$.password")
    for field, value in (("kind", "novell"), ("servers", []), ("transport", "smoke"), ("leaseSeconds", 1), ("users", {}), ("users", {"base": "x", "y": 1}),
                         ("groups", {"depth": 0})):
        status(adam.post("/api/v1/identity-providers", {**body, "name": "bad", field: value}), 400)
    tried = status(adam.post(path + "/test", {"user": "somebody"}), 200).json
    assert tried["ok"] is False and tried["steps"] and not tried["steps"][-1]["ok"], tried
    # Names that are nobody's are asked for there, and it does not answer.
    status(world.nobody.post("/api/v1/sessions", {"user": "somebody", "password": "x"}), 503)
    status(adam.delete(path, changed.etag), 204)


def impact(world):
    """What a rule would change is said before it is made: who, which columns, which share of the rows."""
    olivia, grace, source = world.callers["olivia"], world.callers["grace"], world.ids["dataSource"]

    def ask(caller, **body):
        return caller.post("/api/v1/rules/impact", body)

    same(sql(world, "sam", "SELECT count(*) FROM customer"), [["20"]])
    before = olivia.get("/api/v1/rules").json["items"]
    rows = "SHOW ONLY ROWS WHERE country = 'DE' FOR EVERYONE EXCEPT MEMBERS OF GROUP 'Nobody'"
    told = status(ask(olivia, dataSource=source, sentence=rows, rowShares=True), 200).json
    one = next(each for each in told["changes"] if "sam" in each["users"])
    same(one["rowShare"], {"before": 1.0, "after": 0.5}, "half of the customers are German")
    same((one["access"], one["gains"], one["loses"]), ({"before": "allowed", "after": "allowed"}, [], []))
    same((len(one["rows"]["before"]), len(one["rows"]["after"])), (0, 1))
    mask = "MASK COLUMN name USING NULL FOR EVERYONE EXCEPT USER 'olivia'"
    told = status(ask(olivia, dataSource=source, sentence=mask), 200).json
    one = next(each for each in told["changes"] if "sam" in each["users"])
    same((one["loses"], one["columns"]), (["name"], [{"before": "name", "after": "NULL", "column": "name"}]))
    assert all("olivia" not in each["users"] for each in told["changes"]) and told["unchanged"] > 0
    told = status(ask(olivia, rule=world.ids["rule"], remove=True), 200).json
    same({tuple(each["gains"]) for each in told["changes"]}, {("ssn",)}, "without the mask ssn is seen")
    same(status(ask(olivia, dataSource=source, sentence=mask, state="staged"), 200).json["changes"], [])
    # Governors see what changes; counts of rows are for those who have access themselves.
    everywhere = "ON DATA SOURCES TAGGED 'Sales': SHOW NO ROWS FOR MEMBERS OF GROUP 'Staff'"
    told = status(ask(grace, sentence=everywhere, rowShares=True), 200).json
    assert told["changes"] and all("rowShare" not in each and each["rowShareProblem"] for each in told["changes"]), told
    shut = "ON DATA SOURCES TAGGED 'Sales': ALLOW SUBSCRIPTION BY MEMBERS OF GROUP 'Nobody'"
    told = status(ask(grace, sentence=shut), 200).json
    assert any(each["access"] == {"before": "allowed", "after": "none"} or each["access"]["after"] == "refused" for each in told["changes"]), told
    status(ask(olivia, sentence=everywhere), 403)
    status(ask(olivia, rule=world.ids["globalRule"], remove=True), 404)
    status(ask(world.callers["plain"], dataSource=source, sentence=mask), 404)
    status(ask(olivia, remove=True), 400)
    status(ask(olivia, dataSource=source, sentence="MASK COLUMN nope USING NULL FOR EVERYONE"), 400)
    same(olivia.get("/api/v1/rules").json["items"], before, "nothing was saved")


CASES = [queries_that_mean_nothing, signing_in, personal_tokens, users, the_last_administrator, own_password, pages, connections, impact, data_sources, what_a_subscriber_sees, rules, history, once_only,
         not_modified, plans, identity_providers, audit, nothing_leaks_into_the_log, lock_out]


def run(world, report):
    for case in CASES:
        report.case(case, world)
