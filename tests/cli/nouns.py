# SPDX-License-Identifier: Apache-2.0
"""Every noun and verb against the real server."""

import json
import unittest
from concurrent.futures import ThreadPoolExecutor

import cli_world


def world():
    return cli_world.shared


class Users(unittest.TestCase):
    def test_from_making_to_removing(self):
        admin = world().admin
        made = admin.json("user", "create", "henry", "--password-stdin", "--group", "HR", "--group", "Toys, big",
                          "--attribute", "region=EU", "--attribute", "region=US", "--permission", "AUDIT", stdin="a password\n")
        self.assertEqual(made["groups"], ["HR", "Toys, big"])
        self.assertEqual(made["attributes"], {"region": ["EU", "US"]})
        self.assertIn("region=EU|US", admin.good("user", "list", "--match", "henr"))
        self.assertEqual([each["name"] for each in admin.json("user", "list", "--group", "Toys, big")], ["henry"])
        changed = admin.json("user", "set", "henry", "--add-group", "Books", "--drop-group", "HR", "--attribute", "region=",
                             "--attribute", "desk=7", "--disable")
        self.assertEqual((changed["groups"], changed["attributes"], changed["disabled"]), (["Books", "Toys, big"], {"desk": ["7"]}, True))
        self.assertEqual(changed["permissions"], ["AUDIT"], "what no flag names stays")
        self.assertFalse(admin.json("user", "set", "henry", "--enable")["disabled"])
        self.assertIn("not among the groups", admin.refused(1, "user", "set", "henry", "--drop-group", "HR"))
        self.assertIn("Nothing is to be changed", admin.refused(2, "user", "set", "henry"))
        self.assertIn("Say --yes", admin.refused(2, "user", "remove", "henry"))
        self.assertEqual(admin.good("user", "remove", "henry", "--yes"), "The user is removed.\n")
        self.assertIn("request: ", admin.refused(1, "user", "show", "henry"))

    def test_names_that_would_leave_the_path(self):
        admin = world().admin
        for name in ("..", ".", "a/b", "a?b#c", "%2e%2e", "ä ö", "x&y"):
            self.assertEqual(admin.json("user", "create", name, "--password-stdin", stdin="a password")["name"], name)
            self.assertEqual(admin.json("user", "show", name)["name"], name)
            admin.good("user", "remove", name, "--yes")

    def test_a_removal_is_asked_for_and_holds_what_was_seen(self):
        world().made("jane")
        admin = world().admin
        self.assertEqual(admin.at_terminal("user", "remove", "jane").expect("Remove user jane? [y/N]").type("n\n").end(), 1)
        terminal = admin.at_terminal("user", "remove", "jane").expect("Remove user jane? [y/N]")
        admin.good("user", "set", "jane", "--add-group", "meanwhile")
        self.assertEqual(terminal.type("y\n").end(), 1)
        self.assertIn("changed by somebody else meanwhile", terminal.shown)
        admin.good("user", "show", "jane")
        self.assertEqual(admin.at_terminal("user", "remove", "jane").expect("[y/N]").type("y\n").end(), 0)

    def test_no_change_is_lost_among_others(self):
        world().made("kim")
        groups = [f"g{i}" for i in range(8)]
        with ThreadPoolExecutor(8) as pool:
            done = list(pool.map(lambda group: world().admin.run("user", "set", "kim", "--add-group", group), groups))
        kept = [group for group, each in zip(groups, done) if each.returncode == 0]
        self.assertTrue(kept)
        self.assertEqual(world().admin.json("user", "show", "kim")["groups"], kept)
        for each in done:
            self.assertTrue(each.returncode == 0 or (each.returncode == 1 and "meanwhile" in each.stderr), each.stderr)

    def test_long_lists_go_over_pages(self):
        admin = world().admin
        total = len(admin.json("user", "list", "--limit", "0"))
        self.assertEqual(len(admin.json("user", "list", "--limit", "2")), 2)
        self.assertIn("there are more", admin.run("user", "list", "--limit", "1").stderr)
        self.assertEqual(admin.run("user", "list", "--limit", str(total)).stderr, "")
        self.assertEqual(admin.good("user", "list").count("\n"), total + 1)

    def test_a_user_without_rights(self):
        lars = world().made("lars")
        shown = lars.refused(1, "user", "list")
        self.assertRegex(shown, r"(?s)scrim: .*request: \w+")


class Directories(unittest.TestCase):
    def test_from_looking_to_removing(self):
        admin = world().admin
        self.assertIn("--kind", admin.refused(2, "idp", "create", "corp", "--server", "127.0.0.1:1"))
        self.assertIn("HOST:PORT", admin.refused(2, "idp", "create", "corp", "--kind", "openldap", "--server", "[::1"))
        shown = admin.json("idp", "create", "corp", "--kind", "openldap", "--server", "127.0.0.1:1", "--server", "[::1]:636", "--server", "::1",
                           "--transport", "plain", "--bind-dn", "cn=scrim,dc=corp", "--password-stdin", "--user-base", "ou=people,dc=corp",
                           "--user-attribute", "c=Country", "--user-attribute", "dept=Department", "--group-lookup", "search",
                           "--group-base", "ou=groups,dc=corp", "--group-flat", "--refresh", "2m", "--lease", "10m",
                           "--connect-timeout", "200", "--call-timeout", "500", stdin="a-bind-password\n")
        made = str(shown["id"])
        self.assertEqual(shown["servers"], [{"host": "127.0.0.1", "port": 1}, {"host": "::1", "port": 636}, {"host": "::1"}])
        self.assertEqual(shown["users"]["attributes"], {"c": "Country", "dept": "Department"})
        self.assertEqual((shown["hasPassword"], shown["refreshSeconds"], shown["groups"]["nested"]), (True, 120, False))
        self.assertNotIn("a-bind-password", str(shown))
        changed = admin.json("idp", "set", made, "--user-attribute", "c=", "--group-prefix", "corp/", "--group-nested", "--name", "corp2")
        same = {"users", "groups", "name"}
        self.assertEqual({name: value for name, value in changed.items() if name not in same},
                         {name: value for name, value in shown.items() if name not in same})
        self.assertEqual(changed["users"], {**shown["users"], "attributes": {"dept": "Department"}})
        self.assertEqual(changed["groups"], {**shown["groups"], "prefix": "corp/", "nested": True})
        self.assertIn("field: $.password", admin.refused(1, "idp", "set", made, "--server", "127.0.0.2:1"))
        moved = admin.json("idp", "set", made, "--server", "127.0.0.1:1", "--name", "corp", "--password-stdin", stdin="another\n")
        self.assertEqual((moved["servers"], moved["hasPassword"]), ([{"host": "127.0.0.1", "port": 1}], True))
        self.assertIn("Nothing is to be changed", admin.refused(2, "idp", "set", made))
        self.assertIn("corp", admin.good("idp", "list"))
        self.assertEqual(admin.json("idp", "show", made)["users"]["base"], "ou=people,dc=corp")
        self.assertIn("127.0.0.1", admin.run("idp", "test", made, "ned").stdout)
        self.assertEqual(admin.run("idp", "test", made, "ned").returncode, 1)
        admin.good("idp", "remove", made, "--yes")
        self.assertNotIn("corp", admin.good("idp", "list"))


class Connections(unittest.TestCase):
    def test_from_making_to_removing(self):
        admin = world().admin
        made = admin.json(*world().connection("spare"), "--max-connections", "7", "--statement-timeout", "30", stdin="reader\n")
        self.assertTrue(made["hasPassword"])
        self.assertEqual((made["maxConnections"], made["statementTimeoutSeconds"]), (7, 30))
        self.assertIn("PostgreSQL", admin.good("connection", "test", "spare"))
        tables = admin.json("connection", "browse", "spare", "--schema", "public", "--match", "custom")
        self.assertEqual([each["name"] for each in tables], ["customer"])
        self.assertIn("id, name, ssn, country, seen", admin.good("connection", "browse", "spare"))
        changed = admin.json("connection", "set", "spare", "--name", "other", "--max-connections", "9")
        self.assertEqual((changed["name"], changed["maxConnections"], changed["hasPassword"]), ("other", 9, True))
        self.assertIn("field: $.password", admin.refused(1, "connection", "set", "other", "--user", "postgres"))
        admin.good("connection", "set", "other", "--user", "nobody", "--password-stdin", stdin="x")
        self.assertEqual(admin.run("connection", "test", "other").returncode, 1)
        self.assertIn("other", admin.good("connection", "list"))
        self.assertIn("other", admin.good("connection", "show", str(changed["id"])))
        admin.good("connection", "remove", "other", "--yes")
        self.assertIn("There is no connection other", admin.refused(1, "connection", "show", "other"))

    def test_wrong_values(self):
        admin = world().admin
        admin.refused(2, "connection", "create", "x", "--tls", "perhaps")
        admin.refused(2, "connection", "create", "x", "--port", "five")
        self.assertIn('"hosts" is missing', admin.refused(1, "connection", "create", "x", "--database", "d", "--user", "u"))
        shown = admin.refused(1, "connection", "create", "x", "--database", "d", "--user", "u", "--host", "a;b")
        self.assertIn("field: $.hosts", shown)


class Sources(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.admin = world().admin
        cls.admin.good(*world().connection("main"), stdin="reader\n")
        cls.reader = world().made("mona", "--group", "Readers")

    def test_from_registering_to_removing(self):
        admin = self.admin
        made = admin.json("source", "register", "public.customer", "--connection", "main", "--table", "public.customer", "--comment", "who buys",
                          "--tag", "Sales", "--event-time", "seen", "--column-tag", "ssn=PII.SSN", "--column-comment", "name=as given", "--hide", "country")
        columns = {each["name"]: each for each in made["columns"]}
        self.assertEqual((columns["ssn"]["tags"], columns["name"]["comment"], columns["country"]["exposed"]), (["PII.SSN"], "as given", False))
        self.assertEqual(made["eventTimeColumn"], "seen")
        changed = admin.json("source", "set", "customer", "--expose", "country", "--add-tag", "Retail", "--column-tag", "name=PII.Name",
                             "--column-tag", "name=PII.First")
        columns = {each["name"]: each for each in changed["columns"]}
        self.assertEqual((columns["name"]["tags"], columns["ssn"]["tags"], columns["country"]["exposed"]), (["PII.Name", "PII.First"], ["PII.SSN"], True))
        self.assertEqual((changed["comment"], changed["tags"]), ("who buys", ["Sales", "Retail"]))
        self.assertEqual(admin.json("source", "set", "customer", "--drop-tag", "Retail", "--comment", "")["comment"], "")
        self.assertIn("PII.SSN", admin.good("source", "show", "public.customer"))
        self.assertEqual([each["name"] for each in admin.json("source", "list", "--tag", "Sales", "--match", "custom")], ["public.customer"])
        self.assertEqual(admin.json("source", "refresh", "customer"), {"appeared": [], "vanished": [], "changed": []})
        shown = admin.refused(1, "connection", "remove", "main", "--yes")
        self.assertIn("Data sources use this connection.\n  hint: Remove them first.\n", shown)
        self.assertEqual(self.reader.json("source", "list"), [])
        self.subscriptions()
        self.asking()
        self.policies()
        self.explaining()
        self.assertEqual(admin.good("source", "remove", "customer", "--yes"), "The data source is removed.\n")
        self.assertIn("There is no data source public.customer", admin.refused(1, "source", "show", "customer"))

    def subscriptions(self):
        admin = self.admin
        self.assertFalse(admin.json("source", "decision", "customer", "--user", "mona")["allowed"])
        self.assertEqual(admin.json("source", "subscribe", "customer", "--group", "Readers", "--user", "admin"), {"users": ["admin"], "groups": ["Readers"]})
        self.assertEqual(admin.json("source", "unsubscribe", "customer", "--user", "admin"), {"users": [], "groups": ["Readers"]})
        self.assertEqual(admin.json("source", "subscribers", "customer"), {"users": [], "groups": ["Readers"]})
        self.assertIn("allowed: true\n", self.reader.good("source", "decision", "customer", "--output", "yaml"))

    def asking(self):
        admin, asker, governor = self.admin, world().made("asker"), world().made("answerer", "--permission", "GOVERNOR")
        admin.good("source", "register", "asked.customer", "--connection", "main", "--table", "public.customer", "--tag", "Asked")
        self.assertEqual(asker.json("request", "available"), [])
        self.assertIn("There is no data source to ask for asked.customer", asker.refused(1, "request", "create", "asked.customer", "--reason", "r"))
        rule = admin.json("policy", "create", "ON DATA SOURCES TAGGED 'Asked': ALLOW SUBSCRIPTION BY APPROVAL OF OWNER, GOVERNOR")
        self.assertIn("asked.customer", asker.good("request", "available"))
        made = asker.json("request", "create", "asked.customer", "--reason", "a report", "--expires-in", "30d")
        self.assertEqual((made["state"], made["needs"], made["expiresInSeconds"]), ("pending", ["OWNER", "GOVERNOR"], 30 * 86_400))
        request = str(made["id"])
        self.assertEqual(admin.json("request", "approve", request)["needs"], ["GOVERNOR"])
        self.assertIn("each role takes a person of its own", admin.refused(1, "request", "approve", request))
        approved = governor.json("request", "approve", request, "--reason", "fine")
        self.assertEqual((approved["state"], approved["settledReason"]), ("approved", "fine"))
        self.assertEqual(asker.json("source", "list")[0]["name"], "asked.customer")
        self.assertEqual([each["id"] for each in governor.json("request", "list", "--source", "asked.customer", "--state", "approved")], [made["id"]])
        self.assertEqual(governor.json("request", "revoke", request)["state"], "ended")
        again = str(asker.json("request", "create", "asked.customer", "--reason", "again")["id"])
        self.assertEqual(asker.json("request", "withdraw", again)["state"], "withdrawn")
        third = str(asker.json("request", "create", "asked.customer", "--reason", "and again")["id"])
        self.assertEqual(governor.json("request", "deny", third, "--reason", "no")["state"], "denied")
        self.assertIn("denied", asker.good("request", "show", third))
        admin.good("policy", "remove", str(rule["id"]), "--yes")
        admin.good("source", "remove", "asked.customer", "--yes")

    def policies(self):
        told = self.admin.json("policy", "impact", "--source", "customer", "--sentence", "MASK COLUMN name USING NULL FOR EVERYONE", "--row-shares")
        self.assertEqual([(each["loses"], each["rowShare"]) for each in told["changes"]], [(["name"], {"before": 1, "after": 1})])
        admin = self.admin
        mask = "MASK COLUMN ssn USING NULL FOR EVERYONE"
        checked = admin.json("policy", "check", "mask column ssn using null for everyone", "--source", "customer")
        self.assertEqual(checked["sentence"], mask)
        self.assertIn("position: ", admin.refused(1, "policy", "check", "MASK COLUMN ssn SOMEHOW", "--source", "customer"))
        made = admin.json("policy", "create", mask, "--source", "customer", "--state", "staged", "--reason", "first try")
        rule = str(made["id"])
        self.assertEqual([each["id"] for each in admin.json("policy", "list", "--source", "customer", "--state", "staged")], [made["id"]])
        changed = admin.json("policy", "set", rule, "--state", "active")
        self.assertEqual((changed["sentence"], changed["state"], changed["reason"]), (mask, "active", "first try"))
        self.assertIn(mask, admin.good("policy", "show", rule))
        self.assertEqual([each["state"] for each in admin.json("policy", "history", rule)][-1], "active")
        self.assertEqual([each for each in admin.json("policy", "diff", rule, "--from", "1") if each["field"] != "changedAt"], [{"field": "state", "from": "staged", "to": "active"}])
        spare = admin.json("policy", "create", "SHOW ONLY ROWS WHERE country = 'SE' FOR EVERYONE", "--source", "customer")
        self.assertRegex(admin.good("policy", "list", "--match", "country"), r"public\.customer .* SHOW ONLY ROWS WHERE country")
        self.assertEqual(admin.good("policy", "remove", str(spare["id"]), "--yes"), "The policy is removed.\n")

    def explaining(self):
        sql = "SELECT name, ssn FROM customer"
        text = self.admin.good("explain", sql, "--as", "mona")
        self.assertIn("Plan as written:\nProject", text)
        self.assertIn("<- MASK COLUMN ssn USING NULL FOR EVERYONE", text)
        self.assertIn("Sent to main:\n", text)
        self.assertNotIn("\x1b", text)
        analyst = self.reader.good("explain", sql)
        self.assertTrue(analyst.startswith("Project"), analyst)
        self.assertNotIn("Sent to", analyst)
        self.assertIn("governed", self.admin.json("explain", sql, "--as", "mona")["plan"])
        self.assertRegex(self.admin.refused(1, "explain", "SELECT 1 FROM FROM"), r"position: 14\n")
        terminal = self.admin.at_terminal("explain", sql, "--as", "mona")
        self.assertEqual(terminal.end(), 0)
        self.assertIn("\x1b[1;33m", terminal.shown)
        plain = self.admin.at_terminal("explain", sql, "--as", "mona", env={"NO_COLOR": "1"})
        self.assertEqual(plain.end(), 0)
        self.assertNotIn("\x1b", plain.shown)

    def test_definitions(self):
        path = self.reader.home / "definition.sql"
        path.write_text("SELECT id, amount\nFROM purchase\n")
        made = self.admin.json("source", "register", "public.big", "--connection", "main", "--definition-file", path, "--owner", "mona")
        self.assertEqual((made["owners"], [each["name"] for each in made["columns"]]), (["mona"], ["id", "amount"]))
        self.assertIn("cannot be read", self.admin.refused(2, "source", "register", "x", "--connection", "main", "--definition-file", "/nowhere"))
        self.assertIn("either table or definition", self.admin.refused(1, "source", "register", "x", "--connection", "main"))
        self.assertIn("There is no connection nowhere", self.admin.refused(1, "source", "register", "x", "--connection", "nowhere"))
        self.reader.good("source", "remove", "big", "--yes")


class Audit(unittest.TestCase):
    def test_records_and_their_proof(self):
        admin = world().admin
        admin.good("user", "create", "nils", "--password-stdin", stdin="a password")
        self.assertIn("user nils made", admin.good("audit", "list", "--user", "admin"))
        self.assertIn("user nils made", admin.good("audit", "tail", "--lines", "3"))
        self.assertEqual(len(admin.good("audit", "tail", "--lines", "2").splitlines()), 2)
        self.assertIn("audit list", admin.refused(2, "audit", "tail", "--output", "yaml"))
        self.assertEqual(admin.json("audit", "list", "--before", "2001-01-01T00:00:00Z"), [])
        self.assertEqual(admin.json("audit", "list", "--from", "2999-01-01T00:00:00Z"), [])
        self.assertTrue(admin.json("audit", "verify")["intact"])
        exported = admin.home / "journal.ndjson"
        said = admin.run("audit", "export", "--kind", "policy", "--file", exported)
        self.assertEqual(said.returncode, 0, said.stderr)
        records = [json.loads(line) for line in exported.read_text().splitlines()]
        self.assertEqual({each["k"] for each in records}, {"policy"})
        self.assertIn(f"{len(records)} records in", said.stderr)
        self.assertEqual(exported.stat().st_mode & 0o777, 0o600)
        self.assertIn("cannot be made", admin.refused(2, "audit", "export", "--file", exported))
        numbers = [json.loads(line)["n"] for line in admin.good("audit", "export").splitlines()]
        self.assertEqual(numbers, list(range(numbers[0], numbers[0] + len(numbers))), "every record once, in order")
        self.assertTrue(all(json.loads(line)["k"] for line in admin.good("audit", "tail", "--from", "2001-01-01T00:00:00Z").splitlines()))

    def test_following(self):
        follower = world().admin.at_terminal("audit", "tail", "--lines", "1", "--follow").expect('"k"')
        world().admin.good("user", "create", "otto", "--password-stdin", stdin="a password")
        follower.expect("user otto made")
        world().admin.good("user", "remove", "otto", "--yes")
        follower.expect("user otto removed").type("\x03")
        self.assertNotEqual(follower.end(), 0)
        self.assertEqual(follower.shown.count("user otto made"), 1)
