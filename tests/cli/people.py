# SPDX-License-Identifier: Apache-2.0
"""Groups of users, tags, many tables at once: as those type them who may make them."""

import unittest

import cli_world


def world():
    return cli_world.shared


class Groups(unittest.TestCase):
    def test_from_making_to_removing(self):
        admin = world().admin
        made = admin.json("group", "create", "Night shift", "--description", "after ten")
        self.assertEqual((made["name"], made["description"], made["builtIn"]), ("Night shift", "after ten", True))
        admin.refused(1, "group", "create", "Night shift")
        self.assertEqual(admin.json("group", "set", "Night shift", "--description", "before six")["description"], "before six")
        self.assertIn("Night shift", admin.good("group", "list", "--match", "night"))
        gil = world().made("gil")
        self.assertEqual(admin.good("group", "admit", "Night shift", "gil"), "The user is in the group.\n")
        self.assertEqual([each["user"] for each in admin.json("group", "members", "Night shift")], ["gil"])
        self.assertEqual(admin.json("user", "show", "gil")["groups"], ["Night shift"])
        self.assertIn("has members", admin.refused(1, "group", "remove", "Night shift", "--yes"))
        self.assertIn("There is no user nobody", admin.refused(1, "group", "admit", "Night shift", "nobody"))
        self.assertIn("There is no group Day", admin.refused(1, "group", "show", "Day"))
        self.assertIn("You need", gil.refused(1, "group", "list"))
        self.assertEqual(admin.good("group", "dismiss", "Night shift", "gil"), "The user is not in the group.\n")
        self.assertEqual(admin.json("group", "show", "Night shift")["name"], "Night shift")
        self.assertEqual(admin.good("group", "remove", "Night shift", "--yes"), "The group is removed.\n")
        admin.good("user", "remove", "gil", "--yes")


class Tags(unittest.TestCase):
    def test_from_making_to_removing(self):
        admin = world().admin
        made = admin.json("tag", "create", "Geo.City", "--description", "where people live")
        self.assertEqual((made["name"], made["description"], made["columns"]), ("Geo.City", "where people live", 0))
        admin.refused(1, "tag", "create", "geo.city")
        self.assertEqual(admin.json("tag", "set", "Geo.City", "--description", "a city")["description"], "a city")
        self.assertIn("Geo.City", admin.good("tag", "list", "--match", "geo"))
        policy = admin.json("policy", "create", "ON DATA SOURCES TAGGED 'Geo.City': SHOW NO ROWS FOR USER 'nobody'", "--state", "staged")
        self.assertEqual(admin.json("tag", "show", "Geo.City")["rules"], [policy["id"]])
        self.assertEqual(admin.json("tag", "uses", "Geo.City"), [])
        self.assertIn("names it", admin.refused(1, "tag", "remove", "Geo.City", "--yes"))
        admin.good("policy", "remove", str(policy["id"]), "--yes")
        self.assertEqual(admin.good("tag", "remove", "Geo.City", "--yes"), "The tag is removed.\n")
        self.assertIn("There is no tag Geo.City", admin.refused(1, "tag", "show", "Geo.City"))


class ManyTables(unittest.TestCase):
    def test_from_registering_to_removing(self):
        admin = world().admin
        admin.good(*world().connection("many"), stdin="reader\n")
        made = admin.json("source", "onboard", "many", "public", "--table", "purchase", "--table", "odd", "--name", "lots.{table}", "--tag", "Lots")
        self.assertEqual([each["name"] for each in made["made"]], ["lots.purchase", "lots.odd"])
        self.assertEqual((made["complete"], made["refused"]), (True, []))
        again = admin.run("source", "onboard", "many", "public", "--table", "odd", "--name", "lots.{table}")
        self.assertEqual(again.returncode, 1, again)
        self.assertIn("of that name already", again.stdout)
        self.assertIn("either tables or all", admin.refused(1, "source", "onboard", "many", "public"))
        self.assertEqual(admin.json("source", "onboard", "many", "public", "--all", "--name", "every.{table}")["complete"], True)
        for each in admin.json("source", "list", "--match", "lots.") + admin.json("source", "list", "--match", "every."):
            admin.good("source", "remove", each["name"], "--yes")
        admin.good("connection", "remove", "many", "--yes")
