-- SPDX-License-Identifier: Apache-2.0
-- Small tables with many types, NULLs and repeated values; every value is cut from its row number.
CREATE TABLE item (
  id integer PRIMARY KEY, grp text, n integer, big bigint, x numeric(12, 2), f double precision, t text, v varchar(20), c char(3),
  d date, ts timestamp, tz timestamptz, b boolean, u uuid, j jsonb, arr integer[], secret text, salary integer, ssn bigint);
INSERT INTO item
SELECT i, CASE WHEN i % 11 > 0 THEN (ARRAY['red', 'green', 'blue', 'Red'])[1 + i * 7 % 4] END, CASE WHEN i % 7 > 0 THEN i * 37 % 50 - 10 END,
       i::bigint * 3000000019, CASE WHEN i % 5 > 0 THEN (i * 53 % 1000 - 300) / 7.0 END, i * 29 % 97 / 4.0,
       CASE WHEN i % 6 > 0 THEN (ARRAY['alpha', 'Beta', 'gamma ray', '', 'é漢', 'it''s', '50%_'])[1 + i % 7] END,
       (ARRAY['x', 'secretive', 'Zürich', 'ab', 'abcdef'])[1 + i % 5], (ARRAY['a', 'bb', 'ccc'])[1 + i % 3],
       date '2024-01-01' + i * 13 % 700, timestamp '2024-03-01 00:00' + i * interval '7 hours 13 minutes',
       timestamptz '2024-06-01 12:00+02' + i * interval '31 hours', CASE WHEN i % 4 > 0 THEN i % 3 = 0 END,
       md5(i::text)::uuid, jsonb_build_object('k', i % 5, 'name', 'n' || i % 3), ARRAY[i % 3, i % 5, NULL],
       CASE WHEN i % 9 > 0 THEN 'secret-' || i % 40 END, 20000 + i * 791 % 60000, 100000000 + i * 7919
FROM generate_series(1, 120) AS i;

CREATE TABLE event (id integer PRIMARY KEY, item_id integer, kind text, amount numeric(10, 2), at date, region text, note text);
INSERT INTO event
SELECT i, 1 + i * 31 % 130, (ARRAY['open', 'close', 'move'])[1 + i % 3], i * 17 % 500 / 3.0, date '2024-05-01' + i % 300,
       (ARRAY['north', 'south', 'east', 'west', NULL])[1 + i % 5], CASE WHEN i % 3 > 0 THEN 'note ' || i % 20 END
FROM generate_series(1, 260) AS i;

CREATE TABLE region (name text PRIMARY KEY, manager text, open boolean);
INSERT INTO region VALUES ('north', 'alice', true), ('south', 'bob', true), ('east', 'alice', true), ('west', 'alice', false);
CREATE TABLE plain (id integer PRIMARY KEY, label text, weight numeric);
INSERT INTO plain SELECT i, 'label ' || i % 6, CASE WHEN i % 4 > 0 THEN i / 8.0 END FROM generate_series(1, 30) AS i;
CREATE INDEX ON item (grp);
CREATE INDEX ON event (item_id);
ANALYZE;

CREATE ROLE scrim_reader LOGIN PASSWORD 'reader';
GRANT SELECT ON ALL TABLES IN SCHEMA public TO scrim_reader;

-- What the hashes are is learnt from the gateway (the key is Scrim's own); everything else is written by hand.
CREATE SCHEMA secured;
CREATE TABLE secured.hash_map (source text, id integer, column_name text, hashed text, PRIMARY KEY (source, id, column_name));
CREATE VIEW secured.item WITH (security_barrier) AS
  SELECT id, grp, n, big, x, f, t,
         left(v, 2) || repeat('*', greatest(length(v) - 2, 0)) AS v, c, d, ts, tz, b, u, j, arr,
         (SELECT hashed FROM secured.hash_map m WHERE m.source = 'item' AND m.id = item.id AND m.column_name = 'secret') AS secret,
         CASE WHEN (grp = 'blue') IS NOT FALSE THEN floor(salary / 1000.0)::integer * 1000 ELSE salary END AS salary, NULL::bigint AS ssn
  FROM public.item WHERE grp IN ('red', 'green', 'blue');
CREATE VIEW secured.event WITH (security_barrier) AS
  SELECT id, item_id, kind, amount, date_trunc('month', at)::date AS at, region, regexp_replace(note, '[0-9]', '#', 'g') AS note
  FROM public.event WHERE region IN (SELECT name FROM public.region WHERE manager = 'alice' AND open);
CREATE VIEW secured.plain AS SELECT id, label, weight FROM public.plain;
CREATE VIEW secured.item_event WITH (security_barrier) AS
  SELECT i.id, i.grp, i.n, e.kind, e.amount, e.at, NULL::text AS note
  FROM public.item i JOIN public.event e ON i.id = e.item_id WHERE i.grp IN ('red', 'green', 'blue') AND e.kind <> 'move';
CREATE VIEW secured.shy WITH (security_barrier) AS
  SELECT id, item_id, kind, CASE WHEN note IS NOT NULL THEN amount END AS amount FROM public.event WHERE region IN ('north', 'east');
CREATE VIEW secured.shy_join WITH (security_barrier) AS
  SELECT i.id, i.n, CASE WHEN (e.kind <> 'open') IS NOT FALSE THEN e.amount - mod(e.amount, 10) ELSE e.amount END AS amount
  FROM public.item i JOIN public.event e ON i.id = e.item_id
  WHERE i.grp IN ('red', 'green', 'blue') AND i.id IN (SELECT item_id FROM public.event GROUP BY item_id HAVING count(*) > 2);
