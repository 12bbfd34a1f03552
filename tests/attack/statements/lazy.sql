-- SPDX-License-Identifier: Apache-2.0
-- What fails only when a row asks for it: sub-queries that look at no row, volatile functions, casts that are not folded.
-- The conditions beside them never fail, so a planner may run all of it on hidden rows first.
--# lazy-001 sqlstate=22012: a sub-query runs when the first row asks
SELECT count(*) FROM ledger WHERE region = 'ZZ' AND id > (SELECT (1 / count(*))::int FROM (SELECT 1 WHERE false) z);
--# lazy-002 sqlstate=22012: EXISTS beside an OR
SELECT count(*) FROM ledger WHERE total < 70000000 OR EXISTS (SELECT 1 FROM generate_series(1, 3) g WHERE 1 / (g - 1) = 1);
--# lazy-003 sqlstate=22012: EXISTS inside CASE
SELECT count(*) FROM ledger WHERE CASE region WHEN 'ZZ' THEN EXISTS (SELECT 1 FROM allowed a WHERE 1 / (a.staff_id - a.staff_id) = 1) ELSE true END;
--# lazy-004 sqlstate=22012: IN a sub-query that fails
SELECT count(*) FROM ledger WHERE region <> 'ZZ' OR 1 IN (SELECT staff_id FROM allowed WHERE 1 / (staff_id - staff_id) = 1);
--# lazy-005 sqlstate=22012: NOT IN a sub-query that fails
SELECT count(*) FROM ledger WHERE region <> 'ZZ' OR id NOT IN (SELECT staff_id FROM allowed WHERE 1 / (staff_id - staff_id) = 1);
--# lazy-006 sqlstate=22012: a select list that fails
SELECT count(*) FROM ledger WHERE region <> 'ZZ' OR EXISTS (SELECT 1 / (count(*) - count(*)) FROM allowed OFFSET 0);
--# lazy-007 sqlstate=22012: ORDER BY that fails
SELECT count(*) FROM ledger WHERE region <> 'ZZ' OR id < (SELECT max(staff_id) FROM (SELECT staff_id FROM allowed ORDER BY 1 / (staff_id - staff_id) LIMIT 1) a);
--# lazy-008 sqlstate=22012: a WITH query runs when it is read
WITH f AS MATERIALIZED (SELECT staff_id FROM allowed WHERE 1 / (staff_id - staff_id) = 1)
SELECT count(*) FROM ledger WHERE region <> 'ZZ' OR EXISTS (SELECT 1 FROM f);
--# lazy-009 sqlstate=22012: a WITH query of another one
WITH f AS MATERIALIZED (SELECT staff_id FROM allowed WHERE 1 / (staff_id - staff_id) = 1), g AS MATERIALIZED (SELECT * FROM f)
SELECT count(*) FROM ledger WHERE region <> 'ZZ' OR EXISTS (SELECT 1 FROM g);
--# lazy-010 sqlstate=22012: a recursive WITH query
WITH RECURSIVE f AS (SELECT 3 AS n UNION ALL SELECT n / (n - 1) FROM f WHERE n > 0)
SELECT count(*) FROM ledger WHERE region <> 'ZZ' OR EXISTS (SELECT 1 FROM f OFFSET 5);
--# lazy-011 sqlstate=21000: more than one row
SELECT count(*) FROM ledger WHERE region = 'ZZ' AND id > (SELECT staff_id FROM allowed);
--# lazy-012 sqlstate=21000: more than one row, inside CASE
SELECT count(*) FROM ledger WHERE CASE WHEN total > 70000000 THEN id > (SELECT staff_id FROM allowed) ELSE true END;
--# lazy-013 sqlstate=21000: more than one row of a VALUES list
SELECT count(*) FROM ledger WHERE total < 70000000 OR id > (VALUES (1), (2));
--# lazy-014 sqlstate=21000: more than one group
SELECT count(*) FROM ledger WHERE total < 70000000 OR id > (SELECT max(staff_id) FROM allowed GROUP BY staff_id);
--# lazy-015 sqlstate=2201W: a negative LIMIT
SELECT count(*) FROM ledger WHERE region <> 'ZZ' OR EXISTS (SELECT 1 FROM allowed LIMIT -1);
--# lazy-016 sqlstate=2201X: a negative OFFSET
SELECT count(*) FROM ledger WHERE region <> 'ZZ' OR id < (SELECT max(staff_id) FROM (SELECT staff_id FROM allowed OFFSET -1) a);
--# lazy-017 sqlstate=22003: an aggregate that overflows
SELECT count(*) FROM ledger WHERE region <> 'ZZ' OR EXISTS (SELECT sum(x) FROM (VALUES (1e308::float8), (1e308)) v(x) HAVING sum(x) > 1);
--# lazy-018 sqlstate=22012: a function in FROM
SELECT count(*) FROM ledger WHERE region <> 'ZZ' OR EXISTS (SELECT 1 FROM generate_series(1, (SELECT 1 / (count(*) - count(*))::int FROM allowed)) g);
--# lazy-019 sqlstate=22012: a volatile function is called row by row
SELECT count(*) FROM ledger WHERE region = 'ZZ' AND 1 / floor(random()) > 1;
--# lazy-020 sqlstate=22P02: a volatile function, another way to fail
SELECT count(*) FROM ledger WHERE total > 70000000 AND (gen_random_uuid()::text || 'x')::int = 1;
--# lazy-021 sqlstate=22012: volatile, in ON
SELECT count(*) FROM ledger l JOIN allowed a ON l.region = 'ZZ' AND a.staff_id = l.id AND 1 / floor(random()) > 1;
--# lazy-022 sqlstate=22012: volatile, inside a correlated EXISTS
SELECT count(*) FROM ledger l WHERE l.region <> 'ZZ' OR EXISTS (SELECT 1 FROM allowed a WHERE a.staff_id = l.id AND 1 / floor(random()) > 1);
--# lazy-023 sqlstate=22003: money is converted row by row
SELECT count(*) FROM ledger WHERE CASE WHEN region = 'ZZ' THEN 9223372036854775807::money IS NULL ELSE true END;
--# lazy-024 sqlstate=22003: money from a decimal number
SELECT count(*) FROM ledger WHERE region <> 'ZZ' OR 1e40::money IS NULL;
--# lazy-025 sqlstate=22008: far from now
SELECT count(*) FROM ledger WHERE CASE WHEN region = 'ZZ' THEN now() - interval '99999 years' < now() ELSE true END;
--# lazy-026 sqlstate=22008: far from now, in months
SELECT count(*) FROM ledger WHERE region <> 'ZZ' OR now() - interval '99999 months' < now();
--# lazy-027 sqlstate=22012: on the rule's own column with other departments
SELECT count(*) FROM staff WHERE dept = 'Vault' AND id > (SELECT (1 / count(*))::int FROM (SELECT 1 WHERE false) z);
