-- SPDX-License-Identifier: Apache-2.0
-- The extended protocol: parameters, binary results, portals with limits.
--# extended-001 extended: a hidden row by a parameter
--$ 21
SELECT note FROM staff WHERE id = $1::int
--# extended-002 extended: a parameter compared with a masked column
--$ CN
SELECT 'CN' || 'RY-oracle' FROM staff WHERE starts_with(badge, $1) LIMIT 1
--# extended-003 extended: an untyped parameter takes the masked column's type
--$ 0
SELECT 'CN' || 'RY-oracle' FROM staff WHERE salary > $1 LIMIT 1
--# extended-004 extended: a parameter in the select list with a cast
--$ x
SELECT $1::text || note FROM staff
--# extended-005 extended: a parameter as LIMIT
--$ 30
SELECT note FROM staff ORDER BY id DESC LIMIT $1
--# extended-006 extended: a parameter as OFFSET
--$ 20
SELECT 'CN' || 'RY-oracle' FROM staff ORDER BY id OFFSET $1 LIMIT 1
--# extended-007 extended: NULL parameter
--$
SELECT note FROM staff WHERE $1::text IS NULL
--# extended-008 extended: parameters in IN
--$ 21
--$ 22
SELECT note FROM staff WHERE id IN ($1, $2)
--# extended-009 extended: an array parameter
--$ {21,22,23}
SELECT note FROM staff WHERE id = ANY ($1::int[])
--# extended-010 extended: a parameter that divides
--$ 1
SELECT note FROM staff WHERE id / $1 > 20
--# extended-011 extended: a failing cast
SELECT amount::int FROM staff
--# extended-012 extended: a failing cast of a parameter concatenation
--$ 1
SELECT ($1 || amount)::int FROM staff
--# extended-013 extended limit=5: portal with a row limit
SELECT note FROM staff ORDER BY id DESC
--# extended-014 binary: a masked number in binary
SELECT salary FROM staff
--# extended-015 binary: a hidden number in binary
SELECT code FROM staff
--# extended-016 binary: a hidden bigint and double
SELECT code::int8, code::float8 FROM staff
--# extended-017 binary: a numeric in binary
SELECT bonus FROM staff
--# extended-018 binary: texts in binary
SELECT badge, note FROM staff
--# extended-019 binary: a whole row in binary
SELECT s FROM staff s
--# extended-020 binary: arrays in binary
SELECT array_agg(salary), array_agg(note) FROM staff
--# extended-021 binary: jsonb in binary
SELECT data FROM staff
--# extended-022 binary: bytea in binary
SELECT raw FROM staff
--# extended-023 binary: a composite of masked columns
SELECT ROW(badge, salary) FROM staff
--# extended-024 binary: the remote table
SELECT secret FROM company.vault
--# extended-025 extended: COPY by the extended protocol
COPY (SELECT note FROM staff) TO STDOUT
--# extended-026 extended: EXPLAIN ANALYZE of a failing cast
EXPLAIN ANALYZE SELECT amount::int FROM staff
--# extended-027 extended: Describe of a masked column, then its value
SELECT badge, email, phone FROM staff
--# extended-028 extended: parameters that a lexer might lift
--$ VISB
SELECT note, 'a', 1, 1.5, 'it''s', E'\n', $$x$$, -1 FROM staff WHERE note <> $1 AND id BETWEEN 1 AND 99
--# extended-029 extended: a parameter in the look-up
--$ 25
SELECT memo FROM pay WHERE staff_id = $1::int
--# extended-030 extended: a parameter in a set operation
--$ x
SELECT $1::text UNION ALL SELECT note FROM staff
--# extended-031 extended: a parameter in LIKE on a masked column
--$ C%
SELECT 'CN' || 'RY-oracle' FROM staff WHERE badge LIKE $1 LIMIT 1
--# extended-032 extended: FETCH from a cursor of the simple protocol
DECLARE c CURSOR WITH HOLD FOR SELECT note FROM staff
--/
FETCH ALL FROM c
--# extended-033 extended: a function that runs SQL, with its text as a parameter
--$ SELECT note FROM company.staff
SELECT query_to_xml($1, true, false, '')
--# extended-034 extended: set_config by parameters
--$ search_path
--$ company
SELECT set_config($1, $2, false) || 'CN' || 'RY'
--# extended-035 extended: regclass of a parameter
--$ company.raw_dump
SELECT 'CN' || 'RY-' || $1::regclass::text
