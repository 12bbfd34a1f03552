# SPDX-License-Identifier: Apache-2.0
"""asyncpg: binary extended protocol throughout, prepared statements, cursors, COPY, cancel by time-out."""
import asyncio
import io
import ssl

import asyncpg

from checks import CA, EXPECTED, HOST, PASSWORD, PORT, QUERY, SLOW, USER, check, equal, finish, plain


async def connect():
    context = ssl.create_default_context(cafile=CA)
    return await asyncpg.connect(host=HOST, port=PORT, user=USER, password=PASSWORD, database="scrim", ssl=context)


def run(body):
    async def whole():
        db = await connect()
        try:
            await body(db)
        finally:
            await db.close()
    asyncio.run(asyncio.wait_for(whole(), 60))


@check
def rows_are_those_alice_may_see():
    async def body(db):
        equal(plain(map(tuple, await db.fetch(QUERY.format("$1"), 15))), EXPECTED["reference"])
    run(body)


@check
def prepared_statement_describes_itself():
    async def body(db):
        statement = await db.prepare(QUERY.format("$1"))
        equal([p.name for p in statement.get_parameters()], ["int4"])
        equal([a.name for a in statement.get_attributes()][:3], ["id", "first_name", "last_name"])
        for _ in range(5):
            equal(plain(map(tuple, await statement.fetch(15))), EXPECTED["reference"])
    run(body)


@check
def portal_with_prefetch():
    async def body(db):
        async with db.transaction():
            rows = [row async for row in db.cursor(QUERY.format("$1"), 15, prefetch=3)]
        equal(plain(map(tuple, rows)), EXPECTED["reference"])
    run(body)


@check
def transaction_rolls_back_to_a_savepoint():
    async def body(db):
        async with db.transaction():
            try:
                async with db.transaction():
                    await db.fetch("SELECT 1 / 0")
                raise AssertionError("no error")
            except asyncpg.DivisionByZeroError:
                pass
            equal(await db.fetchval("SELECT count(*) FROM customer_purchases WHERE product_id = 15"), EXPECTED["product15"])
    run(body)


@check
def copy_from_query():
    async def body(db):
        out = io.BytesIO()
        await db.copy_from_query("SELECT id FROM customer_purchases WHERE product_id = 15", output=out, format="csv")
        equal(len(out.getvalue().splitlines()), EXPECTED["product15"])
    run(body)


@check
def cancel_by_time_out():
    async def body(db):
        try:
            await db.fetch(SLOW, timeout=0.7)
            raise AssertionError("not canceled")
        except asyncio.TimeoutError:
            pass
        equal(await db.fetchval("SELECT 1"), 1)
    run(body)


@check
def error_has_sqlstate():
    async def body(db):
        try:
            await db.fetch("SELECT nothing_here FROM customer_purchases")
            raise AssertionError("no error")
        except asyncpg.UndefinedColumnError as error:
            equal(error.position, "8")
    run(body)


finish()
