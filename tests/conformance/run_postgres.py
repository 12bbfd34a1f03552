#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the vectors of masks.json and predicates.json on a private PostgreSQL, as the server renders them, under two
different session settings: what a mask shows and what a predicate says must not depend on a session. Random patterns of
the portable subset, too, must replace the same there as in the reference.

Usage: run_postgres.py [--programs build/dev/tests/conformance]
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT / "tests" / "support"))
from private_postgres import PrivatePostgres  # noqa: E402

SESSIONS = {
    "plain": "SET timezone = 'UTC'; SET datestyle = 'ISO'; SET extra_float_digits = 1;",
    "odd": "SET timezone = 'Asia/Kathmandu'; SET datestyle = 'SQL, DMY'; SET intervalstyle = 'sql_standard'; "
           "SET standard_conforming_strings = on; SET bytea_output = 'escape'; SET search_path = pg_temp; "
           "SET extra_float_digits = 1;",
}
NOW = "pg_catalog.now()"


def literal(text):
    return "NULL" if text is None else "E'" + text.replace("\\", "\\\\").replace("'", "''") + "'"


def typed(name, modifier=None):
    if modifier is None:
        return name
    size = modifier - 4
    return f"numeric({size >> 16},{size & 0x7ff})" if name == "numeric" else f"{name}({size})"


def value(text, name, modifier=None):
    """A vector's canonical text as a value; zoned moments are written in UTC."""
    if name == "timestamp with time zone" and text is not None:
        return f"CAST({literal(text)} AS timestamp) AT TIME ZONE 'UTC'"
    if name == "date" and text is not None:
        return f"to_date({literal(text)}, 'YYYY-MM-DD')"
    if name.startswith("timestamp") and text is not None:
        return f"CAST({literal(text)} AS timestamp)"  # ISO 8601 reads the same under every DateStyle
    return f"CAST({literal(text)} AS {typed(name, modifier)})"


def canonical(expression, name):
    """A result's canonical text, in hex so that no character of it troubles psql."""
    if name == "timestamp with time zone":
        expression = f"({expression}) AT TIME ZONE 'UTC'"
    if name.startswith("timestamp"):
        text = f"to_char({expression}, 'YYYY-MM-DD HH24:MI:SS.US')"
    elif name == "date":
        text = f"to_char({expression}, 'YYYY-MM-DD')"
    elif name == "numeric":
        text = f"trim_scale({expression})::text"
    else:
        text = f"({expression})::text"
    return f"coalesce(encode(convert_to({text}, 'UTF8'), 'hex'), 'NULL')"


class Script:
    """Statements, each behind a mark in the output, so that one failure does not hide the others."""

    def __init__(self, session):
        self.lines, self.expected = [SESSIONS[session]], {}

    def add(self, name, select, keys, expected, why):
        types = "(" + ", ".join(["bytea"] * len(keys)) + ")" if keys else ""
        values = "(" + ", ".join(f"'\\x{key}'" for key in keys) + ")" if keys else ""
        # Generic plans: the expression is not computed while planning, as for parameters of a client.
        self.lines += [f"\\echo @ {len(self.expected)}", f"PREPARE one{types} AS {select};", f"EXECUTE one{values};", "DEALLOCATE one;"]
        self.expected[len(self.expected)] = (name, expected, why)

    def run(self, server):
        done = subprocess.run(["psql", "-XqAt", "-F", "|", "-f", "-", server.dsn()], input="\n".join(self.lines), capture_output=True, text=True)
        answers, current = {}, None
        for line in done.stdout.splitlines():
            if line.startswith("@ "):
                current = int(line[2:])
            elif current is not None:
                answers.setdefault(current, []).append(line)
        failures = []
        for number, (name, expected, why) in self.expected.items():
            got = answers.get(number, ["no answer"])
            if got != expected:
                failures.append(f"{name}\n    expected {readable(expected)}\n    got      {readable(got)}" + (f"\n    ({why})" if why else ""))
        errors = [line for line in done.stderr.splitlines() if "ERROR" in line]
        return len(self.expected) - len(failures), failures, errors


def readable(lines):
    out = []
    for line in lines:
        try:
            out.append("|".join(bytes.fromhex(part).decode() if len(part) > 3 or part.isdigit() else part for part in line.split("|")))
        except ValueError:
            out.append(line)
    return out


def add_masks(script, rendered, vectors):
    for item, case in zip(rendered, vectors["cases"], strict=True):
        source = f"(SELECT {value(case['value'], case['type'], case.get('modifier'))} AS c OFFSET 0) AS r"
        result = case["result"]
        select = f"SELECT {canonical(item['sql'], result)}, pg_typeof({item['sql']}) FROM {source}"
        shows = "NULL" if case["shows"] is None else case["shows"].encode().hex()
        script.add(json.dumps({k: case[k] for k in ("mask", "type", "value")}, ensure_ascii=False), select, item["keys"],
                   [f"{shows}|{result}"], case.get("why"))


def create_tables(server, vectors):
    columns = vectors["columns"]
    server.psql("CREATE TABLE public.r (row_number int, " + ", ".join(f"{name} {kind}" for name, kind in columns.items()) + ")")
    for number, row in enumerate(vectors["rows"]):
        server.psql(f"INSERT INTO public.r VALUES ({number}, " + ", ".join(value(row[name], kind) for name, kind in columns.items()) + ")")
    for table in vectors["lookups"]:
        name = f"{table['schema']}.{table['name']}"
        server.psql(f"CREATE SCHEMA {table['schema']}; CREATE TABLE {name} (" +
                    ", ".join(f"{column} {kind}" for column, kind in table["columns"].items()) + ")")
        for row in table["rows"]:
            server.psql(f"INSERT INTO {name} VALUES (" + ", ".join(literal(row[column]) for column in table["columns"]) + ")")


def add_predicates(script, rendered, vectors):
    words = {True: "true", False: "false", None: "NULL"}
    for part in ("cases", "recent", "samples"):
        for item, case in zip([r for r in rendered if r["kind"] == part], vectors[part], strict=True):
            sql, name = item["sql"], case.get("predicate") or case["rows"]
            if "NOW" in name or part == "recent":
                if NOW not in sql:
                    raise SystemExit(f"{name}: no {NOW} in {sql}")
                sql = sql.replace(NOW, f"(TIMESTAMP '{vectors['now']}' AT TIME ZONE 'UTC')")
            select = f"SELECT string_agg(coalesce(({sql})::text, 'NULL'), ' ' ORDER BY r.row_number) FROM public.r AS r"
            script.add(name, select, item["keys"], [" ".join(words[truth] for truth in case["truth"])], case.get("why"))


def add_patterns(script, patterns):
    for case in patterns:
        call = f"regexp_replace(c, {literal(case['pattern'])}, {literal(case['replacement'])}, 'g')"
        script.add(json.dumps(case, ensure_ascii=False), f"SELECT {canonical(call, 'text')} FROM (SELECT {literal(case['text'])}::text AS c) AS r",
                   [], [case["shows"].encode().hex()], None)


def printed_by(*command):
    """The JSON objects that a program prints, one a line."""
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        print(done.stderr.strip() + "\n0 passed, 1 failed")
        sys.exit(1)
    return [json.loads(line) for line in done.stdout.splitlines()]


def main():
    parser = argparse.ArgumentParser()
    build = os.environ.get("SCRIM_BUILD", str(ROOT / "build" / "dev"))
    parser.add_argument("--programs", default=f"{build}/tests/conformance")
    programs = Path(parser.parse_args().programs)
    rendered = printed_by(programs / "conformance_render")
    patterns = printed_by(programs / "conformance_patterns", "800", "20260101")
    masks, predicates = (json.loads((HERE / name).read_text()) for name in ("masks.json", "predicates.json"))
    passed, failed = 0, 0
    with tempfile.TemporaryDirectory(prefix="scrim-conformance-") as folder:
        os.chmod(folder, 0o755)
        with PrivatePostgres(folder, settings={"fsync": "off", "plan_cache_mode": "force_generic_plan"}) as server:
            create_tables(server, predicates)
            for session in SESSIONS:
                script = Script(session)
                add_masks(script, [r for r in rendered if r["kind"] == "mask"], masks)
                add_predicates(script, rendered, predicates)
                if session == "plain":
                    add_patterns(script, patterns)
                good, failures, errors = script.run(server)
                passed, failed = passed + good, failed + len(failures)
                for text in [*failures, *errors]:
                    print(f"{session}: {text}")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
