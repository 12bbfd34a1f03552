# SPDX-License-Identifier: Apache-2.0
"""scrim apply and scrim export: files and folders, the plan, the question, passwords from here, problems at their places."""

import json
import tempfile
import unittest
from pathlib import Path

import cli_world


def world():
    return cli_world.shared


RULES = """rules:
  - data_source: retail.till
    rule: MASK COLUMN ssn USING NULL FOR EVERYONE
    reason: nobody needs it
"""


class Apply(unittest.TestCase):
    def setUp(self):
        self.admin = world().admin
        self.folder = Path(tempfile.mkdtemp(prefix="apply-", dir=world().folder))
        (self.folder / "world").mkdir()
        self.write("world/1-sources.yaml", f"""connections:
  - {{name: till, hosts: ["{world().postgres.sockets}"], ports: [{world().postgres.port}], database: postgres, user: scrim_reader, tls: disable,
     password_file: ../reader}}
data_sources:
  - {{name: retail.till, connection: till, table: public.customer, subscribers: {{users: [tilda]}}}}
""")
        self.write("world/users/tilda.yml", "users:\n  - {name: tilda, password_env: TILDA, groups: [Till]}\n")
        self.write("world/.hidden/broken.yaml", "a: [")
        self.write("world/notes.txt", "no: [")
        self.write("world/2-rules.yaml", RULES)
        self.write("reader", "reader\n").chmod(0o600)
        self.environment = {"TILDA": "tilda's password"}

    def write(self, name, text):
        file = self.folder / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
        return file

    def apply(self, *words, **more):
        return self.admin.good("apply", "-f", str(self.folder / "world"), *words, env=self.environment, **more)

    def test_a_folder_from_plan_to_nothing_left_to_do(self):
        plan = self.apply("--dry-run")
        for line in ("+ connection till", "+ data source retail.till", "+ user tilda", "    password: ********",
                     "+ rule on retail.till: MASK COLUMN ssn USING NULL FOR EVERYONE", "    reason: \"nobody needs it\"", "4 changes to make."):
            self.assertIn(line + "\n", plan)
        self.assertIn("Say --yes, or --dry-run", self.admin.refused(2, "apply", "-f", str(self.folder / "world"), env=self.environment))
        self.assertTrue(self.apply("--yes").endswith("4 changes made.\n"))
        self.assertEqual(self.apply("--dry-run"), "Nothing changes.\n")
        self.assertEqual(self.apply(), "Nothing changes.\n")
        tilda = world().person("tilda", "tilda's password")
        self.assertEqual(tilda.good("query", "SELECT count(*) AS n, count(ssn) AS s FROM retail.till", "--output", "csv"), "n,s\n2,0\n")
        self.write("world/2-rules.yaml", RULES.replace("nobody needs it", "\\e[31mred").replace("    rule: ", "    state: staged\n    rule: "))
        changed = self.apply("--yes")
        self.assertIn("~ rule on retail.till: MASK COLUMN", changed)
        self.assertIn("    ~ state: active -> staged\n", changed)
        result = json.loads(self.apply("--yes", "--output", "json"))
        self.assertEqual(result, {"applied": True, "changes": [], "warnings": []})

    def test_the_question(self):
        file = self.write("one.yaml", "users:\n  - {name: theodora, groups: [Till]}\n")
        for answer, code, shown in (("n", 1, "Nothing was changed"), ("y", 0, "1 change made."), ("", 0, "Nothing changes.")):
            terminal = self.admin.at_terminal("apply", "-f", str(file))
            if answer:
                terminal.expect("[y/N]: ").type(answer + "\n")
            self.assertEqual(terminal.end(), code, terminal.shown)
            self.assertIn(shown, terminal.shown)
        terminal = self.admin.at_terminal("apply", "--dry-run", "-f", str(self.write("two.yaml", "users: [{name: theodora2}]")))
        self.assertEqual(terminal.end(), 0, terminal.shown)
        self.assertIn("\x1b[32m+ user theodora2", terminal.shown)

    def test_export_is_what_apply_takes(self):
        self.apply("--yes")
        file = self.folder / "all.yaml"
        self.admin.good("export", "-f", str(file))
        self.assertEqual(file.stat().st_mode & 0o777, 0o600)
        text = file.read_text()
        self.assertEqual(text, self.admin.good("export"))
        self.assertIn("  - name: retail.till\n    connection: till\n", text)
        self.assertNotIn("tilda's password", text)
        self.assertEqual(self.admin.good("apply", "-f", str(file), "--dry-run"), "Nothing changes.\n")
        self.assertIn("cannot be made", self.admin.refused(2, "export", "-f", str(file)))

    def test_problems_at_their_places(self):
        broken = self.write("broken.yaml", "users:\n  - {name: x, colour: red}\n  - {name: y, groups: 7}\n")
        told = self.admin.refused(1, "apply", "-f", str(broken), "--yes")
        self.assertIn(f"{broken}:2:15: a user has no key colour", told)
        self.assertIn(f"{broken}:3:", told)
        rule = self.write("rule.yaml", "rules:\n  - {data_source: nowhere.x, rule: MASK COLUM x}\n")
        self.assertIn(f"{rule}:2:", self.admin.refused(1, "apply", "-f", str(rule), "--dry-run"))
        yaml = self.write("no.yaml", "a: [")
        self.assertIn(f"{yaml}:1:", self.admin.refused(2, "apply", "-f", str(yaml), "--yes"))
        self.assertIn("TILDA is not set", self.admin.refused(2, "apply", "-f", str(self.folder / "world"), "--yes"))
        (self.folder / "reader").chmod(0o644)
        self.assertIn("others may not read", self.admin.refused(2, "apply", "-f", str(self.folder / "world"), "--yes", env=self.environment))
        (self.folder / "empty").mkdir()
        self.assertIn("no *.yaml", self.admin.refused(2, "apply", "-f", str(self.folder / "empty")))
        self.assertIn("cannot be read", self.admin.refused(2, "apply", "-f", "/nowhere.yaml"))

    def test_not_for_everybody(self):
        person = world().made("appleby", "--permission=ADMIN")
        file = self.write("one.yaml", "users: []\n")
        self.assertIn("GOVERNOR", person.refused(1, "apply", "-f", str(file), "--yes"))
        self.assertIn("GOVERNOR", person.refused(1, "export"))
