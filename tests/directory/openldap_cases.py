# SPDX-License-Identifier: Apache-2.0
"""Logins, accounts, groups, injection, fail-over and synchronisation against OpenLDAP."""

import unittest

import world
from openldap import BASE, CROWD, GIANT, PASSWORD
from probe import Probe

WEIRD = 'we,ird+(name)*\\"x'


class Case(unittest.TestCase):
    def probe(self, *more, environment=None, **how):
        probe = Probe(world.shared.options(*more, **how), environment)
        self.addCleanup(probe.close)
        self.assertEqual(probe.opened_answer, {})
        return probe

    def refused(self, answer, message):
        self.assertEqual(answer, {"error": "invalid-password", "message": message})


class Logins(Case):
    def test_the_right_password(self):
        for transport in ("ldaps", "start-tls", "plain"):
            with self.subTest(transport):
                user = self.probe(transport=transport).login("alice", PASSWORD)
                self.assertEqual((user["login"], user["state"], user["attributes"]), ("alice", "active", {"Department": ["12", "7"]}))
                self.assertEqual(user["dn"], f"uid=Alice,ou=people,{BASE}")
                self.assertRegex(user["id"], "^[0-9a-f-]{36}$")

    def test_letters_of_a_login_in_any_case(self):
        self.assertEqual(self.probe().login("ALICE", PASSWORD)["login"], "alice")

    def test_the_wrong_password(self):
        self.refused(self.probe().login("alice", "wrong"), "wrong password")

    def test_nobody_of_that_name(self):
        self.refused(self.probe().login("nobody", PASSWORD), "unknown user")

    def test_an_empty_password_is_refused_before_anything_is_sent(self):
        probe = self.probe()
        self.refused(probe.login("alice", ""), "empty password")
        self.assertEqual(probe.ask("opened"), 0)

    def test_spaces_that_the_directory_ignores_make_another_name(self):
        for login in ("alice ", " alice"):
            self.refused(self.probe().login(login, PASSWORD), "unknown user")

    def test_what_cannot_be_a_login(self):
        probe = self.probe()
        for login in ("", "al\0ice", "al\nice", "a" * 257):
            self.refused(probe.login(login, PASSWORD), "not a login")
        self.assertEqual(probe.ask("opened"), 0)

    def test_two_entries_for_one_login(self):
        self.assertEqual(self.probe().login("twice", PASSWORD)["error"], "source-error")

    def test_two_logins_of_one_entry(self):
        for login in ("both", "alias"):
            self.assertIn("several values of uid", self.probe().login(login, PASSWORD)["message"])

    def test_the_user_filter_holds(self):
        self.refused(self.probe().login("printer", PASSWORD), "unknown user")
        self.refused(self.probe(("users.filter", "(departmentNumber=7)")).login("bob", PASSWORD), "unknown user")

    def test_a_mapped_value_that_is_no_text(self):
        self.assertEqual(self.probe().login("control", PASSWORD)["error"], "source-error")

    def test_letters_outside_ascii(self):
        self.assertEqual(self.probe().login("zoë", PASSWORD)["login"], "zoë")

    def test_anonymous_search(self):
        anonymous = (("bind_dn", ""), ("bind_password", ""))
        user = self.probe(*anonymous, ("users.base", f"ou=open,{BASE}"), ("groups.lookup", "none")).login("olga", PASSWORD)
        self.assertEqual(user["login"], "olga")
        closed = self.probe(*anonymous).login("alice", PASSWORD)
        self.assertEqual(closed["error"], "undefined-object")

    def test_a_service_account_that_is_refused(self):
        answer = self.probe(("bind_password", "wrong")).login("alice", PASSWORD)
        self.assertEqual(answer["error"], "config-invalid")
        self.assertIn("bind_password", answer["message"])

    def test_connections_are_used_again(self):
        probe = self.probe()
        for _ in range(20):
            self.assertEqual(probe.login("bob", PASSWORD)["login"], "bob")
            self.refused(probe.login("bob", "wrong"), "wrong password")
        self.assertEqual(probe.ask("opened"), 2)

    def test_a_crowd_at_the_same_time(self):
        probe = self.probe()
        self.assertEqual(probe.ask("crowd", "8", "25", "user000042", PASSWORD)["good"], 200)
        self.assertLessEqual(probe.ask("opened"), 2 * 8 * 25)

    def test_a_user_check_never_searches_as_the_user(self):
        # After alice's own login, what is searched is still searched by the service account: she herself may read nothing.
        probe = self.probe()
        probe.login("alice", PASSWORD)
        self.assertEqual(probe.ask("find", "bob")["login"], "bob")


class Accounts(Case):
    def test_an_expired_shadow_account(self):
        self.refused(self.probe().login("shadow-expired", PASSWORD), "expired")
        self.assertEqual(self.probe().ask("find", "shadow-expired")["state"], "expired")
        self.assertEqual(self.probe().login("shadow-valid", PASSWORD)["state"], "active")

    def test_locked_by_wrong_passwords(self):
        probe = self.probe()
        for _ in range(2):
            probe.login("kevin", "wrong")
        self.refused(probe.login("kevin", PASSWORD), "wrong password")  # what the server says; it does not tell of locks
        self.assertEqual(probe.ask("find", "kevin")["state"], "locked")

    def test_locked_by_an_administrator(self):
        dn = f"uid=user000007,ou=people,{BASE}"
        world.shared.openldap.change(f"dn: {dn}\nchangetype: modify\nadd: pwdAccountLockedTime\npwdAccountLockedTime: 000001010000Z\n")
        self.assertEqual(self.probe().ask("find", "user000007")["state"], "disabled")
        self.refused(self.probe().login("user000007", PASSWORD), "wrong password")
        world.shared.openldap.change(f"dn: {dn}\nchangetype: modify\ndelete: pwdAccountLockedTime\n")
        self.assertEqual(self.probe().login("user000007", PASSWORD)["state"], "active")

    def test_a_password_that_must_be_changed(self):
        dn = f"uid=user000008,ou=people,{BASE}"
        world.shared.openldap.change(f"dn: {dn}\nchangetype: modify\nadd: pwdReset\npwdReset: TRUE\n")
        self.refused(self.probe().login("user000008", PASSWORD), "password expired")
        world.shared.openldap.change(f"dn: {dn}\nchangetype: modify\ndelete: pwdReset\n")

    def test_somebody_who_is_gone(self):
        self.assertIsNone(self.probe().ask("find", "nobody"))


class Groups(Case):
    ALICE = {"search": ["Analysts", "Everybody", "Ring", "Staff"], "member-of": ["Analysts", "Everybody", "Ring", "Staff"]}

    def test_nested_with_a_ring(self):
        for lookup, groups in self.ALICE.items():
            with self.subTest(lookup):
                self.assertEqual(self.probe(("groups.lookup", lookup)).ask("find", "alice")["groups"], groups)

    def test_only_direct_ones(self):
        for lookup in self.ALICE:
            with self.subTest(lookup):
                self.assertEqual(self.probe(("groups.lookup", lookup), ("groups.nested", 0)).ask("find", "alice")["groups"], ["Analysts"])

    def test_nested_deeper_than_allowed_is_an_error_and_no_shorter_list(self):
        for lookup in self.ALICE:
            for depth, answer in ((1, "too-complex"), (2, "too-complex"), (3, None)):
                with self.subTest(f"{lookup} {depth}"):
                    self.assertEqual(self.probe(("groups.lookup", lookup), ("groups.depth", depth)).ask("find", "alice").get("error"), answer)

    def test_more_groups_than_are_taken(self):
        self.assertEqual(self.probe(("most_groups", 3)).ask("find", "alice")["error"], "limit-exceeded")

    def test_the_group_filter_holds(self):
        for lookup in self.ALICE:
            with self.subTest(lookup):
                self.assertEqual(self.probe(("groups.lookup", lookup), ("groups.filter", "(!(cn=Staff))")).ask("find", "alice")["groups"],
                                 ["Analysts", "Ring"])

    def test_named_by_login(self):
        probe = self.probe(("groups.filter", "(objectClass=posixGroup)"), ("groups.member", "memberUid"), ("groups.member_value", "login"),
                           ("groups.nested", 0))
        self.assertEqual(probe.ask("find", "alice")["groups"], ["unix"])

    def test_a_member_whose_name_needs_every_escape(self):
        for lookup in self.ALICE:
            self.assertEqual(self.probe(("groups.lookup", lookup)).ask("find", WEIRD)["groups"], ["Odd"])

    def test_a_member_of_a_huge_group(self):
        self.assertEqual(self.probe().ask("find", "user000042")["groups"], ["department 42", "giant"])


class Injection(Case):
    def test_what_is_typed_is_only_ever_a_name(self):
        probe = self.probe()
        for login in ("*", "a*", "alice)(uid=*", "*)(objectClass=*", "alice))(|(uid=*", "bob)(!(uid=bob)", "\\2a", "alice\\00", "(uid=alice)", "alice,ou=people",
                      f"uid=alice,ou=people,{BASE}", "alice)(departmentNumber=*", "&", "|(uid=*)", "!", "=", "~=", "a" * 256, "\u0661", "alice\u200b", "ａlice"):
            with self.subTest(login):
                self.refused(probe.login(login, PASSWORD), "unknown user")
                self.assertIsNone(probe.ask("find", login))

    def test_a_name_full_of_them_still_logs_in(self):
        self.assertEqual(self.probe().login(WEIRD, PASSWORD)["login"], WEIRD)

    def test_options_that_would_change_a_filter_are_refused(self):
        for name, value in (("users.filter", "(objectClass=*)(uid=*)"), ("users.filter", "objectClass=*"), ("users.filter", "(a=b"), ("users.filter", ""),
                            ("users.login", "uid=*)(cn"), ("users.base", ""), ("users.base", "no dn"), ("groups.filter", "(a=b))"),
                            ("groups.member", "member:1.2.840.113556.1.4.1941:"), ("server", "host/path:1"), ("server", "a b:1"), ("bind_password", ""),
                            ("groups.lookup", "in-chain"), ("groups.depth", "0"), ("page_size", "0"), ("attribute", "a;b=c"), ("ca_file", "")):
            with self.subTest(f"{name} {value}"):
                probe = Probe(world.shared.options((name, value)))
                self.addCleanup(probe.close)
                self.assertEqual(probe.opened_answer["error"], "config-invalid")

    def test_a_filter_that_libldap_does_not_take(self):
        self.assertEqual(self.probe(("users.filter", "(=)")).login("alice", PASSWORD)["error"], "config-invalid")


class FailOver(Case):
    def test_the_next_server_when_the_first_is_down(self):
        down, up = ("server", "ldap1.example.org:1"), ("server", "ldap1.example.org:6360")
        for servers in ((down, up), (up, down), (down, down, up)):
            self.assertEqual(self.probe(*servers).login("alice", PASSWORD)["login"], "alice")

    def test_a_name_that_does_not_exist(self):
        probe = self.probe(("server", "nowhere.example.org:6360"), ("server", "ldap1.example.org:6360"))
        self.assertEqual(probe.login("alice", PASSWORD)["login"], "alice")

    def test_no_server_at_all(self):
        answer = self.probe(("server", "ldap1.example.org:1")).login("alice", PASSWORD)
        self.assertEqual(answer["error"], "source-unavailable")
        self.assertIn("ldaps://ldap1.example.org:1", answer["message"])

    def test_a_server_that_was_restarted(self):
        probe = self.probe()
        self.assertEqual(probe.login("alice", PASSWORD)["login"], "alice")
        world.shared.openldap.stop()
        self.assertEqual(probe.login("alice", PASSWORD)["error"], "source-unavailable")
        world.shared.openldap.start()
        self.assertEqual(probe.login("alice", PASSWORD)["login"], "alice")


class Many(Case):
    def test_a_hundred_thousand_users_in_pages(self):
        answer = self.probe().ask("sync")
        small = answer["users"] - CROWD
        self.assertEqual({name: answer["sizes"][name] for name in ("giant", "department 42")}, {"giant": GIANT, "department 42": CROWD // 100})
        self.assertEqual({name: answer["sizes"][name] for name in ("Analysts", "Staff", "Everybody", "Ring")},
                         {"Analysts": 1, "Staff": 1, "Everybody": 2, "Ring": 1})
        self.assertEqual((small, answer["skipped"]), (9, 2), answer)
        self.assertGreaterEqual(answer["pages"], CROWD // 500)

    def test_more_entries_than_are_taken(self):
        self.assertEqual(self.probe(("most_entries", 10_000)).ask("sync")["error"], "limit-exceeded")

    def test_a_limit_of_the_server(self):
        # Without the right to pages, the server stops at its own limit: an error, not a shorter list.
        probe = self.probe(("bind_dn", ""), ("bind_password", ""), ("users.base", f"ou=open,{BASE}"), ("groups.lookup", "none"))
        self.assertEqual(probe.ask("sync")["users"], 1)
        giant = self.probe(("page_size", 5000), ("groups.lookup", "none"))
        self.assertEqual(giant.ask("sync")["error"], "limit-exceeded")


class Walkthrough(Case):
    def test_every_step_is_told(self):
        steps = self.probe(("server", "ldap1.example.org:1"), ("server", "ldap1.example.org:6360")).ask("test", "alice", PASSWORD)
        self.assertEqual([(step["name"], step["ok"]) for step in steps],
                         [("connect", False), ("connect", True), ("bind", True), ("search", True), ("account", True), ("attributes", True),
                          ("groups", True), ("password", True)])
        told = {step["name"]: step["text"] for step in steps}
        self.assertIn("TLS1.3", told["connect"])
        self.assertIn("(uid=alice)", told["search"])
        self.assertIn("Department = 7", told["attributes"])
        self.assertEqual(told["groups"], "4 groups: Analysts, Everybody, Ring, Staff")

    def test_it_ends_where_nothing_is_left_to_go_on_with(self):
        steps = self.probe(("bind_password", "wrong")).ask("test", "alice")
        self.assertEqual([(step["name"], step["ok"]) for step in steps], [("connect", True), ("bind", False)])
        steps = self.probe().ask("test", "nobody")
        self.assertEqual([(step["name"], step["ok"]) for step in steps], [("connect", True), ("bind", True), ("search", False)])
        steps = self.probe().ask("test", "alice", "wrong")
        self.assertEqual((steps[-1]["name"], steps[-1]["ok"], steps[-1]["text"]), ("password", False, "wrong password"))
