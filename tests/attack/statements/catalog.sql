-- SPDX-License-Identifier: Apache-2.0
-- What a catalog tells about rows and tables that are hidden.
--# catalog-001: pg_stats, most common values
SELECT most_common_vals::text, histogram_bounds::text FROM pg_stats WHERE tablename = 'staff';
--# catalog-002: pg_stats of the masked column
SELECT histogram_bounds::text FROM pg_catalog.pg_stats WHERE attname = 'badge';
--# catalog-003: pg_statistic
SELECT stavalues1::text, stavalues2::text FROM pg_statistic WHERE starelid = 'company.staff'::regclass;
--# catalog-004: row estimates of a hidden source
SELECT 'CN' || 'RY-' || reltuples FROM pg_class WHERE relname = 'vault';
--# catalog-005: names of tables that are not registered
SELECT 'CN' || 'RY-' || relname FROM pg_class WHERE relname = 'raw_dump';
--# catalog-006: information_schema.tables
SELECT 'CN' || 'RY-' || table_name FROM information_schema.tables WHERE table_name IN ('vault', 'raw_dump') LIMIT 1;
--# catalog-007: information_schema.columns
SELECT 'CN' || 'RY-' || column_name FROM information_schema.columns WHERE table_name = 'raw_dump' LIMIT 1;
--# catalog-008: information_schema.views shows policy constants
SELECT 'CN' || 'RY-' || view_definition FROM information_schema.views WHERE table_schema = 'guarded' LIMIT 1;
--# catalog-009: pg_views
SELECT 'CN' || 'RY-' || definition FROM pg_views WHERE schemaname = 'company' LIMIT 1;
--# catalog-010: pg_get_viewdef
SELECT 'CN' || 'RY-' || pg_get_viewdef('company.team'::regclass);
--# catalog-011: pg_get_functiondef
SELECT 'CN' || 'RY-' || pg_get_functiondef('company.peek'::regproc);
--# catalog-012: obj_description
SELECT obj_description('company.staff'::regclass);
--# catalog-013: pg_description
SELECT description FROM pg_description WHERE description LIKE 'CN_Y%';
--# catalog-014: pg_stat_activity shows other people's statements
SELECT 'CN' || 'RY-' || query FROM pg_stat_activity WHERE usename IN ('scrim_reader', 'open_reader') LIMIT 1;
--# catalog-015: pg_stat_user_tables counts hidden rows
SELECT 'CN' || 'RY-' || n_live_tup FROM pg_stat_user_tables WHERE relname = 'vault';
--# catalog-016: pg_stat_all_tables
SELECT 'CN' || 'RY-' || relname FROM pg_stat_all_tables WHERE schemaname = 'company' LIMIT 1;
--# catalog-017: pg_indexes names hidden columns
SELECT 'CN' || 'RY-' || indexdef FROM pg_indexes WHERE schemaname = 'company' LIMIT 1;
--# catalog-018: pg_attribute of a hidden table
SELECT 'CN' || 'RY-' || attname FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid WHERE relname = 'raw_dump' LIMIT 1;
--# catalog-019: pg_roles
SELECT 'CN' || 'RY-' || rolname FROM pg_roles WHERE rolname = 'scrim_reader';
--# catalog-020: pg_authid
SELECT 'CN' || 'RY-' || rolpassword FROM pg_authid WHERE rolpassword IS NOT NULL LIMIT 1;
--# catalog-021: pg_user_mappings and pg_shadow
SELECT 'CN' || 'RY-' || passwd FROM pg_shadow WHERE passwd IS NOT NULL LIMIT 1;
--# catalog-022: pg_settings with paths
SELECT 'CN' || 'RY-' || setting FROM pg_settings WHERE name = 'data_directory';
--# catalog-023: pg_locks
BEGIN; SELECT count(*) FROM staff; SELECT 'CN' || 'RY-' || pid FROM pg_locks WHERE relation::regclass::text LIKE '%staff%' LIMIT 1; COMMIT;
--# catalog-026: pg_get_constraintdef
SELECT 'CN' || 'RY-' || pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'company.staff'::regclass LIMIT 1;
--# catalog-028: has_table_privilege tells what exists
SELECT 'CN' || 'RY-' || has_table_privilege('company.raw_dump', 'SELECT');
--# catalog-029: to_regclass tells what exists
SELECT 'CN' || 'RY-' || to_regclass('company.raw_dump');
--# catalog-030: cast to regclass
SELECT 'CN' || 'RY-' || 'company.raw_dump'::regclass::oid;
--# catalog-031: cast from a number to regclass
SELECT 'CN' || 'RY-' || r FROM (SELECT i::oid::regclass::text AS r FROM generate_series(16384, 17000) i) x WHERE r LIKE '%raw_dump' LIMIT 1;
--# catalog-032: cast to regnamespace
SELECT 'CN' || 'RY-' || 'company'::regnamespace::oid;
--# catalog-033: cast to regproc
SELECT 'CN' || 'RY-' || 'company.peek'::regproc::oid;
--# catalog-035: pg_proc source text
SELECT 'CN' || 'RY-' || prosrc FROM pg_proc WHERE proname = 'peek';
--# catalog-036: pg_rewrite
SELECT 'CN' || 'RY-' || count(*) FROM pg_rewrite WHERE ev_class = 'company.team'::regclass;
--# catalog-037: col_description
SELECT 'CN' || 'RY-' || coalesce(col_description('company.staff'::regclass, 1), 'none');
--# catalog-038: pg_identify_object
SELECT 'CN' || 'RY-' || (pg_identify_object('pg_class'::regclass, 'company.raw_dump'::regclass, 0)).identity;
--# catalog-039: pg_describe_object
SELECT 'CN' || 'RY-' || pg_describe_object('pg_class'::regclass, 'company.raw_dump'::regclass, 0);
--# catalog-040: pg_stat_get_live_tuples
SELECT 'CN' || 'RY-' || pg_stat_get_live_tuples('company.vault'::regclass);
--# catalog-041: pg_database
SELECT 'CN' || 'RY-' || datname FROM pg_database WHERE datname LIKE 'world%' LIMIT 1;
--# catalog-042: pg_namespace
SELECT 'CN' || 'RY-' || nspname FROM pg_namespace WHERE nspname = 'company';
--# catalog-044: pg_config
SELECT 'CN' || 'RY-' || setting FROM pg_config WHERE name = 'BINDIR';
