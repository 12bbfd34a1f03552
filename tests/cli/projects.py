# SPDX-License-Identifier: Apache-2.0
"""Purposes and projects, as governors and members type them."""

import unittest

import cli_world


def world():
    return cli_world.shared


class Projects(unittest.TestCase):
    def test_purposes(self):
        admin = world().admin
        made = admin.json("purpose", "create", "Sales", "--description", "to sell")
        self.assertEqual((made["name"], made["description"]), ("Sales", "to sell"))
        admin.good("purpose", "create", "Sales.Letters")
        self.assertIn("stand below", admin.refused(1, "purpose", "create", "Elsewhere.Letters"))
        self.assertEqual(admin.json("purpose", "set", "Sales", "--description", "to sell more")["description"], "to sell more")
        self.assertIn("Sales.Letters", admin.good("purpose", "list", "--match", "letters"))
        self.assertIn("is below it", admin.refused(1, "purpose", "remove", "Sales", "--yes"))
        self.assertEqual(admin.good("purpose", "remove", "Sales.Letters", "--yes"), "The purpose is removed.\n")
        self.assertEqual(admin.json("purpose", "show", "Sales")["description"], "to sell more")
        admin.good("purpose", "remove", "Sales", "--yes")

    def test_projects(self):
        admin = world().admin
        admin.good("purpose", "create", "Fraud")
        admin.good(*world().connection("governed"), stdin="reader\n")
        admin.good("source", "register", "shop.customer", "--connection", "governed", "--table", "public.customer")
        text = world().folder / "terms.txt"
        text.write_text("No names leave the room.\nAsk first.\n")
        made = admin.json("project", "create", "Cards", "--purpose", "Fraud", "--acknowledgement-file", str(text), "--masked-joins")
        self.assertEqual((made["purposes"], made["maskedJoins"], made["acknowledgementVersion"]), (["Fraud"], True, 1))
        pat = world().made("pat")
        self.assertIn("There is no project Cards", pat.refused(1, "project", "show", "Cards"))
        self.assertEqual(admin.json("project", "admit", "Cards", "--user", "pat", "--group", "Cards team"), {"users": ["pat"], "groups": ["Cards team"]})
        self.assertEqual(admin.json("project", "dismiss", "Cards", "--group", "Cards team"), {"users": ["pat"], "groups": []})
        self.assertEqual(admin.json("project", "members", "Cards")["users"], ["pat"])
        self.assertEqual(admin.json("project", "include", "Cards", "--source", "shop.customer"), {"dataSources": ["shop.customer"]})
        self.assertEqual(admin.json("project", "sources", "Cards"), {"dataSources": ["shop.customer"]})
        self.assertIn("Cards", pat.good("project", "list"))
        self.agree(pat, admin)
        self.ask(pat, admin)
        self.assertIn("You need", pat.refused(1, "project", "set", "Cards", "--disable"))
        changed = admin.json("project", "set", "Cards", "--disable", "--separate-keys", "--drop-purpose", "Fraud")
        self.assertEqual((changed["enabled"], changed["maskedJoins"], changed["purposes"]), (False, False, []))
        self.assertTrue(admin.json("project", "set", "Cards", "--enable", "--add-purpose", "Fraud")["enabled"])
        admin.good("project", "exclude", "Cards", "--source", "shop.customer")
        self.assertEqual(admin.good("project", "remove", "Cards", "--yes"), "The project is removed.\n")
        admin.good("source", "remove", "shop.customer", "--yes")
        admin.good("purpose", "remove", "Fraud", "--yes")

    def ask(self, pat, admin):
        """What is answered to who acts under the project."""
        admin.good("policy", "create", "ALLOW SUBSCRIPTION BY ANYONE", "--source", "shop.customer")
        admin.good("policy", "create", "LIMIT USAGE TO PURPOSES 'Fraud' FOR EVERYONE", "--source", "shop.customer")
        sql, way = "SELECT count(*) AS n FROM shop.customer", [*world().gateway(), "--password-stdin"]
        self.assertIn("42501", pat.refused(1, "query", sql, *way, stdin=cli_world.PASSWORD))
        self.assertEqual(pat.json("query", sql, *way, "--project", "Cards", stdin=cli_world.PASSWORD), [{"n": 2}])
        self.assertIn("sqlstate: 3D000", pat.refused(1, "query", sql, *way, "--project", "Else", stdin=cli_world.PASSWORD))
        pat.refused(1, "explain", sql)
        self.assertIn("shop.customer", pat.good("explain", sql, "--project", "Cards").replace("Relation customer", "shop.customer"))
        self.assertFalse(pat.json("source", "decision", "shop.customer")["allowed"])
        self.assertTrue(pat.json("source", "decision", "shop.customer", "--project", "Cards")["allowed"])
        told = admin.json("policy", "impact", "--sentence", "MASK COLUMN ssn USING NULL FOR EVERYONE", "--source", "shop.customer", "--project", "Cards")
        self.assertEqual([each["users"] for each in told["changes"]], [["pat"]])

    def agree(self, pat, admin):
        admin.good("project", "create", "Open")
        admin.good("project", "admit", "Open", "--user", "pat")
        self.assertIn("asks for no agreement", pat.run("project", "acknowledge", "Open").stderr)
        self.assertEqual(admin.json("project", "acknowledgements", "Open"), [])
        admin.good("project", "remove", "Open", "--yes")
        self.assertIn("Say --yes", pat.refused(2, "project", "acknowledge", "Cards"))
        self.assertEqual(pat.at_terminal("project", "acknowledge", "Cards").expect("Ask first.").expect("[y/N]").type("n\n").end(), 1)
        self.assertFalse(pat.json("project", "show", "Cards")["acknowledged"])
        terminal = pat.at_terminal("project", "acknowledge", "Cards").expect("[y/N]")
        admin.good("project", "set", "Cards", "--acknowledgement", "Nothing at all leaves the room.")
        self.assertNotEqual(terminal.type("y\n").end(), 0, "the text that was read is not the present one")
        self.assertEqual(pat.at_terminal("project", "acknowledge", "Cards").expect("Nothing at all").expect("[y/N]").type("y\n").end(), 0)
        self.assertTrue(pat.json("project", "acknowledge", "Cards", "--yes")["acknowledged"])
        self.assertEqual([(each["user"], each["version"]) for each in admin.json("project", "acknowledgements", "Cards")], [("pat", 2)])
