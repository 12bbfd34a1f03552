#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The scripts that everything else leans on: the suite runner's sums and verdicts, the private PostgreSQL, the installer."""

import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests" / "support"), str(ROOT / "tools" / "dev")]
import unit_suite  # noqa: E402
import unittest_suite  # noqa: E402
from private_postgres import PrivatePostgres, server_user  # noqa: E402
from private_scrim import check_no_report  # noqa: E402


class Suites(unittest.TestCase):
    def run_suites(self, lines, *names):
        with tempfile.NamedTemporaryFile("w", suffix=".txt") as listed:
            listed.write("# a comment\n\n" + "\n".join(lines) + "\n")
            listed.flush()
            done = subprocess.run([sys.executable, ROOT / "tools/dev/run_suites.py", *names], capture_output=True, text=True,
                                  env={**os.environ, "SCRIM_SUITES": listed.name})
        return done.returncode, done.stdout.splitlines()[-1] if done.stdout else "", done.stdout + done.stderr

    def expect(self, line, code, last):
        self.assertEqual(self.run_suites(["first | - | 10 | echo 2 passed, 0 failed", line])[:2], (code, last))

    def test_sums_over_suites(self):
        self.expect("s | - | 10 | echo '3 passed, 0 failed'", 0, "5 passed, 0 failed")

    def test_failures_count_once(self):
        self.expect("s | - | 10 | echo '3 passed, 2 failed'; exit 1", 1, "5 passed, 2 failed")

    def test_a_crash_after_a_good_last_line_is_a_failure(self):
        self.expect("s | - | 10 | echo '3 passed, 0 failed'; kill -SEGV $$", 1, "5 passed, 1 failed")

    def test_no_last_line_is_a_failure(self):
        self.expect("s | - | 10 | echo fine", 1, "2 passed, 1 failed")

    def test_nothing_ran_is_a_failure(self):
        self.expect("s | - | 10 | echo '0 passed, 0 failed'", 1, "2 passed, 1 failed")

    def test_a_suite_past_its_limit_is_stopped_with_its_children(self):
        with tempfile.TemporaryDirectory() as folder:
            self.expect(f"s | - | 1 | sleep 600 & echo $! > {folder}/child; wait; echo '1 passed, 0 failed'", 1, "2 passed, 1 failed")
            child = Path(folder, "child").read_text().strip()
            state = Path(f"/proc/{child}/stat")
            self.assertTrue(not state.exists() or state.read_text().split()[2] == "Z")

    def test_a_suite_has_no_input(self):
        self.expect("s | - | 10 | cat; echo '1 passed, 0 failed'", 0, "3 passed, 0 failed")

    def test_only_those_named_run_and_unknown_names_are_refused(self):
        lines = ["a | - | 10 | echo '1 passed, 0 failed'", "b | - | 10 | echo '0 passed, 1 failed'"]
        self.assertEqual(self.run_suites(lines, "a")[:2], (0, "1 passed, 0 failed"))
        code, _, said = self.run_suites(lines, "nope")
        self.assertEqual(code, 1)
        self.assertIn("no suite named nope; there are: a, b", said)

    def test_a_broken_line_is_named(self):
        code, _, said = self.run_suites(["a | - | soon | true"])
        self.assertEqual(code, 1)
        self.assertRegex(said, r":3: expected 'name \| builds")


class GoogleTestReports(unittest.TestCase):
    def test_counts(self):
        report = {"testsuites": [{"testsuite": [
            {"name": "good", "status": "RUN", "result": "COMPLETED"},
            {"name": "bad", "status": "RUN", "result": "COMPLETED", "failures": [{"failure": "x"}]},
            {"name": "left", "status": "RUN", "result": "SKIPPED"}], "name": "Suite"}]}
        self.assertEqual(unit_suite.count(report), (1, ["Suite.left"], ["Suite.bad"]))


class Postgres(unittest.TestCase):
    def test_starts_answers_keeps_its_data_and_leaves_nothing_running(self):
        with tempfile.TemporaryDirectory() as folder:
            with PrivatePostgres(folder, tcp=True) as server:
                server.psql("CREATE ROLE someone LOGIN PASSWORD 'secret'; CREATE TABLE t AS SELECT 7 AS n")
                pid, sockets = server.process.pid, server.sockets
                over_tcp = f"host=127.0.0.1 port={server.port} dbname=postgres user=someone"
                good = subprocess.run(["psql", "-XAtc", "SELECT current_user", over_tcp], capture_output=True, text=True,
                                      env={**os.environ, "PGPASSWORD": "secret"})
                bad = subprocess.run(["psql", "-XAtc", "SELECT 1", over_tcp], capture_output=True, text=True,
                                     env={**os.environ, "PGPASSWORD": "wrong"})
                self.assertEqual(good.stdout, "someone\n", good.stderr)
                self.assertIn("password authentication failed", bad.stderr)
                self.assertEqual(os.stat(f"/proc/{pid}").st_uid, server_user().pw_uid)
            self.assertFalse(Path(f"/proc/{pid}").exists())
            self.assertFalse(sockets.exists())
            with PrivatePostgres(folder) as again:
                self.assertEqual(again.psql("SELECT n FROM t"), "7")

    def test_a_start_that_fails_says_why(self):
        with tempfile.TemporaryDirectory() as folder:
            server = PrivatePostgres(folder, settings={"no_such_setting": "1"})
            with self.assertRaisesRegex(RuntimeError, "unrecognized configuration parameter"):
                server.start()
            self.assertFalse(server.sockets.exists())

    def test_bad_sql_raises(self):
        with tempfile.TemporaryDirectory() as folder, PrivatePostgres(folder) as server:
            with self.assertRaisesRegex(RuntimeError, 'relation "nowhere" does not exist'):
                server.psql("SELECT * FROM nowhere")


class SanitizerReports(unittest.TestCase):
    """What real sanitizers write is found, so that no suite of an instrumented scrimd passes with a report."""

    def reported_by(self, flags, body):
        with tempfile.TemporaryDirectory() as folder:
            program = Path(folder) / "program"
            source = "#include <climits>\n#include <cstdlib>\n#include <thread>\nint shared = 0;\nint main(int count, char**) {\n" + body + "\n}\n"
            subprocess.run(["g++", "-xc++", "-g1", "-pthread", f"-fsanitize={flags}", "-", "-o", program], input=source, text=True, check=True)
            done = subprocess.run([program], capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL)
        check_no_report(done.stderr)

    def test_a_sound_program_has_none(self):
        self.reported_by("address,undefined", "return 0;")

    def test_what_is_wrong_has_one(self):
        for flags, body, kind in (
            ("thread", "std::thread other([] { ++shared; }); ++shared; other.join();", "data race"),
            ("address", "char* gone = new char[8]; delete[] gone; return gone[count];", "heap-use-after-free"),
            ("address", "shared = *static_cast<char*>(calloc(100, 1));", "detected memory leaks"),
            ("undefined", "shared = INT_MAX; shared += count;", "signed integer overflow"),
        ):
            with self.subTest(kind), self.assertRaisesRegex(RuntimeError, kind):
                self.reported_by(flags, body)


class Install(unittest.TestCase):
    def test_says_so_when_nothing_is_missing(self):
        done = subprocess.run([ROOT / "tools/dev/install.sh"], capture_output=True, text=True, timeout=600, stdin=subprocess.DEVNULL)
        self.assertEqual(done.returncode, 0, done.stderr)
        again = subprocess.run([ROOT / "tools/dev/install.sh"], capture_output=True, text=True, timeout=20, stdin=subprocess.DEVNULL)
        self.assertEqual((again.returncode, again.stdout), (0, "install: nothing is missing\n"))

    def test_every_package_has_a_reason(self):
        for line in (ROOT / "tools/dev/packages.txt").read_text().splitlines():
            if line and not line.startswith("#"):
                self.assertGreaterEqual(len(line.split(None, 1)), 2, line)


if __name__ == "__main__":
    sys.exit(unittest_suite.run(sys.modules[__name__]))
