-- SPDX-License-Identifier: Apache-2.0
-- What analysts and BI tools send: one statement each, over the tables of world.sql. run.py asks Scrim and plain PostgreSQL.

-- aggregates by group
SELECT grp, count(*) AS items, sum(n) AS total, round(avg(x), 2) AS mean, min(d) AS first, max(ts) AS last FROM item GROUP BY grp ORDER BY grp NULLS LAST;
-- having over several aggregates
SELECT kind, region, count(*), sum(amount) FROM event GROUP BY kind, region HAVING count(*) > 3 AND sum(amount) BETWEEN 10 AND 5000 ORDER BY 4 DESC, 1, 2;
-- conditional aggregates
SELECT grp, count(*) FILTER (WHERE b) AS yes, count(*) FILTER (WHERE NOT b) AS no, count(*) FILTER (WHERE b IS NULL) AS unknown, sum(CASE WHEN n > 10 THEN 1 ELSE 0 END) AS many FROM item GROUP BY grp;
-- share of a total
SELECT kind, sum(amount) AS s, round(100 * sum(amount) / sum(sum(amount)) OVER (), 2) AS share FROM event GROUP BY kind ORDER BY share DESC;
-- ratio to the group, as TPC-DS 12 asks
SELECT i.grp, i.t, sum(e.amount) AS revenue, sum(e.amount) * 100 / sum(sum(e.amount)) OVER (PARTITION BY i.grp) AS ratio FROM item i JOIN event e ON e.item_id = i.id WHERE e.at BETWEEN date '2024-06-01' AND date '2024-06-01' + interval '120 days' GROUP BY i.grp, i.t ORDER BY i.grp, ratio;
-- rollup with grouping, as TPC-DS 27
SELECT grp, kind, grouping(grp) AS g1, grouping(kind) AS g2, grouping(grp, kind) AS both, sum(amount) FROM item JOIN event ON event.item_id = item.id GROUP BY ROLLUP (grp, kind) ORDER BY g1, g2, grp, kind;
-- cube with having
SELECT kind, region, sum(amount) FROM event GROUP BY CUBE (kind, region) HAVING sum(amount) > 100;
-- grouping sets with names for totals
SELECT coalesce(kind, 'all kinds') AS kind, coalesce(region, 'all regions') AS region, count(*) FROM event GROUP BY GROUPING SETS ((kind, region), (kind), ()) ORDER BY 1, 2, 3;
-- grouping sets of sets
SELECT extract(year FROM at) AS y, extract(quarter FROM at) AS q, kind, sum(amount) FROM event GROUP BY GROUPING SETS (ROLLUP (extract(year FROM at), extract(quarter FROM at)), CUBE (kind)), kind;
-- group by distinct sets
SELECT kind, region, count(*) FROM event GROUP BY DISTINCT ROLLUP (kind, region), ROLLUP (kind);
-- rank within a rollup, as TPC-DS 36
SELECT grp, t, sum(n) AS s, rank() OVER (PARTITION BY grouping(grp) + grouping(t), CASE WHEN grouping(t) = 0 THEN grp END ORDER BY sum(n)) AS r FROM item GROUP BY ROLLUP (grp, t) ORDER BY 4, 1, 2, 3;
-- year over year, as TPC-DS 47
WITH v AS (SELECT kind, date_trunc('month', at) AS m, sum(amount) AS s, avg(sum(amount)) OVER (PARTITION BY kind) AS mean, rank() OVER (PARTITION BY kind ORDER BY date_trunc('month', at)) AS rn FROM event GROUP BY 1, 2) SELECT a.kind, a.m, a.s, a.mean, lag.s AS before, lead.s AS after FROM v a JOIN v lag ON a.kind = lag.kind AND a.rn = lag.rn + 1 JOIN v lead ON a.kind = lead.kind AND a.rn = lead.rn - 1 WHERE a.mean > 0 AND abs(a.s - a.mean) / a.mean > 0.1 ORDER BY a.s - a.mean, 1, 2;
-- customers who bought in all of several ways, as TPC-DS 38
SELECT count(*) FROM (SELECT item_id FROM event WHERE kind = 'open' INTERSECT SELECT item_id FROM event WHERE kind = 'close' INTERSECT SELECT id FROM item WHERE n > 0) hot;
-- in one set and not the other, as TPC-DS 87
SELECT count(*) FROM ((SELECT DISTINCT item_id, at FROM event WHERE kind = 'open') EXCEPT (SELECT DISTINCT item_id, at FROM event WHERE kind = 'close')) cool;
-- above one and a fifth of its group's mean, as TPC-DS 1
WITH returns AS (SELECT item_id, region, sum(amount) AS total FROM event GROUP BY item_id, region) SELECT i.id FROM returns r, item i WHERE r.total > (SELECT avg(total) * 1.2 FROM returns r2 WHERE r.region = r2.region) AND i.id = r.item_id ORDER BY i.id LIMIT 100;
-- several sub-queries in one CASE, as TPC-DS 9
SELECT CASE WHEN (SELECT count(*) FROM event WHERE amount BETWEEN 1 AND 20) > 5 THEN (SELECT avg(amount) FROM event WHERE amount BETWEEN 1 AND 20) ELSE (SELECT max(amount) FROM event) END AS bucket FROM plain WHERE id = 1;
-- exists and not exists, as TPC-DS 16
SELECT count(DISTINCT e.item_id) AS orders, sum(e.amount) AS cost FROM event e WHERE EXISTS (SELECT 1 FROM event f WHERE f.item_id = e.item_id AND f.kind <> e.kind) AND NOT EXISTS (SELECT 1 FROM item i WHERE i.id = e.item_id AND i.n < 0);
-- statistics of a join, as TPC-DS 17
SELECT i.grp, count(e.amount) AS n, avg(e.amount) AS mean, stddev_samp(e.amount) AS sd, stddev_samp(e.amount) / nullif(avg(e.amount), 0) AS cov FROM item i JOIN event e ON i.id = e.item_id GROUP BY i.grp;
-- a day of the week as columns, as TPC-DS 43
SELECT region, sum(CASE WHEN extract(dow FROM at) = 0 THEN amount END) AS sun, sum(CASE WHEN extract(dow FROM at) = 1 THEN amount END) AS mon, sum(CASE WHEN extract(isodow FROM at) = 2 THEN amount END) AS tue FROM event GROUP BY region ORDER BY region NULLS FIRST;
-- running total by month, as TPC-DS 51
WITH m AS (SELECT item_id, at, sum(sum(amount)) OVER (PARTITION BY item_id ORDER BY at ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS cume FROM event GROUP BY item_id, at) SELECT a.item_id, a.at, a.cume, max(b.cume) OVER (PARTITION BY a.item_id ORDER BY a.at ROWS UNBOUNDED PRECEDING) FROM m a FULL OUTER JOIN m b ON a.item_id = b.item_id AND a.at = b.at ORDER BY 1, 2 LIMIT 50;
-- top of each group
SELECT * FROM (SELECT grp, id, n, row_number() OVER (PARTITION BY grp ORDER BY n DESC NULLS LAST, id) AS place FROM item) ranked WHERE place <= 3 ORDER BY grp, place;
-- all ranking functions
SELECT id, n, row_number() OVER w, rank() OVER w, dense_rank() OVER w, percent_rank() OVER w, cume_dist() OVER w, ntile(4) OVER (ORDER BY n, id) FROM item WINDOW w AS (ORDER BY n) ORDER BY n, id;
-- lag, lead, first, last, nth
SELECT id, at, lag(amount) OVER w AS before, lead(amount, 2, 0) OVER w AS after, first_value(amount) OVER w, last_value(amount) OVER (w ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING), nth_value(amount, 2) OVER w FROM event WHERE item_id < 20 WINDOW w AS (PARTITION BY item_id ORDER BY at, id);
-- moving average of rows
SELECT id, round(avg(amount) OVER (ORDER BY at, id ROWS BETWEEN 3 PRECEDING AND 1 FOLLOWING), 3) FROM event;
-- range frame of an interval
SELECT id, sum(amount) OVER (PARTITION BY kind ORDER BY at RANGE BETWEEN interval '30 days' PRECEDING AND CURRENT ROW) FROM event;
-- range frame of numbers, excluding the row
SELECT id, count(*) OVER (ORDER BY n RANGE BETWEEN 5 PRECEDING AND 5 FOLLOWING EXCLUDE CURRENT ROW), sum(n) OVER (ORDER BY n GROUPS BETWEEN 1 PRECEDING AND 1 FOLLOWING EXCLUDE TIES) FROM item WHERE n IS NOT NULL;
-- window over an aggregate with a filter
SELECT kind, at, sum(count(*)) FILTER (WHERE kind <> 'move') OVER (PARTITION BY kind ORDER BY at) FROM event GROUP BY kind, at;
-- percentiles
SELECT grp, percentile_cont(0.5) WITHIN GROUP (ORDER BY x) AS median, percentile_cont(ARRAY[0.25, 0.75]) WITHIN GROUP (ORDER BY x) AS quartiles, percentile_disc(0.9) WITHIN GROUP (ORDER BY n) AS p90, mode() WITHIN GROUP (ORDER BY t) FROM item GROUP BY grp;
-- hypothetical sets
SELECT rank(10) WITHIN GROUP (ORDER BY n), dense_rank(10) WITHIN GROUP (ORDER BY n DESC), percent_rank(10) WITHIN GROUP (ORDER BY n), cume_dist(10) WITHIN GROUP (ORDER BY n) FROM item;
-- regression and correlation
SELECT corr(n, x), covar_pop(n, x), covar_samp(n, x), regr_slope(x, n), regr_intercept(x, n), regr_r2(x, n), regr_count(x, n), regr_avgx(x, n), regr_sxx(x, n) FROM item;
-- variance of everything
SELECT var_pop(n), var_samp(n), variance(x), stddev(n), stddev_pop(x), stddev_samp(f) FROM item;
-- bits and booleans together
SELECT bit_and(n), bit_or(n), bit_xor(n), bool_and(b), bool_or(b), every(b IS NOT NULL) FROM item;
-- strings together
SELECT grp, string_agg(t, ', ' ORDER BY t, id) FILTER (WHERE t <> ''), string_agg(DISTINCT c, '' ORDER BY c) FROM item GROUP BY grp;
-- arrays together
SELECT grp, array_agg(id ORDER BY id DESC), array_agg(DISTINCT b), array_length(array_agg(t), 1), (array_agg(id ORDER BY id))[1:3] FROM item GROUP BY grp;
-- any value by min and a tie
SELECT DISTINCT ON (grp) grp, id, n FROM item ORDER BY grp, n DESC NULLS LAST, id;
-- distinct with expressions
SELECT DISTINCT upper(grp) AS g, n % 3 AS r FROM item ORDER BY 1, 2;
-- count distinct rows
SELECT count(DISTINCT (kind, region)), count(DISTINCT kind), count(DISTINCT amount > 50) FROM event;
-- left join and coalesce
SELECT i.id, coalesce(count(e.id), 0) AS events, coalesce(sum(e.amount), 0) AS total FROM item i LEFT JOIN event e ON e.item_id = i.id AND e.kind = 'open' GROUP BY i.id ORDER BY total DESC, i.id LIMIT 20;
-- anti join
SELECT i.id FROM item i LEFT JOIN event e ON e.item_id = i.id WHERE e.id IS NULL ORDER BY i.id;
-- joins with using and natural
SELECT * FROM (SELECT id, grp FROM item) a JOIN (SELECT id, label FROM plain) b USING (id) NATURAL JOIN (SELECT id, weight FROM plain) c ORDER BY id;
-- using with an alias
SELECT j.id, a.grp, b.label FROM item a JOIN plain b USING (id) AS j WHERE j.id < 12;
-- self join of neighbours
SELECT a.id, b.id, a.d - b.d AS days FROM item a JOIN item b ON b.id = a.id + 1 AND a.grp = b.grp ORDER BY a.id;
-- lateral top n
SELECT i.id, l.* FROM item i CROSS JOIN LATERAL (SELECT e.kind, e.amount FROM event e WHERE e.item_id = i.id ORDER BY e.amount DESC, e.id LIMIT 2) l WHERE i.id < 40;
-- left join lateral with aggregates
SELECT i.id, s.n, s.total FROM item i LEFT JOIN LATERAL (SELECT count(*) AS n, sum(amount) AS total FROM event e WHERE e.item_id = i.id) s ON true ORDER BY i.id LIMIT 25;
-- lateral values: one row becomes many
SELECT i.id, v.name, v.value FROM item i, LATERAL (VALUES ('n', i.n), ('salary', i.salary), ('days', i.d - date '2024-01-01')) AS v(name, value) WHERE i.id < 10 ORDER BY 1, 2;
-- lateral over functions
SELECT i.id, a.value, a.place FROM item i, unnest(i.arr) WITH ORDINALITY AS a(value, place) WHERE i.id < 15;
-- calendar of months
SELECT m::date AS month, coalesce(sum(e.amount), 0) FROM generate_series(date '2024-05-01', date '2025-03-01', interval '1 month') AS m LEFT JOIN event e ON date_trunc('month', e.at) = m GROUP BY m ORDER BY m;
-- calendar of days with a window
SELECT g.day::date, count(e.id), sum(count(e.id)) OVER (ORDER BY g.day) FROM generate_series(timestamp '2024-06-01', timestamp '2024-06-20', '1 day') AS g(day) LEFT JOIN event e ON e.at = g.day::date GROUP BY g.day ORDER BY 1;
-- several functions side by side
SELECT * FROM ROWS FROM (generate_series(1, 3), unnest(ARRAY['a', 'b']), regexp_split_to_table('x,y,z,w', ',')) WITH ORDINALITY AS t(a, b, c, n);
-- unnest of several arrays
SELECT * FROM unnest(ARRAY[1, 2, 3], ARRAY['x', 'y']) AS u(n, s) ORDER BY n;
-- values as a table
SELECT v.name, count(i.id) FROM (VALUES ('red', 1), ('green', 2), ('none', 3)) AS v(name, rank) LEFT JOIN item i ON i.grp = v.name GROUP BY v.name, v.rank ORDER BY v.rank;
-- bare values
VALUES (1, 'one', 1.5), (2, NULL, 2.5), (3, 'three', NULL) ORDER BY 1 DESC LIMIT 2;
-- union of totals
SELECT grp, count(*) FROM item GROUP BY grp UNION ALL SELECT 'total', count(*) FROM item ORDER BY 2 DESC, 1;
-- set operations, nested
(SELECT id FROM item WHERE n > 5 UNION SELECT item_id FROM event WHERE amount > 50) EXCEPT ALL (SELECT id FROM plain) INTERSECT SELECT id FROM item ORDER BY 1 LIMIT 30 OFFSET 2;
-- ordering by an expression over outputs
SELECT grp, n FROM item ORDER BY CASE grp WHEN 'red' THEN 0 WHEN 'blue' THEN 1 ELSE 2 END, n NULLS FIRST, id FETCH FIRST 15 ROWS ONLY;
-- ties
SELECT grp, n FROM item ORDER BY n DESC NULLS LAST FETCH FIRST 5 ROWS WITH TIES;
-- several CTEs
WITH opened AS (SELECT item_id, min(at) AS at FROM event WHERE kind = 'open' GROUP BY 1), closed AS MATERIALIZED (SELECT item_id, max(at) AS at FROM event WHERE kind = 'close' GROUP BY 1), both_ AS (SELECT o.item_id, c.at - o.at AS days FROM opened o JOIN closed c USING (item_id)) SELECT width_bucket(days, -300, 300, 6) AS bucket, count(*), min(days), max(days) FROM both_ GROUP BY 1 ORDER BY 1;
-- recursive walk
WITH RECURSIVE chain AS (SELECT id, n, 1 AS depth, ARRAY[id] AS path FROM item WHERE id = 3 UNION ALL SELECT i.id, i.n, c.depth + 1, c.path || i.id FROM item i JOIN chain c ON i.id = c.id * 2 WHERE c.depth < 6) SELECT depth, id, path FROM chain ORDER BY depth;
-- recursive series
WITH RECURSIVE f(a, b) AS (VALUES (0, 1) UNION ALL SELECT b, a + b FROM f WHERE b < 1000) SELECT array_agg(a ORDER BY a) FROM f;
-- recursive with search and cycle
WITH RECURSIVE walk AS (SELECT id, item_id FROM event WHERE id < 4 UNION ALL SELECT e.id, e.item_id FROM event e JOIN walk w ON e.id = w.item_id) SEARCH BREADTH FIRST BY id SET ord CYCLE id SET looped USING path SELECT id, item_id, looped, array_length(path, 1) FROM walk ORDER BY ord, id;
-- CTE that is never used, and nested WITH
WITH unused AS (SELECT 1 / 0 AS x FROM item), used AS (WITH inner_ AS (SELECT id FROM item WHERE id < 5) SELECT * FROM inner_) SELECT * FROM used ORDER BY id;
-- gaps and islands
SELECT grp, min(id) AS from_, max(id) AS to_, count(*) FROM (SELECT grp, id, id - row_number() OVER (PARTITION BY grp ORDER BY id) AS island FROM item) s GROUP BY grp, island ORDER BY grp, from_;
-- sessions by a pause
SELECT item_id, session, count(*), min(at), max(at) FROM (SELECT item_id, at, sum(new) OVER (PARTITION BY item_id ORDER BY at, id) AS session FROM (SELECT id, item_id, at, (at - lag(at) OVER (PARTITION BY item_id ORDER BY at, id) > 60)::int AS new FROM event) a) b GROUP BY 1, 2 ORDER BY 1, 2;
-- cohort table
SELECT first_month, months_later, count(DISTINCT item_id) FROM (SELECT item_id, date_trunc('month', min(at) OVER (PARTITION BY item_id))::date AS first_month, (extract(year FROM age(at, min(at) OVER (PARTITION BY item_id))) * 12 + extract(month FROM age(at, min(at) OVER (PARTITION BY item_id))))::int AS months_later FROM event) c GROUP BY 1, 2 ORDER BY 1, 2;
-- pivot by filter
SELECT date_trunc('quarter', at)::date AS quarter, count(*) FILTER (WHERE kind = 'open') AS opened, count(*) FILTER (WHERE kind = 'close') AS closed, sum(amount) FILTER (WHERE region = 'north') AS north FROM event GROUP BY 1 ORDER BY 1;
-- histogram
SELECT width_bucket(amount, 0, 200, 8) AS bucket, numrange(min(amount), max(amount), '[]') AS range, count(*) AS freq, repeat('*', count(*)::int) AS bar FROM event GROUP BY 1 ORDER BY 1;
-- json fields
SELECT id, j -> 'name' AS a, j ->> 'name' AS b, (j ->> 'k')::int AS k, j #> '{name}' AS c, j #>> '{k}' AS d FROM item WHERE j ->> 'name' = 'n1' ORDER BY id;
-- json containment and keys
SELECT count(*) FILTER (WHERE j @> '{"k": 2}'), count(*) FILTER (WHERE j ? 'name'), count(*) FILTER (WHERE j ?| ARRAY['x', 'k']), count(*) FILTER (WHERE j ?& ARRAY['name', 'k']), count(*) FILTER (WHERE '{"k": 1}' <@ j) FROM item;
-- json subscripts
SELECT id, j['name'] AS name, j['k']::int + 1 AS next FROM item WHERE j['k'] = '3' ORDER BY id;
-- json made
SELECT jsonb_build_object('id', id, 'tags', to_jsonb(arr), 'nested', jsonb_build_array(t, n, NULL)) FROM item WHERE id < 8;
-- json aggregated
SELECT grp, jsonb_object_agg(id, n ORDER BY id) FILTER (WHERE id < 30), jsonb_agg(t ORDER BY id) FILTER (WHERE id < 20), json_agg(row_to_json(s)) FILTER (WHERE id < 9) FROM (SELECT grp, id, n, t FROM item) s GROUP BY grp;
-- json taken apart
SELECT i.id, e.key, e.value, t.value AS text FROM item i, jsonb_each(i.j) e JOIN LATERAL jsonb_each_text(i.j) t ON t.key = e.key WHERE i.id < 6 ORDER BY 1, 2;
-- json arrays taken apart
SELECT a.value, a.ordinality FROM plain p, jsonb_array_elements(jsonb_build_array(p.id, p.label)) WITH ORDINALITY a WHERE p.id < 4;
-- json as columns
SELECT p.id, r.a, r.b FROM plain p, jsonb_to_record(jsonb_build_object('a', p.id * 2, 'b', p.label)) AS r(a int, b text) WHERE p.id < 5;
-- json recordset
SELECT * FROM jsonb_to_recordset('[{"a": 1, "b": "x"}, {"a": 2}]') AS t(a int, b text) JOIN item ON item.id = t.a;
-- json paths
SELECT id, jsonb_path_query_first(j, '$.k'), jsonb_path_exists(j, '$.k ? (@ > 2)'), j @? '$.name', j @@ '$.k == 1', jsonb_path_query_array(j, '$.*') FROM item WHERE id < 12;
-- json changed
SELECT jsonb_set(j, '{k}', '99'), j - 'k', j || '{"z": true}', j #- '{name}', jsonb_strip_nulls('{"a": null, "b": 1}'), jsonb_insert(j, '{new}', '1'), jsonb_pretty(j) FROM item WHERE id = 7;
-- json kinds
SELECT jsonb_typeof(j -> 'k'), jsonb_typeof(j), jsonb_array_length('[1, 2, 3]'), jsonb_object_keys(j) FROM item WHERE id = 7;
-- json text casts
SELECT id, (j ->> 'k')::numeric * 1.5, (j -> 'k')::int, j::text, to_json(t), json_build_object('t', t)::jsonb FROM item WHERE id < 6;
-- array operators
SELECT id, arr || 9, 0 || arr, arr @> ARRAY[1], ARRAY[1, 2] && arr, arr[1], arr[1:2], 1 = ANY (arr), 5 > ALL (arr), cardinality(arr), array_position(arr, 2) FROM item WHERE id < 20;
-- array functions
SELECT array_to_string(arr, ',', '-'), array_remove(arr, NULL), array_append(arr, 4), array_prepend(4, arr), array_cat(arr, ARRAY[7]), array_replace(arr, 1, 100), array_ndims(arr), array_upper(arr, 1), array_positions(arr, 1), trim_array(arr, 1) FROM item WHERE id < 12;
-- array from a sub-query
SELECT i.id, ARRAY(SELECT e.id FROM event e WHERE e.item_id = i.id ORDER BY e.id), (SELECT array_agg(DISTINCT kind ORDER BY kind) FROM event e WHERE e.item_id = i.id) FROM item i WHERE i.id < 20;
-- strings to arrays
SELECT string_to_array(t, ' '), regexp_split_to_array(t, '\s+'), (string_to_array('a,b,,d', ',', ''))[3], array_fill(0, ARRAY[2, 2]) FROM item WHERE id < 10;
-- multidimensional arrays
SELECT (ARRAY[[1, 2], [id, n]])[2][1], array_dims(ARRAY[[1, 2], [id, n]]) FROM item WHERE id < 5;
-- date parts
SELECT at, extract(year FROM at), extract(quarter FROM at), extract(month FROM at), extract(week FROM at), extract(doy FROM at), extract(dow FROM at), date_part('day', at), extract(epoch FROM at) FROM event WHERE id < 30;
-- date truncation and bins
SELECT date_trunc('week', ts), date_trunc('hour', ts), date_trunc('decade', ts), date_bin('15 minutes', ts, timestamp '2024-01-01'), date_trunc('month', tz, 'Europe/Berlin') FROM item WHERE id < 10;
-- date arithmetic
SELECT d + 7, d - 30, d - date '2024-01-01', d + interval '1 month', ts - interval '36 hours', ts - timestamp '2024-01-01', age(ts, timestamp '2024-01-01'), d + time '12:30' FROM item WHERE id < 10;
-- first and last day of the month
SELECT DISTINCT date_trunc('month', d)::date AS first, (date_trunc('month', d) + interval '1 month - 1 day')::date AS last FROM item ORDER BY 1;
-- dates from parts and text
SELECT make_date(2024, 1 + id % 12, 1 + id % 28), to_date('2024-' || (1 + id % 12), 'YYYY-MM'), to_timestamp('2024-02-03 04:05', 'YYYY-MM-DD HH24:MI'), make_interval(days => id), make_timestamp(2024, 1, id, 3, 4, 5.5), make_time(id, 30, 0) FROM item WHERE id < 12;
-- dates as text
SELECT to_char(d, 'YYYY-MM-DD'), to_char(d, 'Day DD Mon YYYY'), to_char(ts, 'HH12:MI:SS AM'), to_char(d, 'IYYY-"W"IW'), to_char(ts - timestamp '2024-01-01', 'DDD HH24'), to_char(d, 'FMMonth FMDD') FROM item WHERE id < 8;
-- time zones
SELECT tz AT TIME ZONE 'UTC', tz AT TIME ZONE 'America/New_York', ts AT TIME ZONE 'Asia/Tokyo', timezone('UTC', tz), tz AT TIME ZONE interval '2 hours' FROM item WHERE id < 6;
-- intervals
SELECT justify_days(interval '40 days'), justify_hours(interval '50 hours'), justify_interval(interval '1 mon -1 hour'), interval '1 day' * 2.5, extract(epoch FROM interval '2 hours'), interval '1-2', interval '3 days 04:05:06', interval '90 minutes' / 3 FROM plain WHERE id = 1;
-- overlaps
SELECT count(*) FROM item a JOIN event b ON (a.d, interval '30 days') OVERLAPS (b.at, b.at + 10) AND b.item_id = a.id;
-- since the present
SELECT count(*) FILTER (WHERE at < current_date), count(*) FILTER (WHERE ts < now()), count(*) FILTER (WHERE at > current_date - interval '100 years'), count(*) FILTER (WHERE tz < current_timestamp AND ts < localtimestamp) FROM event JOIN item ON item.id = item_id;
-- clocks agree
SELECT now() = transaction_timestamp(), current_date = now()::date, clock_timestamp() >= statement_timestamp(), isfinite(d), isfinite(interval '1 day') FROM item WHERE id = 1;
-- text functions
SELECT upper(t), lower(t), initcap(t), length(t), char_length(t), octet_length(t), bit_length(t), reverse(t), left(t, 3), right(t, 3), lpad(t, 12, '.'), rpad(t, 12, '.'), repeat(t, 2) FROM item WHERE id < 15;
-- text taken apart
SELECT substring(t FROM 2 FOR 3), substr(t, 2), position('a' IN t), strpos(t, 'a'), split_part(t, ' ', 1), split_part(t, ' ', -1), overlay(t PLACING '**' FROM 2 FOR 2), trim(both 'a' from t), ltrim(t, 'al'), rtrim(t, 'a'), btrim(t, 'a') FROM item WHERE id < 15;
-- text put together
SELECT concat(t, '-', n, '-', b), concat_ws('/', t, NULL, n), t || coalesce(n::text, '?'), format('%s is %L, %I and %10s|%-10s|%%', t, t, grp, n, n), quote_literal(t), quote_ident(grp), quote_nullable(t) FROM item WHERE id < 15;
-- text translated and encoded
SELECT translate(t, 'aeiou', '12345'), replace(t, 'a', 'A'), ascii(t), chr(65 + id % 26), md5(t), encode(t::bytea, 'hex'), encode(convert_to(t, 'UTF8'), 'base64'), to_hex(id), unistr('\00e9'), normalize(t, NFD), t IS NORMALIZED FROM item WHERE id < 12;
-- hashes
SELECT encode(sha256(t::bytea), 'hex'), md5(t::bytea), encode(sha512(convert_to(t, 'UTF8')), 'base64') FROM item WHERE id < 5;
-- patterns
SELECT t, t LIKE '%a', t NOT LIKE 'B%', t ILIKE 'ALPHA', t SIMILAR TO '%(a|e)_%', t LIKE '50!%!_' ESCAPE '!', t ~ '^[[:alpha:]]+$', t ~* 'GAMMA', t !~ 'x', t !~* 'Y', starts_with(t, 'al'), t ^@ 'al' FROM item WHERE id < 15;
-- regular expressions
SELECT regexp_replace(t, '[aeiou]', '#', 'g'), regexp_match(t, '(\w+)\s+(\w+)'), regexp_count(t, 'a'), regexp_instr(t, 'a', 2), regexp_substr(t, '[a-z]+'), regexp_like(t, 'A', 'i'), substring(t FROM '[a-m]+'), substring(t SIMILAR '%#"a%#"' ESCAPE '#'), (regexp_matches(t, 'a', 'g'))[1] FROM item WHERE id < 15;
-- words counted
SELECT word, count(*) FROM item, regexp_split_to_table(lower(t), '\W+') AS word WHERE word <> '' GROUP BY word ORDER BY 2 DESC, 1;
-- lines and parts in FROM
SELECT i.id, s.part, s.n FROM item i, string_to_table(i.t, ' ') WITH ORDINALITY AS s(part, n) WHERE i.id < 10;
-- numbers
SELECT abs(n), sign(n), n % 7, mod(n, 7), div(n, 7), n / 7, round(x, 1), trunc(x, 1), ceil(x), ceiling(x), floor(x), power(n, 2), sqrt(abs(x)), cbrt(x), exp(1.5), ln(10.0), log(100.0), log(2.0, 8.0), gcd(n, 12), lcm(n, 4), factorial(5), scale(x), trim_scale(x) FROM item WHERE id < 20;
-- floats
SELECT f, sin(f), cos(f), tan(f), asin(0.5), atan2(f, 2), degrees(f), radians(f), pi(), f::numeric(10, 3), round(f::numeric, 2), f = 'NaN', sinh(0.5), cotd(30), |/ f, ||/ 27.0, @ n, f ^ 2, 5 # 3, 5 & 3, 5 | 3, ~n, 1 << 3, 16 >> 2 FROM item WHERE id < 10;
-- numbers as text
SELECT to_char(n, '999,999'), to_char(x, 'FM999990.00'), to_char(x, 'S0000.0'), to_char(n, 'RN'), to_number('12,345.6', '99,999.9'), x::text, n::text || '%', cast(x AS int), x::numeric(6, 1) FROM item WHERE id < 12;
-- random numbers are there, if not the same
SELECT count(*) FROM item WHERE random() >= 0;
-- a sample by random order
SELECT count(*) FROM (SELECT id FROM item ORDER BY random() LIMIT 10) s;
-- greatest, least, nullif
SELECT greatest(n, salary, 5), least(x, n), nullif(n, 0), coalesce(n, salary, 0), num_nulls(n, x, t), num_nonnulls(n, x, t) FROM item WHERE id < 20;
-- case of all kinds
SELECT CASE WHEN n IS NULL THEN 'none' WHEN n BETWEEN 0 AND 10 THEN 'low' WHEN n > ANY (ARRAY[30, 40]) THEN 'high' ELSE 'mid' END, CASE grp WHEN 'red' THEN 1 WHEN 'blue' THEN 2 END FROM item;
-- booleans
SELECT b IS TRUE, b IS NOT FALSE, b IS UNKNOWN, NOT b, b AND n > 5, b OR n > 5, b::int, b = true, (n > 3) IS DISTINCT FROM b FROM item WHERE id < 9;
-- rows compared
SELECT id FROM item WHERE (grp, n) >= ('green', 10) AND (grp, n) < ('red', 20) ORDER BY grp, n, id;
-- keyset pages
SELECT id, d FROM item WHERE (d, id) > (date '2024-07-01', 40) ORDER BY d, id LIMIT 10;
-- rows in lists
SELECT id FROM event WHERE (kind, region) IN (('open', 'north'), ('close', 'east')) AND (item_id, kind) NOT IN (SELECT id, 'open' FROM item WHERE n > 20) ORDER BY id;
-- rows and a sub-query
SELECT id FROM event WHERE (item_id, amount) = (SELECT item_id, max(amount) FROM event GROUP BY item_id ORDER BY 2 DESC, 1 LIMIT 1);
-- fields of rows
SELECT (e).kind, (e).amount, (x.i).grp FROM event e JOIN (SELECT i FROM item i) x ON (x.i).id = (e).item_id WHERE (e).id < 20;
-- whole rows
SELECT i::text, row_to_json(e), to_jsonb(e) - 'note' FROM item i JOIN event e ON e.item_id = i.id WHERE e.id < 6;
-- quantified comparisons
SELECT id FROM item WHERE n > ALL (SELECT n FROM item WHERE grp = 'red' AND n < 5) AND n <= SOME (SELECT item_id FROM event) ORDER BY id;
-- not in with nulls
SELECT count(*) FROM item WHERE n NOT IN (SELECT weight FROM plain WHERE weight IS NOT NULL);
-- scalar sub-queries everywhere
SELECT (SELECT max(n) FROM item) - n AS below, (SELECT count(*) FROM event e WHERE e.item_id = item.id) AS events FROM item WHERE n < (SELECT avg(n) FROM item) ORDER BY (SELECT count(*) FROM event e WHERE e.item_id = item.id) DESC, id LIMIT (SELECT 10);
-- full text search
SELECT id, to_tsvector('english', t), ts_rank(to_tsvector('english', t), to_tsquery('english', 'gamma | alpha')) FROM item WHERE to_tsvector('english', t) @@ to_tsquery('english', 'gamma & ray') ORDER BY id;
-- text search queries
SELECT plainto_tsquery('simple', 'gamma ray'), phraseto_tsquery('english', 'the gamma ray'), websearch_to_tsquery('english', '"gamma ray" -beta'), to_tsvector('simple', t) @@ 'alpha', setweight(to_tsvector('simple', t), 'A'), length(to_tsvector('simple', t)), strip(to_tsvector('simple', t)), numnode('a & b'::tsquery) FROM item WHERE id < 10;
-- headlines
SELECT ts_headline('english', t, plainto_tsquery('ray')), ts_rank_cd(to_tsvector(t), plainto_tsquery('ray')), tsvector_to_array(to_tsvector('simple', t)) FROM item WHERE id < 10;
-- ranges
SELECT int4range(n, n + 10), daterange(d, d + 7, '[]'), numrange(0, 5) @> 3.5, int4range(1, 5) && int4range(4, 9), int4range(1, 5) * int4range(3, 9), int4range(1, 5) + int4range(5, 9), lower(daterange(d, NULL)), upper_inf(daterange(d, NULL)), isempty(int4range(1, 1)), tsrange(ts, ts + interval '1 day') @> ts FROM item WHERE id < 10 AND n IS NOT NULL;
-- range joins
SELECT i.id, e.id FROM item i JOIN event e ON daterange(i.d, i.d + 20) @> e.at AND e.item_id = i.id ORDER BY 1, 2;
-- multiranges
SELECT range_agg(daterange(at, at + 5)), range_intersect_agg(daterange(at - 200, at + 200)), unnest(multirange(int4range(1, 3))) FROM event WHERE kind = 'open' GROUP BY kind;
-- casts
SELECT '5'::int + 1, '2024-01-01'::date, 'true'::boolean, '1.5'::float8, '{1,2}'::int[], '{"a": 1}'::jsonb, n::bigint, x::float8, x::real, d::timestamp, d::timestamptz AT TIME ZONE 'UTC', b::text, id::smallint, ts::date, ts::time, t::varchar(3), t::char(4), int '7', interval '1 day'::text FROM item WHERE id < 5;
-- uuids, bytes, bits, addresses
SELECT u, u::text, decode('DEADBEEF', 'hex'), '\x01'::bytea || '\x02', B'101' & B'110', bit_count(B'1011'), length(B'101'), inet '10.0.0.1' << inet '10.0.0.0/8', host(inet '10.0.0.1/24'), network(inet '10.0.0.1/24'), macaddr '08:00:2b:01:02:03', get_byte('\x1234', 1) FROM item WHERE id = 2;
-- geometry
SELECT point(n, id) <-> point(0, 0), box(point(0, 0), point(2, 2)) @> point(1, 1), circle(point(0, 0), 2), area(box(point(0, 0), point(2, 3))), lseg(point(0, 0), point(1, 1)) FROM item WHERE id = 2;
-- money and enums of none
SELECT 12.34::money, '5'::money * 2 FROM plain WHERE id = 1;
-- collations
SELECT t FROM item WHERE t COLLATE "C" > 'a' ORDER BY t COLLATE "C", t COLLATE "en-x-icu" DESC LIMIT 20;
-- quoting and comments
SELECT /* block /* nested */ */ id AS "Odd ""name""", 'it''s' AS q, E'tab\t' AS e, $$dollar$$ AS d, U&'\00e9' AS u -- to the end
FROM item WHERE id < 3;
-- typed literals and parameters of none
SELECT date '2024-01-01' AS d, timestamp '2024-01-01 10:00' AS ts, time '10:00' AS tm, interval '2' day AS i, 1e3 AS f, .5 AS half, 5::smallint AS s FROM plain WHERE id = 1;
-- tableau: a relation with a cast and a bin
SELECT CAST("item"."grp" AS TEXT) AS "grp", SUM("item"."x") AS "sum:x:ok", TRUNC((CAST("item"."n" AS DOUBLE PRECISION) / 10)) AS "n (bin)" FROM "public"."item" "item" GROUP BY 1, 3;
-- tableau: the first rows
SELECT * FROM (SELECT "item"."id" AS "id", "item"."t" AS "t" FROM "public"."item" "item") "TableauSQL" LIMIT 1;
-- power bi: a wrapped selection
select "rows"."kind" as "kind", sum("rows"."amount") as "a0" from (select "_"."kind", "_"."amount" from "public"."event" "_" where "_"."at" >= date '2024-05-01' and "_"."at" < date '2024-12-01') "rows" group by "kind" limit 1000001;
-- metabase: months and a filter
SELECT DATE_TRUNC('month', CAST("public"."event"."at" AS timestamp)) AS "at", COUNT(*) AS "count" FROM "public"."event" WHERE ("public"."event"."kind" = 'open') OR ("public"."event"."kind" IS NULL) GROUP BY DATE_TRUNC('month', CAST("public"."event"."at" AS timestamp)) ORDER BY DATE_TRUNC('month', CAST("public"."event"."at" AS timestamp)) ASC;
-- superset: a time grain and a row limit
SELECT DATE_TRUNC('week', at) AS __timestamp, kind AS kind, count(*) AS count FROM event JOIN (SELECT kind AS kind__, count(*) AS mme_inner__ FROM event GROUP BY kind ORDER BY mme_inner__ DESC LIMIT 2) AS series_limit ON kind = kind__ WHERE at >= TO_DATE('2024-05-01', 'YYYY-MM-DD') GROUP BY kind, DATE_TRUNC('week', at) ORDER BY count DESC, 1, 2 LIMIT 50000;
-- looker: a symmetric aggregate
SELECT COALESCE(COALESCE(CAST((SUM(DISTINCT (CAST(FLOOR(COALESCE(item.x, 0) * (1000000 * 1.0)) AS DECIMAL(65, 0))) + ('x' || MD5(item.id::varchar))::bit(64)::bigint::DECIMAL(65) * 18446744073709551616 + ('x' || SUBSTR(MD5(item.id::varchar), 17))::bit(64)::bigint::DECIMAL(65)) - SUM(DISTINCT ('x' || MD5(item.id::varchar))::bit(64)::bigint::DECIMAL(65) * 18446744073709551616 + ('x' || SUBSTR(MD5(item.id::varchar), 17))::bit(64)::bigint::DECIMAL(65))) AS DOUBLE PRECISION) / CAST((1000000 * 1.0) AS DOUBLE PRECISION), 0), 0) AS total FROM item LEFT JOIN event ON event.item_id = item.id;
-- looker: tiers
SELECT CASE WHEN n < 0 THEN 'T00 (-inf,0.0)' WHEN n >= 0 AND n < 10 THEN 'T01 [0.0,10.0)' WHEN n >= 10 THEN 'T02 [10.0,inf)' ELSE 'TXX Undefined' END AS tier, COUNT(*) FROM item GROUP BY 1 ORDER BY 1;
-- excel: everything of a small table
SELECT * FROM plain;
-- dbt: a test of uniqueness
select id as unique_field, count(*) as n_records from item where id is not null group by id having count(*) > 1;
-- pandas: a query with a limit of none
SELECT item.id AS item_id, item.grp AS item_grp, anon_1.total FROM item LEFT OUTER JOIN (SELECT event.item_id AS item_id, sum(event.amount) AS total FROM event GROUP BY event.item_id) AS anon_1 ON item.id = anon_1.item_id WHERE item.grp IN ('red', 'blue') ORDER BY item.id;
-- a view of SQL, grouped
SELECT kind, grp, sum(amount), count(note) FROM item_event GROUP BY kind, grp ORDER BY 1, 2;
-- a view of SQL, joined with its own tables
SELECT v.id, count(*), max(v.amount) FROM item_event v JOIN event e ON e.item_id = v.id AND e.at = v.at WHERE v.n > 0 GROUP BY v.id ORDER BY 1;
-- masked values grouped and joined
SELECT secret, count(*) FROM item WHERE secret IS NOT NULL GROUP BY secret HAVING count(*) > 1 ORDER BY secret;
-- masked values in text functions
SELECT length(secret), left(v, 3), upper(v), coalesce(ssn::text, 'none'), salary / 100 FROM item ORDER BY id;
-- masked dates in arithmetic
SELECT at, at + 1, to_char(at, 'YYYY-MM'), at - lag(at) OVER (ORDER BY id) FROM event ORDER BY id;
-- conditional masks in windows
SELECT grp, salary, rank() OVER (PARTITION BY grp ORDER BY salary DESC), avg(salary) OVER (PARTITION BY grp) FROM item;
-- an empty result
SELECT * FROM item WHERE false;
-- no columns
SELECT FROM item WHERE id < 4;
-- no table
SELECT 1 AS one, 'a' || 'b' AS ab, now() IS NOT NULL AS clock, current_date IS NOT NULL AS today;
-- wide list
SELECT id FROM item WHERE id IN (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30) AND grp = ANY ('{red,blue}'::text[]) ORDER BY id;
-- a pattern of many words
SELECT id FROM event WHERE note LIKE ANY (ARRAY['note #', '%##']) AND note NOT LIKE ALL (ARRAY['x%', 'y%']) ORDER BY id;
-- type of a value
SELECT pg_typeof(n)::text, pg_typeof(x)::text, pg_typeof(secret)::text, pg_typeof(at)::text FROM item JOIN event ON event.item_id = item.id WHERE event.id = 1;
-- the command TABLE
TABLE plain;
-- TABLE in a set operation, and LIMIT ALL
(TABLE plain EXCEPT SELECT * FROM plain WHERE id > 5) ORDER BY id LIMIT ALL OFFSET 1 ROWS;
-- group by all sets
SELECT ALL kind, region, count(*) FROM event GROUP BY ALL ROLLUP (kind), ROLLUP (kind, region);
-- order by an operator
SELECT id, n FROM item ORDER BY n USING >, id USING <;
-- in a list of values
SELECT id FROM item WHERE id IN (VALUES (1), (5), (9)) AND (grp, b) IN (VALUES ('red', true), ('blue', false), ('green', NULL)) ORDER BY id;
-- any of values
SELECT id FROM item WHERE n = ANY (VALUES (1), (7), (27)) OR n > ALL (VALUES (38), (39)) ORDER BY id;
-- arguments by name and in an array
SELECT make_interval(days => 3, hours := 4), concat(VARIADIC ARRAY['a', t, 'b']), concat_ws('-', VARIADIC ARRAY[t, grp]), jsonb_extract_path_text(j, VARIADIC ARRAY['name']), num_nulls(VARIADIC ARRAY[n, NULL]), format('%s %s', VARIADIC ARRAY[t, grp]) FROM item WHERE id < 9;
-- names with a schema
SELECT pg_catalog.lower(t), pg_catalog.count(*) OVER (), n OPERATOR(pg_catalog.+) 1, t::pg_catalog.varchar, t COLLATE pg_catalog."C" FROM item WHERE id OPERATOR(pg_catalog.<) 9;
-- symmetric bounds
SELECT id FROM item WHERE n BETWEEN SYMMETRIC 20 AND 5 AND d NOT BETWEEN SYMMETRIC date '2025-01-01' AND date '2024-06-01' ORDER BY id;
-- interval fields
SELECT interval '5:10' hour to minute, interval '3' month, interval '2-3' year to month, interval(0) '1.7 seconds', cast('4 days' AS interval day), ts + interval '1' day * n FROM item WHERE id < 5;
-- infinity and special numbers
SELECT 'infinity'::date > d, '-infinity'::timestamp < ts, 'NaN'::numeric = 'NaN'::numeric, 'Infinity'::float8 > f, isfinite('infinity'::timestamptz) FROM item WHERE id < 4;
-- functions in FROM with their own columns
SELECT * FROM ROWS FROM (jsonb_to_recordset('[{"a": 1, "b": "x"}, {"a": 2}]') AS (a int, b text), generate_series(5, 7)) AS r(x, y, z);
-- functions of a row, with and without LATERAL
SELECT i.id, a, k FROM item i CROSS JOIN unnest(i.arr) a, LATERAL ROWS FROM (jsonb_object_keys(i.j), generate_series(1, 1)) AS k(k, g) WHERE i.id < 5 ORDER BY 1, 2, 3;
-- unnest of columns side by side
SELECT i.id, u.a, u.b, u.ordinality FROM item i, unnest(i.arr, string_to_array(i.t, ' ')) WITH ORDINALITY AS u(a, b) WHERE i.id < 8;
-- sets in the select list
SELECT id, unnest(arr), generate_series(1, 2), regexp_split_to_table(t, ' ') FROM item WHERE id < 5;
-- numbers in steps
SELECT g, sum(x) OVER (ORDER BY g) FROM generate_series(0.5, 3.0, 0.5) g JOIN item ON item.id = g * 2;
-- joins in parentheses, renamed
SELECT j.a, j.second, k FROM (item i JOIN event e ON e.item_id = i.id) AS j(a, second) CROSS JOIN (VALUES (1)) v(k) WHERE j.a < 12 ORDER BY 1, 2;
-- a chain of outer joins
SELECT i.id, e.id, p.id FROM item i LEFT JOIN event e ON e.item_id = i.id AND e.amount > 100 RIGHT JOIN plain p ON p.id = i.id FULL JOIN (SELECT 7 AS id) s ON s.id = p.id ORDER BY 3, 1, 2;
-- whole rows counted
SELECT count(item), count(item.*), count(DISTINCT item.b) FROM item;
-- labels that are key words
SELECT id value, n "end", t AS select, d AS "from" FROM item AS "table" WHERE "table".id < 4;
-- nested aggregates of sub-queries
SELECT max(c) - min(c) AS spread, (SELECT count(*) FROM (SELECT DISTINCT grp FROM item) g) AS groups FROM (SELECT grp, count(*) AS c FROM item GROUP BY grp) s;
-- a condition on a window
SELECT * FROM (SELECT kind, at, amount, amount > avg(amount) OVER (PARTITION BY kind) AS above, sum(amount) OVER (PARTITION BY kind ORDER BY at, id) AS running FROM event) w WHERE above AND running < 2000 ORDER BY kind, at, amount;
-- WITH in an arm, in a sub-query and in LATERAL
SELECT n FROM (WITH a AS (SELECT n FROM item WHERE id < 9) SELECT n FROM a UNION (WITH b AS (SELECT weight::int AS n FROM plain) SELECT n FROM b)) u WHERE n IN (WITH c AS (SELECT id FROM item) SELECT id FROM c) ORDER BY n;
-- operators by their functions
SELECT jsonb_exists(j, 'k'), jsonb_exists_any(j, ARRAY['x', 'k']), jsonb_exists_all(j, ARRAY['name']), jsonb_contains(j, '{"k": 1}'), jsonb_contained('{}', j), jsonb_concat(j, '{"z": 1}'), jsonb_delete(j, 'k'), jsonb_object_field_text(j, 'name'), arraycontains(arr, ARRAY[1]), arrayoverlap(arr, ARRAY[1, 2]) FROM item WHERE id < 6;
-- the collation of a value
SELECT COLLATION FOR (t COLLATE "C"), collation for (grp) FROM item WHERE id = 1;
-- the session
SELECT current_user = session_user, current_catalog IS NOT NULL, current_schema() IS NOT NULL, pg_column_size(1::int) FROM item WHERE id = 1;
-- only
SELECT o.id FROM ONLY item o JOIN ONLY (event) e ON e.item_id = o.id WHERE e.id < 30 ORDER BY 1;
-- rows made and taken apart
SELECT (r).f1, (r).*, (x.whole).grp FROM (SELECT ROW(id, t) AS r, item AS whole FROM item WHERE id < 5) x ORDER BY 1;
-- depth first
WITH RECURSIVE tree AS (SELECT id, item_id, kind FROM event WHERE id IN (3, 7) UNION ALL SELECT e.id, e.item_id, e.kind FROM event e JOIN tree t ON e.item_id = t.id) SEARCH DEPTH FIRST BY id SET ord SELECT row_number() OVER (ORDER BY ord) AS line, id, kind FROM tree ORDER BY ord LIMIT 40;
