# SPDX-License-Identifier: Apache-2.0
"""scrim test against the real gateway: what passes, what fails and how it is told, where passwords come from."""

import unittest

import cli_world
from cli_world import PASSWORD
from querying import governed

GOOD = """
passwords:
  paula: {env: PAULA}
  peter: {file: peter.txt}
tests:
  - name: paula sees all
    as: paula
    query: SELECT id, word, amount FROM t_odd WHERE id < 3
    columns: [id, word, amount]
    rows: [[2, null, null], [1, "", "123456789012345678901234567890.10"]]
  - {name: in order, as: paula, query: SELECT id FROM t_odd ORDER BY id DESC, rows: [[3], [2], [1]], ordered: true}
  - {name: so many, as: paula, query: SELECT i FROM t_big, count: 200000}
  - {name: paula acts under a project, as: paula, project: Tests, query: SHOW scrim.project, rows: [[Tests]]}
  - {name: of a project there is what it holds, as: paula, project: Tests, query: SELECT id FROM t_odd, refused: "42P01"}
  - {name: peter may not act under it, as: peter, project: Tests, query: SELECT 1, refused: 3D000}
  - {name: peter is not let in, as: peter, query: SELECT id FROM t_odd, refused: "42P01"}
"""
BAD = """
passwords: {paula: {env: PAULA}}
tests:
  - {name: rows, as: paula, query: SELECT id FROM t_odd, rows: [[1], [2], [4]]}
  - {name: columns, as: paula, query: SELECT id FROM t_odd, columns: [no]}
  - {name: answered, as: paula, query: SELECT 1, refused: "42501"}
  - {name: refused, as: paula, query: SELECT no FROM t_odd, count: 1}
  - {name: good, as: paula, query: SELECT id FROM t_odd, count: 3}
"""


class PolicyTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        world = cli_world.shared
        cls.paula = world.made("paula")
        world.made("peter")
        governed(world.admin, "t", "paula")
        world.admin.good("project", "create", "Tests")
        world.admin.good("project", "admit", "Tests", "--user", "paula")
        cls.folder = cls.paula.home / "tests"
        cls.folder.mkdir()
        cls.secret = cls.folder / "peter.txt"
        cls.secret.write_text(PASSWORD + "\n")
        cls.secret.chmod(0o600)

    def written(self, name, text):
        file = self.folder / name
        file.write_text(text)
        return str(file)

    def run_tests(self, *files, env=None):
        return self.paula.run("test", "-f", *files, *cli_world.shared.gateway(), env={"PAULA": PASSWORD} if env is None else env)

    def test_what_passes(self):
        done = self.run_tests(self.written("good.yaml", GOOD))
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
        self.assertEqual(done.stdout.splitlines(), ["ok    paula sees all", "ok    in order", "ok    so many", "ok    paula acts under a project",
                                                    "ok    of a project there is what it holds", "ok    peter may not act under it",
                                                    "ok    peter is not let in", "7 passed, 0 failed"])

    def test_what_fails_and_why(self):
        bad = self.written("bad.yaml", BAD)
        done = self.run_tests(self.written("good.yaml", GOOD), bad)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertEqual(done.stdout.splitlines()[7:11], [f"FAIL  rows ({bad}:4, as paula)", '      not expected: ["3"]', '      missing: ["4"]',
                                                         f"FAIL  columns ({bad}:5, as paula)"])
        self.assertIn('      columns ["id"] instead of ["no"]\n', done.stdout)
        self.assertIn("      answered with 1 row instead of being refused with 42501\n", done.stdout)
        self.assertIn("      refused with 42703 instead of being answered: ", done.stdout)
        self.assertTrue(done.stdout.endswith("ok    good\n8 passed, 4 failed\n"), done.stdout)

    def test_a_file_that_is_not_understood(self):
        wrong = self.written("wrong.yaml", GOOD.replace("columns:", "colums:"))
        done = self.run_tests(self.written("good.yaml", GOOD), wrong)
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertIn(f"{wrong}:9:5: a test has no key colums; did you mean columns?", done.stderr)
        self.assertEqual(self.run_tests("/nowhere.yaml").returncode, 2)

    def test_passwords(self):
        good = self.written("good.yaml", GOOD)
        done = self.run_tests(good, env={})
        self.assertEqual(done.returncode, 2)
        self.assertIn("the variable PAULA with the password of paula is not set", done.stderr)
        done = self.run_tests(good, env={"PAULA": "wrong"})
        self.assertEqual(done.returncode, 4)
        self.assertIn("As paula: ", done.stderr)
        self.secret.chmod(0o644)
        try:
            done = self.run_tests(good)
            self.assertEqual(done.returncode, 2)
            self.assertIn("peter.txt with the password of peter is not used", done.stderr)
        finally:
            self.secret.chmod(0o600)
