-- SPDX-License-Identifier: Apache-2.0
-- COPY in all its forms.
--# copy-001: table to standard output
COPY staff TO STDOUT;
--# copy-002: with columns
COPY staff (badge, note) TO STDOUT;
--# copy-003: CSV with a header
COPY staff TO STDOUT (FORMAT csv, HEADER);
--# copy-004: binary
COPY staff TO STDOUT (FORMAT binary);
--# copy-005: a query
COPY (SELECT badge, note FROM staff) TO STDOUT;
--# copy-006: a query in CSV, all quoted
COPY (SELECT * FROM staff) TO STDOUT WITH (FORMAT csv, FORCE_QUOTE *);
--# copy-007: TABLE
COPY (TABLE staff) TO STDOUT;
--# copy-008: VALUES with a sub-query
COPY (VALUES ((SELECT min(note) FROM staff))) TO STDOUT;
--# copy-009: the remote table
COPY company.vault TO STDOUT;
--# copy-010: a query on the remote table
COPY (SELECT secret FROM company.vault) TO STDOUT;
--# copy-011: old syntax
COPY BINARY staff TO STDOUT;
--# copy-012: old syntax with options
COPY staff TO STDOUT WITH DELIMITER '|' NULL 'x' CSV;
--# copy-013: a cast that fails midway
COPY (SELECT amount::int FROM staff) TO STDOUT;
--# copy-014: a data-modifying query
COPY (DELETE FROM staff WHERE id = 30 RETURNING note) TO STDOUT;
--# copy-015: to a program
COPY staff TO PROGRAM 'cat'; SELECT note FROM company.staff WHERE id = 21;
--# copy-016: to a file and back
COPY staff (note) TO '/tmp/scrim-attack-copy'; CREATE TEMP TABLE back (t text); COPY back FROM '/tmp/scrim-attack-copy'; SELECT * FROM back;
--# copy-017: from a file
CREATE TEMP TABLE f (t text); COPY f FROM PROGRAM 'cat canary.txt'; SELECT * FROM f;
--# copy-018: from standard input, then read
CREATE TEMP TABLE g AS SELECT note FROM staff; COPY g TO STDOUT;
--# copy-019: the masked column only
COPY (SELECT badge FROM staff ORDER BY badge) TO STDOUT;
--# copy-020: with an encoding
COPY staff (note) TO STDOUT (ENCODING 'LATIN1');
--# copy-021: the SQL-defined source
COPY (SELECT * FROM team) TO STDOUT (FORMAT csv);
--# copy-022: a data source without rows
COPY events TO STDOUT;
--# copy-023: two COPYs in one message
COPY (SELECT 1) TO STDOUT; COPY (SELECT note FROM staff) TO STDOUT;
--# copy-024: a set operation
COPY (SELECT 'x' UNION ALL SELECT body FROM events) TO STDOUT;
