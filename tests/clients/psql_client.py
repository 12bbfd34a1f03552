# SPDX-License-Identifier: Apache-2.0
"""psql: scripts on standard input, variables, cursors, \\copy, \\gdesc, \\watch-less basics, error positions."""
import os
import subprocess

from checks import CA, EXPECTED, HOST, PASSWORD, PORT, QUERY, USER, check, equal, finish, is_hash

CONNINFO = f"host={HOST} port={PORT} user={USER} dbname=scrim sslmode=verify-full sslrootcert={CA}"


def psql(script, *options):
    done = subprocess.run(["psql", "-X", "-q", "-A", "-t", *options, CONNINFO], input=script, capture_output=True, text=True,
                          timeout=120, env={**os.environ, "PGPASSWORD": PASSWORD})
    return done.stdout.strip(), done.stderr.strip(), done.returncode


@check
def rows_are_those_alice_may_see():
    out, err, _ = psql(QUERY.format(15) + ";")
    equal(err, "")
    equal(out.splitlines(), ["|".join(map(str, row)) for row in EXPECTED["reference"]])


@check
def hash_in_place_of_ssn():
    is_hash(psql("SELECT ssn FROM customer_purchases LIMIT 1;")[0])


@check
def extended_protocol_by_bind():
    out, err, _ = psql("PREPARE p(int) AS SELECT count(*) FROM customer_purchases WHERE product_id = $1;\n"
                       "EXECUTE p(15);\nEXECUTE p(15);\nDEALLOCATE p;")
    equal((out.splitlines(), err), ([str(EXPECTED["product15"])] * 2, ""))


@check
def cursor_in_a_transaction():
    out, err, _ = psql(f"BEGIN; DECLARE c SCROLL CURSOR FOR {QUERY.format(15)}; FETCH 2 FROM c; FETCH BACKWARD 1 FROM c; CLOSE c; COMMIT;")
    lines = out.splitlines()
    equal((len(lines), err), (3, ""))
    equal(lines[0], lines[2])


@check
def fetch_count_uses_cursors():
    out, err, _ = psql("\\set FETCH_COUNT 3\n" + QUERY.format(15) + ";")
    equal((len(out.splitlines()), err), (len(EXPECTED["reference"]), ""))


@check
def gdesc_describes():
    out, err, _ = psql("SELECT id, ssn, purchase_date FROM customer_purchases \\gdesc")
    equal((out.splitlines(), err), (["id|integer", "ssn|text", "purchase_date|date"], ""))


@check
def error_points_at_the_word():
    _, err, code = psql("SELECT id,\n  nope\nFROM customer_purchases;", "-v", "ON_ERROR_STOP=1")
    assert 'column "nope" does not exist' in err and "LINE 2:   nope" in err, err
    equal(code, 3)


@check
def explain_shows_the_governed_plan():
    out, err, _ = psql("EXPLAIN SELECT id FROM customer_purchases WHERE age > 20;")
    equal(err, "")
    assert "Relation purchase" in out and "Filter" in out, out
    assert "Toys" not in out and "sha256" not in out, out


finish()
