-- SPDX-License-Identifier: Apache-2.0
-- Columns that every table has and no data source exposes.
--# system-001: ctid
SELECT 'CN' || 'RY-ctid', ctid FROM staff LIMIT 1;
--# system-002: a hidden row by its place
SELECT note FROM staff WHERE ctid >= '(0,15)'::tid;
--# system-003: tableoid names the remote table
SELECT 'CN' || 'RY-' || tableoid::regclass FROM staff LIMIT 1;
--# system-004: xmin
SELECT 'CN' || 'RY-' || xmin::text FROM staff LIMIT 1;
--# system-005: xmax
SELECT 'CN' || 'RY-' || xmax::text FROM staff LIMIT 1;
--# system-006: cmin and cmax
SELECT 'CN' || 'RY-' || cmin::text || cmax::text FROM staff LIMIT 1;
--# system-007: ctid of an alias
SELECT 'CN' || 'RY-' || s.ctid::text FROM staff s LIMIT 1;
--# system-008: join on ctid
SELECT a.note FROM staff a JOIN staff b ON a.ctid = b.ctid WHERE a.id > 20;
--# system-009: functional notation for ctid
SELECT 'CN' || 'RY-' || (s).ctid::text FROM staff s LIMIT 1;
--# system-010: quoted system column
SELECT 'CN' || 'RY-' || "tableoid"::text FROM staff LIMIT 1;
--# system-011: currtid2
SELECT 'CN' || 'RY-' || currtid2('company.staff', '(0,1)'::tid)::text;
--# system-012: order by ctid shows the number of pages
SELECT note FROM staff ORDER BY ctid DESC LIMIT 2;
--# system-013: system column of the SQL-defined source's table
SELECT 'CN' || 'RY-' || s.tableoid::text FROM staff s, team t LIMIT 1;
