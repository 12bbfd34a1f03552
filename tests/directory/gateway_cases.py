# SPDX-License-Identifier: Apache-2.0
"""SQL logins with a directory's password, end to end: a client, scrimd, OpenLDAP and Active Directory."""

import re
import threading
import time
import unittest

import world
from fake import Fake
from gateway_world import BUILT_IN_PASSWORD, Client, Closed, GatewayWorld
from openldap import BASE, PASSWORD, SERVICE_DN, SERVICE_PASSWORD
from samba import BASE as AD_BASE
from samba import PASSWORD as AD_PASSWORD

OPENLDAP = """  - name: people
    kind: openldap
    hosts: [ldap1.example.org]
    ports: [6360]
    ca_file: {ca}
    bind_dn: "{dn}"
    password: {password}
    users: {{base: "ou=people,{base}", attributes: {{departmentNumber: Department}}}}
    groups: {{lookup: search, base: "ou=groups,{base}"}}
    refresh_seconds: 1
    lease_seconds: 4
    connect_timeout_ms: 1000
    operation_timeout_ms: 1000
"""
SAMBA = """  - name: corp
    kind: active-directory
    hosts: [dc1.corp.example]
    ca_file: {ca}
    bind_dn: "cn=scrim,ou=world,{base}"
    password: {password}
    users: {{base: "ou=world,{base}", attributes: {{department: Department}}}}
    groups: {{lookup: in-chain, base: "{base}", prefix: corp/}}
    refresh_seconds: 1
"""
SILENT = """  - name: silent
    kind: openldap
    hosts: [127.0.0.1]
    ports: [{port}]
    transport: plain
    users: {{base: "{base}"}}
    operation_timeout_ms: 1500
    call_timeout_ms: 1500
"""
CLEAR_TEXT, SASL = 3, 10
WRONG = 'password authentication failed for user "{}"'
ALICE = f"uid=Alice,ou=people,{BASE}"


def until(expected, ask, seconds=60):
    """(what was last answered, seconds until it was what was expected)"""
    begin = time.monotonic()
    while True:
        answer = ask()
        took = time.monotonic() - begin
        if answer == expected or took > seconds:
            return answer, took


class Gateway(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.served = GatewayWorld(openldap(SAMBA.format(ca=world.shared.authority.file, base=AD_BASE, password=AD_PASSWORD)))

    @classmethod
    def tearDownClass(cls):
        cls.served.stop()

    def login(self, user, password=PASSWORD, **how):
        client = self.served.login(user, password, **how)
        self.addCleanup(client.close)
        return client

    def refused(self, user, password, **how):
        with self.assertRaises(Closed) as caught:
            self.served.login(user, password, **how)
        self.assertIn("28P01", str(caught.exception))
        self.assertIn(WRONG.format(user), str(caught.exception))

    def change(self, ldif):
        world.shared.openldap.change(ldif)

    def test_a_user_of_openldap(self):
        client = self.login("alice")
        self.assertEqual(client.asked, CLEAR_TEXT)
        self.assertEqual(client.count(), 100)  # departments 7 and 12 of 20, and in Staff by nesting

    def test_a_user_of_active_directory(self):
        self.change_samba("add")
        self.addCleanup(self.change_samba, "delete")
        client = self.login("later", AD_PASSWORD)
        self.assertEqual((client.asked, client.count()), (CLEAR_TEXT, 1000))

    def change_samba(self, verb):
        world.shared.samba.change(f"dn: cn=Staff,ou=world,{AD_BASE}\nchangetype: modify\n{verb}: member\nmember: cn=later,ou=world,{AD_BASE}\n",
                                  world.shared.authority.file)

    def test_names_in_any_case_are_one_user(self):
        client = self.login("ALICE")
        self.assertEqual(client.simple("SELECT current_user")[1][1][6:], b"alice")

    def test_a_built_in_user_is_asked_for_scram_as_before(self):
        client = self.login("olivia", BUILT_IN_PASSWORD)
        self.assertEqual(client.asked, SASL)
        self.refused("olivia", PASSWORD)

    def test_refusals_are_the_same(self):
        for user, password in (("bob", "wrong"), ("nobody-there", PASSWORD), ("shadow-expired", PASSWORD), ("disabled", AD_PASSWORD), ("expired", AD_PASSWORD),
                               ("bob", ""), ("zoë*", PASSWORD), ("bob)(uid=*", PASSWORD)):
            with self.subTest(user):
                begin = time.monotonic()
                self.refused(user, password)
                self.assertGreaterEqual(time.monotonic() - begin, 0.5)  # they all wait for the same moment

    def test_locked_names_in_any_spelling(self):
        for spelling in ("user000100", "USER000100", "User000100"):
            self.refused(spelling, "wrong")
        self.refused("user000100", PASSWORD)
        self.refused("usER000100", PASSWORD)

    def test_without_tls_the_password_is_never_asked_for(self):
        with self.assertRaises(Closed):
            self.served.login("alice", PASSWORD, tls=False)
        asked = []

        class Watching(Client):
            def _authenticate(self, body, password):
                asked.append(body[:4])
                super()._authenticate(body, password)

        for user in ("alice", "nobody-there"):
            with self.assertRaises(Closed):
                Watching(self.served.scrim.host, self.served.scrim.port, user, PASSWORD, "scrim")
        self.assertNotIn(CLEAR_TEXT.to_bytes(4, "big"), asked)
        self.assertEqual(self.login("olivia", BUILT_IN_PASSWORD, tls=False).count(), 0)

    def test_password_messages_that_are_none(self):
        for body in (b"", b"no zero", b"two\0zeros\0", b"x" * 5000 + b"\0"):
            class Odd(Client):
                def _authenticate(self, asked, password, body=body):
                    self.send(b"p", body)
            with self.subTest(body[:10]), self.assertRaises(Closed) as caught:
                Odd(self.served.scrim.host, self.served.scrim.port, "alice", PASSWORD, "scrim", self.served.scrim.ca)
            self.assertIn("08P01", str(caught.exception))

    def test_a_group_taken_away_in_the_directory_is_gone_here(self):
        client = self.login("user000200")
        self.assertEqual(client.count(), 50)
        change = "dn: cn=giant,ou=groups,{}\nchangetype: modify\n{}: member\nmember: uid=user000200,ou=people,{}\n"
        self.change(change.format(BASE, "delete", BASE))
        answer, took = until("42P01", client.count)
        self.assertEqual(answer, "42P01")
        print(f"a group taken away: {took:.2f} s with refresh_seconds 1")
        self.change(change.format(BASE, "add", BASE))
        answer, took = until(50, client.count)
        self.assertEqual(answer, 50)
        print(f"a group given: {took:.2f} s")

    def test_an_account_locked_in_the_directory_ends_its_sessions(self):
        client = self.login("user000300")
        self.assertEqual(client.count(), 50)
        self.change(f"dn: uid=user000300,ou=people,{BASE}\nchangetype: modify\nadd: pwdAccountLockedTime\npwdAccountLockedTime: 000001010000Z\n")

        def ask():
            try:
                return client.count()
            except Closed:
                return "28000"
        answer, took = until("28000", ask)
        self.assertEqual(answer, "28000")
        print(f"an account locked: {took:.2f} s")
        self.refused("user000300", PASSWORD)
        self.change(f"dn: uid=user000300,ou=people,{BASE}\nchangetype: modify\ndelete: pwdAccountLockedTime\n")
        self.assertEqual(self.login("user000300").count(), 50)

    def test_another_person_under_the_same_name_inherits_nothing(self):
        dn = f"uid=passing,ou=people,{BASE}"
        person = f"dn: {dn}\nchangetype: add\nobjectClass: inetOrgPerson\nuid: passing\ncn: Passing\nsn: Example\nuserPassword: {PASSWORD}\n"
        self.change(person)
        self.login("passing").close()
        self.change(f"dn: {dn}\nchangetype: delete\n")
        self.refused("passing", PASSWORD)
        self.change(person)
        self.addCleanup(self.change, f"dn: {dn}\nchangetype: delete\n")
        self.refused("passing", PASSWORD)
        self.assertIn("another person had this name", self.served.audit_text())

    def test_a_directory_that_is_gone(self):
        client = self.login("user000400")
        self.assertEqual(client.count(), 50)
        world.shared.openldap.stop()
        try:
            self.assertEqual(client.count(), 50, "the last known rights")
            with self.assertRaises(Closed) as caught:
                self.served.login("user000401", PASSWORD)
            self.assertIn("cannot be reached", str(caught.exception))
            answer, took = until("28000", client.count)
            self.assertEqual(answer, "28000")
            print(f"the lease of 4 s ended after {took:.2f} s")
            self.assertEqual(self.login("olivia", BUILT_IN_PASSWORD).count(), 0)
        finally:
            world.shared.openldap.start()
        self.assertEqual(until(50, client.count)[0], 50)
        self.assertEqual(self.login("user000401").count(), 50)


def openldap(more="", **changes):
    text = OPENLDAP.format(ca=world.shared.authority.file, dn=SERVICE_DN, password=SERVICE_PASSWORD, base=BASE) + more
    for key, value in changes.items():
        text = re.sub(rf"{key}: \S+", f"{key}: {value}", text)
    return text


MEMBER = f"dn: cn=giant,ou=groups,{BASE}\nchangetype: modify\n{{}}: member\nmember: uid={{}},ou=people,{BASE}\n"


class Synchronised(unittest.TestCase):
    """Nobody is asked about again, and what changes comes with the synchronisation of all accounts."""

    @classmethod
    def setUpClass(cls):
        text = openldap("    sync_seconds: 1\n", refresh_seconds=3600, lease_seconds=3600).replace("users: {", 'users: {filter: "(|(uid=user0005*)(uid=leaver))", ')
        cls.served = GatewayWorld(text)

    @classmethod
    def tearDownClass(cls):
        cls.served.stop()

    def groups(self, user):
        return self.served.catalog(f"SELECT group_name FROM scrim.account_group JOIN scrim.account ON id = account_id WHERE name = '{user}' AND group_name = 'giant'")

    def follows(self, expected, ask):
        answer, took = until(expected, ask)
        self.assertEqual(answer, expected)
        print(f"{self._testMethodName}: {took:.2f} s with sync_seconds 1")

    def test_groups_of_an_account_without_a_session(self):
        self.served.login("user000500", PASSWORD).close()
        self.assertEqual(self.groups("user000500"), "giant")
        world.shared.openldap.change(MEMBER.format("delete", "user000500"))
        self.follows("", lambda: self.groups("user000500"))
        world.shared.openldap.change(MEMBER.format("add", "user000500"))
        self.follows("giant", lambda: self.groups("user000500"))

    def test_groups_of_an_open_session(self):
        client = self.served.login("user000501", PASSWORD)
        self.addCleanup(client.close)
        self.assertEqual(client.count(), 50)
        world.shared.openldap.change(MEMBER.format("delete", "user000501"))
        self.follows("42P01", client.count)
        world.shared.openldap.change(MEMBER.format("add", "user000501"))

    def test_a_person_who_left(self):
        dn = f"uid=leaver,ou=people,{BASE}"
        world.shared.openldap.change(f"dn: {dn}\nchangetype: add\nobjectClass: inetOrgPerson\nuid: leaver\ncn: Leaver\nsn: Example\nuserPassword: {PASSWORD}\n")
        self.served.login("leaver", PASSWORD).close()
        world.shared.openldap.change(f"dn: {dn}\nchangetype: delete\n")
        self.follows("unknown user", lambda: self.served.catalog("SELECT directory_state FROM scrim.account WHERE name = 'leaver'"))

    def test_people_who_never_logged_in_have_no_accounts(self):
        self.assertEqual(self.served.catalog("SELECT count(*) FROM scrim.account WHERE name = 'user000599'"), "0")


class SlowDirectory(unittest.TestCase):
    def test_users_of_other_directories_do_not_notice(self):
        fake = Fake(lambda connection: connection.wait())
        self.addCleanup(fake.close)
        served = GatewayWorld(openldap(SILENT.format(port=fake.port, base=BASE).replace("1500", "10000")))
        self.addCleanup(served.stop)
        first = served.login("user000600", PASSWORD)
        self.addCleanup(first.close)

        def attempt(number):
            with self.assertRaises(Closed):
                served.login(f"nobody-{number}", PASSWORD)

        crowd = [threading.Thread(target=attempt, args=(number,)) for number in range(12)]
        for one in crowd:
            one.start()
        self.assertTrue(fake.arrived.acquire(timeout=60))
        begin = time.monotonic()
        served.login("user000600", PASSWORD).close()
        self.assertLess(time.monotonic() - begin, 5)
        world.shared.openldap.change(MEMBER.format("delete", "user000600"))
        self.addCleanup(world.shared.openldap.change, MEMBER.format("add", "user000600"))
        self.assertEqual(until("42P01", first.count, seconds=5)[0], "42P01")
        self.assertTrue(any(one.is_alive() for one in crowd), "nobody was waiting any more: this proved nothing")
        for one in crowd:
            one.join()

    def test_it_holds_nobody_but_its_own_logins(self):
        fake = Fake(lambda connection: connection.wait())
        served = GatewayWorld(SILENT.format(port=fake.port, base=BASE))
        self.addCleanup(fake.close)
        self.addCleanup(served.stop)
        outcomes = []

        def attempt():
            try:
                served.login("somebody", PASSWORD).close()
                outcomes.append("in")
            except Closed as refusal:
                outcomes.append(str(refusal))

        crowd = [threading.Thread(target=attempt) for _ in range(300)]
        for one in crowd:
            one.start()
        self.assertTrue(fake.arrived.acquire(timeout=60))
        client = served.login("olivia", BUILT_IN_PASSWORD)
        self.assertEqual(client.count(), 0)
        self.assertTrue(any(one.is_alive() for one in crowd), "nobody was waiting any more: this proved nothing")
        for one in crowd:
            one.join()
        self.assertEqual(len(outcomes), 300)
        self.assertFalse([one for one in outcomes if "cannot be reached" not in one and "too many logins are waiting" not in one])
        self.assertTrue([one for one in outcomes if "too many logins are waiting" in one])
        client.close()
