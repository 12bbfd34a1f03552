-- SPDX-License-Identifier: Apache-2.0
-- The source's tables by their own names, and whether a forbidden name can be told from one that does not exist.
--# name-001: the remote table by schema
SELECT note FROM company.staff;
--# name-002: the remote table with its database
SELECT note FROM world_open.company.staff;
--# name-003: quoted schema
SELECT note FROM "company"."staff";
--# name-004: a table that was never registered
SELECT secret FROM raw_dump;
--# name-005: the same by schema
SELECT secret FROM company.raw_dump;
--# name-006: registered, no subscription
SELECT secret FROM vault;
--# name-007: the same by schema
SELECT secret FROM company.vault;
--# name-008: the SQL-defined source's table
SELECT memo FROM company.pay;
--# name-009: by the source's view
SELECT badge FROM company.team;
--# name-010: Unicode escapes in the schema
SELECT note FROM U&"c\006fmpany".staff;
--# name-011: Unicode escapes in the table
SELECT secret FROM U&"v\0061ult";
--# name-012: upper case folds
SELECT SECRET FROM VAULT;
--# name-013: a remote table in a sub-query
SELECT (SELECT max(secret) FROM company.vault);
--# name-014: a remote table in EXISTS
SELECT 'CN' || 'RY-oracle' WHERE EXISTS (SELECT 1 FROM company.vault);
--# name-015: a remote table beneath a CTE
WITH v AS (SELECT * FROM company.vault) SELECT secret FROM v;
--# name-016: in TABLE
TABLE company.vault;
--# name-017: in ONLY (..)
SELECT secret FROM ONLY (company.vault);
--# name-018: in a join with one's own
SELECT v.secret FROM staff s JOIN company.vault v ON v.id = s.id;
--# name-019: in LATERAL
SELECT v.secret FROM staff s, LATERAL (SELECT secret FROM company.vault WHERE id = s.id) v;
--# name-020: comment between schema and table
SELECT secret FROM company/* */./* */vault;
--# name-021: new line between schema and table
SELECT secret FROM company
.
vault;
--# name-022: a column of a table that is not in FROM
SELECT company.staff.note FROM company.staff;
--# name-023: a column with its schema
SELECT company.staff.badge FROM staff;
--# name-024 pair: forbidden and missing names are answered alike
SELECT * FROM NAME1;
--/
SELECT * FROM NAME2;
--# name-025 pair: in a sub-query
SELECT (SELECT count(*) FROM NAME1);
--/
SELECT (SELECT count(*) FROM NAME2);
--# name-026 pair: with a schema
SELECT * FROM company.NAME1;
--/
SELECT * FROM company.NAME2;
--# name-027 pair: as a function
SELECT id FROM NAME1 WHERE nosuch(id);
--/
SELECT id FROM NAME2 WHERE nosuch(id);
--# name-028 pair: a column of it
SELECT NAME1.secret FROM NAME1;
--/
SELECT NAME2.secret FROM NAME2;
--# name-029 pair: regclass
SELECT 'company.NAME1'::regclass;
--/
SELECT 'company.NAME2'::regclass;
--# name-030 pair: in COPY
COPY NAME1 TO STDOUT;
--/
COPY NAME2 TO STDOUT;
--# name-031 pair: in EXPLAIN
EXPLAIN SELECT * FROM NAME1;
--/
EXPLAIN SELECT * FROM NAME2;
--# name-032 pair: in PREPARE
PREPARE p AS SELECT * FROM NAME1; DEALLOCATE p;
--/
PREPARE p AS SELECT * FROM NAME2; DEALLOCATE p;
--# name-033 pair: in a write
DELETE FROM NAME1 WHERE false;
--/
DELETE FROM NAME2 WHERE false;
--# name-034 pair: in LOCK
BEGIN; LOCK TABLE NAME1
--/
ROLLBACK
--/
BEGIN; LOCK TABLE NAME2
--/
ROLLBACK
