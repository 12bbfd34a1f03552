# SPDX-License-Identifier: Apache-2.0
"""The room ldap/ as a running program (probe.cpp says what it understands)."""

import json
import os
import subprocess
from pathlib import Path
from urllib.parse import quote

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = Path(os.environ.get("SCRIM_BUILD", ROOT / "build" / "dev")) / "tests" / "directory" / "directory_probe"


class Probe:
    """A Directory with these options: a list of (name, value), the kind first. `environment` is what an attacker of the
    configuration could set for libldap."""

    def __init__(self, options, environment=None):
        self.process = subprocess.Popen([PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1,
                                        env={**os.environ, **(environment or {})})
        for name, value in options:
            answer = self.ask("option", name, str(value))
            if answer:
                raise ValueError(f"{name} = {value}: {answer}")
        self.opened_answer = self.ask("open")

    def __enter__(self):
        if self.opened_answer:
            self.close()
            raise ValueError(self.opened_answer["message"])
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.process.stdin.close()
        self.process.wait(timeout=60)
        self.process.stdout.close()

    def ask(self, *words):
        self.process.stdin.write(" ".join(quote(word, safe="") or "%" for word in words) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"directory_probe ended with {self.process.wait()} at {words[0]}")
        return json.loads(line)

    def login(self, login, password):
        return self.ask("authenticate", login, password)
