-- SPDX-License-Identifier: Apache-2.0
-- PREPARE, EXECUTE, cursors, DO, temporary objects: what is checked once and runs later.
--# stored-001: PREPARE and EXECUTE
PREPARE p AS SELECT note FROM staff; EXECUTE p;
--# stored-002: a parameter in the filter
PREPARE p(int) AS SELECT note FROM staff WHERE id > $1; EXECUTE p(20);
--# stored-003: a parameter that is computed
PREPARE p(int) AS SELECT note FROM staff WHERE id = $1; EXECUTE p(20 + 1);
--# stored-004: a parameter in a failing cast
PREPARE p(text) AS SELECT ($1 || amount)::int FROM staff; EXECUTE p('1');
--# stored-005: EXECUTE in another message
PREPARE p AS SELECT badge FROM staff
--/
EXECUTE p
--# stored-006: PREPARE of a write
PREPARE p AS DELETE FROM staff WHERE id = 29 RETURNING note; EXECUTE p;
--# stored-007: CREATE TABLE AS EXECUTE
PREPARE p AS SELECT note FROM staff; CREATE TEMP TABLE x AS EXECUTE p; SELECT * FROM x;
--# stored-008: cursor
BEGIN; DECLARE c CURSOR FOR SELECT note FROM staff; FETCH ALL FROM c; COMMIT;
--# stored-009: cursor on a masked column
BEGIN; DECLARE c CURSOR FOR SELECT badge FROM staff; FETCH 5 FROM c; COMMIT;
--# stored-010: scrolling backwards
BEGIN; DECLARE c SCROLL CURSOR FOR SELECT note FROM staff ORDER BY id; FETCH LAST FROM c; FETCH BACKWARD 2 FROM c; COMMIT;
--# stored-011: absolute position
BEGIN; DECLARE c SCROLL CURSOR FOR SELECT note FROM staff ORDER BY id; FETCH ABSOLUTE 25 FROM c; COMMIT;
--# stored-012: WITH HOLD
DECLARE h CURSOR WITH HOLD FOR SELECT note FROM staff
--/
FETCH ALL FROM h; CLOSE h
--# stored-013: binary cursor
BEGIN; DECLARE c BINARY CURSOR FOR SELECT salary, code FROM staff; FETCH ALL FROM c; COMMIT;
--# stored-014: cursor FOR UPDATE
BEGIN; DECLARE c CURSOR FOR SELECT note FROM staff FOR UPDATE; FETCH ALL FROM c; COMMIT;
--# stored-015: MOVE counts hidden rows
BEGIN; DECLARE c SCROLL CURSOR FOR SELECT 'CN' || 'RY-oracle' FROM staff; MOVE 20 FROM c; FETCH 1 FROM c; COMMIT;
--# stored-016: cursor over a remote table
BEGIN; DECLARE c CURSOR FOR SELECT secret FROM company.vault; FETCH ALL FROM c; COMMIT;
--# stored-017: DO block raises a notice
DO $$ BEGIN RAISE NOTICE '%', (SELECT min(note) FROM staff); END $$;
--# stored-018: DO block raises an error
DO $$ BEGIN RAISE EXCEPTION '%', (SELECT string_agg(badge, ',') FROM company.staff); END $$;
--# stored-019: DO block with EXECUTE
DO $x$ DECLARE r text; BEGIN EXECUTE 'SELECT max(secret) FROM company.vault' INTO r; RAISE WARNING '%', r; END $x$;
--# stored-020: DO block in another language
DO LANGUAGE plpgsql $$ BEGIN RAISE INFO '%', (SELECT max(email) FROM staff); END $$;
--# stored-021: temporary function
CREATE FUNCTION pg_temp.f() RETURNS SETOF text LANGUAGE sql AS 'SELECT note FROM company.staff'; SELECT * FROM pg_temp.f();
--# stored-022: temporary function as a cheap predicate
CREATE FUNCTION pg_temp.g(t text) RETURNS bool LANGUAGE plpgsql COST 0.0001 AS $$ BEGIN RAISE NOTICE '%', t; RETURN true; END $$; SELECT name FROM staff WHERE pg_temp.g(note);
--# stored-023: temporary table
CREATE TEMP TABLE t AS SELECT * FROM staff; SELECT note FROM t;
--# stored-024: SELECT INTO
SELECT * INTO TEMP t FROM staff; SELECT note FROM t;
--# stored-025: temporary view
CREATE TEMP VIEW v AS SELECT note FROM company.staff; SELECT * FROM v;
--# stored-026: temporary table with the look-up's name
CREATE TEMP TABLE allowed AS SELECT i AS staff_id, true AS active FROM generate_series(1, 99) i; SELECT memo FROM pay;
--# stored-027: temporary view with a source's name
CREATE TEMP VIEW staff AS SELECT * FROM company.staff; SELECT note FROM staff;
--# stored-028: materialised view
CREATE MATERIALIZED VIEW m AS SELECT note FROM company.staff; SELECT * FROM m; DROP MATERIALIZED VIEW m;
--# stored-029: rule on a view
CREATE TEMP VIEW v AS SELECT 1 AS x; CREATE RULE r AS ON UPDATE TO v DO INSTEAD SELECT note FROM company.staff; UPDATE v SET x = 2;
--# stored-030: operator of one's own
CREATE FUNCTION pg_temp.leak(text, text) RETURNS bool LANGUAGE plpgsql COST 0.0001 AS $$ BEGIN RAISE NOTICE '%', $1; RETURN true; END $$; CREATE OPERATOR pg_temp.<<< (leftarg = text, rightarg = text, function = pg_temp.leak); SELECT name FROM staff WHERE note OPERATOR(pg_temp.<<<) 'x';
--# stored-031: cast of one's own
CREATE TYPE pg_temp.tt AS (a text); SELECT ROW(note)::pg_temp.tt FROM staff;
--# stored-032: domain of one's own
CREATE DOMAIN pg_temp.d AS text; SELECT note::pg_temp.d FROM staff;
--# stored-033: aggregate of one's own
CREATE AGGREGATE pg_temp.cat(text) (sfunc = textcat, stype = text, initcond = ''); SELECT pg_temp.cat(note) FROM staff;
--# stored-034: trigger by COPY into a temporary table
CREATE TEMP TABLE t (x text); INSERT INTO t SELECT note FROM company.staff; TABLE t;
--# stored-035: CALL of a procedure
CREATE PROCEDURE pg_temp.pr() LANGUAGE plpgsql AS $$ BEGIN RAISE NOTICE '%', (SELECT min(note) FROM company.staff); END $$; CALL pg_temp.pr();
--# stored-036: foreign table over dblink's like
CREATE EXTENSION IF NOT EXISTS file_fdw; CREATE SERVER fs FOREIGN DATA WRAPPER file_fdw; CREATE FOREIGN TABLE ft (t text) SERVER fs OPTIONS (filename 'canary.txt'); SELECT * FROM ft; DROP SERVER fs CASCADE;
--# stored-037: dblink back into the source
CREATE EXTENSION IF NOT EXISTS dblink; SELECT * FROM dblink('host=127.0.0.1 port=' || current_setting('port') || ' dbname=world_open user=open_reader password=reader', 'SELECT note FROM company.staff') AS d(t text);
