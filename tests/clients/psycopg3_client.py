# SPDX-License-Identifier: Apache-2.0
"""psycopg 3: simple and extended protocol, text and binary, server-side cursors, pipeline, COPY, cancel."""
import threading

import psycopg

from checks import CA, EXPECTED, HOST, PASSWORD, PORT, QUERY, SLOW, USER, check, equal, finish, is_hash, plain


def connect(**more):
    return psycopg.connect(host=HOST, port=PORT, user=USER, password=PASSWORD, dbname="scrim", sslmode="verify-full",
                           sslrootcert=CA, **more)


@check
def rows_are_those_alice_may_see():
    with connect() as db:
        equal(plain(db.execute(QUERY.format(15)).fetchall()), EXPECTED["reference"])


@check
def masked_column_is_a_hash():
    with connect() as db:
        for (ssn,) in db.execute("SELECT ssn FROM customer_purchases LIMIT 20"):
            is_hash(ssn)


@check
def parameters_and_prepared_statements():
    with connect(prepare_threshold=1) as db:
        for _ in range(8):
            rows = db.execute(QUERY.format("%s"), (15,)).fetchall()
            equal(plain(rows), EXPECTED["reference"])


@check
def binary_results():
    with connect() as db, db.cursor(binary=True) as cursor:
        cursor.execute(QUERY.format("%b"), (15,))
        equal(plain(cursor.fetchall()), EXPECTED["reference"])


@check
def server_side_cursor():
    with connect() as db, db.cursor(name="c 1") as cursor:
        cursor.itersize = 7
        cursor.execute(QUERY.format(15))
        equal(plain(list(cursor)), EXPECTED["reference"])


@check
def scrollable_cursor_goes_back():
    with connect() as db, db.cursor(name="s", scrollable=True) as cursor:
        cursor.execute(QUERY.format(15))
        first = cursor.fetchone()
        cursor.scroll(0, "absolute")
        equal(cursor.fetchone(), first)


@check
def pipeline_mode():
    with connect(autocommit=True) as db, db.pipeline():
        results = [db.execute("SELECT %s::int + 1", (i,)) for i in range(20)]
        counts = db.execute("SELECT count(*) FROM customer_purchases WHERE product_id = %s", (15,))
        equal([r.fetchone()[0] for r in results], list(range(1, 21)))
        equal(counts.fetchone()[0], EXPECTED["product15"])


@check
def stream_row_by_row():
    with connect() as db:
        equal(plain(list(db.cursor().stream(QUERY.format(15)))), EXPECTED["reference"])


@check
def copy_to_stdout():
    with connect() as db, db.cursor() as cursor:
        with cursor.copy(f"COPY ({QUERY.format(15)}) TO STDOUT") as copy:
            copy.set_types(["int4", "text", "text", "int4", "text", "int4", "text", "date"])
            equal(plain(copy.rows()), EXPECTED["reference"])


@check
def copy_binary():
    with connect() as db, db.cursor() as cursor:
        with cursor.copy("COPY (SELECT id, department FROM customer_purchases WHERE product_id = 15) TO STDOUT (FORMAT binary)") as copy:
            copy.set_types(["int4", "text"])
            equal(len(list(copy.rows())), EXPECTED["product15"])


@check
def error_has_sqlstate_and_position():
    with connect(autocommit=True) as db:
        try:
            db.execute("SELECT id, nothing_here FROM customer_purchases")
            raise AssertionError("no error")
        except psycopg.errors.UndefinedColumn as error:
            equal(error.diag.statement_position, "12")
        equal(db.execute("SELECT 1").fetchone(), (1,))


@check
def failed_transaction_then_savepoint():
    with connect() as db:
        with db.transaction():
            db.execute("SELECT count(*) FROM customer_purchases WHERE product_id = 15")
            try:
                with db.transaction():
                    db.execute("SELECT 1 / 0")
                raise AssertionError("no error")
            except psycopg.errors.DivisionByZero:
                pass
            equal(db.execute("SELECT count(*) FROM customer_purchases WHERE product_id = 15").fetchone()[0],
                  EXPECTED["product15"])


@check
def writes_are_refused():
    for text in ("DELETE FROM customer_purchases", "CREATE TABLE x (a int)", "SELECT 1 INTO x"):
        with connect(autocommit=True) as db:
            try:
                db.execute(text)
                raise AssertionError("accepted: " + text)
            except (psycopg.errors.ReadOnlySqlTransaction, psycopg.errors.FeatureNotSupported,
                    psycopg.errors.InsufficientPrivilege):
                pass


@check
def cancel_stops_a_running_statement():
    with connect(autocommit=True) as db:
        threading.Timer(0.7, db.cancel).start()
        try:
            db.execute(SLOW)
            raise AssertionError("not canceled")
        except psycopg.errors.QueryCanceled:
            pass
        equal(db.execute("SELECT 1").fetchone(), (1,))


@check
def wrong_password_is_refused():
    try:
        psycopg.connect(host=HOST, port=PORT, user=USER, password="wrong", dbname="scrim", sslmode="require")
        raise AssertionError("let in")
    except psycopg.OperationalError as error:
        assert "password authentication failed" in str(error), error


finish()
