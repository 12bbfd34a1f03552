-- SPDX-License-Identifier: Apache-2.0
-- Aggregates, windows, samples and locks over hidden rows.
--# aggregate-001: count of hidden rows
SELECT 'CN' || 'RY-oracle' FROM staff HAVING count(*) = 30;
--# aggregate-002: max of a hidden number
SELECT max(code) FROM staff;
--# aggregate-003: sum shows a hidden number
SELECT sum(code) - sum(CASE WHEN code < 100 THEN code ELSE 0 END) - 9 * max(code) FROM staff;
--# aggregate-004: string_agg in order
SELECT string_agg(note, ',' ORDER BY id DESC) FROM staff;
--# aggregate-005: array_agg
SELECT array_agg(note) FROM staff;
--# aggregate-006: json_agg
SELECT json_agg(note) FROM staff;
--# aggregate-007: jsonb_object_agg
SELECT jsonb_object_agg(id, note) FROM staff;
--# aggregate-008: xmlagg
SELECT xmlagg(xmlelement(name n, note)) FROM staff;
--# aggregate-009: mode within group
SELECT mode() WITHIN GROUP (ORDER BY code) FROM staff WHERE id > 20;
--# aggregate-010: percentile_disc at the end
SELECT percentile_disc(1.0) WITHIN GROUP (ORDER BY note DESC) FROM staff;
--# aggregate-011: bool_or as an oracle
SELECT CASE WHEN bool_or(note LIKE 'CN_Y%') THEN 'CN' || 'RY-oracle' END FROM staff;
--# aggregate-012: every as an oracle
SELECT CASE WHEN NOT every(id <= 20) THEN 'CN' || 'RY-oracle' END FROM staff;
--# aggregate-013: FILTER
SELECT min(note) FILTER (WHERE id > 20) FROM staff;
--# aggregate-014: window max
SELECT max(code) OVER () FROM staff;
--# aggregate-015: lead reaches a hidden row
SELECT lead(note) OVER (ORDER BY id) FROM staff;
--# aggregate-016: last_value with a frame to the end
SELECT last_value(note) OVER (ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) FROM staff;
--# aggregate-017: nth_value
SELECT nth_value(note, 25) OVER (ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) FROM staff;
--# aggregate-018: frame that excludes the current row
SELECT array_agg(note) OVER (ORDER BY id ROWS BETWEEN CURRENT ROW AND 1 FOLLOWING EXCLUDE CURRENT ROW) FROM staff;
--# aggregate-019: named window
SELECT min(note) OVER w FROM staff WINDOW w AS (ORDER BY id DESC);
--# aggregate-020: GROUPS frame
SELECT min(note) OVER (ORDER BY dept GROUPS BETWEEN 1 PRECEDING AND 1 FOLLOWING) FROM staff;
--# aggregate-021: percent_rank tells the count
SELECT 'CN' || 'RY-oracle' FROM (SELECT percent_rank() OVER (ORDER BY id) AS p FROM staff) x WHERE p BETWEEN 0.0344 AND 0.0346;
--# aggregate-022: DISTINCT ON picks a hidden row
SELECT DISTINCT ON (dept) note FROM staff ORDER BY dept, id DESC;
--# aggregate-023: TABLESAMPLE SYSTEM
SELECT note FROM staff TABLESAMPLE SYSTEM (100);
--# aggregate-024: TABLESAMPLE BERNOULLI, repeatable
SELECT note FROM staff TABLESAMPLE BERNOULLI (100) REPEATABLE (1);
--# aggregate-025: FOR UPDATE
SELECT note FROM staff FOR UPDATE;
--# aggregate-026: FOR SHARE SKIP LOCKED
SELECT note FROM staff FOR SHARE SKIP LOCKED;
--# aggregate-027: FOR KEY SHARE OF an alias
SELECT s.note FROM staff s FOR KEY SHARE OF s;
--# aggregate-028: generate_series up to a hidden number
SELECT 'CN' || 'RY-oracle' FROM staff, generate_series(1, code / 1000000) g WHERE g > 70 LIMIT 1;
--# aggregate-029: regr and corr over masked numbers
SELECT 'CN' || 'RY-oracle' FROM staff HAVING regr_count(salary, id) > 0;
--# aggregate-030: bit_or over a hidden number
SELECT bit_or(CASE WHEN code > 100 THEN code ELSE 0 END) FROM staff;
--# aggregate-031: range_agg over hidden values
SELECT range_agg(int4range(code, code + 1)) FROM staff WHERE code > 100;
--# aggregate-032: hypothetical rank
SELECT 'CN' || 'RY-oracle' FROM staff HAVING dense_rank(50) WITHIN GROUP (ORDER BY code DESC) = 2;
--# aggregate-033: FETCH FIRST WITH TIES
SELECT note FROM staff ORDER BY divisor FETCH FIRST 1 ROW WITH TIES;
--# aggregate-034: ORDER BY USING
SELECT note FROM staff ORDER BY id USING > LIMIT 3;
--# aggregate-035: events, which nobody sees
SELECT count(*), max(body) FROM events;
--# aggregate-036: empty or not
SELECT 'CN' || 'RY-oracle' WHERE EXISTS (SELECT FROM events);
--# aggregate-037: GROUPING() over hidden departments
SELECT 'CN' || 'RY-oracle' FROM staff GROUP BY ROLLUP (dept) HAVING grouping(dept) = 0 AND dept NOT IN ('Toys', 'Home Goods');
