# SPDX-License-Identifier: Apache-2.0
"""What is shown, and what cannot harm a terminal; help, completion, manual page, and that every route has a verb."""

import json
import re
import ssl
import subprocess
import unittest
import urllib.request

import cli_world
from cli_world import ROOT

EXEMPT = {"GET /livez", "GET /readyz", "GET /metrics", "GET /api/v1/openapi.json"}
NASTY = "a\x1b[31mred\x1b]0;title\x07\u009b2J\u202eright\u200b\nnext\ttab\x7f"


def world():
    return cli_world.shared


class Formats(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        world().admin.good(*world().connection("shown"), stdin="reader")
        world().admin.good("source", "register", "public.shown", "--connection", "shown", "--table", "customer", "--comment", NASTY)

    @classmethod
    def tearDownClass(cls):
        world().admin.good("source", "remove", "shown", "--yes")

    def harmless(self, text):
        self.assertIsNone(re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\u202e]", text), repr(text))

    def test_escapes_in_tables(self):
        for words in (("source", "list"), ("source", "show", "shown")):
            text = world().admin.good(*words)
            self.harmless(text)
            self.assertIn(r"a\x1b[31mred\x1b]0;title\x07\u009b2J\u202eright\u200b\nnext\ttab\x7f", text)

    def test_escapes_in_json_and_yaml_keep_the_value(self):
        text = world().admin.good("source", "show", "shown", "--output", "json")
        self.harmless(text)
        self.assertEqual(json.loads(text)["comment"], NASTY)
        text = world().admin.good("source", "show", "shown", "--output", "yaml")
        self.harmless(text)
        quoted = re.search(r"^comment: (\".*\")$", text, re.M).group(1)
        self.assertEqual(json.loads(quoted), NASTY, "the escapes of YAML are JSON's")

    def test_escapes_in_errors(self):
        shown = world().admin.refused(1, "source", "show", "no\x1b[31mwhere")
        self.harmless(shown)
        self.assertIn(r"\x1b[31m", shown)
        self.harmless(world().admin.refused(1, "policy", "check", "MASK \x1b[2J COLUMN", "--source", "shown"))

    def test_yaml(self):
        text = world().admin.good("user", "show", "admin", "--output", "yaml")
        self.assertIn("name: admin\n", text)
        self.assertIn("groups: []\n", text)
        self.assertIn("permissions:\n  - ADMIN\n", text)
        self.assertIn("disabled: false\n", text)
        self.assertTrue(world().admin.good("user", "list", "--output", "yaml").startswith("- id: "))

    def test_tables(self):
        lines = world().admin.good("connection", "list").splitlines()
        self.assertRegex(lines[0], r"^ID +NAME +HOSTS +PORTS +DATABASE +USER +TLS$")
        self.assertEqual(len({line.index("scrim_reader") for line in lines[1:]}), 1)
        world().admin.refused(2, "connection", "list", "--output", "xml")


class Itself(unittest.TestCase):
    def test_completion(self):
        script = world().admin.good("completion", "bash")
        for shell in ("zsh", "fish"):
            self.assertIn("subscribers", world().admin.good("completion", shell))
        world().admin.refused(2, "completion", "tcsh")
        for words, told in ((["logn"], "no command logn; did you mean login?"), (["policy", "lst"], "no policy lst; did you mean list? There are: list, show"),
                            (["policy"], "Say what to do with policy. There are: list"), (["zzzzzz"], "no command zzzzzz. scrim help")):
            self.assertIn(told, world().admin.refused(2, *words))
        path = world().folder / "completion.bash"
        path.write_text(script)
        self.assertEqual(subprocess.run(["bash", "-n", str(path)]).returncode, 0)
        cases = [(["scrim", "us"], "user"), (["scrim", "user", "sh"], "show"), (["scrim", "policy", "list", "--state", "st"], "staged"),
                 (["scrim", "connection", "create", "x", "--max"], "--max-connections"), (["scrim", "completion", "f"], "fish"),
                 (["scrim", "login", "--pass"], "--password-stdin")]
        for words, wanted in cases:
            program = f'source {path}; COMP_WORDS=({" ".join(words)}); COMP_CWORD={len(words) - 1}; _scrim; echo "${{COMPREPLY[@]}}"'
            done = subprocess.run(["bash", "-c", program], capture_output=True, text=True)
            self.assertEqual((done.stdout.strip(), done.stderr), (wanted, ""), words)

    def test_manual_page(self):
        page = world().admin.good("man")
        self.assertTrue(page.startswith(".TH SCRIM 1"))
        for section in ("NAME", "COMMANDS", "ENVIRONMENT", "FILES", "EXIT STATUS"):
            self.assertIn(f".SH {section}\n", page)
        self.assertIn("scrim policy set POLICY", page)

    def test_help(self):
        admin = world().admin
        self.assertIn("4  Not signed in", admin.good("help", "exit-codes"))
        self.assertIn("SCRIM_TOKEN", admin.good("help", "environment"))
        self.assertEqual(admin.good("help", "user", "set"), admin.good("user", "set", "--help"))
        self.assertIn("subscribe", admin.good("help", "source"))
        self.assertEqual(admin.good("help"), admin.good("--help"))
        admin.refused(2, "help", "nothing")
        self.assertRegex(admin.good("--version"), r"^scrim \d")

    def test_wrong_command_lines(self):
        for words in ((), ("user",), ("user", "fly"), ("user", "show"), ("user", "show", "a", "b"), ("user", "list", "--limit", "x"),
                      ("source", "register", "x"), ("user", "list", "--group"), ("whoami", "--insecure")):
            world().admin.refused(2, *words)

    def test_every_route_of_the_server_has_a_verb(self):
        context = ssl.create_default_context(cafile=world().server.ca)
        with urllib.request.urlopen(world().server.api + "/api/v1/openapi.json", context=context) as answer:
            document = json.load(answer)
        served = {f"{method.upper()} {path}" for path, methods in document["paths"].items() for method in methods if method in ("get", "post", "put", "delete")}
        known = {" ".join(line.split()[:2]) for line in world().admin.good("help", "routes").splitlines()}
        self.assertEqual(served - known, EXEMPT)
        self.assertEqual(known - served, set())


class Whole(unittest.TestCase):
    """Runs last, after all others."""

    def test_every_verb_was_typed(self):
        verbs = re.findall(r"^\.SS scrim ([a-z]+(?: [a-z]+)?)", world().admin.good("man"), re.M)
        self.assertGreater(len(verbs), 40)
        for verb in verbs:
            self.assertTrue(any(f"{typed} ".startswith(verb + " ") for typed in world().typed), verb)


class Page(unittest.TestCase):
    """The examples of docs/admin/command_line.md are run, in their order; `...` stands for anything."""

    def test_examples(self):
        page = (ROOT / "docs" / "admin" / "command_line.md").read_text()
        quinn = cli_world.Person(world(), "quinn")
        (quinn.home / "ca.pem").write_text(open(world().server.ca).read())
        (quinn.home / "password").write_text(world().admin_password + "\n")
        stands_for = {"https://scrim.example:5440": world().server.api, "db.example": str(world().postgres.sockets), "--port 5432": f"--port {world().postgres.port}"}
        commands = 0
        for block in re.findall(r"```console\n(.*?)```", page, re.S):
            for step in re.split(r"^\$ ", block, flags=re.M)[1:]:
                command, _, shown = step.partition("\n")
                for written, real in stands_for.items():
                    command, shown = command.replace(written, real), shown.replace(written, real)
                done = subprocess.run(["bash", "-c", command], cwd=quinn.home, capture_output=True, text=True,
                                      env=quinn.environment({"PATH": f"{cli_world.BINARY.parent}:/usr/bin:/bin"}))
                pattern = ".*".join(re.escape(part) for part in shown.split("..."))
                self.assertRegex(done.stdout + done.stderr, re.compile(rf"\A{pattern}\Z", re.S), command)
                commands += 1
        self.assertGreater(commands, 9)
