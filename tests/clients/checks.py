# SPDX-License-Identifier: Apache-2.0
"""What the Python clients share: the endpoint, the expected rows, and how a check is counted."""
import json
import os
import sys
import traceback

HOST = os.environ["SCRIM_SQL_HOST"]
PORT = int(os.environ["SCRIM_SQL_PORT"])
CA = os.environ["SCRIM_CA"]
USER = "alice"
PASSWORD = os.environ["DEMO_ALICE_PASSWORD"]
EXPECTED = json.load(open(os.environ["SCRIM_EXPECTED"]))

QUERY = ("SELECT id, first_name, last_name, age, country, product_id, department, purchase_date "
         "FROM customer_purchases WHERE age BETWEEN 18 AND 24 AND product_id = {} ORDER BY id, purchase_date, department")
SLOW = "SELECT count(*) FROM customer_purchases a, customer_purchases b WHERE a.age + b.age > 20"

_failed = 0


def plain(rows):
    """Rows as lists of what JSON can hold, dates as ISO text."""
    return [[v.isoformat() if hasattr(v, "isoformat") else v for v in row] for row in rows]


def equal(got, want):
    assert got == want, f"got {str(got)[:300]}, want {str(want)[:300]}"


def is_hash(text):
    assert isinstance(text, str) and len(text) == 64 and set(text) <= set("0123456789abcdef"), f"not a hash: {text!r}"


def check(function):
    """Runs a check at once and prints its outcome."""
    global _failed
    name = function.__name__
    try:
        function()
        print("ok", name, flush=True)
    except Exception as error:  # reported, counted, and turned into the exit code
        _failed += 1
        print(f"FAIL {name}: {type(error).__name__}: {' '.join(str(error).split())[:500]}", flush=True)
        if os.environ.get("SCRIM_TRACE"):
            traceback.print_exc()
    return function


def finish():
    sys.exit(1 if _failed else 0)
