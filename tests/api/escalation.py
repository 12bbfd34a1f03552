# SPDX-License-Identifier: Apache-2.0
"""Ways to become more than one is: other people's accounts, tokens that outlive what they stand for, names that come
back, rules that read what their author may not, and acts that would leave no true record."""

import time

from client import Api
from nouns import same, status


def with_token(world, token):
    return Api(world.nobody.url, world.nobody.ca, token)


def made_user(world, name, **more):
    """By root: a user with the usual password, and a caller."""
    made = status(world.root.post("/api/v1/users", {"name": name, "password": f"{name}-password", **more}), 201)
    return made, world.nobody.sign_in(name, f"{name}-password")


def records(world, word):
    """What the journal says about changes, of the records that hold the word."""
    found, cursor = [], ""
    while True:
        page = status(world.callers["audrey"].get("/api/v1/audit/records?limit=1000" + cursor), 200).json
        found += [each for each in page["items"] if each["k"] == "policy" and word in str(each)]
        if "next" not in page:
            return found
        cursor = "&cursor=" + page["next"]


def replace_user(caller, name, body):
    path = f"/api/v1/users/{name}"
    return caller.put(path, body, caller.get(path).etag)


def accounts_of_the_mighty(world):
    """A USER_ADMIN cannot touch who holds ADMIN, nor wake rights that sleep."""
    ursula = world.callers["ursula"]
    status(replace_user(ursula, "adam", {"permissions": ["ADMIN"], "disabled": True}), 403)
    status(replace_user(ursula, "adam", {"permissions": ["ADMIN"], "groups": ["Anything"]}), 403)
    made_user(world, "sleeper", permissions=["GOVERNOR"], disabled=False)
    status(replace_user(ursula, "sleeper", {"permissions": ["GOVERNOR"], "disabled": True}), 200)
    status(replace_user(ursula, "sleeper", {"permissions": ["GOVERNOR"], "disabled": False}), 403)
    status(replace_user(ursula, "sleeper", {"permissions": [], "disabled": False}), 403)
    status(replace_user(ursula, "ursula", {"permissions": ["USER_ADMIN", "ADMIN"]}), 403)
    for field in ("id", "name", "scramVerifier", "version"):
        status(replace_user(world.root, "sleeper", {"permissions": ["GOVERNOR"], field: 1}), 400)
    status(world.root.delete("/api/v1/users/sleeper", world.root.get("/api/v1/users/sleeper").etag), 204)


def tokens_end_with_what_they_stand_for(world):
    _, tess = made_user(world, "tess")
    other = world.nobody.sign_in("tess", "tess-password")
    token = with_token(world, status(tess.post("/api/v1/tokens", {"name": "t"}), 201).json["token"])
    status(tess.request("PUT", "/api/v1/me/password", {"currentPassword": "tess-password", "newPassword": "next"}), 204)
    same([each.get("/api/v1/me").status for each in (tess, other, token)], [200, 401, 200], "after another password")
    status(replace_user(world.root, "tess", {"password": "reset"}), 200)
    same([each.get("/api/v1/me").status for each in (tess, token)], [401, 401], "after a reset password")
    tess = world.nobody.sign_in("tess", "reset")
    token = with_token(world, status(tess.post("/api/v1/tokens", {"name": "t"}), 201).json["token"])
    status(replace_user(world.root, "tess", {"disabled": True}), 200)
    status(replace_user(world.root, "tess", {"disabled": False}), 200)
    same([each.get("/api/v1/me").status for each in (tess, token)], [401, 401], "after being disabled and enabled")
    tess = world.nobody.sign_in("tess", "reset")
    status(world.root.delete("/api/v1/users/tess", world.root.get("/api/v1/users/tess").etag), 204)
    made_user(world, "tess")
    status(tess.get("/api/v1/me"), 401)
    assert records(world, "user tess changed, password set"), "a reset password leaves no trace"


def tokens_make_no_longer_ones(world):
    _, toby = made_user(world, "toby")
    short = with_token(world, status(toby.post("/api/v1/tokens", {"name": "short", "expiresInSeconds": 120}), 201).json["token"])
    status(short.post("/api/v1/tokens", {"name": "long"}), 403)
    status(short.post("/api/v1/tokens", {"name": "long", "expiresInSeconds": 3600}), 403)
    status(short.post("/api/v1/tokens", {"name": "shorter", "expiresInSeconds": 60}), 201)
    writer = with_token(world, toby.post("/api/v1/tokens", {"name": "w", "scopes": ["write"]}).json["token"])
    for scopes in ([], ["read"], ["write", "sql"]):
        status(writer.post("/api/v1/tokens", {"name": "more", "scopes": scopes, "expiresInSeconds": 60}), 403)
    status(writer.get("/api/v1/me"), 403)
    only_sql = with_token(world, toby.post("/api/v1/tokens", {"name": "s", "scopes": ["sql"]}).json["token"])
    same([only_sql.get("/api/v1/me").status, only_sql.post("/api/v1/tokens", {"name": "x"}).status], [403, 403])


def last_use_is_evidence(world):
    _, lena = made_user(world, "lena")
    made = lena.post("/api/v1/tokens", {"name": "t"}).json
    status(with_token(world, made["token"][:-64] + "0" * 64).get("/api/v1/me"), 401)
    assert "lastUsedAt" not in lena.get("/api/v1/tokens").json["items"][0], "a wrong secret counted as a use"


def names_that_come_back(world):
    """Neither ownership nor subscriptions fall to the next account of a name."""
    made_user(world, "owen", permissions=["CREATE_DATA_SOURCE"])
    owen = world.nobody.sign_in("owen", "owen-password")
    body = {"name": "owens.purchase", "connection": world.ids["connection"], "table": "public.purchase"}
    source = status(owen.post("/api/v1/data-sources", body), 201)
    status(world.root.delete("/api/v1/users/owen", world.root.get("/api/v1/users/owen").etag), 409)
    made_user(world, "suki")
    path = source.headers["Location"]
    status(owen.put(path + "/subscribers", {"users": ["suki"], "groups": []}, owen.get(path + "/subscribers").etag), 200)
    suki = world.nobody.sign_in("suki", "suki-password")
    status(suki.get(path), 200)
    status(world.callers["ursula"].delete("/api/v1/users/suki", world.root.get("/api/v1/users/suki").etag), 204)
    status(world.callers["ursula"].post("/api/v1/users", {"name": "suki", "password": "mine"}), 201)
    status(world.nobody.sign_in("suki", "mine").get(path), 404)
    same(owen.get(path + "/subscribers").json, {"users": [], "groups": []})
    status(owen.delete(path, owen.get(path).etag), 204)
    status(world.root.delete("/api/v1/users/owen", world.root.get("/api/v1/users/owen").etag), 204)


def rules_that_look_up(world):
    """A look-up reads unmasked: what its author does not see is not there, what he does not own is refused."""
    olivia, source = world.callers["olivia"], world.ids["dataSource"]
    body = {"name": "secret.purchase", "connection": world.ids["connection"], "table": "purchase"}
    secret = status(world.root.post("/api/v1/data-sources", body), 201)

    def asked(column, table, path="/api/v1/rules/check"):
        sentence = f"SHOW ONLY ROWS WHERE id IN (SELECT {column} FROM {table}) FOR EVERYONE"
        return olivia.post(path, {"dataSource": source, "sentence": sentence, "state": "disabled"})

    for path in ("/api/v1/rules/check", "/api/v1/rules"):
        told = {asked(column, f"secret.{table}", path).text.replace(table, "T").split('"requestId"')[0]
                for column in ("customer_id", "nope") for table in ("purchase", "nothing")}
        same(len(told), 1, f"a hidden look-up is told from a missing one: {told}")
    subscribers = secret.headers["Location"] + "/subscribers"
    status(world.root.put(subscribers, {"users": ["olivia"], "groups": []}, world.root.get(subscribers).etag), 200)
    for path in ("/api/v1/rules/check", "/api/v1/rules"):
        status(asked("customer_id", "secret.purchase", path), 403)
    shown = world.root.get(secret.headers["Location"])
    shared = status(world.root.put(secret.headers["Location"], {"owners": ["admin", "olivia"]}, shown.etag), 200)
    status(asked("customer_id", "secret.purchase"), 200)
    status(world.root.delete(secret.headers["Location"], shared.etag), 204)


def warnings_name_nobody(world):
    body = {"dataSource": world.ids["dataSource"], "sentence": "SHOW NO ROWS FOR EVERYONE EXCEPT MEMBERS OF GROUP 'Staf'"}
    warned = status(world.callers["olivia"].post("/api/v1/rules/check", body), 200)
    assert "Staf" in warned.text and "Staff" not in warned.text, warned


def plans_of_hidden_data(world):
    plain = world.callers["plain"]
    told = {plain.post("/api/v1/plans", {"sql": f"SELECT nope FROM {name}"}).text.replace(name, "T").split('"requestId"')[0]
            for name in ("customer", "nothings", "public.customer", "public.nothings")}
    assert all("undefined-table" in each for each in told), told
    for template in ("/api/v1/data-sources/{}", "/api/v1/data-sources/{}/decision", "/api/v1/data-sources/{}/subscribers", "/api/v1/rules?dataSource={}"):
        replies = [plain.get(template.format(each)) for each in (world.ids["dataSource"], 987654)]
        same(len({(each.status, each.etag, each.text.replace("987654", str(world.ids["dataSource"])).split('"requestId"')[0]) for each in replies}), 1, template)


def true_records(world):
    """A revocation that did not happen is not in the journal; what did is, with what was given."""
    sam, olivia = world.callers["sam"], world.callers["olivia"]
    token = status(olivia.post("/api/v1/tokens", {"name": "kept \" revoked"}), 201).json["id"]
    status(sam.delete(f"/api/v1/tokens/{token}"), 404)
    same(records(world, f"token {token} "), [], "a revocation that was refused")
    status(olivia.delete(f"/api/v1/tokens/{token}"), 204)
    same(len(records(world, f"token {token} of user olivia revoked")), 1)
    made_user(world, "rita", permissions=["AUDIT"])
    assert any("AUDIT" in str(each) for each in records(world, "user rita made")), "the permissions of a new user are not in the journal"
    rita = world.nobody.sign_in("rita", "rita-password")
    status(rita.delete("/api/v1/sessions/current"), 204)
    assert any(each["user"] == "rita" for each in records(world, "signed out")), "signing out leaves no trace"


def long_names_are_not_kept(world):
    """What nobody has authenticated does not fill the journal or the memory."""
    status(world.nobody.post("/api/v1/sessions", {"user": "x" * 7_000_000, "password": "y"}), 400)
    status(world.nobody.post("/api/v1/sessions", {"user": "plain", "password": "y" * 7_000_000}), 400)
    page = world.callers["audrey"].get("/api/v1/audit/records?limit=1000")
    assert "xxxxxxxxxx" not in page.text


def matching(world):
    """If-Match takes the one strong tag, or *."""
    path, ursula = "/api/v1/users/plain", world.callers["ursula"]
    etag = ursula.get(path).etag
    for wrong in ("W/" + etag, etag + ", \"x\"", etag.strip('"'), etag.upper(), '""', " "):
        assert ursula.put(path, {"groups": ["Staff"]}, wrong).status in (412, 428), wrong
    status(ursula.put(path, {"groups": ["Staff"]}, etag), 200)


def no_source_on_system_catalogs(world):
    """Statistics hold sampled values, pg_stat_activity the statements of everybody: rules could not hide them."""
    olivia, connection = world.callers["olivia"], world.ids["connection"]
    for table in ("pg_catalog.pg_stats", "pg_catalog.pg_stat_activity", "pg_catalog.pg_class", "information_schema.columns", "public.pg_stat_statements"):
        reply = olivia.post("/api/v1/data-sources", {"name": "sly.t", "connection": connection, "table": table})
        same((reply.status, reply.json["code"]), (403, "permission-denied"), table)
    for definition in ("SELECT query FROM pg_catalog.pg_stat_activity", "SELECT c.id, s.most_common_vals::text FROM customer c, pg_catalog.pg_stats s",
                       "SELECT (SELECT max(query) FROM pg_catalog.pg_stat_activity) AS q FROM customer",
                       "WITH s AS (SELECT * FROM information_schema.columns) SELECT column_name::text FROM s", "SELECT * FROM pg_stat_activity"):
        reply = olivia.post("/api/v1/data-sources", {"name": "sly.t", "connection": connection, "definition": definition})
        assert reply.status in (403, 404), f"{definition}: {reply}"


def what_holds_the_same_rows(world):
    """A partition of a governed table, what a governed table is a partition of, and views of it are governed with it."""
    world.source.psql("""CREATE TABLE part (id integer, s text) PARTITION BY LIST (id); CREATE TABLE part1 PARTITION OF part FOR VALUES IN (1);
        CREATE TABLE part2 PARTITION OF part FOR VALUES IN (2); CREATE VIEW seen AS SELECT * FROM part2; CREATE MATERIALIZED VIEW kept AS SELECT id FROM seen;
        CREATE VIEW apart AS SELECT 1 AS id; GRANT SELECT ON part, part1, part2, seen, kept, apart TO reader""", "shop")
    connection = world.ids["connection"]
    _, ottilie = made_user(world, "ottilie", permissions=["CREATE_DATA_SOURCE"])
    for governed, taken, free in (("part", ["part1", "part2", "seen", "kept"], ["apart"]), ("part1", ["part"], ["part2", "seen", "kept"])):
        held = status(world.callers["olivia"].post("/api/v1/data-sources", {"name": "held.t", "connection": connection, "table": governed}), 201)
        for table in taken + free:
            for field, value in (("table", table), ("definition", f"SELECT id FROM {table}")):
                reply = ottilie.post("/api/v1/data-sources", {"name": "otto.t", "connection": connection, field: value})
                same(reply.status, 403 if table in taken else 201, f"{governed} is governed; {value}")
                if reply.status == 201:
                    status(ottilie.delete(reply.headers["Location"], reply.etag), 204)
        status(world.callers["olivia"].delete(held.headers["Location"], held.etag), 204)


def a_table_that_somebody_governs(world):
    """Its rules cannot be got past by registering it once more, as it is, by SQL, or over another connection."""
    _, otto = made_user(world, "otto", permissions=["CREATE_DATA_SOURCE"])
    other = status(world.callers["adam"].post("/api/v1/connections", world.connection_body("shop again")), 201)
    for connection in (world.ids["connection"], other.json["id"]):
        for field, stands_on in (("table", "customer"), ("table", "public.customer"), ("definition", "SELECT id FROM customer"),
                                 ("definition", "SELECT p.id FROM purchase p WHERE EXISTS (SELECT FROM public.customer c WHERE c.id = p.customer_id)")):
            body = {"name": "otto.t", "connection": connection, field: stands_on}
            reply = otto.post("/api/v1/data-sources", body)
            same((reply.status, reply.json["code"]), (403, "permission-denied"), body)
            assert "asked" not in reply.text, reply
    for caller, connection in ((world.root, other.json["id"]), (world.callers["olivia"], other.json["id"])):
        made = status(caller.post("/api/v1/data-sources", {"name": "again.t", "connection": connection, "table": "customer"}), 201)
        status(caller.delete(made.headers["Location"], made.etag), 204)
    made = status(otto.post("/api/v1/data-sources", {"name": "otto.t", "connection": other.json["id"], "table": "purchase"}), 201)
    status(otto.delete(made.headers["Location"], made.etag), 204)
    status(world.callers["adam"].delete(other.headers["Location"], other.etag), 204)


CASES = [a_table_that_somebody_governs, what_holds_the_same_rows, no_source_on_system_catalogs, accounts_of_the_mighty, tokens_end_with_what_they_stand_for, tokens_make_no_longer_ones, last_use_is_evidence, names_that_come_back,
         rules_that_look_up, warnings_name_nobody, plans_of_hidden_data, true_records, long_names_are_not_kept, matching]


def run(world, report):
    begun = time.monotonic()
    for case in CASES:
        report.case(case, world)
    print(f"    {len(CASES)} ways to become more than one is, in {time.monotonic() - begun:.1f} s")
