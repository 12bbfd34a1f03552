-- SPDX-License-Identifier: Apache-2.0
-- Texts whose collations differ fail where they are compared, when the first row comes, though comparing texts cannot
-- fail. The conditions beside them pick a hidden row.
--# collation-001 sqlstate=42P22: less than
SELECT count(*) FROM (SELECT total, note COLLATE "C" AS y, ref COLLATE "POSIX" AS z FROM ledger) s WHERE total > 70000000 AND y < z;
--# collation-002 sqlstate=42P22: equal, by BETWEEN and IN
SELECT count(*) FROM (SELECT total, note COLLATE "C" AS y, ref COLLATE "POSIX" AS z FROM ledger) s WHERE total > 70000000 AND y BETWEEN z AND z;
--# collation-003 sqlstate=42P22: IN a list
SELECT count(*) FROM (SELECT total, note COLLATE "C" AS y, ref COLLATE "POSIX" AS z FROM ledger) s WHERE total > 70000000 AND y IN (z, z || 'a');
--# collation-004 sqlstate=42P22: IS DISTINCT FROM
SELECT count(*) FROM (SELECT total, note COLLATE "C" AS y, ref COLLATE "POSIX" AS z FROM ledger) s WHERE total > 70000000 AND y IS DISTINCT FROM z;
--# collation-005 sqlstate=42P22: NULLIF
SELECT count(*) FROM (SELECT total, note COLLATE "C" AS y, ref COLLATE "POSIX" AS z FROM ledger) s WHERE total > 70000000 AND nullif(y, z) IS NOT NULL;
--# collation-006 sqlstate=42P22: CASE of a value
SELECT count(*) FROM (SELECT total, note COLLATE "C" AS y, ref COLLATE "POSIX" AS z FROM ledger) s WHERE total > 70000000 AND CASE y WHEN z THEN true ELSE false END;
--# collation-007 sqlstate=42P22: of a value that may be either, with a literal
SELECT count(*) FROM (SELECT total, coalesce(note COLLATE "C", ref) AS y, ref COLLATE "POSIX" AS z FROM ledger) s WHERE total > 70000000 AND coalesce(y, z) < 'x';
--# collation-008 sqlstate=42P22: CASE that gives either
SELECT count(*) FROM (SELECT total, note COLLATE "C" AS y, ref COLLATE "POSIX" AS z FROM ledger) s WHERE total > 70000000 AND CASE WHEN total < 1 THEN y ELSE z END < 'x';
--# collation-009 sqlstate=42P22: a join's condition
SELECT count(*) FROM (SELECT id, total, note COLLATE "C" AS y FROM ledger) a JOIN (SELECT id, ref COLLATE "POSIX" AS z FROM ledger) b ON a.id = b.id AND a.total > 70000000 AND a.y < b.z;
--# collation-010 sqlstate=42P22: rows of values
SELECT count(*) FROM (SELECT total, note COLLATE "C" AS y, ref COLLATE "POSIX" AS z FROM ledger) s WHERE total > 70000000 AND (y, 1) < (z, 2);
--# collation-012 sqlstate=42P22: beside an OR
SELECT count(*) FROM (SELECT total, note COLLATE "C" AS y, ref COLLATE "POSIX" AS z FROM ledger) s WHERE total < 70000000 OR y < z;
--# collation-013 sqlstate=42P22: the type name has a collation of its own
SELECT count(*) FROM (SELECT total, note::name AS y, ref COLLATE "POSIX" AS z FROM ledger) s WHERE total > 70000000 AND y < z;
--# collation-014 sqlstate=42P22: a sub-query that runs when the first row asks
SELECT count(*) FROM ledger WHERE total < 70000000 OR EXISTS (SELECT 1 FROM (SELECT staff_id::text COLLATE "C" AS y, active::text COLLATE "POSIX" AS z FROM allowed) s WHERE y < z);
--# collation-015 sqlstate=42P22: min of either
SELECT min(coalesce(y, z)) FROM (SELECT total, note COLLATE "C" AS y, ref COLLATE "POSIX" AS z FROM ledger) s WHERE total > 70000000;
--# collation-016 sqlstate=42P22: over a definition
SELECT count(*) FROM (SELECT day, note COLLATE "C" AS y, memo COLLATE "POSIX" AS z FROM entries) s WHERE day > date '4000000-01-01' AND y < z;
--# collation-017 sqlstate=42P22: through a WITH query and UNION ALL
WITH s AS (SELECT total, note COLLATE "C" AS y, ref COLLATE "POSIX" AS z FROM ledger), u AS (SELECT total, y AS t FROM s UNION ALL SELECT total, z FROM s) SELECT count(*) FROM u WHERE total > 70000000 AND t < 'x';
