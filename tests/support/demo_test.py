#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""./dev demo as a person meets it: what it prints, who sees what, and that nothing is left behind. In a folder of its own."""

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "build" / "test" / "demo-world"
sys.path.insert(0, str(ROOT / "tests" / "support"))
import unittest_suite  # noqa: E402

REFERENCE = "SELECT * FROM customer_purchases WHERE age BETWEEN 18 AND 24 AND product_id = 15"


def demo(*options):
    return subprocess.run(["./dev", "demo", "--folder", str(FOLDER), *options], cwd=ROOT, capture_output=True, text=True,
                          stdin=subprocess.DEVNULL)


def psql(dsn, sql, password=None):
    done = subprocess.run(["psql", "-XAt", "-F", "\t", "-c", sql, dsn], capture_output=True, text=True, stdin=subprocess.DEVNULL,
                          env={**os.environ, **({"PGPASSWORD": password} if password else {})})
    if done.returncode != 0:
        raise AssertionError(done.stderr)
    return [line.split("\t") for line in done.stdout.splitlines()]


def environment():
    out = subprocess.run(["bash", "-c", f"set -a; . {FOLDER}/env; env -0"], capture_output=True, check=True, env={"PATH": os.environ["PATH"]})
    return dict(item.split("=", 1) for item in out.stdout.decode().split("\0") if "=" in item)


def processes():
    """Those that work in our folder."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            if str(FOLDER) in command and " State:\tZ" not in (entry / "status").read_text() and int(entry.name) != os.getpid():
                found.append(f"{entry.name} {command}")
        except OSError:
            continue
    return found


class Detached(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        demo("--stop")
        cls.first = demo("--detach")
        if cls.first.returncode != 0:
            raise AssertionError(cls.first.stdout[-2000:] + cls.first.stderr[-2000:])
        cls.env = environment()

    @classmethod
    def tearDownClass(cls):
        demo("--stop")

    def ask(self, user, sql):
        env = self.env
        return psql(f"host={env['SCRIM_SQL_HOST']} port={env['SCRIM_SQL_PORT']} dbname=scrim user={user} sslmode=verify-full "
                    f"sslrootcert={env['SCRIM_CA']}", sql, env[f"DEMO_{user.upper()}_PASSWORD"])

    def truth(self, departments):
        listed = ", ".join(f"'{d}'" for d in departments)
        return psql(self.env["RETAIL_DSN"], f"""
            SELECT customer.id, first_name, last_name, age, country, ssn, product_id, department, purchase_date
            FROM customer JOIN purchase ON customer.id = purchase.customer_id
            WHERE age BETWEEN 18 AND 24 AND product_id = 15 AND department IN ({listed}) ORDER BY 1, 9, 8""")

    def test_the_settings_are_complete_and_readable_by_us_alone(self):
        wanted = {"SCRIM_SQL_HOST", "SCRIM_SQL_PORT", "SCRIM_API_URL", "SCRIM_CA", "RETAIL_DSN", "CATALOG_DSN",
                  *(f"DEMO_{user}_PASSWORD" for user in ("ALICE", "BOB", "OLIVIA", "GRACE", "ADMIN"))}
        self.assertLessEqual(wanted, set(self.env))
        self.assertEqual((FOLDER / "env").stat().st_mode & 0o777, 0o600)
        self.assertEqual(psql(self.env["CATALOG_DSN"], "SELECT 1"), [["1"]])

    def test_alice_sees_her_departments_with_ssn_masked(self):
        seen, truth = self.ask("alice", REFERENCE + " ORDER BY 1, 9, 8"), self.truth(["Toys", "Home Goods"])
        self.assertGreater(len(truth), 10)
        self.assertEqual([row[:5] + row[6:] for row in seen], [row[:5] + row[6:] for row in truth])
        for row, true in zip(seen, truth):
            self.assertRegex(row[5], r"^[0-9a-f]{64}$")
            self.assertNotIn(true[5], row)
        self.assertEqual(len({row[5] for row in seen}), len({row[5] for row in truth}))

    def test_those_in_no_such_group_see_no_row(self):
        for user in ("bob", "olivia", "grace", "admin"):
            self.assertEqual(self.ask(user, REFERENCE), [], user)

    def test_what_is_masked_cannot_be_found(self):
        ssn = self.truth(["Toys"])[0][5]
        self.assertEqual(self.ask("alice", f"SELECT count(*) FROM customer_purchases WHERE ssn = '{ssn}'"), [["0"]])

    def test_the_tables_behind_it_are_not_there(self):
        with self.assertRaisesRegex(AssertionError, "customer"):
            self.ask("alice", "SELECT * FROM customer")

    def test_its_policy_tests_pass(self):
        scrim = Path(os.environ.get("SCRIM_BUILD", ROOT / "build" / "dev")) / "server" / "cli" / "scrim"
        done = subprocess.run([str(scrim), "test", "-f", str(ROOT / "demo" / "policy_tests.yaml")], capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, env={**os.environ, **self.env, "HOME": str(FOLDER)})
        self.assertRegex(done.stdout, r"\d+ passed, 0 failed\n$", done.stdout + done.stderr)
        self.assertEqual(done.returncode, 0)

    def test_the_command_line_tells_it_and_goes_on_with_it(self):
        shown = self.first.stdout
        self.assertRegex(shown, r"demo: scrim login --user admin .*\ndemo: scrim apply --yes -f build/test/demo-world/scrim.yaml\n"
                                r"demo: (\d+ changes made|Nothing changes)\.\n")
        self.assertIn(f"The REST API is at {self.env['SCRIM_API_URL']}/api/v1", shown)
        typed = [line.strip() for line in shown.partition("On the command line")[2].splitlines() if line.startswith("  ")]
        self.assertEqual([line.split()[1] for line in typed[1:]], ["login", "query", "login", "apply"])
        with tempfile.TemporaryDirectory() as home:
            done = subprocess.run(["bash", "-ec", "\n".join(typed)], cwd=ROOT, capture_output=True, text=True, stdin=subprocess.DEVNULL,
                                  env={"PATH": os.environ["PATH"], "HOME": home})
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertRegex(done.stdout, r"(?s)as alice .*(Toys|Home Goods).*as admin .*\nNothing changes\.\n$")

    def test_a_second_start_takes_seconds(self):
        started = time.monotonic()
        again = demo("--detach")
        self.assertEqual(again.returncode, 0, again.stderr)
        self.assertIn("already up", again.stdout)
        demo("--stop")
        self.assertEqual(processes(), [])
        restarted = demo("--detach")
        self.assertEqual(restarted.returncode, 0, restarted.stdout + restarted.stderr)
        self.assertNotIn("100,000 customers", restarted.stdout)
        self.assertIn("demo: Nothing changes.\n", restarted.stdout)
        self.assertLess(time.monotonic() - started, 60)
        type(self).first, type(self).env = restarted, environment()


class InTheForeground(unittest.TestCase):
    def test_shows_everything_and_ends_with_ctrl_c(self):
        process = subprocess.Popen(["./dev", "demo", "--folder", str(FOLDER)], cwd=ROOT, stdout=subprocess.PIPE,
                                   stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, text=True, start_new_session=True)
        shown = ""
        for line in process.stdout:
            shown += line
            if line.startswith("Running."):
                break
        process.send_signal(signal.SIGINT)
        shown += process.stdout.read()
        self.assertEqual(process.wait(60), 0, shown)
        written, _, protected = shown.partition("-- the SQL sent to retail")
        self.assertRegex(written, r"(?s)Project \[\*\].*\+- Filter.*product_id.*Join Inner.*customer.*purchase")
        self.assertRegex(written, r"(?s)'?HASHING|hash", written)
        self.assertRegex(protected, r"(?s)SELECT.*purchase.*alice sees \d+ rows, bob \(group HR\) 0, and retail holds \d+\.")
        for user in ("alice", "bob", "olivia", "grace", "admin"):
            self.assertRegex(shown, rf"PGPASSWORD=\S+ psql \"host=.*user={user} sslmode=verify-full")
        self.assertEqual(processes(), [])
        self.assertIsNone(re.search(r"Traceback", shown))


if __name__ == "__main__":
    sys.exit(unittest_suite.run(sys.modules[__name__]))
