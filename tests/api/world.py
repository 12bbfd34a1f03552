# SPDX-License-Identifier: Apache-2.0
"""The world of the API's tests: a private PostgreSQL as a source, a scrimd, and one person of each kind."""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))
from client import Api  # noqa: E402
from private_postgres import PrivatePostgres  # noqa: E402
from private_scrim import PrivateScrim  # noqa: E402

SOURCE = """
CREATE TABLE customer (id integer PRIMARY KEY, name text NOT NULL, ssn text, country text);
INSERT INTO customer SELECT i, 'name ' || i, '000-00-' || i, CASE i % 2 WHEN 0 THEN 'DE' ELSE 'FR' END FROM generate_series(1, 20) i;
CREATE TABLE purchase (id integer PRIMARY KEY, customer_id integer, department text);
CREATE ROLE reader LOGIN PASSWORD 'reader';
GRANT SELECT ON customer, purchase TO reader;
CREATE TABLE hidden (id integer);
"""

# name: permissions. Everybody's password is "<name>-password".
PEOPLE = {
    "plain": [],
    "sam": [],  # a subscriber
    "olivia": ["CREATE_DATA_SOURCE"],
    "grace": ["GOVERNOR"],
    "ursula": ["USER_ADMIN"],
    "adam": ["ADMIN"],
    "audrey": ["AUDIT"],
}


class World:
    def __init__(self, folder):
        self.folder = Path(folder)

    def __enter__(self):
        self.source = PrivatePostgres(self.folder / "pg", tcp=True, settings={"fsync": "off"}).start()
        self.source.psql("CREATE DATABASE shop")
        self.source.psql(SOURCE, "shop")
        self.scrim = PrivateScrim(self.folder / "scrim").start()
        self.nobody = Api(self.scrim.api, self.scrim.ca)
        self.root = self.scrim.administrator()
        self._people()
        self._governed()
        return self

    def __exit__(self, *_):
        self.scrim.stop()
        self.source.stop()

    def must(self, reply, status):
        if reply.status != status:
            raise RuntimeError(f"expected {status}, got {reply}")
        return reply

    def _people(self):
        self.callers = {"nobody": self.nobody, "root": self.root}
        for name, permissions in PEOPLE.items():
            body = {"name": name, "password": f"{name}-password", "permissions": permissions, "groups": ["Staff"]}
            self.must(self.root.post("/api/v1/users", body), 201)
            self.callers[name] = self.nobody.sign_in(name, f"{name}-password")
        self.ids = {"group": self.must(self.root.post("/api/v1/groups", {"name": "Readers"}), 201).json["id"]}

    def connection_body(self, name="shop"):
        return {"name": name, "hosts": ["127.0.0.1"], "ports": [self.source.port], "database": "shop", "user": "reader",
                "password": "reader", "tls": "disable"}

    def _governed(self):
        made = self.must(self.callers["adam"].post("/api/v1/connections", self.connection_body()), 201)
        self.ids["connection"] = made.json["id"]
        olivia = self.callers["olivia"]
        body = {"name": "customer", "connection": made.json["id"], "table": "public.customer", "tags": ["Sales"],
                "columns": [{"name": "ssn", "tags": ["PII.SSN"]}, {"name": "country", "exposed": False}]}
        self.ids["dataSource"] = self.must(olivia.post("/api/v1/data-sources", body), 201).json["id"]
        asked = {"name": "asked.customer", "connection": made.json["id"], "table": "public.customer", "tags": ["Asked"], "comment": "by approval"}
        self.ids["askedSource"] = self.must(olivia.post("/api/v1/data-sources", asked), 201).json["id"]
        sentence = "ON DATA SOURCES TAGGED 'Asked': ALLOW SUBSCRIPTION BY APPROVAL OF OWNER, GOVERNOR"
        self.must(self.callers["grace"].post("/api/v1/rules", {"sentence": sentence}), 201)
        body = {"dataSource": self.ids["askedSource"], "reason": "to test"}
        self.ids["accessRequest"] = self.must(self.callers["plain"].post("/api/v1/access-requests", body), 201).json["id"]
        rule = {"dataSource": self.ids["dataSource"], "sentence": "mask column ssn using hashing for everyone"}
        self.ids["rule"] = self.must(olivia.post("/api/v1/rules", rule), 201).json["id"]
        path = f"/api/v1/data-sources/{self.ids['dataSource']}/subscribers"
        self.must(olivia.put(path, {"users": ["sam"], "groups": []}, olivia.get(path).etag), 200)
        sentence = "ON DATA SOURCES TAGGED 'Elsewhere': SHOW NO ROWS FOR EVERYONE"
        self.ids["globalRule"] = self.must(self.callers["grace"].post("/api/v1/rules", {"sentence": sentence}), 201).json["id"]
        self.ids["tag"] = self.must(self.callers["grace"].post("/api/v1/tags", {"name": "Unused.Tag"}), 201).json["id"]
        for name in ("Fraud", "Marketing"):
            self.ids["purpose"] = self.must(self.callers["grace"].post("/api/v1/purposes", {"name": name}), 201).json["id"]
        project = {"name": "Retail", "purposes": ["Fraud"], "acknowledgement": "Use it well."}
        self.ids["project"] = self.must(self.callers["grace"].post("/api/v1/projects", project), 201).json["id"]
        path = f"/api/v1/projects/{self.ids['project']}/members"
        self.must(self.callers["grace"].put(path, {"users": ["sam"], "groups": []}, self.callers["grace"].get(path).etag), 200)
        provider = {"name": "corp", "kind": "openldap", "servers": [{"host": "127.0.0.1", "port": 1}], "transport": "plain",
                    "users": {"base": "ou=people,dc=corp"}, "connectTimeoutMs": 200, "callTimeoutMs": 500}
        self.ids["identityProvider"] = self.must(self.callers["adam"].post("/api/v1/identity-providers", provider), 201).json["id"]
        self.ids["token"] = self.must(self.callers["plain"].post("/api/v1/tokens", {"name": "t"}), 201).json["id"]
