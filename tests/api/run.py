#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The REST API over real HTTP and TLS: nouns, rights, the strictness of HTTP, the OpenAPI document.
Usage: run.py [PART ..]. Last line: N passed, N failed."""

import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "support")]
import access_requests  # noqa: E402
import configuration  # noqa: E402
import conformance  # noqa: E402
import escalation  # noqa: E402
import greedy  # noqa: E402
import groups  # noqa: E402
import nouns  # noqa: E402
import projects  # noqa: E402
import registering  # noqa: E402
import rights  # noqa: E402
import sql_tokens  # noqa: E402
import strict_http  # noqa: E402
import tags  # noqa: E402
from report import Report  # noqa: E402
from world import World  # noqa: E402

PARTS = {"nouns": nouns.run, "rights": rights.run, "escalation": escalation.run, "access": access_requests.run, "groups": groups.run, "registering": registering.run, "tags": tags.run, "projects": projects.run, "configuration": configuration.run, "strict": strict_http.run, "greedy": greedy.run, "sql-tokens": sql_tokens.run, "conformance": conformance.run}


def main():
    report = Report()
    with tempfile.TemporaryDirectory(prefix="scrim-api-") as name:
        Path(name).chmod(0o755)
        with World(name) as world:
            for part in sys.argv[1:] or PARTS:
                before = report.passed + report.failed
                PARTS[part](world, report)
                print(f"{part}: {report.passed + report.failed - before} checks", flush=True)
            log = world.scrim.log_text()
            report.check("unexpected failure" not in log, "the server's log tells of an unexpected failure:\n" + log[-2000:])
    print(f"{report.passed} passed, {report.failed} failed")
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main())
