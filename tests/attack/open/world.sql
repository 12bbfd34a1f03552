-- SPDX-License-Identifier: Apache-2.0
-- What tests/attack/world.sql needs for these statements.
-- Rows: ten alternatives, dearer than most conditions, so that a planner runs the user's first; hidden: a day and a number
-- beyond the range of timestamps and floating-point numbers, moments without zone in the documents.
CREATE TABLE ledger (id int PRIMARY KEY, region text, total int, day date, num numeric, ratio float8, at timestamp, doc jsonb, note text, ref text);
INSERT INTO ledger SELECT i, (ARRAY['EU', 'US'])[1 + i % 2], i, '2020-01-01', i, i, '2020-01-01', '{"k": "2020-01-01 00:00:00+00"}', 'VISBnote' || i, i::text
  FROM generate_series(1, 20) AS i;
INSERT INTO ledger SELECT i, 'ZZ', 73317331, '5000000-01-01', 1e400::numeric, 73317331, '2020-01-01', '{"k": "2020-01-01 00:00:00", "n": 73317331}',
  'CNRYnote' || i, 'CNRYref' || i FROM generate_series(21, 30) AS i;

CREATE VIEW entries AS
  SELECT ledger.id, ledger.region, ledger.day, ledger.note, pay.amount, pay.memo, pay.ref FROM ledger JOIN pay ON ledger.id = pay.id;
CREATE VIEW guarded.ledger WITH (security_barrier) AS
  SELECT * FROM company.ledger WHERE region = 'EU' OR region = 'US' OR total = -1 OR total = -2 OR total = -3 OR total = -4 OR total = -5
    OR total = -6 OR total = -7 OR total = -8;
CREATE VIEW guarded.entries WITH (security_barrier) AS
  SELECT * FROM company.entries WHERE region = 'EU' OR region = 'US';
  FOREACH v IN ARRAY ARRAY['staff', 'pay', 'allowed', 'orders', 'ledger', 'entries', 'events', 'team'] LOOP
