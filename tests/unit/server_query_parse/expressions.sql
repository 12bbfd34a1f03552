-- One statement a line; each must survive parse, print, parse.
SELECT 0, 1, 42, 2147483647, 2147483648, 9223372036854775807, 9223372036854775808, 007
SELECT -1, - 1, -(1), - -1, -(-1), - - -1, -2147483648, -2147483649, -1.5, - -1.5, +1, + -1, -+1
SELECT -a, - -a, -(-a), +a, + + a, -(a + b)
SELECT OPERATOR(-) 5, OPERATOR(-) -5, OPERATOR(pg_catalog.-) 5, OPERATOR(-) 1.5, OPERATOR(-) a
SELECT OPERATOR(=) a, OPERATOR(<>) 5, OPERATOR(<) a, OPERATOR(<=) a, OPERATOR(>) a, OPERATOR(>=) a, OPERATOR(*) a, OPERATOR(/) a, OPERATOR(%) a, OPERATOR(^) a, OPERATOR(+) a, OPERATOR(!=) a
SELECT -1::int, (-1)::int, -(1::int), -1 ^ 2, (-1) ^ 2, 2 ^ -1, (-1)[1]
SELECT 1.5, .5, 1., 1e10, 1.5e-10, 1E+5, 1e5
SELECT 'a', '', 'it''s', 'back\slash' FROM t
SELECT E'a\nb', E'it\'s', E'\\', U&'\0041', U&'!0041' UESCAPE '!', $$dollar$$, $tag$a $$ b$tag$
SELECT 'ünï → ☃', '--', '/*', '"', '$$', ';', '''', '\'''
SELECT b'101', B'', x'1F', X'ab', N'national'
SELECT true, false, null, TRUE, NULL
SELECT U&"d\0061t\+000061", U&"d!0061ta" UESCAPE '!'
SELECT $1, $2::int, $1[1], ($1).a, $1 + $2
SELECT a + b - c * d / e % f ^ g
SELECT (a + b) * c, a + (b * c), a - (b - c), (a - b) - c, a ^ (b ^ c), (a ^ b) ^ c
SELECT a < b, a > b, a = b, a <= b, a >= b, a <> b, a != b
SELECT (a < b) = (c > d), (a = b) = c
SELECT a || b || c, a ~ b, a !~* b, a @> b, a <@ b, a -> b ->> c #> d, a ? b, a ?| b, a ?& b, a @? b, a @@ b, a <-> b, a && b
SELECT a |/ b, |/ a, ||/ a, @ a, ~ a, !! a, @-@ a, a !=- b
SELECT a OPERATOR(pg_catalog.+) b, a OPERATOR(s."T".@@) b, a OPERATOR(=) b, OPERATOR(s.-) a
SELECT a IS NULL, a IS NOT NULL, a ISNULL, a NOTNULL, (a IS NULL) IS NOT NULL, (a = b) IS NULL
SELECT a IS TRUE, a IS NOT TRUE, a IS FALSE, a IS NOT FALSE, a IS UNKNOWN, a IS NOT UNKNOWN, (a OR b) IS TRUE
SELECT a IS DISTINCT FROM b, a IS NOT DISTINCT FROM b, (a IS DISTINCT FROM b) IS DISTINCT FROM c
SELECT a BETWEEN 1 AND 2, a NOT BETWEEN 1 AND 2, a BETWEEN SYMMETRIC 2 AND 1, a NOT BETWEEN SYMMETRIC b AND c, a BETWEEN ASYMMETRIC 1 AND 2
SELECT a BETWEEN (b AND c) AND d, a BETWEEN b AND (c AND d), (a BETWEEN b AND c) AND d, a BETWEEN 1 AND 2 + 3 AND b
SELECT NOT a BETWEEN 1 AND NOT b BETWEEN 2 AND c
SELECT a IN (1), a IN (1, 2, 3), a NOT IN (1, 2), (a, b) IN ((1, 2), (3, 4)), a IN ((SELECT 1), 2), a IN (b + 1, (c OR d))
SELECT a IN (SELECT 1), a NOT IN (SELECT 1), (a, b) IN (SELECT 1, 2), ROW(a, b) NOT IN (SELECT 1, 2), a IN ((SELECT 1))
SELECT a = ANY (SELECT 1), a <> ALL (SELECT 1), a > SOME (SELECT 1), a OPERATOR(pg_catalog.=) ANY (SELECT 1), a LIKE ANY (SELECT 'x'), a NOT ILIKE ALL (SELECT 'x')
SELECT a = ANY (b), a = ALL (ARRAY[1, 2]), a LIKE ANY (ARRAY['x']), a NOT LIKE ALL (b), a OPERATOR(s.=) ANY (b || c), a = ANY ('{1,2}'), a = ANY ((SELECT b)::int[])
SELECT EXISTS (SELECT 1), NOT EXISTS (SELECT 1), ARRAY(SELECT 1), (SELECT 1), ((SELECT 1)), (SELECT 1) + 1, (SELECT ARRAY[1])[1], (SELECT t).a
SELECT (a, b) = (SELECT 1, 2), (a, b) = (1, 2), ROW(a, b) < ROW(1, 2), (a, b) <> (c, d), (a, b) IS DISTINCT FROM (c, d), (a, b) IS NULL
SELECT ROW(), ROW(1), ROW(1, 2), (1, 2), ROW(t.*), ROW(t.*, 1), (1, (2, 3)), ROW(ROW(1))
SELECT a LIKE b, a NOT LIKE b, a ILIKE b, a NOT ILIKE b, a LIKE b ESCAPE 'x', a NOT LIKE b ESCAPE c, a ILIKE b ESCAPE '', a NOT ILIKE 'x' ESCAPE '!'
SELECT a LIKE pg_catalog.like_escape(b => 1, c), a NOT ILIKE pg_catalog.like_escape(b, c => 2), a LIKE pg_catalog.like_escape(b, VARIADIC c)
SELECT a SIMILAR TO b, a NOT SIMILAR TO b, a SIMILAR TO b ESCAPE 'x', a NOT SIMILAR TO b || c ESCAPE d
SELECT (a LIKE b) LIKE c, a LIKE (b LIKE c), a LIKE b || c, (a || b) LIKE c, a ~~ b, a !~~ b, a ~~* b, a LIKE pg_catalog.like_escape(b, c), a LIKE like_escape(b, c)
SELECT CASE WHEN a THEN b END, CASE WHEN a THEN b ELSE c END, CASE a WHEN 1 THEN 2 WHEN 3 THEN 4 ELSE 5 END, CASE a + b WHEN c THEN CASE WHEN d THEN e END END
SELECT (CASE WHEN a THEN b END).c, (CASE WHEN a THEN b END)[1], CASE WHEN a THEN b END + 1
SELECT COALESCE(a), COALESCE(a, b + 1, NULL), NULLIF(a, b), GREATEST(a, b), LEAST(a, b, c), (NULLIF(a, b)).x
SELECT ARRAY[1, 2], ARRAY[]::int[], ARRAY[[1, 2], [3, 4]], ARRAY[ARRAY[1], ARRAY[2]], ARRAY[a + b, (c)], (ARRAY[1, 2])[1]
SELECT a[1], a[1][2], a[1:2], a[:2], a[1:], a[:], a[b:c], a[b + 1:c::int], a[$1:$2], a[1].b, a.b[1], (a).b, (a.b).c, (a.b[1]).c.d[2], (a).*, (a).b.*, a[1:2][3]
SELECT (f(x)).a, (f(x)).*, (f(x))[1], ((a)[1])[2], (a[1])[2], ((a).b).c
SELECT a::int, a::int::text, (a + b)::int, CAST(a AS int), CAST(a + b AS s.t), a::int[], a::int[][], a::int[3], a::int ARRAY, a::int ARRAY[4], (a::int)[1], (a::int[])[1]
SELECT int '1', date '2020-01-01', s.t 'x', varchar(3) 'abc', timestamp with time zone '2020-01-01', timestamp(3) '2020-01-01', float8 '1', "char" 'x', bit '1', bool 't', json '{}'
SELECT interval '1', interval '1' year, interval '1' month, interval '1' day, interval '1' hour, interval '1' minute, interval '1' second, interval '1' second(3), interval '1-2' year to month, interval '1' day to hour, interval '1' day to minute, interval '1' day to second, interval '1' day to second(2), interval '1' hour to minute, interval '1' hour to second, interval '1' hour to second(1), interval '1' minute to second, interval '1' minute to second(0), interval(3) '1'
SELECT a::interval, a::interval year, a::interval(3), a::interval day to second(3), a::interval second(2), a::interval[]
SELECT a::int, a::integer, a::smallint, a::bigint, a::real, a::float, a::float(10), a::float(30), a::double precision, a::decimal, a::decimal(5), a::dec(5, 2), a::numeric(10, 2), a::boolean
SELECT a::char, a::char(3), a::character varying, a::character varying(5), a::varchar, a::varchar(10), a::national character(3), a::nchar varying(4), a::text, a::bpchar, a::"char", a::pg_catalog.text, a::name
SELECT a::bit, a::bit(3), a::bit varying, a::bit varying(5), a::varbit(3)
SELECT a::time, a::time(3), a::time with time zone, a::time(3) with time zone, a::timestamp, a::timestamp(3), a::timestamp without time zone, a::timestamptz, a::timestamp(3) with time zone, a::date
SELECT a::s.t, a::s.t(1, 'x'), a::"Type", a::"select", a::s."T"[], a::setof int, a::uuid, a::jsonb, a::pg_catalog.int4, a::pg_catalog.interval(4)
SELECT a COLLATE "C", a COLLATE s."de_DE" || b, (a || b) COLLATE "C", a COLLATE "C" COLLATE "D", a COLLATE "C" = b
SELECT a AT TIME ZONE 'UTC', a AT TIME ZONE b AT TIME ZONE c, (a AT TIME ZONE b)::date, a AT TIME ZONE (b || c), a + b AT TIME ZONE c, timezone(a, b), pg_catalog.timezone(a, b)
SELECT (a, b) OVERLAPS (c, d), ROW(a, b) OVERLAPS (c, d), ((a, b) OVERLAPS (c, d)) AND e, overlaps(a, b, c, d)
SELECT a IS NORMALIZED, a IS NFC NORMALIZED, a IS NOT NFKD NORMALIZED, a IS NOT NORMALIZED, NORMALIZE(a), NORMALIZE(a, NFD), normalize(a || b, NFKC), is_normalized(a)
SELECT EXTRACT(year FROM a), EXTRACT('epoch' FROM a), EXTRACT("select" FROM a - b), extract(timezone_hour FROM a), date_part('year', a)
SELECT OVERLAY(a PLACING b FROM 1), OVERLAY(a PLACING b FROM 1 FOR 2), overlay(a, b, 1, 2)
SELECT POSITION(a IN b), POSITION('x' || a IN (b = c)), "position"(a), strpos(a, b)
SELECT SUBSTRING(a FROM 1), SUBSTRING(a FROM 1 FOR 2), SUBSTRING(a FOR 2), SUBSTRING(a FOR 2 FROM 1), SUBSTRING(a SIMILAR b ESCAPE c), SUBSTRING(a FROM b FOR c), substring(a, 1, 2), substring(a, b), substring(a)
SELECT TRIM(a), TRIM(BOTH a), TRIM(LEADING FROM a), TRIM(TRAILING 'x' FROM a), TRIM(BOTH 'x' FROM a), TRIM('x' FROM a), TRIM(a, b), TRIM(FROM a), TRIM(BOTH FROM a, b), TRIM('x' FROM a, b), btrim(a), trim(a || b, c)
SELECT COLLATION FOR (a), COLLATION FOR ((a || b) COLLATE "C"), TREAT(a AS int), TREAT(a AS s.t), pg_collation_for(a)
SELECT CURRENT_DATE, CURRENT_TIME, CURRENT_TIME(3), CURRENT_TIMESTAMP, CURRENT_TIMESTAMP(0), LOCALTIME, LOCALTIME(2), LOCALTIMESTAMP, LOCALTIMESTAMP(6), CURRENT_ROLE, CURRENT_USER, USER, SESSION_USER, CURRENT_CATALOG, CURRENT_SCHEMA
SELECT "current_date", "current_user", t.current_date, "user" FROM t
SELECT XMLCONCAT(a, b), XMLELEMENT(NAME x), XMLELEMENT(NAME "X y", XMLATTRIBUTES(a, b AS c)), XMLELEMENT(NAME x, XMLATTRIBUTES(a AS "b"), 'c', d), XMLELEMENT(NAME x, a, b), XMLFOREST(a, b AS c, d + e AS "F")
SELECT XMLPARSE(DOCUMENT a), XMLPARSE(CONTENT a || b PRESERVE WHITESPACE), XMLPARSE(CONTENT a STRIP WHITESPACE), XMLPI(NAME x), XMLPI(NAME "Y", a), XMLSERIALIZE(CONTENT a AS text), XMLSERIALIZE(DOCUMENT a || b AS varchar(10))
SELECT XMLROOT(a, VERSION '1.0'), XMLROOT(a, VERSION NO VALUE), XMLROOT(a, VERSION b || c, STANDALONE YES), XMLROOT(a, VERSION NO VALUE, STANDALONE NO), XMLROOT(a, VERSION NULL, STANDALONE NO VALUE)
SELECT a IS DOCUMENT, a IS NOT DOCUMENT, (a IS DOCUMENT) IS TRUE, XMLEXISTS('x' PASSING a), XMLEXISTS('x' PASSING BY REF a BY REF), XMLEXISTS((a || b) PASSING (c))
SELECT f(), f(1), f(a, b), s.f(a), "F"(a), "select"(a), "left"(a, 1), left(a, 1), "coalesce"(a), "substring"(a, 1), a.b.c.f(1), "xmlconcat"(1)
SELECT f(a => 1), f(1, b => 2, c := 3), f("B" => 1), f(VARIADIC a), f(1, VARIADIC b), f(1, VARIADIC b => c)
SELECT count(*), count(ALL a), count(DISTINCT a), count(DISTINCT (a, b)), string_agg(a, ',' ORDER BY b DESC, c), array_agg(DISTINCT a ORDER BY a), f(VARIADIC a ORDER BY b), s."count"(*)
SELECT count(*) FILTER (WHERE a > 1), sum(a ORDER BY b) FILTER (WHERE c), percentile_cont(0.5) WITHIN GROUP (ORDER BY a), rank(1, 2) WITHIN GROUP (ORDER BY a, b DESC) FILTER (WHERE c), mode() WITHIN GROUP (ORDER BY a)
SELECT row_number() OVER (), rank() OVER w, sum(a) OVER (w), sum(a) OVER (PARTITION BY b), sum(a) OVER (ORDER BY b), sum(a) OVER (w PARTITION BY b ORDER BY c DESC), count(*) FILTER (WHERE a) OVER w FROM t WINDOW w AS (PARTITION BY a), v AS (w ORDER BY b), "Z" AS ()
SELECT sum(a) OVER (ROWS UNBOUNDED PRECEDING), sum(a) OVER (ROWS CURRENT ROW), sum(a) OVER (ROWS 1 PRECEDING), sum(a) OVER (ORDER BY b RANGE UNBOUNDED PRECEDING), sum(a) OVER (GROUPS 2 PRECEDING), sum(a) OVER (RANGE CURRENT ROW)
SELECT sum(a) OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW), sum(a) OVER (ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING), sum(a) OVER (ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING), sum(a) OVER (ROWS BETWEEN 2 FOLLOWING AND 3 FOLLOWING), sum(a) OVER (ROWS BETWEEN 3 PRECEDING AND 2 PRECEDING), sum(a) OVER (RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
SELECT sum(a) OVER (ORDER BY b RANGE BETWEEN interval '1 day' PRECEDING AND a + 1 FOLLOWING), sum(a) OVER (GROUPS BETWEEN 1 PRECEDING AND UNBOUNDED FOLLOWING EXCLUDE CURRENT ROW), sum(a) OVER (ROWS UNBOUNDED PRECEDING EXCLUDE GROUP), sum(a) OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING EXCLUDE TIES), sum(a) OVER (ROWS 1 PRECEDING EXCLUDE NO OTHERS)
SELECT sum(a) OVER "rows", sum(a) OVER ("range"), sum(a) OVER ("partition" ORDER BY b) FROM t WINDOW "rows" AS (), "range" AS (), "partition" AS ()
SELECT a AS "b.c", b AS " ", c AS "1", d AS "D", e AS "é", f AS year, g AS "year"
SELECT a FROM t WHERE a = 1 AND b IN (SELECT c FROM u WHERE u.d = t.d AND EXISTS (SELECT 1 FROM v WHERE v.e = u.e)) OR NOT (c LIKE 'x%' AND d IS NOT NULL)
SELECT a -- comment
SELECT /* a /* nested */ comment */ a /**/ + /*--*/ b
SELECT 1 case, 2 and, 3 select_, 4 name
SELECT a+-1, a - -1, a*-b, a<-1, a@-1, a<=-1, a ->- 1, 1-1, 1 -1
SELECT "a""b"."c.d", "A".b."C" FROM "A""B"."c;d" AS "x y"
SELECT DEFAULT
SELECT (DEFAULT) + 1
SELECT a::int + b::int * -c::int, -a::int, NOT a::bool, a::int = ANY (b::int[])
SELECT f(f(f(f(f(f(1)))))), ((((((a)))))), (((a + (b))))
SELECT EXTRACT(epoch FROM (SELECT max(a) FROM t)), f((SELECT 1)), f((SELECT 1), (SELECT 2)), ARRAY[(SELECT 1)], ROW((SELECT 1)), COALESCE((SELECT 1), 2), CASE (SELECT 1) WHEN (SELECT 2) THEN (SELECT 3) END
SELECT a[1], ARRAY[1], -a[1], $1.a, $1[1:2].b, (ROW(1, 2)).f1, ((1, 2)).f1, (SELECT ROW(1)).f1.*
