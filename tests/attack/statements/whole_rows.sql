-- SPDX-License-Identifier: Apache-2.0
-- Rows as values, and functions spelled as columns.
--# row-001: whole-row reference
SELECT staff FROM staff;
--# row-002: whole row of an alias
SELECT s FROM staff AS s;
--# row-003: star of a whole row
SELECT (s).* FROM staff s;
--# row-004: one field of a whole row
SELECT (s).badge FROM staff s;
--# row-005: whole row as text
SELECT s::text FROM staff s;
--# row-006: row_to_json
SELECT row_to_json(s) FROM staff s;
--# row-007: to_json
SELECT to_json(s) FROM staff s;
--# row-008: to_jsonb and a path
SELECT to_jsonb(s) ->> 'badge' FROM staff s;
--# row-009: json_agg of whole rows
SELECT json_agg(s) FROM staff s;
--# row-010: array_agg of whole rows
SELECT array_agg(s) FROM staff s;
--# row-011: functional notation, to_jsonb(row)
SELECT s.to_jsonb FROM staff s;
--# row-012: functional notation, to_json
SELECT s.to_json FROM staff s;
--# row-013: functional notation, row_to_json
SELECT s.row_to_json FROM staff s;
--# row-014: functional notation on a column
SELECT (s.badge).upper FROM staff s;
--# row-015: column spelled as a function
SELECT badge(s) FROM staff s;
--# row-016: column of a hidden row spelled as a function
SELECT note(s) FROM staff s;
--# row-017: hash of the whole row compared with itself
SELECT s.note FROM staff s WHERE s = s;
--# row-018: whole row in ORDER BY
SELECT s.note FROM staff s ORDER BY s DESC LIMIT 3;
--# row-019: whole row IS NOT NULL
SELECT s.note FROM staff s WHERE s IS DISTINCT FROM NULL;
--# row-020: whole row in IN
SELECT s.badge FROM staff s WHERE s IN (SELECT t FROM staff t);
--# row-021: count of whole rows by department
SELECT 'CN' || 'RY-oracle' FROM staff s WHERE dept = 'Vault' HAVING count(s) > 0;
--# row-022: row constructor of everything
SELECT ROW(s.*)::text FROM staff s;
--# row-023: json_populate_record over the row type
SELECT json_populate_record(s, '{"name": "x"}') FROM staff s;
--# row-024: jsonb_each_text over the row
SELECT e.* FROM staff s, jsonb_each_text(to_jsonb(s)) e;
--# row-025: whole row through a sub-query
SELECT x.s FROM (SELECT s FROM staff s) x;
--# row-026: whole row through a CTE
WITH x AS (SELECT staff FROM staff) SELECT (staff).note FROM x;
--# row-027: whole row of a join alias
SELECT j FROM (staff s JOIN pay p ON s.id = p.staff_id) AS j;
--# row-028: whole row of the SQL-defined source
SELECT team FROM team;
--# row-029: whole row of a source with a conditional mask
SELECT row_to_json(orders) FROM orders;
--# row-030: column list alias renames the mask away
SELECT a4 FROM staff AS s(a1, a2, a3, a4);
--# row-031: alias list, then filter on the renamed masked column
SELECT a2 || a4 FROM staff AS s(a1, a2, a3, a4) WHERE a4 LIKE 'C%';
--# row-032: TABLE command
TABLE staff;
--# row-033: ONLY
SELECT * FROM ONLY staff;
--# row-034: star with descendants
SELECT * FROM staff *;
--# row-035: concat of the row
SELECT concat(s) FROM staff s;
--# row-036: format of the row
SELECT format('%s', s) FROM staff s;
--# row-037: quote_literal of the row
SELECT quote_literal(s) FROM staff s;
--# row-038: string_agg of the row
SELECT string_agg(s::text, ',') FROM staff s;
--# row-039: hstore-like key and value of the row
SELECT json_object_agg(s.id, s) FROM staff s;
--# row-040: xmlelement of the row's field
SELECT xmlelement(name x, s.badge) FROM staff s;
--# row-041: xmlforest
SELECT xmlforest(s.badge, s.note) FROM staff s;
--# row-042: functional notation for a masked number
SELECT (s.salary).text, s.salary FROM staff s;
--# row-043: min over whole rows
SELECT max(s::text) FROM staff s;
--# row-044: unnest of an array of rows
SELECT u FROM unnest((SELECT array_agg(s) FROM staff s)) u;
--# row-045: all fields of a row
SELECT (s).* FROM staff s;
--# row-046: a field of a sub-query's row
SELECT (x.r).badge, (x.r).note FROM (SELECT s AS r FROM staff s) x;
--# row-047: all fields of a WITH query's row
WITH q AS (SELECT s AS r FROM staff s) SELECT (q.r).* FROM q;
--# row-048: a condition on a field
SELECT id FROM staff s WHERE (s).amount::int > 0;
--# row-049: a condition on a field of a sub-query's row
SELECT 1 FROM (SELECT s AS r FROM staff s) x WHERE (x.r).amount::int > 0;
--# row-050: rows compared whole, in the select list
SELECT a.note FROM staff a JOIN staff b ON a = b;
--# row-051: ONLY under an alias, joined
SELECT a.note, b.badge FROM ONLY staff a JOIN ONLY (staff) b ON a.id = b.id;
--# row-052: ROW of all fields
SELECT ROW((s).*), ROW(s.*) FROM staff s;
