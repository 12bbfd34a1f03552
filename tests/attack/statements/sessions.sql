-- SPDX-License-Identifier: Apache-2.0
-- Changing who one is, what names mean, or what the next user of a pooled session finds.
--# session-001: SET ROLE
SET ROLE scrim_reader; SELECT note FROM company.staff;
--# session-002: SET SESSION AUTHORIZATION
SET SESSION AUTHORIZATION open_reader; SELECT note FROM company.staff;
--# session-003: set_config of the role
SELECT set_config('role', 'scrim_reader', false); SELECT note FROM company.staff;
--# session-004: set_config of the session authorization
SELECT set_config('session_authorization', 'open_reader', false); SELECT note FROM company.staff;
--# session-005: search_path to the source's schema
SET search_path = company; SELECT secret FROM raw_dump;
--# session-006: SET LOCAL search_path
BEGIN; SET LOCAL search_path = company, pg_catalog; SELECT secret FROM vault; COMMIT;
--# session-007: set_config of search_path
SELECT set_config('search_path', 'company', false); SELECT secret FROM vault;
--# session-008: search_path across messages
SET search_path TO company
--/
SELECT secret FROM vault
--# session-009: row_security off
SET row_security = off; SELECT note FROM staff;
--# session-010: current_setting of the project
SET scrim.project = 'nosuch'; SELECT note FROM staff;
--# session-011: setting one's own user by a custom setting
SET scrim.login = 'bob'; SELECT secret FROM vault;
--# session-012: setting groups by a custom setting
SET scrim.groups = 'HR,Vault'; SELECT note FROM staff;
--# session-013: RESET ROLE
RESET ROLE; SELECT note FROM staff;
--# session-014: DISCARD ALL, then the source's schema
DISCARD ALL
--/
SELECT note FROM company.staff
--# session-015: RESET ALL, then a hidden source
RESET ALL
--/
SELECT secret FROM company.vault
--# session-016: planner settings that reorder predicates
SET enable_seqscan = off; SET enable_indexscan = off; SELECT name FROM staff WHERE amount::int = 1;
--# session-017: from_collapse_limit
SET from_collapse_limit = 100; SELECT name FROM staff WHERE amount::int = 1;
--# session-018: client_min_messages makes the server talk
SET client_min_messages = debug5; SELECT amount::int FROM staff;
--# session-019: debug_print_plan to the client
SET client_min_messages = log; SET debug_print_plan = on; SELECT note FROM staff WHERE id = 21;
--# session-020: track of statements by application_name
SET application_name = 'x; SELECT 1'; SELECT note FROM staff WHERE id = 21;
--# session-021: transaction made writable
SET TRANSACTION READ WRITE; UPDATE staff SET dept = 'Toys' WHERE id = 24; SELECT note FROM staff WHERE id = 24;
--# session-022: set_config makes it writable
SELECT set_config('transaction_read_only', 'off', true); UPDATE allowed SET active = true; SELECT memo FROM pay;
--# session-023: default_transaction_read_only
SET default_transaction_read_only = off; INSERT INTO allowed VALUES (26, true) RETURNING 'CN' || 'RY-oracle';
--# session-024: standard_conforming_strings off
SET standard_conforming_strings = off; SELECT 'a\' || note || '' FROM staff --';
--/
SELECT note FROM staff
--# session-025: client_encoding that swallows a quote
SET client_encoding = 'SJIS'; SELECT note FROM staff WHERE id = 21;
--# session-026: current_setting of another's secret
SELECT 'CN' || 'RY-' || current_setting('config_file');
--# session-027: advisory lock left behind
SELECT 'CN' || 'RY-' || pg_try_advisory_lock(42);
--# session-028: advisory lock in a transaction
SELECT 'CN' || 'RY-' || pg_try_advisory_xact_lock(43);
--# session-029: LISTEN and NOTIFY carry data
LISTEN attack; SELECT pg_notify('attack', min(note)) FROM staff;
--# session-030: NOTIFY a payload
LISTEN attack; NOTIFY attack, 'x'; SELECT 'CN' || 'RY-' || count(*) FROM pg_listening_channels();
--# session-031: terminate a backend
SELECT 'CN' || 'RY-' || pg_terminate_backend(1);
--# session-032: cancel a backend
SELECT 'CN' || 'RY-' || pg_cancel_backend(1);
--# session-033: pg_reload_conf
SELECT 'CN' || 'RY-' || pg_reload_conf();
--# session-034: txid_current
SELECT 'CN' || 'RY-' || txid_current();
--# session-035: pg_current_xact_id
SELECT 'CN' || 'RY-' || pg_current_xact_id();
--# session-037: nextval of a sequence
CREATE TEMP SEQUENCE s; SELECT 'CN' || 'RY-' || nextval('s');
--# session-038: setseed and random are state
SELECT 'CN' || 'RY-' || setseed(0.5)::text || random();
--# session-039: ALTER ROLE
ALTER ROLE current_user SET search_path = company; SELECT note FROM company.staff;
--# session-040: LOAD a library
LOAD 'plpgsql'; SELECT note FROM company.staff;
--# session-041: GRANT oneself
GRANT SELECT ON company.vault TO PUBLIC; SELECT secret FROM company.vault;
--# session-042: settings of the guard by name
SHOW ALL
--/
SELECT 'CN' || 'RY-' || setting FROM pg_settings WHERE name = 'hba_file'
--# session-043: current_user and session_user of the source
SELECT 'CN' || 'RY-' || current_user WHERE current_user = 'scrim_reader' OR current_user = 'open_reader';
--# session-044: current_database, version, addresses of the source
SELECT 'CN' || 'RY-' || current_database() WHERE current_database() LIKE 'world%';
--# session-045: current_schemas of the source
SELECT 'CN' || 'RY-' || current_schemas(true)::text WHERE current_schemas(true)::text LIKE '%company%';
