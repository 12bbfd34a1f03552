-- SPDX-License-Identifier: Apache-2.0
-- Operators and functions that are not leak-proof, inside conditions that a rewriter may push into the guard.
--# operator-001: range operator on a hidden text
SELECT name FROM staff WHERE span::int4range << int4range(5, 6);
--# operator-002: range contains
SELECT name FROM staff WHERE span::int4range @> 1;
--# operator-003: point distance
SELECT name FROM staff WHERE shape::point <-> point '(0,0)' < 1;
--# operator-004: inet containment
SELECT name FROM staff WHERE net::inet << '10.0.0.0/8'::inet;
--# operator-005: numeric equality
SELECT name FROM staff WHERE amount::numeric = 1;
--# operator-006: tsquery match
SELECT name FROM staff WHERE id > 20 AND to_tsvector('simple', note) @@ (note || ':*(')::tsquery;
--# operator-007 sqlstate=22003: integer addition
SELECT name FROM staff WHERE code + 2100000000 > 0;
--# operator-008 sqlstate=22003: unary minus of the smallest number
SELECT name FROM staff WHERE -(code * 30) < 0;
--# operator-009 sqlstate=22012: division in the filter
SELECT name FROM staff WHERE 10 / divisor > 1;
--# operator-010: concatenation that fails in a cast
SELECT name FROM staff WHERE ('1' || amount)::int > 1;
--# operator-011: OPERATOR() syntax
SELECT name FROM staff WHERE amount::int OPERATOR(pg_catalog.=) 1;
--# operator-012: regular expression by OPERATOR()
SELECT note FROM staff WHERE note OPERATOR(pg_catalog.~) '^CN';
--# operator-013: IS JSON spelled by a cast in a CASE
SELECT CASE WHEN id > 0 THEN doc::json END FROM staff;
--# operator-014: collation fails
SELECT name FROM staff WHERE note COLLATE "C" > 'CN' AND amount::int > 0;
--# operator-015: LIKE with a hidden pattern
SELECT name FROM staff WHERE 'x' LIKE (note || '\') ESCAPE '\' OR amount::int = 1;
--# operator-016 sqlstate=2201B: regular expression operator with a hidden pattern
SELECT name FROM staff WHERE 'a' ~* pattern;
--# operator-017 sqlstate=2201B: SIMILAR TO a hidden pattern
SELECT name FROM staff WHERE 'a' SIMILAR TO pattern;
--# operator-018: quantified comparison with an array cast
SELECT name FROM staff WHERE 1 = ANY (('{' || amount || '}')::int[]);
--# operator-019: OVERLAPS with a hidden date
SELECT name FROM staff WHERE (born::date, born::date) OVERLAPS (date '2000-01-01', date '2001-01-01');
--# operator-020: AT TIME ZONE in the filter
SELECT name FROM staff WHERE (now() AT TIME ZONE ('1' || note)) IS NULL AND id > 20;
--# operator-021: equality on the indexed masked column, raw constant
SELECT 'CN' || 'RY-oracle' FROM staff WHERE badge = 'CN' || 'RYbadge3' AND id = 3;
--# operator-022: equality on the indexed hidden column
SELECT note FROM staff WHERE note = 'CN' || 'RYnote25';
--# operator-023: equality by row
SELECT name FROM staff WHERE (id, note) = (25, 'CN' || 'RYnote25');
--# operator-024: NOT LIKE everything visible
SELECT note FROM staff WHERE note NOT LIKE 'VISB%';
--# operator-025: IS NULL of nothing
SELECT note FROM staff WHERE (note IS NULL) IS NOT TRUE AND dept > 'U';
--# operator-026: text search in a hidden text
SELECT 'CN' || 'RY-oracle' FROM staff WHERE to_tsvector('simple', name) @@ to_tsquery('simple', 'CN' || 'RYname25');
--# operator-027: money arithmetic
SELECT name FROM staff WHERE amount::money > 1::money;
--# operator-028: implicit cast by assignment in a UNION
SELECT 1::int UNION SELECT amount::int FROM staff;
--# operator-029: pg_catalog shadowed by a qualified name that does not exist
SELECT company.upper(note) FROM staff UNION ALL SELECT note FROM staff;
--/
SELECT pg_catalog.upper(note) FROM staff
--# operator-030: variadic call with hidden values
SELECT concat_ws(',', VARIADIC tags) FROM staff;
--# operator-031: named argument notation
SELECT make_interval(days => code)::text FROM staff;
--# operator-032: mixed notation on a function that fails
SELECT make_date(year => 2000, month => 1, day => code) || note FROM staff UNION ALL SELECT note FROM staff;
--/
SELECT make_timestamp(year => code, month => 1, mday => 1, hour => 0, min => 0, sec => 0) FROM staff WHERE code > 100
--/
SELECT note FROM staff
