#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds what the server writes, and the vectors' masks and subjects, against the JSON schemas of the contract; documents
with a field too many, or one too few, must be refused by them.

Usage: check_schemas.py [--programs build/dev/tests/conformance]
"""

import argparse
import copy
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import jsonschema

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]


def bundled():
    """All schemas in one document, so that no reference leaves it: resolvers differ between releases of jsonschema."""
    definitions = {}
    for path in sorted((ROOT / "common/contract/schemas").glob("*.schema.json")):
        schema = json.loads(re.sub(r'"\$ref": "(\w+)\.schema\.json"', r'"$ref": "#/$defs/\1"', path.read_text()))
        jsonschema.Draft202012Validator.check_schema(schema)
        del schema["$id"]
        definitions.update(schema.pop("$defs", {}))
        definitions[path.name.removesuffix(".schema.json")] = schema
    return definitions


def validators():
    definitions = bundled()
    return {name: jsonschema.Draft202012Validator({"$ref": f"#/$defs/{name}", "$defs": definitions}) for name in definitions}


def errors(validator, document):
    return list(validator.iter_errors(document))


def documents(programs):
    done = subprocess.run([programs / "conformance_documents"], capture_output=True, text=True, check=True)
    for line in done.stdout.splitlines():
        item = json.loads(line)
        yield item["schema"], item["document"]
    for case in json.loads((HERE / "masks.json").read_text())["cases"]:
        yield "mask", case["mask"]
    for case in json.loads((HERE / "decisions.json").read_text())["cases"]:
        yield "subject", case["subject"]


def main():
    parser = argparse.ArgumentParser()
    build = os.environ.get("SCRIM_BUILD", str(ROOT / "build" / "dev"))
    parser.add_argument("--programs", default=f"{build}/tests/conformance")
    known, passed, failed = validators(), 0, 0
    for schema, document in documents(Path(parser.parse_args().programs)):
        more = {**copy.deepcopy(document), "unheard_of": 1}
        fewer = {name: value for name, value in document.items() if name != next(iter(document))}
        good = [not errors(known[schema], document), bool(errors(known[schema], more)), bool(errors(known[schema], fewer))]
        if schema == "sentence" and "dataSourceTags" in document:
            good[2] = True  # a sentence without it is a local rule
        passed, failed = passed + good.count(True), failed + good.count(False)
        if not all(good):
            print(f"{schema} {good}: {json.dumps(document, ensure_ascii=False)}")
            for error in errors(known[schema], document)[:1]:
                print(f"    {error.message}")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
