// SPDX-License-Identifier: Apache-2.0
// node-postgres: simple and extended protocol, named statements, cursors, streams, pool, errors.
const fs = require('fs');
const { Client, Pool, types } = require('pg');
const Cursor = require('pg-cursor');
const QueryStream = require('pg-query-stream');

types.setTypeParser(1082, (text) => text);
const e = process.env;
const expected = JSON.parse(fs.readFileSync(e.SCRIM_EXPECTED));
const config = {
  host: e.SCRIM_SQL_HOST, port: Number(e.SCRIM_SQL_PORT), user: 'alice', password: e.DEMO_ALICE_PASSWORD, database: 'scrim',
  ssl: { ca: fs.readFileSync(e.SCRIM_CA, 'utf8') },
};
const query = (value) => 'SELECT id, first_name, last_name, age, country, product_id, department, purchase_date FROM customer_purchases ' +
  `WHERE age BETWEEN 18 AND 24 AND product_id = ${value} ORDER BY id, purchase_date, department`;
const equal = (got, want) => {
  if (JSON.stringify(got) !== JSON.stringify(want)) throw new Error(`got ${JSON.stringify(got)}, want ${JSON.stringify(want)}`);
};

async function withClient(body) {
  const client = new Client(config);
  await client.connect();
  try { await body(client); } finally { await client.end(); }
}

const checks = {
  rows_are_those_alice_may_see: () => withClient(async (c) =>
    equal((await c.query({ text: query(15), rowMode: 'array' })).rows, expected.reference)),
  named_prepared_statement: () => withClient(async (c) => {
    for (let i = 0; i < 5; i++) {
      equal((await c.query({ name: 'q', text: query('$1'), values: [15], rowMode: 'array' })).rows, expected.reference);
    }
  }),
  binary_results: () => withClient(async (c) =>
    equal((await c.query({ text: 'SELECT id FROM customer_purchases WHERE product_id = $1', values: [15], binary: true })).rows.length,
      expected.product15)),
  cursor_reads_in_batches: () => withClient(async (c) => {
    const cursor = c.query(new Cursor(query('$1'), [15], { rowMode: 'array' }));
    const rows = [];
    for (;;) {
      const batch = await cursor.read(4);
      rows.push(...batch);
      if (batch.length === 0) break;
    }
    equal(rows, expected.reference);
  }),
  stream: () => withClient(async (c) => {
    let count = 0;
    for await (const row of c.query(new QueryStream('SELECT id FROM customer_purchases WHERE product_id = $1', [15]))) count += row.id > 0 ? 1 : 0;
    equal(count, expected.product15);
  }),
  pool_of_four: async () => {
    const pool = new Pool({ ...config, max: 4 });
    const results = await Promise.all([...Array(20).keys()].map(() =>
      pool.query('SELECT count(*)::int AS n FROM customer_purchases WHERE product_id = $1', [15])));
    results.forEach((r) => equal(r.rows[0].n, expected.product15));
    await pool.end();
  },
  error_has_sqlstate_and_position: () => withClient(async (c) => {
    let failure;
    await c.query('SELECT nope FROM customer_purchases').catch((error) => { failure = error; });
    equal([failure.code, failure.position], ['42703', '8']);
    equal((await c.query('SELECT 1 AS one')).rows[0].one, 1);
  }),
};

(async () => {
  let failed = 0;
  for (const [name, body] of Object.entries(checks)) {
    try { await body(); console.log('ok', name); } catch (error) { failed++; console.log(`FAIL ${name}: ${error.message.slice(0, 500)}`); }
  }
  process.exit(failed ? 1 : 0);
})();
