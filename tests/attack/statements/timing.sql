-- SPDX-License-Identifier: Apache-2.0
-- Telling hidden values by the time an answer takes.
--# timing-001 time: pg_sleep for a hidden row
SELECT pg_sleep(1.5) FROM staff WHERE id = 21;
--# timing-002 time: pg_sleep for a masked value
SELECT name FROM staff WHERE id = 1 AND CASE WHEN badge LIKE 'CN_Y%' THEN pg_sleep(1.5) IS NULL ELSE false END;
--# timing-003 time: pg_sleep_for
SELECT pg_sleep_for('1.5 s') FROM staff WHERE note = 'CN' || 'RYnote25';
--# timing-004 time: pg_sleep_until
SELECT pg_sleep_until(now() + interval '1.5 s') FROM staff WHERE id = 22;
--# timing-005 time: a heavy sub-query for a hidden row
SELECT (SELECT count(*) FROM generate_series(1, 5000000) g WHERE g + s.id > 0) FROM staff s WHERE s.id = 21;
--# timing-006 time: an expensive text for a hidden row
SELECT length(repeat(md5(note), 3000000)) + length(regexp_replace(repeat(md5(note), 100000), '[a-f]', 'xx', 'g')) FROM staff WHERE id IN (21, 22, 23);
--# timing-007 time: a heavy filter that only a hidden row reaches
SELECT name FROM staff WHERE dept = 'Vault' AND id = 21 AND (SELECT count(*) FROM generate_series(1, 5000000) g WHERE g > id) > 0;
--# timing-008 time: pg_sleep in pg_catalog's name
SELECT pg_catalog.pg_sleep(1.5) FROM staff WHERE id = 21;
--# timing-009 time: pg_sleep in a target list, no table
SELECT pg_sleep(1.5);
--# timing-010 time: pg_sleep in a policy's look-up
SELECT memo FROM pay WHERE staff_id = 25 AND pg_sleep(1.5) IS NOT NULL;
--# timing-011 time: a sub-query that looks at no row and cannot fail, beside an OR
SELECT 1 FROM ledger WHERE total > 70000000 AND (id < 0 OR EXISTS (SELECT 1 FROM generate_series(1, 3000) a(x), generate_series(1, 3000) b(x) WHERE a.x + b.x < 0));
--# timing-012 time: the same over a definition
SELECT 1 FROM entries WHERE day > date '4000000-01-01' AND (id < 0 OR EXISTS (SELECT 1 FROM generate_series(1, 3000) a(x), generate_series(1, 3000) b(x) WHERE a.x + b.x < 0));
--# timing-013 time: a sub-query of comparisons alone
WITH v(x) AS (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) SELECT 1 FROM ledger WHERE total > 70000000 AND (id < 0 OR EXISTS (SELECT 1 FROM v a, v b, v c, v d, v e, v f, v g WHERE (a.x < b.x OR c.x < d.x OR e.x < f.x) AND (a.x < 0 OR b.x < 0 OR c.x < 0 OR d.x < 0 OR g.x < 0)));
--# timing-014 time: a scalar sub-query inside CASE
SELECT 1 FROM ledger WHERE total > 70000000 AND CASE WHEN id > 0 THEN (SELECT count(*) FROM generate_series(1, 5000000)) > 0 ELSE true END;
--# timing-015 time: NOT IN a dear sub-query
SELECT 1 FROM entries WHERE day > date '4000000-01-01' AND id NOT IN (SELECT a.x FROM generate_series(1, 5000000) a(x));
--# timing-016 time: IN a dear sub-query as a condition on groups
SELECT total FROM ledger GROUP BY total HAVING total > 70000000 AND total IN (SELECT a.x FROM generate_series(1, 6000000) a(x));
