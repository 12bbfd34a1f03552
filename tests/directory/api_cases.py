# SPDX-License-Identifier: Apache-2.0
"""People of directories at the REST API: signing in, and tokens that are worth what the directory says of their user."""

import time
import unittest

import world
from client import Api
from gateway_cases import MEMBER, openldap, until
from gateway_world import BUILT_IN_PASSWORD, Closed, GatewayWorld
from openldap import BASE, PASSWORD

LOCKED = f"dn: uid=user000800,ou=people,{BASE}\nchangetype: modify\n{{}}: pwdAccountLockedTime\n"


class RestApi(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.served = GatewayWorld(openldap())
        cls.api = Api(cls.served.scrim.api, cls.served.scrim.ca)

    @classmethod
    def tearDownClass(cls):
        cls.served.stop()

    def post(self, user, password):
        return self.api.post("/api/v1/sessions", {"user": user, "password": password})

    def groups(self, caller):
        reply = caller.get("/api/v1/me")
        return "giant" in reply.json["groups"] if reply.status == 200 else reply.status

    def test_sign_in(self):
        shown = self.api.sign_in("ALICE", PASSWORD).get("/api/v1/me").json
        self.assertEqual((shown["name"], shown["attributes"]["Department"]), ("alice", ["12", "7"]))
        self.assertIn("Staff", shown["groups"])
        self.assertEqual(self.api.sign_in("olivia", BUILT_IN_PASSWORD).get("/api/v1/me").json["groups"], ["Staff"])
        self.assertIn("api-directory", self.served.audit_text())

    def test_refusals_are_the_same(self):
        told = set()
        for user, password in (("bob", "wrong"), ("olivia", "wrong"), ("nobody-there", PASSWORD), ("shadow-expired", PASSWORD), ("bob", ""), ("zoë*", PASSWORD), ("bob)(uid=*", PASSWORD)):
            begin = time.monotonic()
            reply = self.post(user, password)
            if user != "olivia":  # built in
                self.assertGreaterEqual(time.monotonic() - begin, 0.5)
            told.add((reply.status, reply.text.split('"requestId"')[0]))
        self.assertEqual(len(told), 1, told)
        self.assertEqual(next(iter(told))[0], 401)
        for _ in range(3):
            self.post("user000801", "wrong")
        self.assertEqual(self.post("user000801", PASSWORD).status, 401, "the name is locked")

    def test_the_password_is_changed_in_the_directory(self):
        reply = self.api.sign_in("bob", PASSWORD).request("PUT", "/api/v1/me/password", {"currentPassword": PASSWORD, "newPassword": "another"})
        self.assertEqual((reply.status, "directory" in reply.text), (403, True), reply)

    def test_groups_and_attributes_are_the_directorys(self):
        """Changing an account of a directory by hand used to make it a built-in one."""
        self.api.sign_in("user000806", PASSWORD)
        admin = self.api.sign_in("root", BUILT_IN_PASSWORD)
        path = "/api/v1/users/user000806"
        before = admin.get(path)
        body = {key: before.json[key] for key in ("groups", "attributes", "permissions", "disabled")}
        for field, value in (("groups", []), ("attributes", {}), ("password", "another")):
            reply = admin.put(path, {**body, field: value}, before.etag)
            self.assertEqual((reply.status, reply.json.get("field")), (400, "$." + field), reply)
        disabled = admin.put(path, {**body, "disabled": True}, before.etag)
        self.assertEqual((disabled.status, self.post("user000806", PASSWORD).status), (200, 401))
        self.assertEqual(admin.put(path, body, disabled.etag).status, 200)
        self.assertEqual(self.post("user000806", PASSWORD).status, 201, "still the directory's")
        giant = next(each for each in admin.get("/api/v1/groups?q=giant").json["items"] if each["name"] == "giant")
        self.assertEqual((giant["builtIn"], giant["directories"]), (False, ["people"]))
        where = f"/api/v1/groups/{giant['id']}"
        for reply in (admin.put(where, {"description": "x"}, "*"), admin.delete(where, "*"), admin.post(where + "/members", {"user": "olivia"}), admin.delete(where + "/members/user000806")):
            self.assertEqual((reply.status, "read only" in reply.text), (409, True), reply)
        olivia = admin.get("/api/v1/users/olivia")
        reply = admin.put("/api/v1/users/olivia", {"groups": ["Staff", "giant"]}, olivia.etag)
        self.assertEqual((reply.status, reply.json.get("field")), (400, "$.groups"), reply)
        staff = next(each for each in admin.get("/api/v1/groups").json["items"] if each["name"] == "Staff")
        self.assertEqual(staff["builtIn"], True)
        self.assertEqual(admin.post(f"/api/v1/groups/{staff['id']}/members", {"user": "user000806"}).status, 409)

    def test_a_group_taken_away_in_the_directory(self):
        caller = self.api.sign_in("user000802", PASSWORD)
        self.assertEqual(self.groups(caller), True)
        for verb, expected in (("delete", False), ("add", True)):
            world.shared.openldap.change(MEMBER.format(verb, "user000802"))
            answer, took = until(expected, lambda: self.groups(caller))
            self.assertEqual(answer, expected)
            print(f"{verb} a group: {took:.2f} s with refresh_seconds 1")

    def test_an_account_locked_in_the_directory(self):
        caller = self.api.sign_in("user000800", PASSWORD)
        world.shared.openldap.change(LOCKED.format("add") + "pwdAccountLockedTime: 000001010000Z\n")
        self.assertEqual(until(401, lambda: self.groups(caller))[0], 401)
        self.assertEqual(self.post("user000800", PASSWORD).status, 401)
        world.shared.openldap.change(LOCKED.format("delete"))
        fresh = self.api.sign_in("user000800", PASSWORD)
        self.assertEqual(self.groups(fresh), True)

    def test_tokens_for_sql_and_after_a_restart(self):
        caller = self.api.sign_in("user000803", PASSWORD)
        token = caller.post("/api/v1/tokens", {"name": "for psql"}).json["token"]
        client = self.served.login("token:user000803", token)
        self.assertEqual(client.count(), 50)
        world.shared.openldap.change(MEMBER.format("delete", "user000803"))
        self.addCleanup(world.shared.openldap.change, MEMBER.format("add", "user000803"))
        self.assertEqual(until("42P01", client.count)[0], "42P01")
        client.close()
        self.served.scrim.stop()
        self.served.scrim.start()
        type(self).api = Api(self.served.scrim.api, self.served.scrim.ca)
        again = Api(self.served.scrim.api, self.served.scrim.ca, token)
        self.assertEqual(self.groups(again), False, "the directory is asked before the first answer")

    def test_a_directory_that_is_gone(self):
        caller = self.api.sign_in("user000804", PASSWORD)
        token = caller.post("/api/v1/tokens", {"name": "for psql"}).json["token"]
        built_in = self.api.sign_in("olivia", BUILT_IN_PASSWORD)
        world.shared.openldap.stop()
        try:
            self.assertEqual(self.groups(caller), True, "the last known rights")
            answer, took = until(503, lambda: self.groups(caller))
            self.assertEqual(answer, 503)
            self.assertLess(took, 7)
            print(f"the lease of 4 s ended after {took:.2f} s")
            self.assertIn("directory", caller.get("/api/v1/me").text)
            self.assertEqual(self.post("user000805", PASSWORD).status, 503)
            with self.assertRaisesRegex(Closed, "directory that this account comes from cannot be reached"):
                self.served.login("token:user000804", token)
            self.assertEqual(built_in.get("/api/v1/me").status, 200)
        finally:
            world.shared.openldap.start()
        self.assertEqual(until(True, lambda: self.groups(caller))[0], True)
