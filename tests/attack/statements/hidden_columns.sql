-- SPDX-License-Identifier: Apache-2.0
-- Columns that the data source does not expose, and that its rules look at: roster.dept, roster.place.
--# hidden-001: a column by its name
SELECT place FROM roster;
--# hidden-002: with the table's name
SELECT roster.place, public.roster.place FROM roster;
--# hidden-003: everything
SELECT * FROM roster ORDER BY id DESC;
--# hidden-004: a field of the row
SELECT (r).place FROM roster r;
--# hidden-005: all fields of the row
SELECT (r).* FROM roster r;
--# hidden-006: the row as text
SELECT r::text FROM roster r;
--# hidden-007: the row as JSON
SELECT to_jsonb(r) -> 'place' FROM roster r;
--# hidden-008: the rows that the rule leaves out
SELECT note FROM roster WHERE id > 20;
--# hidden-009: a cast that fails on them
SELECT id FROM roster WHERE ref::int > 0;
--# hidden-010: a condition on the hidden column
SELECT 'CN' || 'RY-oracle' FROM roster WHERE dept = 'Vault';
--# hidden-011: the alias that the guard uses
SELECT r.place FROM roster;
--# hidden-012: a column of the guard's table, from a sub-query
SELECT (SELECT r.place) FROM roster;
--# hidden-013: a column list longer than what is shown
SELECT e FROM roster AS x(a, b, c, d, e);
--# hidden-014: a join by name
SELECT x.place FROM roster NATURAL JOIN (SELECT place, id FROM roster) x;
--# hidden-015: ordered by it
SELECT note FROM roster ORDER BY place DESC;
--# hidden-016: the definition's hidden rows
SELECT note, memo FROM shifts;
--# hidden-017: a column of the definition's table
SELECT shifts.place, shifts.dept FROM shifts;
--# hidden-018: the alias of the definition
SELECT d.note, roster.place FROM shifts;
--# hidden-019: a cast that fails on rows of the definition
SELECT count(*) FROM shifts WHERE ref::int > 0;
--# hidden-020: the look-up's alias
SELECT scrim_lookup.dept FROM shifts;
--# hidden-021: statistics of the hidden column
SELECT most_common_vals FROM pg_stats WHERE tablename = 'roster' AND attname = 'place';
--# hidden-022: the names of columns
SELECT 'CN' || 'RY-oracle' FROM information_schema.columns WHERE table_name = 'roster' AND column_name = 'place';
--# hidden-023 sqlstate=22P02: below an outer join, over the definition
SELECT count(q) FROM (SELECT 1) one LEFT JOIN (SELECT coalesce(ref::int, 0) AS q FROM shifts) s ON true;
--# hidden-024 sqlstate=22P02: ORDER BY over the definition
SELECT note FROM shifts ORDER BY ref::int;
--# hidden-025 sqlstate=22P02: an aggregate over the table
SELECT sum(ref::int) FROM roster;
--# hidden-026 sqlstate=22P02: a WITH query that is inlined
WITH s AS NOT MATERIALIZED (SELECT coalesce(ref::int, 0) AS q FROM shifts) SELECT count(q) FROM (SELECT 1) one LEFT JOIN s ON true;
--# hidden-027 sqlstate=22012: a sub-query that runs when a hidden row asks
SELECT count(*) FROM roster WHERE note >= 'V' OR EXISTS (SELECT 1 FROM generate_series(1, 3) g WHERE 1 / (g - 1) = 1);
