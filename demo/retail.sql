-- SPDX-License-Identifier: Apache-2.0
-- The company's database of the demo world: 100,000 customers and 1,000,000 purchases, the same on every machine (each value
-- is cut from a hash of its row's number; nothing is random). Run with psql -v reader_password=... as a superuser, in `retail`.
-- Social security numbers begin with 9: no real one does. Telephone numbers and mail domains are reserved for examples.
\set ON_ERROR_STOP on
SET synchronous_commit = off;
BEGIN;

-- The n-th draw (0 to 3) from a hash: a number below 2^28.
CREATE FUNCTION pg_temp.draw(hash text, n int) RETURNS int LANGUAGE sql IMMUTABLE
  RETURN ('x' || substr(hash, n * 7 + 1, 7))::bit(28)::int;

CREATE TABLE customer (
  id          integer PRIMARY KEY,
  first_name  text NOT NULL,
  last_name   text NOT NULL,
  age         integer NOT NULL,
  country     char(2) NOT NULL,
  ssn         text NOT NULL,
  email       text NOT NULL,
  phone       text
);

INSERT INTO customer
SELECT id, first_name, last_name, 18 + least(draw2 % 37 + draw3 % 37, 77), country,
       format('9%s-%s-%s', lpad((serial / 989901 % 100)::text, 2, '0'), lpad((serial / 9999 % 99 + 1)::text, 2, '0'),
              lpad((serial % 9999 + 1)::text, 4, '0')),
       lower(first_name || '.' || last_name) || id || '@example.' || (ARRAY['com', 'org', 'net'])[1 + draw3 % 3],
       CASE WHEN draw2 % 20 > 0 THEN format('+1-%s-555-01%s', 201 + draw0 % 700, lpad((draw1 % 100)::text, 2, '0')) END
FROM (
  SELECT id, draw0, draw1, draw2, draw3, id::bigint * 60013267 % 98990100 AS serial,
         (ARRAY['Ada', 'Aisha', 'Alan', 'Amara', 'Ana', 'Anders', 'Bea', 'Ben', 'Carla', 'Chen', 'Clara', 'Daniel', 'Dina', 'Elif',
                'Emma', 'Erik', 'Eva', 'Farid', 'Felix', 'Fiona', 'Gia', 'Hana', 'Hugo', 'Ines', 'Ivan', 'Jack', 'Jane', 'Jonas',
                'Julia', 'Kofi', 'Lara', 'Leo', 'Lina', 'Luca', 'Maja', 'Marco', 'Maria', 'Mei', 'Mila', 'Mohammed', 'Nina', 'Noah',
                'Olga', 'Omar', 'Paul', 'Petra', 'Priya', 'Quinn', 'Rania', 'Ravi', 'Rosa', 'Samuel', 'Sara', 'Sven', 'Tara', 'Theo',
                'Uma', 'Vera', 'William', 'Yuki'])[1 + draw0 % 60] AS first_name,
         (ARRAY['Abe', 'Ahmed', 'Andersen', 'Bakker', 'Bauer', 'Brown', 'Castro', 'Chandra', 'Cohen', 'Costa', 'Davies', 'Diaz',
                'Dubois', 'Eriksen', 'Evans', 'Ferrari', 'Fischer', 'Garcia', 'Gomez', 'Haddad', 'Hansen', 'Hill', 'Ito', 'Ivanov',
                'Jansen', 'Johnson', 'Jones', 'Kaya', 'Khan', 'Kim', 'Kowalski', 'Larsen', 'Lee', 'Lopez', 'Martin', 'Mensah',
                'Meyer', 'Moreau', 'Murphy', 'Nakamura', 'Nguyen', 'Novak', 'Okafor', 'Olsen', 'Patel', 'Pereira', 'Petrov', 'Rossi',
                'Sato', 'Schmidt', 'Silva', 'Singh', 'Smith', 'Tanaka', 'Taylor', 'Torres', 'Virtanen', 'Wagner', 'Walker', 'Wang',
                'Weber', 'Wilson', 'Yilmaz', 'Zhang'])[1 + draw1 % 64] AS last_name,
         (ARRAY['US', 'US', 'US', 'US', 'US', 'DE', 'DE', 'GB', 'GB', 'FR', 'FR', 'IN', 'IN', 'BR', 'JP', 'CN', 'ES', 'IT', 'NL', 'PL',
                'SE', 'NG', 'TR', 'CA'])[1 + draw2 / 64 % 24] AS country
  FROM (SELECT id, pg_temp.draw(hash, 0) AS draw0, pg_temp.draw(hash, 1) AS draw1, pg_temp.draw(hash, 2) AS draw2,
               pg_temp.draw(hash, 3) AS draw3
        FROM (SELECT id, md5('customer ' || id) AS hash FROM generate_series(1, 100000) AS id) AS hashed) AS drawn
) AS made;

CREATE TABLE purchase (
  id             integer PRIMARY KEY,
  customer_id    integer NOT NULL,
  product_id     integer NOT NULL,
  department     text NOT NULL,
  purchase_date  date NOT NULL,
  amount         numeric(10, 2) NOT NULL
);

-- 200 products. Each has a home department, which sells three of four; the others go over the counter of another one.
INSERT INTO purchase
SELECT id, 1 + (draw0::bigint * draw1 >> 21) % 100000, product,
       (ARRAY['Home Goods', 'Electronics', 'Garden', 'Books', 'Toys', 'Groceries', 'Clothing', 'Sports', 'Beauty', 'Music'])
         [1 + CASE WHEN draw3 % 4 > 0 THEN (product - 1) % 10 ELSE draw3 / 4 % 10 END],
       date '2024-01-01' + draw2 % 1056,
       round((5 + product * 1.37 + draw1 % 2000 / 100.0)::numeric, 2)
FROM (SELECT id, 1 + pg_temp.draw(hash, 0) % 200 AS product, pg_temp.draw(hash, 0) AS draw0, pg_temp.draw(hash, 1) AS draw1,
             pg_temp.draw(hash, 2) AS draw2, pg_temp.draw(hash, 3) AS draw3
      FROM (SELECT id, md5('purchase ' || id) AS hash FROM generate_series(1, 1000000) AS id) AS hashed) AS drawn;

CREATE UNIQUE INDEX customer_ssn ON customer (ssn);
CREATE INDEX customer_country ON customer (country);
CREATE INDEX purchase_customer ON purchase (customer_id);
CREATE INDEX purchase_product ON purchase (product_id);
CREATE INDEX purchase_date ON purchase (purchase_date);
ALTER TABLE purchase ADD FOREIGN KEY (customer_id) REFERENCES customer;

COMMENT ON TABLE customer IS 'Who buys';
COMMENT ON COLUMN customer.ssn IS 'Social security number';
COMMENT ON TABLE purchase IS 'What was bought, where and when';
COMMENT ON COLUMN purchase.department IS 'The department over whose counter it went';

-- The only account that Scrim has here: it reads two tables and can do nothing else.
CREATE ROLE scrim_reader LOGIN NOINHERIT CONNECTION LIMIT 100 PASSWORD :'reader_password';
REVOKE ALL ON DATABASE retail FROM PUBLIC;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT CONNECT ON DATABASE retail TO scrim_reader;
GRANT USAGE ON SCHEMA public TO scrim_reader;
GRANT SELECT ON customer, purchase TO scrim_reader;
COMMIT;

VACUUM (ANALYZE, FREEZE) customer;
VACUUM (ANALYZE, FREEZE) purchase;
