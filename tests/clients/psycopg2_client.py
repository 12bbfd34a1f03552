# SPDX-License-Identifier: Apache-2.0
"""psycopg 2: simple protocol with client-side parameters, named cursors, WITH HOLD, COPY."""
import io

import psycopg2
import psycopg2.errors

from checks import CA, EXPECTED, HOST, PASSWORD, PORT, QUERY, USER, check, equal, finish, plain


def connect():
    return psycopg2.connect(host=HOST, port=PORT, user=USER, password=PASSWORD, dbname="scrim", sslmode="verify-full",
                            sslrootcert=CA)


@check
def rows_are_those_alice_may_see():
    with connect() as db, db.cursor() as cursor:
        cursor.execute(QUERY.format("%s"), (15,))
        equal(plain(cursor.fetchall()), EXPECTED["reference"])


@check
def named_cursor():
    with connect() as db, db.cursor("named") as cursor:
        cursor.itersize = 5
        cursor.execute(QUERY.format(15))
        equal(plain(list(cursor)), EXPECTED["reference"])


@check
def cursor_with_hold_survives_commit():
    with connect() as db:
        cursor = db.cursor("held", withhold=True)
        cursor.execute(QUERY.format(15))
        first = cursor.fetchmany(2)
        db.commit()
        equal(plain(first + cursor.fetchall()), EXPECTED["reference"])
        cursor.close()


@check
def several_statements_in_one_text():
    with connect() as db, db.cursor() as cursor:
        cursor.execute("SELECT 1; SELECT 2; SELECT count(*) FROM customer_purchases WHERE product_id = 15")
        equal(cursor.fetchone()[0], EXPECTED["product15"])


@check
def copy_csv():
    with connect() as db, db.cursor() as cursor:
        out = io.StringIO()
        cursor.copy_expert(f"COPY ({QUERY.format(15)}) TO STDOUT WITH (FORMAT csv, HEADER)", out)
        lines = out.getvalue().splitlines()
        equal(lines[0], "id,first_name,last_name,age,country,product_id,department,purchase_date")
        equal(len(lines) - 1, len(EXPECTED["reference"]))


@check
def error_leaves_the_session_usable():
    with connect() as db, db.cursor() as cursor:
        try:
            cursor.execute("SELECT * FROM no_such_table")
            raise AssertionError("no error")
        except psycopg2.errors.UndefinedTable as error:
            equal(error.diag.statement_position, "15")
        db.rollback()
        cursor.execute("SELECT 1")
        equal(cursor.fetchone(), (1,))


finish()
