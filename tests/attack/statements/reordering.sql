-- SPDX-License-Identifier: Apache-2.0
-- The user's predicate before the policy's: a planner runs cheap ones first, or pushes them into the guarded relation.
--# reorder-001: cheap cast beside the row rule
SELECT name FROM staff WHERE amount::int = 1;
--# reorder-002: three OR groups, the shape that passed a derived table
SELECT ref FROM orders WHERE ref::int = 1 OR region = 'EU' OR total > 5;
--# reorder-003: three OR groups on the rule's own column
SELECT ref FROM orders WHERE (region = 'EU' OR region = 'US' OR region = 'ZZ') AND ref::int = 1;
--# reorder-004: negated
SELECT name FROM staff WHERE NOT (amount::int = 1);
--# reorder-005: inside CASE
SELECT name FROM staff WHERE CASE WHEN dept = 'Vault' THEN amount::int = 1 ELSE false END;
--# reorder-006: inside COALESCE
SELECT name FROM staff WHERE coalesce(amount::int, 1) = 1;
--# reorder-007: contradiction outside, cast inside
SELECT name FROM staff WHERE dept = 'Vault' AND amount::int = 1;
--# reorder-008: index condition on the user's column
SELECT name FROM staff WHERE amount >= 'CN' AND amount < 'CO' AND amount::int = 1;
--# reorder-009: JOIN condition
SELECT a.name FROM staff a JOIN pay b ON a.amount::int = b.id;
--# reorder-010: ON of a LEFT JOIN
SELECT b.id FROM (VALUES (1)) v(x) LEFT JOIN staff b ON b.amount::int = v.x;
--# reorder-011: ON of a FULL JOIN
SELECT b.id FROM (VALUES ('1')) v(x) FULL JOIN staff b ON b.amount = v.x AND b.id = 1 WHERE b.amount::int = 1;
--# reorder-012: RIGHT JOIN with the guarded table on the outer side
SELECT b.id, v.x FROM (VALUES (1)) v(x) RIGHT JOIN staff b ON b.amount::int = v.x;
--# reorder-013: NATURAL JOIN and a cast
SELECT name FROM staff NATURAL JOIN (SELECT id FROM pay) p WHERE amount::int > 0;
--# reorder-014: JOIN USING and a cast
SELECT name FROM staff JOIN pay USING (id) WHERE ref::int > 0;
--# reorder-015: LATERAL
SELECT l.v FROM staff s, LATERAL (SELECT s.amount::int AS v) l;
--# reorder-016: LATERAL with a filter inside
SELECT l.v FROM staff s CROSS JOIN LATERAL (SELECT 1 AS v WHERE s.amount::int = 1) l;
--# reorder-017: correlated EXISTS
SELECT 1 FROM pay p WHERE EXISTS (SELECT 1 FROM staff s WHERE s.amount::int = p.id);
--# reorder-018: correlated NOT EXISTS
SELECT 1 FROM pay p WHERE NOT EXISTS (SELECT 1 FROM staff s WHERE s.amount::int = p.id);
--# reorder-019: IN with a cast inside
SELECT 1 FROM pay WHERE id IN (SELECT amount::int FROM staff);
--# reorder-020: ANY with a cast inside
SELECT 1 FROM pay WHERE id = ANY (SELECT amount::int FROM staff);
--# reorder-021: ALL with a cast inside
SELECT 1 FROM pay WHERE id > ALL (SELECT amount::int FROM staff);
--# reorder-022: HAVING pushed below the grouping
SELECT amount FROM staff GROUP BY amount HAVING amount::int = 1;
--# reorder-023: ORDER BY with a cast
SELECT name FROM staff ORDER BY amount::int;
--# reorder-024: GROUP BY with a cast
SELECT count(*) FROM staff GROUP BY amount::int;
--# reorder-025: DISTINCT ON with a cast
SELECT DISTINCT ON (amount::int) name FROM staff;
--# reorder-026: window partition with a cast
SELECT count(*) OVER (PARTITION BY amount::int) FROM staff;
--# reorder-027: predicate over a sub-query is pushed into it
SELECT * FROM (SELECT name, amount FROM staff) s WHERE s.amount::int = 1;
--# reorder-028: predicate over a UNION is pushed into its arms
SELECT * FROM (SELECT amount FROM staff UNION ALL SELECT ref FROM pay) u WHERE u.amount::int = 1;
--# reorder-029: predicate over a CTE that is inlined
WITH s AS NOT MATERIALIZED (SELECT amount FROM staff) SELECT 1 FROM s WHERE amount::int = 1;
--# reorder-030: predicate over a CTE that is materialised
WITH s AS MATERIALIZED (SELECT amount FROM staff) SELECT 1 FROM s WHERE amount::int = 1;
--# reorder-031: predicate over a window function that partitions by it
SELECT * FROM (SELECT amount, count(*) OVER (PARTITION BY amount) FROM staff) s WHERE amount::int = 1;
--# reorder-032: predicate over DISTINCT
SELECT * FROM (SELECT DISTINCT amount FROM staff) s WHERE amount::int = 1;
--# reorder-033: predicate over a GROUP BY
SELECT * FROM (SELECT amount, count(*) FROM staff GROUP BY amount) s WHERE amount::int = 1;
--# reorder-034: equality moved through a join's equivalence class
SELECT 1 FROM staff a JOIN staff b ON a.amount = b.amount WHERE b.amount::int = 1;
--# reorder-035: constant-false arm that is folded only after the cast
SELECT name FROM staff WHERE (1 = 1 OR dept = 'Toys') AND amount::int = 1;
--# reorder-036: the look-up rule, cast beside it
SELECT ref FROM pay WHERE ref::int = 1;
--# reorder-037: the look-up rule under a three-group OR
SELECT ref FROM pay WHERE ref::int = 1 OR amount = 5 OR id = 3;
--# reorder-038: no rows at all, cast all the same
SELECT id FROM events WHERE body::int = 1;
--# reorder-039: SQL-defined source, cast on a column of its second table
SELECT id FROM team WHERE ref::int = 1;
--# reorder-040: SQL-defined source, cast on the masked column
SELECT id FROM team WHERE badge::int = 1;
--# reorder-041: conditional mask, cast on it
SELECT id FROM orders WHERE card::int = 1;
--# reorder-042: LIMIT does not protect
SELECT name FROM staff WHERE amount::int = 1 OR true LIMIT 1 OFFSET 20;
--# reorder-043: a cheap operator first, an expensive policy after
SELECT name FROM staff WHERE amount::int8 <> 0 AND upper(lower(upper(name))) <> '';
--# reorder-044: an IS DISTINCT FROM in between
SELECT name FROM staff WHERE amount::int IS DISTINCT FROM 5;
--# reorder-045: BETWEEN with casts
SELECT name FROM staff WHERE 3 BETWEEN amount::int AND 9;
--# reorder-046: row comparison with casts
SELECT name FROM staff WHERE (amount::int, id) < (3, 3);
--# reorder-047: array comparison with casts
SELECT name FROM staff WHERE amount::int = ANY (ARRAY[1, 2, 3]);
--# reorder-048: IS TRUE around a cast
SELECT name FROM staff WHERE (amount::int = 1) IS NOT TRUE;
--# reorder-049: scalar sub-query in the filter
SELECT name FROM staff s WHERE (SELECT s.amount::int) = 1;
--# reorder-050: semi-join turned around
SELECT 1 FROM staff WHERE (amount::int) IN (SELECT id FROM pay);
