# SPDX-License-Identifier: Apache-2.0
"""psqlODBC through unixODBC: connection, parameters, fetch in batches, errors, transactions."""
import glob

import pyodbc

from checks import CA, EXPECTED, HOST, PASSWORD, PORT, QUERY, USER, check, equal, finish, plain

DRIVER = glob.glob("/usr/lib/*/odbc/psqlodbcw.so")[0]


def connect(**more):
    options = {"DRIVER": DRIVER, "SERVER": HOST, "PORT": PORT, "DATABASE": "scrim", "UID": USER, "PWD": PASSWORD,
               "SSLmode": "verify-full", "pqopt": "{sslrootcert=%s}" % CA, **more}
    return pyodbc.connect(";".join(f"{k}={v}" for k, v in options.items()))


@check
def rows_are_those_alice_may_see():
    with connect() as db:
        equal(plain(db.execute(QUERY.format("?"), 15).fetchall()), EXPECTED["reference"])


@check
def server_side_prepare():
    with connect(UseServerSidePrepare=1) as db:
        cursor = db.cursor()
        for _ in range(3):
            equal(plain(cursor.execute(QUERY.format("?"), 15).fetchall()), EXPECTED["reference"])


@check
def declare_fetch():
    with connect(UseDeclareFetch=1, Fetch=4) as db:
        equal(plain(db.execute(QUERY.format(15)).fetchall()), EXPECTED["reference"])


@check
def error_has_sqlstate():
    with connect() as db:
        try:
            db.execute("SELECT * FROM no_such_table")
            raise AssertionError("no error")
        except pyodbc.Error as error:
            assert error.args[0] in ("42P01", "42S02"), error
        db.rollback()
        equal(db.execute("SELECT 1").fetchone()[0], 1)


finish()
