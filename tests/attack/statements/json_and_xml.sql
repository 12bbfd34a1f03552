-- SPDX-License-Identifier: Apache-2.0
-- Structured values, and their operators that fail on hidden ones.
--# json-001: field of a hidden document
SELECT data ->> 'k' FROM staff;
--# json-002: path operator
SELECT data #>> '{k}' FROM staff;
--# json-003: subscript
SELECT data['k'] FROM staff;
--# json-004: jsonb_path_query
SELECT jsonb_path_query(data, '$.n') FROM staff;
--# json-005: exists operator as an oracle
SELECT 'CN' || 'RY-oracle' FROM staff WHERE data ? 'n' LIMIT 1;
--# json-006: path predicate as an oracle
SELECT 'CN' || 'RY-oracle' FROM staff WHERE data @@ '$.n > 70000000' LIMIT 1;
--# json-007: path exists operator
SELECT data FROM staff WHERE data @? '$.n ? (@ > 1)';
--# json-008: containment
SELECT data FROM staff WHERE data @> '{"n": 73317330}'::jsonb OR data ? 'n';
--# json-009 sqlstate=22032: strict path fails on hidden rows
SELECT jsonb_path_query(data, 'strict $.k.datetime()') FROM staff WHERE id > 20;
--# json-010: jsonb_each over hidden documents
SELECT e.value FROM staff, jsonb_each(data) e;
--# json-011: json_to_record of hidden text
SELECT r.* FROM staff, json_to_record(doc::json) AS r(a int);
--# json-012: populate fails with the text
SELECT jsonb_populate_record(NULL::company.pay, jsonb_build_object('id', note)) FROM staff WHERE id > 20;
--# json-013: cast of a field
SELECT (data ->> 'k')::int FROM staff WHERE id > 20;
--# json-014: to_jsonb of an array
SELECT to_jsonb(tags) FROM staff;
--# json-015: array overlap as an oracle
SELECT 'CN' || 'RY-oracle' FROM staff WHERE tags && ARRAY['CN' || 'RYtag25'];
--# json-016: array containment as an oracle
SELECT 'CN' || 'RY-oracle' FROM staff WHERE tags @> ARRAY['CN' || 'RYtag25'];
--# json-017: array_to_string
SELECT array_to_string(tags, ',') FROM staff;
--# json-018: array subscripts
SELECT tags[1] FROM staff;
--# json-019: array slices
SELECT tags[1:2] FROM staff;
--# json-020: cast of an array
SELECT tags::int[] FROM staff WHERE id > 20;
--# json-021: xmltable over hidden pages
SELECT x.* FROM staff, xmltable('/a' PASSING (page::xml) COLUMNS t text PATH '.') x;
--# json-022: xml is well formed
SELECT 'CN' || 'RY-oracle' FROM staff WHERE NOT xml_is_well_formed(page) LIMIT 1;
--# json-023: xmlexists
SELECT xmlexists('/a' PASSING BY VALUE (page::xml)) FROM staff;
--# json-024: xmlconcat and xmlpi
SELECT xmlconcat(xmlelement(name a, note)) FROM staff;
--# json-025: bytea as text
SELECT convert_from(raw, 'UTF8') FROM staff;
--# json-026: bytea in hexadecimal
SELECT raw FROM staff;
--# json-027: bytea in base64
SELECT encode(raw, 'base64') FROM staff;
--# json-028: bytea in escape format
SELECT encode(raw, 'escape') FROM staff;
--# json-029: get_byte out of range
SELECT get_byte(raw, 0) || convert_from(raw, 'UTF8') FROM staff;
--# json-030: external entity in a document
SELECT xmlparse(DOCUMENT '<!DOCTYPE a [<!ENTITY e "CN">]><a>&e;</a>')::text || 'RY' || (SELECT min(note) FROM staff);
