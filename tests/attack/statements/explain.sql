-- SPDX-License-Identifier: Apache-2.0
-- Plans tell counts, constants of rules and the source's names.
--# explain-001 marker=Rows_Removed: rows removed by the filter
EXPLAIN (ANALYZE, FORMAT JSON) SELECT note FROM staff WHERE dept = 'Vault';
--# explain-002: VERBOSE shows expressions
EXPLAIN (VERBOSE) SELECT 'CN' || 'RY', note FROM staff;
--# explain-003: ANALYZE runs the cast
EXPLAIN ANALYZE SELECT amount::int FROM staff;
--# explain-004: JSON and ANALYZE run the cast
EXPLAIN (ANALYZE, FORMAT JSON) SELECT ref::int FROM pay;
--# explain-005: XML
EXPLAIN (ANALYZE, VERBOSE, FORMAT XML) SELECT amount::int FROM staff;
--# explain-006: YAML
EXPLAIN (ANALYZE, FORMAT YAML) SELECT badge::int FROM staff;
--# explain-007: SETTINGS, BUFFERS, WAL
EXPLAIN (ANALYZE, BUFFERS, WAL, SETTINGS, TIMING OFF) SELECT doc::json FROM staff;
--# explain-008: EXPLAIN of EXECUTE
PREPARE e AS SELECT amount::int FROM staff; EXPLAIN ANALYZE EXECUTE e;
--# explain-009: constant folding shows immutable results
EXPLAIN (VERBOSE) SELECT 'CN' || 'RY' || 'x';
--# explain-010 marker=Plan_Rows: estimates come from the statistics of hidden values
EXPLAIN (FORMAT JSON) SELECT * FROM staff WHERE note > 'CN';
--# explain-011: EXPLAIN of DECLARE CURSOR
EXPLAIN ANALYZE DECLARE c CURSOR FOR SELECT amount::int FROM staff;
--# explain-012: EXPLAIN of CREATE TABLE AS
EXPLAIN ANALYZE CREATE TEMP TABLE x AS SELECT amount::int FROM staff;
--# explain-013 marker=Index_Cond: index condition with a value of the source
SET enable_seqscan = off; EXPLAIN (VERBOSE) SELECT note FROM staff WHERE note = 'CN';
--# explain-014: init plans of the look-up rule
EXPLAIN (ANALYZE, VERBOSE) SELECT ref::int FROM pay WHERE staff_id > (SELECT min(memo)::int FROM pay);
--# explain-015: GENERIC plans with a parameter
PREPARE g(text) AS SELECT 1 FROM staff WHERE note = $1 || 'x'; EXPLAIN (VERBOSE) EXECUTE g('CN' || 'RY');
