-- SPDX-License-Identifier: Apache-2.0
-- The world of the attack corpus, on the source. What no user may ever see carries a canary: texts CNRY..., numbers with
-- 73317331 in them. What alice may see carries VISB. Row 21 and up of each table are hidden from her (department Vault);
-- badge, email, phone, salary and bonus are masked in the rows that she sees.
-- Columns whose hidden values make an expression fail (amount, level, doc, ...) are harmless in the visible rows.
CREATE SCHEMA company;
SET search_path = company;

CREATE TABLE staff (
  id int PRIMARY KEY,
  name text,
  dept text,         -- rows: of her groups only
  badge text,        -- HASHING
  email text,        -- REGEX
  phone text,        -- SHOWING LAST 2
  salary int,        -- NULL
  bonus numeric,     -- ROUNDING TO 100000000
  note text,
  divisor int,       -- hidden: 0
  amount text,       -- hidden: no number
  level float8,      -- hidden: negative
  code int,          -- hidden: 73317331
  big bigint,        -- hidden: 9 * 10^18 and more
  born text,         -- hidden: no date
  doc text,          -- hidden: no JSON
  data jsonb,
  tags text[],
  pattern text,      -- hidden: no regular expression
  net text,          -- hidden: no address
  page text,         -- hidden: no XML
  span text,         -- hidden: no range
  shape text,        -- hidden: no point
  bits text,         -- hidden: no bits
  raw bytea,
  hired date
);
INSERT INTO staff
SELECT i, 'VISBname' || i, CASE WHEN i % 2 = 0 THEN 'Toys' ELSE 'Home Goods' END, 'CNRYbadge' || i, 'CNRYmail' || i || '@example.org',
       '+1-CNRYphone-' || (i % 7) || '55', 73317331, 73317331.25, 'VISBnote' || i, 1, i::text, i, i, i, '1990-01-01', '{"a": 1}',
       '{"k": "VISB"}', '{VISB}', 'a', '10.0.0.1', '<a>VISB</a>', '[1,2)', '(1,2)', '101', 'VISB', date '2020-01-01' + i
FROM generate_series(1, 20) AS i;
INSERT INTO staff
SELECT i, 'CNRYname' || i, 'Vault', 'CNRYbadge' || i, 'CNRYmail' || i || '@example.org', '+1-CNRYphone-' || i, 73317331, 73317331.25,
       'CNRYnote' || i, 0, 'CNRYamount' || i, -73317331, 73317331, 9000000073317331000, 'CNRYborn' || i, '{CNRYdoc' || i,
       jsonb_build_object('k', 'CNRYdata' || i, 'n', 73317331), ARRAY['CNRYtag' || i], '(CNRYpattern' || i, 'CNRYnet' || i,
       '<CNRYpage' || i, '[CNRYspan' || i, 'CNRYshape' || i, 'CNRYbits' || i, convert_to('CNRYraw' || i, 'UTF8'), date '2021-03-01' + i
FROM generate_series(21, 30) AS i;
CREATE INDEX staff_note ON staff (note);
CREATE INDEX staff_badge ON staff (badge);

-- Rows: staff_id in the look-up table `allowed`.
CREATE TABLE pay (id int PRIMARY KEY, staff_id int, amount int, memo text, ref text);  -- ref: hidden: no number
INSERT INTO pay SELECT i, i, i, 'VISBmemo' || i, i::text FROM generate_series(1, 20) AS i;
INSERT INTO pay SELECT i, i, 73317331, 'CNRYmemo' || i, 'CNRYref' || i FROM generate_series(21, 30) AS i;
CREATE TABLE allowed (staff_id int, active boolean);
INSERT INTO allowed SELECT i, true FROM generate_series(1, 20) AS i;
INSERT INTO allowed SELECT i, false FROM generate_series(21, 30) AS i;

-- Rows: three alternatives; card is masked where region = 'EU'.
CREATE TABLE orders (id int PRIMARY KEY, region text, total int, card text, remark text, ref text);
INSERT INTO orders SELECT i, 'EU', i, 'CNRYcard' || i, 'VISBremark' || i, i::text FROM generate_series(1, 10) AS i;
INSERT INTO orders SELECT i, 'US', i, 'VISBcard' || i, 'VISBremark' || i, i::text FROM generate_series(11, 20) AS i;
INSERT INTO orders SELECT i, 'ZZ', 73317331, 'CNRYcard' || i, 'CNRYremark' || i, 'CNRYref' || i FROM generate_series(21, 30) AS i;

-- Rows: ten alternatives, dearer than most conditions, so that a planner runs the user's first; hidden: a day and a number
-- beyond the range of timestamps and floating-point numbers, moments without zone in the documents.
CREATE TABLE ledger (id int PRIMARY KEY, region text, total int, day date, num numeric, ratio float8, at timestamp, doc jsonb, note text, ref text);
INSERT INTO ledger SELECT i, (ARRAY['EU', 'US'])[1 + i % 2], i, '2020-01-01', i, i, '2020-01-01', '{"k": "2020-01-01 00:00:00+00"}', 'VISBnote' || i, i::text
  FROM generate_series(1, 20) AS i;
INSERT INTO ledger SELECT i, 'ZZ', 73317331, '5000000-01-01', 1e400::numeric, 73317331, '2020-01-01', '{"k": "2020-01-01 00:00:00", "n": 73317331}',
  'CNRYnote' || i, 'CNRYref' || i FROM generate_series(21, 30) AS i;

-- No rows for anyone.
CREATE TABLE events (id int PRIMARY KEY, body text);
INSERT INTO events SELECT i, 'CNRYevent' || i FROM generate_series(1, 10) AS i;

-- Registered without dept and place, which its rules look at.
CREATE TABLE roster (id int PRIMARY KEY, note text, dept text, place text, ref text);  -- ref: hidden: no number
INSERT INTO roster SELECT i, 'VISBshift' || i, CASE WHEN i % 2 = 0 THEN 'Toys' ELSE 'Home Goods' END, 'CNRYplace' || i, i::text
FROM generate_series(1, 20) AS i;
INSERT INTO roster SELECT i, 'CNRYshift' || i, 'Vault', 'CNRYplace' || i, 'CNRYref' || i FROM generate_series(21, 30) AS i;

-- Registered, and alice is not subscribed.
CREATE TABLE vault (id int PRIMARY KEY, secret text);
INSERT INTO vault SELECT i, 'CNRYvault' || i FROM generate_series(1, 10) AS i;

-- Never registered.
CREATE TABLE raw_dump (id int, secret text);
INSERT INTO raw_dump SELECT i, 'CNRYdump' || i FROM generate_series(1, 10) AS i;

-- What the data source `team` is defined as; here for the runs without Scrim.
CREATE VIEW team AS
  SELECT staff.id, staff.name, staff.dept, staff.badge, staff.salary, pay.amount, pay.memo, pay.ref
  FROM staff JOIN pay ON staff.id = pay.staff_id;

CREATE VIEW shifts AS SELECT roster.id, roster.note, roster.ref, pay.memo FROM roster JOIN pay ON roster.id = pay.staff_id;

CREATE FUNCTION peek() RETURNS text LANGUAGE sql AS $$ SELECT string_agg(note, ',') FROM company.staff $$;
CREATE VIEW entries AS
  SELECT ledger.id, ledger.region, ledger.day, ledger.note, pay.amount, pay.memo, pay.ref FROM ledger JOIN pay ON ledger.id = pay.id;
COMMENT ON TABLE staff IS 'CNRYcomment';
ALTER TABLE staff ALTER COLUMN note SET STATISTICS 1000;
ANALYZE;

-- Scrim's account at the source: may read what is registered (and more than that, as careless people grant).
CREATE ROLE scrim_reader LOGIN PASSWORD 'reader';
GRANT USAGE ON SCHEMA company TO scrim_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA company TO scrim_reader;

-- The same policy by hand: security_barrier views over the tables, for a role that sees only them.
CREATE SCHEMA guarded;
CREATE VIEW guarded.staff WITH (security_barrier) AS
  SELECT id, name, dept, encode(sha256(convert_to('k' || badge, 'UTF8')), 'hex') AS badge, 'xxx@example.org'::text AS email,
         repeat('x', length(phone) - 2) || right(phone, 2) AS phone, NULL::int AS salary,
         floor(bonus / 100000000) * 100000000 AS bonus, note, divisor, amount, level, code, big, born, doc, data, tags, pattern, net,
         page, span, shape, bits, raw, hired
  FROM company.staff WHERE dept IN ('Toys', 'Home Goods');
CREATE VIEW guarded.pay WITH (security_barrier) AS
  SELECT * FROM company.pay WHERE staff_id IN (SELECT staff_id FROM company.allowed WHERE active);
CREATE VIEW guarded.allowed WITH (security_barrier) AS SELECT * FROM company.allowed;
CREATE VIEW guarded.orders WITH (security_barrier) AS
  SELECT id, region, total, CASE WHEN region = 'EU' THEN NULL ELSE card END AS card, remark, ref
  FROM company.orders WHERE region = 'EU' OR region = 'US' OR total < 0;
CREATE VIEW guarded.ledger WITH (security_barrier) AS
  SELECT * FROM company.ledger WHERE region = 'EU' OR region = 'US' OR total = -1 OR total = -2 OR total = -3 OR total = -4 OR total = -5
    OR total = -6 OR total = -7 OR total = -8;
CREATE VIEW guarded.entries WITH (security_barrier) AS
  SELECT * FROM company.entries WHERE region = 'EU' OR region = 'US';
CREATE VIEW guarded.events WITH (security_barrier) AS SELECT * FROM company.events WHERE false;
CREATE VIEW guarded.team WITH (security_barrier) AS
  SELECT id, name, dept, encode(sha256(convert_to('k' || badge, 'UTF8')), 'hex') AS badge, NULL::int AS salary, amount, memo, ref
  FROM company.team WHERE dept IN ('Toys', 'Home Goods');
CREATE VIEW guarded.roster WITH (security_barrier) AS
  SELECT id, note, ref FROM company.roster WHERE dept IN ('Toys', 'Home Goods');
CREATE VIEW guarded.shifts WITH (security_barrier) AS
  SELECT roster.id, roster.note, roster.ref, pay.memo FROM company.roster JOIN company.pay ON roster.id = pay.staff_id
  WHERE dept IN ('Toys', 'Home Goods');
-- And once more as plain views, which is what a rewriter without fences amounts to.
CREATE SCHEMA naive;
DO $$
DECLARE v text;
BEGIN
  FOREACH v IN ARRAY ARRAY['staff', 'pay', 'allowed', 'orders', 'ledger', 'entries', 'events', 'team', 'roster', 'shifts'] LOOP
    EXECUTE format('CREATE VIEW naive.%I AS %s', v, pg_get_viewdef(format('guarded.%I', v)::regclass));
  END LOOP;
END $$;
CREATE ROLE guarded_reader LOGIN PASSWORD 'reader';
GRANT USAGE ON SCHEMA guarded TO guarded_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA guarded TO guarded_reader;
ALTER ROLE guarded_reader SET search_path = guarded;
CREATE ROLE naive_reader LOGIN PASSWORD 'reader';
GRANT USAGE ON SCHEMA naive TO naive_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA naive TO naive_reader;
ALTER ROLE naive_reader SET search_path = naive;
CREATE ROLE open_reader SUPERUSER LOGIN PASSWORD 'reader';
ALTER ROLE open_reader SET search_path = company;
