-- SPDX-License-Identifier: Apache-2.0
-- Functions that run SQL given as text, or read tables by name: any user of a stock server may call them.
--# text-001: query_to_xml
SELECT query_to_xml('SELECT * FROM company.staff', true, false, '');
--# text-002: query_to_xmlschema
SELECT 'CN' || 'RY-schema', query_to_xmlschema('SELECT * FROM company.staff', true, false, '');
--# text-003: query_to_xml_and_xmlschema
SELECT query_to_xml_and_xmlschema('SELECT * FROM company.staff', true, false, '');
--# text-004: table_to_xml
SELECT table_to_xml('company.staff'::regclass, true, false, '');
--# text-005: table_to_xml by quoted name
SELECT table_to_xml('"company"."staff"', true, false, '');
--# text-006: table_to_xml_and_xmlschema
SELECT table_to_xml_and_xmlschema('company.staff', true, false, '');
--# text-007: schema_to_xml
SELECT schema_to_xml('company', true, false, '');
--# text-008: schema_to_xml_and_xmlschema
SELECT schema_to_xml_and_xmlschema('company', true, false, '');
--# text-009: database_to_xml
SELECT database_to_xml(true, false, '');
--# text-010: database_to_xml_and_xmlschema
SELECT database_to_xml_and_xmlschema(true, false, '');
--# text-011: cursor_to_xml
BEGIN; DECLARE c CURSOR FOR SELECT * FROM staff; SELECT cursor_to_xml('c', 100, true, false, ''); COMMIT;
--# text-012: query_to_xml in pg_catalog's name
SELECT pg_catalog.query_to_xml('SELECT * FROM company.staff', true, false, '');
--# text-013: query_to_xml in quotes
SELECT "query_to_xml"('SELECT * FROM company.vault', true, false, '');
--# text-014: query_to_xml in the filter
SELECT 'CN' || 'RY-oracle' FROM pay WHERE query_to_xml('SELECT note FROM company.staff WHERE id = 21', true, false, '')::text LIKE '%note%' LIMIT 1;
--# text-015: ts_stat
SELECT word FROM ts_stat('SELECT to_tsvector(''simple'', note) FROM company.staff');
--# text-016: ts_stat with weights
SELECT upper(word) FROM ts_stat('SELECT to_tsvector(''simple'', secret) FROM company.raw_dump', 'd');
--# text-017: ts_rewrite
SELECT ts_rewrite('a'::tsquery, 'SELECT ''a''::tsquery, plainto_tsquery(''simple'', note) FROM company.staff WHERE id = 21');
--# text-018: query_to_xml in FROM
SELECT * FROM query_to_xml('SELECT secret FROM company.raw_dump', true, false, '') x;
--# text-019: query_to_xml by xpath
SELECT (xpath('//secret/text()', query_to_xml('SELECT secret FROM company.vault', true, false, '')))[1];
--# text-020: xmltable over query_to_xml
SELECT x.* FROM xmltable('//row' PASSING query_to_xml('SELECT secret FROM company.vault', false, false, '') COLUMNS secret text) x;
--# text-021: a function of the source that runs SQL
SELECT company.peek();
--# text-022: the same without its schema
SELECT peek();
--# text-023: in FROM
SELECT * FROM company.peek();
--# text-024: functional notation for a source's function
SELECT length(peek()) || peek();
--# text-025: query_to_xml fails with the text
SELECT query_to_xml('SELECT amount::int FROM company.staff', true, false, '');
