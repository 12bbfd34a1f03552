# SPDX-License-Identifier: Apache-2.0
"""A scrimd whose users come from the directories of the suite, in front of a PostgreSQL with one table."""

import struct
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests" / "support"), str(ROOT / "tests" / "attack")]
from private_postgres import PrivatePostgres  # noqa: E402
from private_scrim import PrivateScrim  # noqa: E402
from wire import Closed, Wire  # noqa: E402

BUILT_IN_PASSWORD = "built in"
TABLE = """
CREATE TABLE sale (id int PRIMARY KEY, department text);
INSERT INTO sale SELECT i, (i % 20)::text FROM generate_series(1, 1000) AS i;
CREATE ROLE scrim_reader LOGIN PASSWORD 'reader';
GRANT SELECT ON sale TO scrim_reader;
"""
APPLY = """
connections:
  - {{name: world, kind: postgres, hosts: ["{socket}"], ports: [{port}], database: postgres, user: scrim_reader, password: reader, tls: disable}}
identity_providers:{providers}
users:
  - {{name: olivia, password: "{built_in}", groups: [Staff]}}
  - {{name: root, password: "{built_in}", permissions: [ADMIN, USER_ADMIN]}}
data_sources:
  - {{name: sale, connection: world, table: public.sale}}
rules:
  - {{data_source: sale, rule: "ALLOW SUBSCRIPTION BY MEMBERS OF GROUP 'Staff' OR MEMBERS OF GROUP 'corp/Staff' OR MEMBERS OF GROUP 'giant'"}}
  - {{data_source: sale, rule: "SHOW ONLY ROWS WHERE USER HAS ATTRIBUTE 'Department' MATCHING COLUMN department FOR EVERYONE EXCEPT MEMBERS OF GROUP 'corp/Staff'"}}
"""
CONFIG = "login: {failures: 3, window_seconds: 300, lock_seconds: 600}\n"


class GatewayWorld:
    """`providers`: the YAML of identity_providers, indented by two."""

    def __init__(self, providers):
        self.folder = tempfile.TemporaryDirectory(prefix="scrim-directory-gateway-")
        folder = Path(self.folder.name)
        folder.chmod(0o755)
        self.postgres = PrivatePostgres(folder / "source", settings={"fsync": "off"}).start()
        self.postgres.psql(TABLE)
        (folder / "apply.yaml").write_text(APPLY.format(socket=self.postgres.sockets, port=self.postgres.port, built_in=BUILT_IN_PASSWORD,
                                                        providers="\n" + providers))
        (folder / "scrim.yaml").write_text(CONFIG)
        self.scrim = PrivateScrim(folder / "scrim", folder / "apply.yaml", plaintext=True, options=["--config", str(folder / "scrim.yaml")]).start()

    def stop(self):
        self.scrim.stop()
        self.postgres.stop()
        self.folder.cleanup()

    def catalog(self, sql):
        return subprocess.run(["psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-c", sql, self.scrim.catalog_dsn], check=True, capture_output=True, text=True).stdout.strip()

    def audit_text(self):
        return "".join(path.read_text(errors="replace") for path in (Path(self.folder.name) / "scrim" / "data" / "audit").rglob("*") if path.is_file())

    def login(self, user, password, tls=True):
        client = Client(self.scrim.host, self.scrim.port, user, password, "scrim", self.scrim.ca if tls else "", timeout=60)
        return client


class Client(Wire):
    """Remembers which way to log in it was asked for."""

    asked = None

    def _authenticate(self, body, password):
        if self.asked is None:
            self.asked = struct.unpack("!I", body[:4])[0]
        super()._authenticate(body, password)

    def count(self):
        """How many sales this session sees, or the SQLSTATE of why it sees none."""
        for kind, body in self.simple("SELECT count(*) FROM sale"):
            if kind == b"D":
                return int(body[6:])
            if kind == b"E":
                return next(part[1:].decode() for part in body.split(b"\0") if part[:1] == b"C")
        return None


__all__ = ["BUILT_IN_PASSWORD", "Client", "Closed", "GatewayWorld"]
