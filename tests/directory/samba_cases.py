# SPDX-License-Identifier: Apache-2.0
"""The same room against a Samba Active Directory domain controller: its accounts, its groups, its long attributes."""

import unittest

import world
from probe import Probe
from samba import BASE, CROWD, PASSWORD, dn

ALICE = ["Analysts", "Domain Users", "Everybody", "OverPrimary", "Ring", "Staff", "Users"]
LOOKUPS = ("in-chain", "search", "member-of")


class ActiveDirectory(unittest.TestCase):
    def probe(self, *more, **how):
        probe = Probe(world.shared.samba_options(*more, **how))
        self.addCleanup(probe.close)
        self.assertEqual(probe.opened_answer, {})
        return probe

    def refused(self, answer, message):
        self.assertEqual(answer, {"error": "invalid-password", "message": message})

    def test_the_right_password(self):
        for transport in ("ldaps", "start-tls"):
            user = self.probe(transport=transport).login("Alice", PASSWORD)
            self.assertEqual((user["login"], user["state"], user["attributes"]), ("alice", "active", {"Department": ["Sales"]}))
            self.assertRegex(user["id"], "^[0-9a-f]{32}$")

    def test_refusals(self):
        probe = self.probe()
        self.refused(probe.login("bob", "wrong"), "wrong password")
        self.refused(probe.login("bob", ""), "empty password")
        self.refused(probe.login("nobody", PASSWORD), "unknown user")
        self.refused(probe.login("disabled", PASSWORD), "disabled")
        self.refused(probe.login("expired", PASSWORD), "expired")
        self.refused(probe.login("newcomer", PASSWORD), "password must be changed")
        self.assertEqual(probe.login("later", PASSWORD)["state"], "active")

    def test_a_wrong_password_of_a_disabled_account_does_not_tell(self):
        self.refused(self.probe().login("disabled", "wrong"), "wrong password")

    def test_states_without_a_password(self):
        probe = self.probe()
        for login, state in (("alice", "active"), ("disabled", "disabled"), ("expired", "expired"), ("newcomer", "password expired"),
                             ("user001", "disabled"), ("later", "active")):
            self.assertEqual(probe.ask("find", login)["state"], state, login)

    def test_locked_by_wrong_passwords(self):
        probe = self.probe()
        for _ in range(2):
            self.refused(probe.login("locked", "wrong"), "wrong password")
        self.refused(probe.login("locked", PASSWORD), "locked")
        self.assertEqual(probe.ask("find", "locked")["state"], "locked")

    def test_nested_groups_with_a_ring_and_the_primary_group(self):
        for lookup in LOOKUPS:
            with self.subTest(lookup):
                self.assertEqual(self.probe(("groups.lookup", lookup)).ask("find", "alice")["groups"], ALICE)

    def test_only_direct_groups(self):
        for lookup in ("search", "member-of"):
            with self.subTest(lookup):
                self.assertEqual(self.probe(("groups.lookup", lookup), ("groups.nested", 0)).ask("find", "alice")["groups"], ["Analysts", "Domain Users"])

    def test_the_base_of_groups_holds(self):
        for lookup in LOOKUPS:
            with self.subTest(lookup):
                found = self.probe(("groups.lookup", lookup), ("groups.base", f"ou=world,{BASE}")).ask("find", "alice")["groups"]
                self.assertEqual([name for name in found if name != "OverPrimary"], ["Analysts", "Everybody", "Ring", "Staff"])

    def test_a_member_whose_name_needs_every_escape(self):
        for lookup in LOOKUPS:
            self.assertIn("Odd", self.probe(("groups.lookup", lookup)).ask("find", "weird")["groups"])

    def test_long_attributes_come_in_pieces(self):
        for page_size in (100, 500, CROWD, CROWD + 1):
            answer = self.probe(("page_size", page_size)).ask("sync")
            self.assertEqual((answer["sizes"]["Everyone700"], answer["sizes"]["Domain Users"]), (CROWD, answer["users"]), answer)
            self.assertEqual((answer["states"]["disabled"], answer["skipped"]), (CROWD + 1, 0), answer)
            self.assertEqual(answer["sizes"]["Analysts"], 1)

    def test_a_group_changes_between_two_logins(self):
        probe = self.probe()
        self.assertNotIn("Analysts", probe.login("later", PASSWORD)["groups"])
        for verb, expected in (("add", True), ("delete", False)):
            world.shared.samba.change(f"dn: {dn('Analysts')}\nchangetype: modify\n{verb}: member\nmember: {dn('later')}\n", world.shared.authority.file)
            self.assertEqual("Analysts" in probe.ask("find", "later")["groups"], expected)

    def test_plain_text_is_refused_by_the_server_and_said(self):
        answer = self.probe(transport="plain").login("alice", PASSWORD)
        self.assertEqual(answer["error"], "config-invalid")

    def test_an_anonymous_search_is_an_error(self):
        answer = self.probe(("bind_dn", ""), ("bind_password", "")).login("alice", PASSWORD)
        self.assertIn("service account", answer["message"])

    def test_a_base_of_another_domain_is_not_followed(self):
        answer = self.probe(("users.base", "dc=other,dc=example")).login("alice", PASSWORD)
        self.assertIn(answer["error"], ("source-error", "undefined-object"))

    def test_every_step_is_told(self):
        steps = self.probe().ask("test", "alice", PASSWORD)
        self.assertTrue(all(step["ok"] for step in steps), steps)
        self.assertEqual([step["name"] for step in steps], ["connect", "bind", "search", "account", "attributes", "groups", "password"])
