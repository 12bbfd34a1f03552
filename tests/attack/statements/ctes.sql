-- SPDX-License-Identifier: Apache-2.0
-- Names of the user's own that policy predicates, definitions or masks might mention.
--# cte-001: a CTE named as the look-up table of the row rule
WITH allowed AS (SELECT generate_series(1, 100) AS staff_id, true AS active) SELECT memo FROM pay;
--# cte-002: the same, recursive
WITH RECURSIVE allowed(staff_id, active) AS (VALUES (1, true) UNION ALL SELECT staff_id + 1, true FROM allowed WHERE staff_id < 99) SELECT memo FROM pay;
--# cte-003: a CTE named as the source itself
WITH pay AS (SELECT * FROM pay) SELECT memo FROM pay;
--# cte-004: nested capture
WITH allowed AS (SELECT 25 AS staff_id, true AS active) SELECT x.memo FROM (SELECT memo FROM pay) x;
--# cte-005: CTE named as a remote table of the SQL-defined source
WITH staff AS (SELECT id, 'VISB' AS name, 'Toys'::text AS dept, badge, salary FROM staff) SELECT memo, badge FROM team;
--# cte-006: CTE named as the other remote table
WITH pay AS (SELECT 1 AS staff_id, amount, memo FROM pay) SELECT memo FROM team;
--# cte-007: quoted capture
WITH "allowed" AS (SELECT 21 AS staff_id, true AS active) SELECT memo FROM "pay";
--# cte-008: capture from a sub-query's WITH
SELECT memo FROM (WITH allowed AS (SELECT 22 AS staff_id, true AS active) SELECT memo FROM pay) x;
--# cte-009: recursive walk over a guarded table
WITH RECURSIVE r AS (SELECT id, note FROM staff WHERE id = 1 UNION ALL SELECT s.id, s.note FROM staff s JOIN r ON s.id = r.id + 1) SELECT note FROM r;
--# cte-010: recursive walk, masked column in the recursive arm
WITH RECURSIVE r AS (SELECT 1 AS id, ''::text AS b UNION ALL SELECT r.id + 1, s.badge FROM r JOIN staff s ON s.id = r.id WHERE r.id < 5) SELECT b FROM r;
--# cte-011: SEARCH clause
WITH RECURSIVE r AS (SELECT id, note FROM staff WHERE id = 20 UNION ALL SELECT s.id, s.note FROM staff s JOIN r ON s.id = r.id + 1) SEARCH DEPTH FIRST BY id SET o SELECT note FROM r;
--# cte-012: CYCLE clause
WITH RECURSIVE r AS (SELECT id, note FROM staff WHERE id = 20 UNION ALL SELECT s.id, s.note FROM staff s JOIN r ON s.id = r.id + 1) CYCLE id SET c USING p SELECT note FROM r;
--# cte-013: data-modifying CTE
WITH d AS (DELETE FROM staff WHERE id = 28 RETURNING note) SELECT note FROM d;
--# cte-014: INSERT with RETURNING
WITH i AS (INSERT INTO allowed VALUES (25, true) RETURNING staff_id) SELECT 'CN' || 'RY-oracle' FROM i;
--# cte-015: UPDATE with RETURNING
WITH u AS (UPDATE staff SET dept = 'Toys' WHERE id = 27 RETURNING note) SELECT note FROM u;
--# cte-016: a chain of CTEs
WITH a AS (SELECT * FROM staff), b AS (SELECT * FROM a), c AS (SELECT * FROM b) SELECT badge FROM c;
--# cte-017: CTE column list renames
WITH s(a, b, c, d) AS (SELECT id, name, dept, badge FROM staff) SELECT d FROM s;
--# cte-018: unused CTE that fails
WITH s AS MATERIALIZED (SELECT amount::int AS n FROM staff) SELECT (SELECT count(n) FROM s);
--# cte-019: shadowing a catalog table
WITH pg_class AS (SELECT note AS relname FROM staff) SELECT relname FROM pg_class;
--# cte-020: a CTE of the rule's column name
WITH dept AS (SELECT 'Vault' AS dept) SELECT note FROM staff, dept WHERE staff.dept = dept.dept;
--# cte-021: SEARCH collects the rows it has seen
WITH RECURSIVE r AS (SELECT id, note, badge FROM staff WHERE id = 20 UNION ALL SELECT s.id, s.note, s.badge FROM staff s JOIN r ON s.id = r.id + 1) SEARCH DEPTH FIRST BY note, badge SET o SELECT o FROM r;
--# cte-022: CYCLE collects the rows it has seen
WITH RECURSIVE r AS (SELECT id, note FROM staff WHERE id = 20 UNION ALL SELECT s.id, s.note FROM staff s JOIN r ON s.id = r.id + 1) CYCLE note SET c USING p SELECT p FROM r;
--# cte-023: a mark that only hidden rows would set
WITH RECURSIVE r AS (SELECT id, dept FROM staff WHERE id = 22 UNION ALL SELECT s.id, s.dept FROM staff s JOIN r ON s.dept = r.dept AND s.id = 22) CYCLE id SET c TO 'CN' DEFAULT 'no' USING p SELECT c || 'RY-oracle' FROM r WHERE c = 'CN';
--# cte-024: a condition on what CYCLE made, before the guard
WITH RECURSIVE r AS (SELECT id, amount FROM staff WHERE id > 18 UNION ALL SELECT s.id, s.amount FROM staff s JOIN r ON s.id = r.id + 1) CYCLE amount SET c USING p SELECT count(*) FROM r WHERE (p[1]::text)::int > 0;
