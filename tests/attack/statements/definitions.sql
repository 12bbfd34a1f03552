-- SPDX-License-Identifier: Apache-2.0
-- A data source defined by a join hides rows of one table by a rule on the other: what is computed below that join meets
-- them. Select lists count as well as conditions.
--# definition-001 sqlstate=22P02: below an outer join, computed where the column is read
SELECT count(q) FROM (SELECT 1) one LEFT JOIN (SELECT coalesce(ref::int, 0) AS q FROM team) t ON true;
--# definition-002 sqlstate=22P02: the same over another definition
SELECT count(q) FROM (VALUES (1), (2)) v(x) LEFT JOIN (SELECT coalesce(ref::int, 0) AS q FROM entries) e ON true;
--# definition-003 sqlstate=22P02: CASE
SELECT count(q) FROM (SELECT 1) one LEFT JOIN (SELECT CASE WHEN ref::int > 0 THEN 1 END AS q FROM entries) e ON true;
--# definition-004 sqlstate=22P02: RIGHT JOIN
SELECT count(q) FROM (SELECT coalesce(ref::int, 0) AS q FROM entries) e RIGHT JOIN (SELECT 1) one ON true;
--# definition-005 sqlstate=22P02: FULL JOIN
SELECT count(q) FROM (SELECT id, coalesce(ref::int, 0) AS q FROM entries) e FULL JOIN pay USING (id);
--# definition-006 sqlstate=22P02: LATERAL below an outer join
SELECT count(l.q) FROM (SELECT 1) one LEFT JOIN LATERAL (SELECT coalesce(e.ref::int, 0) AS q FROM entries e) l ON true;
--# definition-007 sqlstate=22P02: a UNION ALL beneath it
SELECT count(q) FROM (SELECT 1) one LEFT JOIN (SELECT coalesce(ref::int, 0) AS q FROM entries UNION ALL SELECT 1) e ON true;
--# definition-008 sqlstate=22P02: a WITH query that is inlined
WITH e AS NOT MATERIALIZED (SELECT coalesce(ref::int, 0) AS q FROM entries) SELECT count(q) FROM (SELECT 1) one LEFT JOIN e ON true;
--# definition-009 sqlstate=22P02: conditions
SELECT memo FROM entries WHERE ref::int = 1;
--# definition-010 sqlstate=22P02: ORDER BY
SELECT memo FROM entries ORDER BY ref::int;
--# definition-011 sqlstate=22P02: grouping
SELECT count(*) FROM entries GROUP BY ref::int;
--# definition-012 sqlstate=22P02: an aggregate
SELECT sum(ref::int) FROM entries;
--# definition-013 sqlstate=22P02: DISTINCT
SELECT DISTINCT ref::int FROM entries;
--# definition-014 sqlstate=22P02: a window
SELECT rank() OVER (ORDER BY ref::int) FROM entries;
--# definition-015 sqlstate=22012: a table beside it that fails when it is read
SELECT e.memo FROM entries e, (SELECT 1 / (count(*) - count(*)) AS z FROM allowed OFFSET 0) f WHERE e.memo >= 'CN' AND e.memo < 'CO';
--# definition-016: the rows themselves
SELECT * FROM entries WHERE memo >= 'CN' AND memo < 'CO';
