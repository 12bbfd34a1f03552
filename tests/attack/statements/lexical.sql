-- SPDX-License-Identifier: Apache-2.0
-- Quoting, comments, escapes, several statements, letters that look alike.
--# lexical-001: several statements in one message
SELECT 1; SELECT note FROM staff; SELECT 2;
--# lexical-002: a forbidden one after an allowed one
SELECT 1; SELECT secret FROM company.vault;
--# lexical-003: after a comment
/* SELECT 1; */ SELECT note FROM staff -- ;
--# lexical-004: nested comments
/* /* */ ' */ SELECT note FROM staff /* ' */;
--# lexical-005: comment to the end of the line, then on
SELECT note -- FROM pay
FROM staff;
--# lexical-006: dollar quotes around a quote
SELECT $$'$$, note, $x$;--$x$ FROM staff;
--# lexical-007: escape string that ends elsewhere
SELECT E'\'', note FROM staff WHERE note <> E'\\';
--# lexical-008: backslash at the end of a plain string
SELECT '\', note FROM staff WHERE note <> '\';
--# lexical-009: Unicode escapes in a string
SELECT U&'\0027', note FROM staff;
--# lexical-010: Unicode escapes with their own escape letter
SELECT U&'!0043!004E' UESCAPE '!' || 'RY', note FROM staff WHERE id > 20;
--# lexical-011: strings continued over lines
SELECT 'CN'
'RY-', note FROM staff WHERE id > 20;
--# lexical-012: quoted identifiers in capitals
SELECT "note" FROM "staff";
--# lexical-013: identifier with Unicode escapes
SELECT U&"n\006fte" FROM U&"st\0061ff";
--# lexical-014: a masked column by Unicode escapes
SELECT U&"b\0061dge" FROM staff;
--# lexical-015: capitals fold
SELECT BADGE, Salary FROM STAFF;
--# lexical-016: a table whose name only looks like another
SELECT note FROM staff UNION ALL SELECT 'x' AS "nоte";
--# lexical-017: alias that hides a column
SELECT id AS note, note AS id FROM staff;
--# lexical-018: alias of the table's own name
SELECT staff.note FROM pay AS x, staff AS staff;
--# lexical-019: alias swaps two tables
SELECT pay.badge FROM staff AS pay, pay AS staff;
--# lexical-020: alias with the guard's likely name
SELECT s.note FROM staff AS s, (SELECT 1 AS note) AS scrim_1;
--# lexical-021: quoted alias with a quote inside
SELECT note AS "a""b; SELECT" FROM staff;
--# lexical-022: string with NUL's look
SELECT note || E'\x01' FROM staff;
--# lexical-023: very long identifier, truncated at 63 bytes
SELECT note AS aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa FROM staff;
--# lexical-024: operator that looks like a comment
SELECT note FROM staff WHERE id > -1 AND 1 - -1 = 2;
--# lexical-025: hexadecimal and bit strings
SELECT B'101', X'1F', note FROM staff;
--# lexical-026: national character string
SELECT N'x', note FROM staff;
--# lexical-027: a comment with the statement tag's look
/* scrim:00000000-1 */ SELECT note FROM staff;
--# lexical-028: a comment that ends the tag
SELECT note FROM staff /* */ /*/ x /**/ */;
--# lexical-029: semicolons only, then a read
;;; SELECT note FROM staff;;
--# lexical-030: transaction control between reads
BEGIN; SELECT note FROM staff; COMMIT; SELECT badge FROM staff;
--# lexical-031: savepoint and rollback around a failure
BEGIN; SAVEPOINT a; SELECT amount::int FROM staff; ROLLBACK TO a; SELECT note FROM staff; COMMIT;
--/
ROLLBACK; SELECT note FROM staff
--# lexical-032: an error message that quotes the statement
SELECT note FROM staff WHERE nosuch(note) IS NULL;
--/
SELECT note FROM staff
--# lexical-033: parameter symbols in a simple query
SELECT note FROM staff WHERE id > $1;
--/
SELECT note FROM staff
--# lexical-034: deep parentheses
SELECT ((((((((((((((((((((note)))))))))))))))))))) FROM ((((((staff NATURAL JOIN (SELECT 1) x))))));
--# lexical-035: byte order mark and odd white space
SELECT	note
FROM  staff;
--# lexical-036: keywords as names
SELECT "select"."note" AS "from" FROM staff AS "select";
--# lexical-037: implicit cast by type name before a string
SELECT int '1', text 'x' || note FROM staff;
--# lexical-038: backslash u in an escape string
SELECT E'\u0043\u004e' || 'RY', note FROM staff WHERE id > 20;
--# lexical-039: dollar quote with a tag like a parameter
SELECT $a1$x$a1$ || note FROM staff;
--# lexical-040: GROUP BY ALL's look-alikes
SELECT ALL note FROM staff GROUP BY DISTINCT note;
