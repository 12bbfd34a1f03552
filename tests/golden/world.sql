-- SPDX-License-Identifier: Apache-2.0
-- The source that golden cases run on, and for each subject a schema of hand-made security_barrier views with the same
-- policies (tests/unit/server_query/world.cpp holds the rules): a statement through Scrim and the same statement
-- on the subject's views must give the same rows.
CREATE TYPE mood AS ENUM ('glad', 'sad');
CREATE TABLE customer (
  id int PRIMARY KEY, first_name text NOT NULL, last_name varchar(30), age int, country char(2), ssn text, email varchar(60),
  salary numeric(10, 2), born date, joined timestamptz, seen timestamp, token uuid, notes jsonb, feeling mood, tags text[], internal text);
INSERT INTO customer
SELECT i, (ARRAY['Ada', 'Bob', 'Cleo', 'Dan'])[1 + i % 4], 'Name' || i, CASE WHEN i % 7 > 0 THEN 18 + i % 50 END,
       (ARRAY['DE', 'US', 'FR'])[1 + i % 3], '900-00-' || lpad(i::text, 4, '0'), 'user' || i || '@example.org', 1000 + i * 37.25,
       date '1970-01-01' + i * 97, timestamptz '2024-01-01 00:00:00+00' + i * interval '1 day 3 hours', timestamp '2024-03-01' + i * interval '7 hours',
       md5(i::text)::uuid, jsonb_build_object('n', i, 'l', jsonb_build_array(i, i + 1)), (ARRAY['glad', 'sad'])[1 + i % 2]::mood,
       ARRAY['t' || i % 3, 't' || i % 5], 'internal' || i
FROM generate_series(1, 60) AS i;
CREATE TABLE purchase (
  id int PRIMARY KEY, customer_id int NOT NULL REFERENCES customer, product_id int NOT NULL, department text, purchase_date date NOT NULL,
  amount numeric(10, 2) NOT NULL);
INSERT INTO purchase
SELECT i, 1 + i * 7 % 60, 10 + i % 9, (ARRAY['Toys', 'Home Goods', 'Garden', NULL])[1 + i % 4], date '2024-01-01' + i, i * 1.5
FROM generate_series(1, 200) AS i;
CREATE TABLE archived () INHERITS (purchase);
INSERT INTO archived SELECT 1000 + i, 1 + i, 20, 'Toys', date '2023-01-01' + i, i FROM generate_series(1, 9) AS i;
CREATE TABLE region (country char(2) PRIMARY KEY, manager text);
INSERT INTO region VALUES ('DE', 'alice'), ('US', 'bob'), ('FR', 'alice');
CREATE TABLE "Odd Names" ("Key" int PRIMARY KEY, "select" text, "a""b" text);
INSERT INTO "Odd Names" VALUES (1, 'x', 'y'), (2, 'z', NULL);
ANALYZE;

-- HMAC-SHA-256 as RFC 2104 has it, written anew here.
CREATE FUNCTION hmac(key bytea, message text) RETURNS bytea LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE inner_pad bytea := ''; outer_pad bytea := ''; byte int;
BEGIN
  FOR i IN 0..63 LOOP
    byte := CASE WHEN i < length(key) THEN get_byte(key, i) ELSE 0 END;
    inner_pad := inner_pad || set_byte('\x00', 0, byte # 54);
    outer_pad := outer_pad || set_byte('\x00', 0, byte # 92);
  END LOOP;
  RETURN sha256(outer_pad || sha256(inner_pad || convert_to(message, 'UTF8')));
END $$;
CREATE FUNCTION hashed(source text, value text) RETURNS text LANGUAGE sql IMMUTABLE RETURN encode(hmac(sha256(convert_to(source, 'UTF8')), value), 'hex');
CREATE FUNCTION hashed_number(source text, value text) RETURNS bigint LANGUAGE sql IMMUTABLE
  RETURN ('x' || left(hashed(source, value), 15))::bit(60)::bigint;

CREATE FUNCTION views(schema text, departments text[], countries text[], hr boolean) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  cut text := format('SET search_path = public');
  mine text := format('department = ANY (%L::text[])', departments);
  here text := CASE WHEN hr THEN 'true' ELSE format('country = ANY (%L::char(2)[])', countries) END;
  ssn text := CASE WHEN hr THEN 'ssn' ELSE format('hashed(%L, ssn)', 'customer') END;
BEGIN
  EXECUTE format('CREATE SCHEMA %I', schema);
  EXECUTE format('CREATE VIEW %I.customer WITH (security_barrier) AS SELECT id, first_name, last_name, age, country, %s AS ssn, email, salary, born,
    joined, seen, token, notes, feeling::text AS feeling, tags FROM public.customer WHERE %s', schema, ssn, here);
  EXECUTE format('CREATE VIEW %I.purchase WITH (security_barrier) AS SELECT * FROM public.purchase WHERE %s', schema, mine);
  EXECUTE format('CREATE VIEW %I.plain WITH (security_barrier) AS SELECT * FROM public.purchase', schema);
  EXECUTE format('CREATE VIEW %I.odd WITH (security_barrier) AS SELECT "Key", "select", "a""b" FROM public."Odd Names"', schema);
  EXECUTE format('CREATE VIEW %I.people WITH (security_barrier) AS SELECT hashed_number(''people'', id::text) AS id,
    left(first_name, 1) || repeat(''*'', length(first_name) - 1) AS first_name, NULL::int AS age, ''XX''::char(2) AS country,
    regexp_replace(email, ''^[^@]+'', ''***'') AS email, CASE WHEN country = ''DE'' THEN salary - mod(salary, 1000) ELSE salary END AS salary,
    date_trunc(''year'', born)::date AS born, date_trunc(''month'', joined AT TIME ZONE ''UTC'') AT TIME ZONE ''UTC'' AS joined,
    (left(hashed(''people'', token::text), 32))::uuid AS token, NULL::jsonb AS notes FROM public.customer', schema);
  EXECUTE format('CREATE VIEW %I.customer_purchases WITH (security_barrier) AS SELECT c.id, c.first_name, c.last_name, c.age, c.country,
    hashed(''customer_purchases'', c.ssn) AS ssn, p.product_id, p.department, p.purchase_date
    FROM public.customer c JOIN public.purchase p ON c.id = p.customer_id WHERE %s', schema, mine);
  EXECUTE format('CREATE VIEW %I.family WITH (security_barrier) AS SELECT p.product_id, p.department,
    left(c.first_name, 1) || repeat(''*'', length(c.first_name) - 1) AS first_name
    FROM ONLY public.purchase p JOIN ONLY public.customer c ON c.id = p.customer_id WHERE %s', schema, mine);
  EXECUTE format('CREATE VIEW %I.spend WITH (security_barrier) AS SELECT country, n, total - mod(total, 100) AS total FROM (SELECT c.country, count(*) AS n, sum(p.amount) AS total
    FROM public.customer c JOIN public.purchase p ON c.id = p.customer_id GROUP BY c.country) s WHERE %s', schema,
    format('country = ANY (%L::char(2)[])', countries));
  EXECUTE format('CREATE VIEW %I.optional WITH (security_barrier) AS SELECT c.id, hashed(''optional'', c.ssn) AS ssn, p.department, left(p.department, 2) || repeat(''#'', length(p.department) - 2) AS shown
    FROM public.customer c LEFT JOIN public.purchase p ON c.id = p.customer_id AND p.id < 40 WHERE p.%s', schema, mine);
  EXECUTE format('CREATE VIEW %I.managed WITH (security_barrier) AS SELECT id, country, salary FROM public.customer
    WHERE country IN (SELECT country FROM public.region WHERE manager = %L)', schema, schema);
  EXECUTE format('CREATE VIEW %I.sampled WITH (security_barrier) AS SELECT id, customer_id, amount FROM public.purchase
    WHERE hashed_number(''sampled'', customer_id::text) %% 1000000 < 400000', schema);
  EXECUTE format('CREATE VIEW %I.recent WITH (security_barrier) AS SELECT id, purchase_date, amount FROM public.purchase
    WHERE purchase_date >= (now() AT TIME ZONE ''UTC'') - interval ''100 years''', schema);
  EXECUTE format('CREATE VIEW %I.shy WITH (security_barrier) AS SELECT id, amount FROM public.purchase WHERE %s', schema, mine);
  EXECUTE format('CREATE VIEW %I.shy_people WITH (security_barrier) AS SELECT id, first_name,
    CASE WHEN (country = ''DE'') IS NOT FALSE THEN NULL ELSE salary END AS salary FROM public.customer
    WHERE hashed_number(''shy_people'', token::text) %% 1000000 < 600000', schema);
  EXECUTE format('CREATE VIEW %I.shy_orders WITH (security_barrier) AS SELECT c.id, CASE WHEN (country = ''DE'') IS NOT FALSE
    THEN left(c.first_name, 1) || repeat(''*'', length(c.first_name) - 1) ELSE c.first_name END AS first_name, p.amount
    FROM public.customer c JOIN public.purchase p ON c.id = p.customer_id WHERE p.%s', schema, mine);
  EXECUTE format('CREATE VIEW %I.shy_optional WITH (security_barrier) AS SELECT c.id,
    CASE WHEN (country = ''DE'') IS NOT FALSE THEN p.amount - mod(p.amount, 10) ELSE p.amount END AS amount
    FROM public.customer c LEFT JOIN public.purchase p ON c.id = p.customer_id AND p.id < 40 WHERE p.%s', schema, mine);
  EXECUTE format('CREATE VIEW %I.shy_filtered WITH (security_barrier) AS SELECT c.id, p.amount
    FROM public.customer c JOIN public.purchase p ON c.id = p.customer_id WHERE p.department <> ''Garden'' AND p.%s', schema, mine);
  EXECUTE format('CREATE VIEW %I.good_customers WITH (security_barrier) AS SELECT c.id,
    CASE WHEN s.total > 500 THEN c.first_name END AS first_name FROM public.customer c
    JOIN (SELECT customer_id, sum(amount) AS total FROM public.purchase GROUP BY customer_id) s ON s.customer_id = c.id AND s.total > 450', schema);
  EXECUTE format('CREATE VIEW %I.good_orders WITH (security_barrier) AS SELECT c.id, p.amount FROM public.customer c
    JOIN public.purchase p ON c.id = p.customer_id
    WHERE c.id IN (SELECT customer_id FROM public.purchase GROUP BY customer_id HAVING sum(amount) > 450)', schema);
  EXECUTE format('CREATE VIEW %I.closed WITH (security_barrier) AS SELECT id, amount FROM public.purchase WHERE false', schema);
END $$;
SELECT views('alice', '{Toys,Home Goods}', '{DE,FR}', false), views('bob', '{HR}', '{}', true), views('nobody', '{}', '{}', false);
