-- SPDX-License-Identifier: Apache-2.0
-- Reads in every corner where a query may stand.
--# subquery-001: scalar in the target list
SELECT (SELECT badge FROM staff WHERE id = 1);
--# subquery-002: hidden row by key
SELECT (SELECT note FROM staff WHERE id = 21);
--# subquery-003: correlated
SELECT p.id, (SELECT s.badge FROM staff s WHERE s.id = p.id) FROM pay p;
--# subquery-004: ARRAY()
SELECT ARRAY(SELECT note FROM staff);
--# subquery-005: EXISTS as an oracle
SELECT 'CN' || 'RY-oracle' WHERE EXISTS (SELECT 1 FROM staff WHERE id = 21);
--# subquery-006: NOT EXISTS as an oracle
SELECT 'CN' || 'RY-oracle' WHERE NOT EXISTS (SELECT 1 WHERE 21 NOT IN (SELECT id FROM staff));
--# subquery-007: IN as an oracle
SELECT 'CN' || 'RY-oracle' WHERE 25 IN (SELECT id FROM staff);
--# subquery-008: ANY as an oracle
SELECT 'CN' || 'RY-oracle' WHERE 25 = ANY (SELECT id FROM staff);
--# subquery-009: ALL as an oracle
SELECT 'CN' || 'RY-oracle' WHERE NOT (20 >= ALL (SELECT id FROM staff));
--# subquery-010: row IN
SELECT 'CN' || 'RY-oracle' WHERE (21, 'Vault') IN (SELECT id, dept FROM staff);
--# subquery-011: in ORDER BY
SELECT note FROM staff ORDER BY (SELECT max(badge) FROM staff), id DESC;
--# subquery-012: in LIMIT
SELECT 'CN' || 'RY-oracle' FROM generate_series(1, 30) LIMIT (SELECT CASE WHEN max(id) > 20 THEN 1 ELSE 0 END FROM staff);
--# subquery-013: in GROUP BY
SELECT (SELECT note FROM staff WHERE id = 22) AS n GROUP BY (SELECT note FROM staff WHERE id = 22);
--# subquery-014: in HAVING
SELECT 'CN' || 'RY-oracle' FROM pay HAVING (SELECT count(*) FROM staff) > 20;
--# subquery-015: in CASE
SELECT CASE WHEN (SELECT max(id) FROM staff) > 20 THEN 'CN' || 'RY-oracle' END;
--# subquery-016: in VALUES
VALUES ((SELECT min(badge) FROM staff));
--# subquery-017: in a function's argument
SELECT upper((SELECT string_agg(badge, ',') FROM staff));
--# subquery-018: in a function in FROM
SELECT * FROM unnest(ARRAY(SELECT note FROM staff)) u;
--# subquery-019: in ROWS FROM
SELECT * FROM ROWS FROM (generate_series(1, 2), unnest(ARRAY(SELECT badge FROM staff))) AS r(a, b);
--# subquery-020: in an aggregate's ORDER BY
SELECT string_agg(name, ',' ORDER BY (SELECT max(badge) FROM staff)) || (SELECT max(badge) FROM staff) FROM staff;
--# subquery-021: in a window's ORDER BY
SELECT first_value(note) OVER (ORDER BY (SELECT 1), id DESC) FROM staff;
--# subquery-022: in a JOIN's ON
SELECT s.note FROM staff s JOIN (VALUES (1)) v(x) ON (SELECT count(*) FROM staff) > 20;
--# subquery-023: in FETCH FIRST
SELECT note FROM staff ORDER BY id DESC FETCH FIRST (SELECT 3) ROWS ONLY;
--# subquery-024: three levels of correlation
SELECT (SELECT (SELECT (SELECT s.badge || p.memo FROM staff t WHERE t.id = s.id) FROM pay p WHERE p.staff_id = s.id) FROM staff s WHERE s.id = 3);
--# subquery-025: outer reference beneath an aggregate
SELECT (SELECT max(s.badge) FROM (VALUES (1)) v) FROM staff s;
--# subquery-026: in TABLESAMPLE's argument
SELECT note FROM staff TABLESAMPLE bernoulli ((SELECT max(id) * 0 + 100 FROM staff));
--# subquery-027: in array subscripts
SELECT (ARRAY['CN' || 'RY-oracle'])[(SELECT CASE WHEN max(id) > 20 THEN 1 ELSE 2 END FROM staff)];
--# subquery-028: in a window frame's offset
SELECT min(note) OVER (ORDER BY id ROWS (SELECT 1) PRECEDING) FROM staff WHERE id > 20;
--# subquery-029: in the arguments of grouping sets
SELECT badge, dept FROM staff GROUP BY GROUPING SETS ((badge), (dept), ());
--# subquery-030: CUBE over masked columns
SELECT badge, phone, count(*) FROM staff GROUP BY CUBE (badge, phone);
--# subquery-031: ROLLUP over a hidden column's values
SELECT note FROM staff GROUP BY ROLLUP (note);
--# subquery-032: lateral function over a hidden array
SELECT t FROM staff, unnest(tags) t;
--# subquery-033: WITH ORDINALITY
SELECT t FROM staff, unnest(tags) WITH ORDINALITY AS u(t, n) WHERE n = 1;
