-- SPDX-License-Identifier: Apache-2.0
-- A masked column seen, ordered, grouped, joined, compared or probed by its raw value.
--# mask-001: the column itself
SELECT badge FROM staff;
--# mask-002: every masked column
SELECT badge, email, phone, salary, bonus FROM staff;
--# mask-003: star
SELECT * FROM staff;
--# mask-004: qualified star
SELECT staff.* FROM staff;
--# mask-005: equality probe
SELECT 'CN' || 'RY-oracle' FROM staff WHERE badge = 'CN' || 'RYbadge1';
--# mask-006: LIKE probe
SELECT 'CN' || 'RY-oracle' FROM staff WHERE badge LIKE 'CN_Ybadge%' LIMIT 1;
--# mask-007: ILIKE probe
SELECT 'CN' || 'RY-oracle' FROM staff WHERE badge ILIKE 'cn_y%' LIMIT 1;
--# mask-008: regular expression probe
SELECT 'CN' || 'RY-oracle' FROM staff WHERE badge ~ '^CN.Y' LIMIT 1;
--# mask-009: SIMILAR TO probe
SELECT 'CN' || 'RY-oracle' FROM staff WHERE badge SIMILAR TO 'CN_Y%' LIMIT 1;
--# mask-010: range probe
SELECT 'CN' || 'RY-oracle' FROM staff WHERE badge BETWEEN 'CN' AND 'CO' LIMIT 1;
--# mask-011: starts_with
SELECT 'CN' || 'RY-oracle' FROM staff WHERE starts_with(badge, 'CN') LIMIT 1;
--# mask-012: starts-with operator
SELECT 'CN' || 'RY-oracle' FROM staff WHERE badge ^@ 'CN' LIMIT 1;
--# mask-013: position
SELECT 'CN' || 'RY-oracle' FROM staff WHERE position('badge' IN badge) > 0 LIMIT 1;
--# mask-014: length of the raw value
SELECT 'CN' || 'RY-oracle' FROM staff WHERE length(badge) < 20 LIMIT 1;
--# mask-015: probe on a masked number
SELECT 'CN' || 'RY-oracle' FROM staff WHERE salary = 7331 * 10000 + 7331 LIMIT 1;
--# mask-016: range of a masked number
SELECT 'CN' || 'RY-oracle' FROM staff WHERE salary > 0 LIMIT 1;
--# mask-017: IS NOT NULL of a NULL mask
SELECT 'CN' || 'RY-oracle' FROM staff WHERE salary IS NOT NULL LIMIT 1;
--# mask-018: rounded number's remainder
SELECT 'CN' || 'RY-oracle' FROM staff WHERE bonus % 100000000 <> 0 LIMIT 1;
--# mask-019: max of a masked number
SELECT max(salary), min(bonus) FROM staff;
--# mask-020: min and max of a masked text
SELECT min(badge), max(email) FROM staff;
--# mask-021: percentile of a masked number
SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY salary) FROM staff;
--# mask-022: percentile_cont of a masked number
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY bonus) FROM staff;
--# mask-023: mode of a masked text
SELECT mode() WITHIN GROUP (ORDER BY phone) FROM staff;
--# mask-024: rank of a guess within the masked values
SELECT 'CN' || 'RY-oracle' FROM staff HAVING rank('CN') WITHIN GROUP (ORDER BY badge) = 1;
--# mask-025: ORDER BY the masked number, first and last
SELECT 'CN' || 'RY-oracle' FROM (SELECT salary FROM staff ORDER BY salary DESC NULLS LAST LIMIT 1) x WHERE salary IS NOT NULL;
--# mask-026: ORDER BY the raw text puts 9 last
SELECT 'CN' || 'RY-oracle' FROM (SELECT array_agg(id ORDER BY badge) AS a FROM staff WHERE id <= 20) x WHERE a[20] = 9 AND a[19] = 8;
--# mask-027: row_number by the masked column
SELECT 'CN' || 'RY-oracle' FROM (SELECT id, row_number() OVER (ORDER BY badge) AS n FROM staff WHERE id <= 20) x WHERE (id = 1 AND n = 1) OR (id = 9 AND n = 20) HAVING count(*) = 2;
--# mask-028: GROUP BY
SELECT badge, count(*) FROM staff GROUP BY badge;
--# mask-029: GROUP BY position
SELECT phone, count(*) FROM staff GROUP BY 1;
--# mask-030: GROUP BY the raw salary shows one group
SELECT 'CN' || 'RY-oracle' FROM staff GROUP BY salary HAVING salary IS NOT NULL;
--# mask-031: DISTINCT
SELECT DISTINCT email FROM staff;
--# mask-032: count distinct as an oracle for the raw phone
SELECT 'CN' || 'RY-oracle' FROM staff WHERE id <= 20 HAVING count(DISTINCT phone) = 7;
--# mask-033: join on the raw value with a table of guesses
SELECT 'CN' || 'RY-oracle' FROM staff JOIN (SELECT 'CN' || 'RYbadge' || i AS g FROM generate_series(1, 30) i) x ON badge = g LIMIT 1;
--# mask-034: join of a masked with another column
SELECT 'CN' || 'RY-oracle' FROM staff a JOIN team b ON a.badge = b.badge AND a.badge < 'D' AND a.badge > 'CN' LIMIT 1;
--# mask-035: NATURAL JOIN over masked columns
SELECT badge FROM staff NATURAL JOIN (SELECT id, badge FROM team) t;
--# mask-036: USING a masked column
SELECT badge FROM staff JOIN team USING (badge);
--# mask-037: IN a list of guesses
SELECT 'CN' || 'RY-oracle' FROM staff WHERE badge IN ('CN' || 'RYbadge1', 'CN' || 'RYbadge2') LIMIT 1;
--# mask-038: CASE on the raw value
SELECT CASE WHEN badge LIKE 'CN_Y%' THEN 'CN' || 'RY-oracle' END FROM staff;
--# mask-039: COALESCE and NULLIF
SELECT coalesce(nullif(badge, 'x'), 'y') FROM staff;
--# mask-040: concatenation
SELECT 'a' || badge || 'b' FROM staff;
--# mask-041: reverse
SELECT reverse(badge) FROM staff;
--# mask-042: hexadecimal
SELECT encode(convert_to(badge, 'UTF8'), 'hex') FROM staff;
--# mask-043: base64
SELECT encode(convert_to(badge, 'UTF8'), 'base64') FROM staff;
--# mask-044: lower
SELECT lower(badge) FROM staff;
--# mask-045: split and join
SELECT string_agg(c, '') FROM staff, unnest(string_to_array(badge, NULL)) c WHERE id = 1;
--# mask-046: substring by substring
SELECT substring(badge, 1, 4) || '' FROM staff;
--# mask-047: regexp_matches
SELECT (regexp_matches(badge, '(C.*)'))[1] FROM staff;
--# mask-048: translate
SELECT translate(badge, 'b', 'b') FROM staff;
--# mask-049: overlay
SELECT overlay(badge PLACING 'x' FROM 12) FROM staff;
--# mask-050: format
SELECT format('%s %I %L', badge, email, phone) FROM staff;
--# mask-051: to_char of a masked number
SELECT to_char(salary, 'FM999999999') FROM staff;
--# mask-052: arithmetic on a masked number
SELECT salary + 0, salary * 1, -(-salary) FROM staff;
--# mask-053: xor bits of a masked number
SELECT (salary # 0)::text FROM staff;
--# mask-054: array of a masked column
SELECT array_agg(badge) FROM staff;
--# mask-055: json of a masked column
SELECT json_build_object('b', badge, 's', salary) FROM staff;
--# mask-056: lag shows another row's raw value
SELECT lag(badge) OVER (ORDER BY id) FROM staff;
--# mask-057: first_value
SELECT first_value(email) OVER (PARTITION BY dept ORDER BY id) FROM staff;
--# mask-058: partition by the raw value
SELECT 'CN' || 'RY-oracle' FROM (SELECT count(*) OVER (PARTITION BY phone) AS n FROM staff WHERE id <= 20) x WHERE n IN (2, 3) LIMIT 1;
--# mask-059: conditional mask, the raw card
SELECT card FROM orders;
--# mask-060: conditional mask evaded by a cast of its condition's column
SELECT card FROM orders WHERE region::text <> 'US';
--# mask-061: conditional mask under OUTER JOIN
SELECT o.card FROM (VALUES (1), (99)) v(x) LEFT JOIN orders o ON o.id = v.x;
--# mask-062: conditional mask under grouping sets, where region becomes NULL
SELECT region, card FROM orders GROUP BY GROUPING SETS ((card), (region));
--# mask-063: conditional mask through a sub-query that renames region
SELECT c FROM (SELECT id AS region, card AS c FROM orders) x;
--# mask-064: SQL-defined source's masked column
SELECT badge, salary FROM team;
--# mask-065: SQL-defined source's masked column in the filter
SELECT 'CN' || 'RY-oracle' FROM team WHERE badge LIKE 'CN_Y%' LIMIT 1;
--# mask-066: ORDER BY an expression of the raw value
SELECT id, badge FROM staff ORDER BY right(badge, 1), badge;
--# mask-067: output alias with the masked name
SELECT id AS badge, badge AS id FROM staff ORDER BY badge;
--# mask-068: HAVING on the raw value
SELECT 'CN' || 'RY-oracle' FROM staff GROUP BY dept HAVING max(badge) LIKE 'CN_Y%';
--# mask-069: LIMIT by a masked number
SELECT 'CN' || 'RY-oracle' LIMIT (SELECT CASE WHEN salary > 0 THEN 1 ELSE 0 END FROM staff WHERE id = 1);
--# mask-070: masked value as a JSON path variable
SELECT jsonb_path_query(to_jsonb(badge), '$') FROM staff;
--# mask-071: masked text as a tsvector
SELECT to_tsvector('simple', email)::text FROM staff;
--# mask-072: similarity of a masked text by hashtext
SELECT 'CN' || 'RY-oracle' FROM staff WHERE hashtext(badge) = hashtext('CN' || 'RYbadge7');
--# mask-073: md5 of the raw value
SELECT 'CN' || 'RY-oracle' FROM staff WHERE md5(badge) = md5('CN' || 'RYbadge7');
--# mask-074: sha256 of the raw value without its key
SELECT 'CN' || 'RY-oracle' FROM staff WHERE badge = encode(sha256(convert_to('CN' || 'RYbadge7', 'UTF8')), 'hex') OR badge = 'CN' || 'RYbadge7';
--# mask-075: collation named by the user
SELECT badge COLLATE "C" FROM staff ORDER BY badge COLLATE "C";
--# mask-076: type of the masked value tells
SELECT 'CN' || 'RY-oracle' FROM staff WHERE octet_length(phone) <> length(phone) OR phone LIKE '%phone%' LIMIT 1;
