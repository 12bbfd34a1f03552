-- SPDX-License-Identifier: Apache-2.0
-- Every arm of a set operation is a read of its own.
--# setop-001: UNION ALL
SELECT 'x' UNION ALL SELECT badge FROM staff;
--# setop-002: UNION
SELECT note FROM staff UNION SELECT memo FROM pay;
--# setop-003: EXCEPT of a constant set
SELECT badge FROM staff EXCEPT SELECT 'x';
--# setop-004: INTERSECT with itself
SELECT badge FROM staff INTERSECT SELECT badge FROM staff;
--# setop-005: hidden rows by EXCEPT ALL
SELECT note FROM staff EXCEPT ALL SELECT note FROM staff WHERE dept IN ('Toys', 'Home Goods');
--# setop-006: nested arms
(SELECT 'a' UNION SELECT 'b') UNION (SELECT badge FROM staff UNION ALL SELECT body FROM events);
--# setop-007: arm inside IN
SELECT 'CN' || 'RY-oracle' WHERE 'CN' || 'RYnote21' IN (SELECT 'x' UNION ALL SELECT note FROM staff);
--# setop-008: arm with ORDER BY and LIMIT
(SELECT note FROM staff ORDER BY id DESC LIMIT 1) UNION ALL (SELECT 'x');
--# setop-009: TABLE as an arm
SELECT 1, 'x' UNION ALL TABLE events;
--# setop-010: VALUES as the first arm
VALUES ('x') UNION ALL SELECT email FROM staff;
--# setop-011: types unified by cast
SELECT 1 UNION ALL SELECT salary FROM staff;
--# setop-012: recursive arm
WITH RECURSIVE r(n, t) AS (SELECT 1, 'x'::text UNION ALL SELECT n + 1, (SELECT badge FROM staff WHERE id = n) FROM r WHERE n < 3) SELECT t FROM r;
--# setop-013: arms in a derived table
SELECT * FROM (SELECT badge FROM staff UNION ALL SELECT phone FROM staff) u;
--# setop-014: INTERSECT as an oracle for a hidden value
SELECT 'CN' || 'RY-oracle' FROM (SELECT note FROM staff INTERSECT SELECT 'CN' || 'RYnote25') x;
--# setop-015: EXCEPT as an oracle
SELECT 'CN' || 'RY-oracle' WHERE NOT EXISTS (SELECT 'CN' || 'RYnote25' EXCEPT SELECT note FROM staff);
