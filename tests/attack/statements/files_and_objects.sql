-- SPDX-License-Identifier: Apache-2.0
-- The source's files, large objects, other databases.
--# file-001: pg_read_file
SELECT pg_read_file('canary.txt');
--# file-002: pg_read_file with a range
SELECT pg_read_file('canary.txt', 0, 100);
--# file-003: pg_read_binary_file
SELECT pg_read_binary_file('canary.txt');
--# file-004: pg_ls_dir
SELECT 'CN' || 'RY-' || pg_ls_dir('.') LIMIT 1;
--# file-005: pg_stat_file
SELECT 'CN' || 'RY-' || (pg_stat_file('canary.txt')).size;
--# file-006: lo_import and lo_get
SELECT lo_import(current_setting('data_directory') || '/canary.txt', 43210); SELECT convert_from(lo_get(43210), 'UTF8'); SELECT lo_unlink(43210);
--# file-007: lo_from_bytea
SELECT lo_from_bytea(43211, convert_to((SELECT min(note) FROM staff), 'UTF8')); SELECT convert_from(lo_get(43211), 'UTF8'); SELECT lo_unlink(43211);
--# file-008: pg_ls_logdir and its kin
SELECT 'CN' || 'RY-' || name FROM pg_ls_waldir() LIMIT 1;
--# file-009: COPY from a file
CREATE TEMP TABLE t (x text); COPY t FROM PROGRAM 'echo CN""RYfile'; SELECT x FROM t;
--# file-010: pg_relation_filepath
SELECT 'CN' || 'RY-' || pg_relation_filepath('company.staff');
--# file-011: pg_relation_size as an oracle
SELECT 'CN' || 'RY-oracle' WHERE pg_relation_size('company.staff') > 0;
--# file-012: pg_total_relation_size of a hidden source
SELECT 'CN' || 'RY-' || pg_total_relation_size('company.vault');
--# file-013: pg_database_size
SELECT 'CN' || 'RY-' || pg_database_size(current_database()) WHERE pg_database_size(current_database()) > 1000000;
--# file-014: pg_column_size of a masked column
SELECT 'CN' || 'RY-oracle' FROM staff WHERE pg_column_size(badge) < 20 LIMIT 1;
--# file-016: current_setting of a path
SELECT 'CN' || 'RY-' || current_setting('data_directory');
--# file-017: pg_hba_file_rules
SELECT 'CN' || 'RY-' || type FROM pg_hba_file_rules LIMIT 1;
--# file-018: pg_file_settings
SELECT 'CN' || 'RY-' || sourcefile FROM pg_file_settings LIMIT 1;
--# file-019: pg_read_file in the filter
SELECT name FROM staff WHERE pg_read_file('canary.txt')::int = 1;
--# file-020: pg_export_snapshot
BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 'CN' || 'RY-' || pg_export_snapshot(); COMMIT;
