-- SPDX-License-Identifier: Apache-2.0
-- Conversions that nobody wrote: where values of different types become one of a common type, the source casts, and the
-- cast fails on a hidden value. The conditions around them cannot fail.
--# conversion-001 sqlstate=22008: CASE of a date and a moment
SELECT count(*) FROM ledger WHERE CASE WHEN region = 'ZZ' THEN day ELSE now() END IS NULL;
--# conversion-002 sqlstate=22008: CASE with the date last
SELECT count(*) FROM ledger WHERE CASE WHEN region <> 'ZZ' THEN at ELSE day END IS NULL;
--# conversion-003 sqlstate=22003: CASE of a numeric and a float
SELECT count(*) FROM ledger WHERE CASE WHEN total > 0 THEN num ELSE ratio END IS NULL;
--# conversion-004 sqlstate=22003: COALESCE of a numeric and a float
SELECT count(*) FROM ledger WHERE coalesce(num, ratio) IS NULL;
--# conversion-005 sqlstate=22003: an array of both
SELECT count(*) FROM ledger WHERE ARRAY[num, ratio] IS NULL;
--# conversion-006 sqlstate=22008: an array of a date and a moment
SELECT count(*) FROM ledger WHERE ARRAY[day, at] IS NULL;
--# conversion-007 sqlstate=22008: UNION ALL
SELECT count(*) FROM (SELECT day FROM ledger UNION ALL SELECT now()) u WHERE day IS NULL;
--# conversion-008 sqlstate=22003: UNION ALL, the other way round
SELECT count(*) FROM (SELECT ratio FROM ledger UNION ALL SELECT num FROM ledger) u(x) WHERE x IS NULL;
--# conversion-009 sqlstate=22008: VALUES
SELECT count(*) FROM ledger, LATERAL (VALUES (day), (at)) v(x) WHERE x IS NULL;
--# conversion-010 sqlstate=22003: IN with both
SELECT count(*) FROM ledger WHERE num IN (1.5, 2::float8);
--# conversion-011 sqlstate=22003: USING
SELECT count(*) FROM ledger JOIN (SELECT 1::float8 AS num) f USING (num);
--# conversion-012 sqlstate=22003: GREATEST
SELECT count(*) FROM ledger WHERE greatest(num, ratio) IS NULL;
--# conversion-013 sqlstate=22003: a derived table carries it along
SELECT count(*) FROM (SELECT CASE WHEN region = 'ZZ' THEN num ELSE ratio END AS x FROM ledger) l WHERE x IS NULL;
--# conversion-014 sqlstate=22008: comparison with a function's result
SELECT count(*) FROM ledger WHERE region = 'ZZ' AND day > date_trunc('day', now()) AND age(day, at) IS NULL;
--# conversion-015 sqlstate=22003: NULLIF
SELECT count(*) FROM ledger WHERE nullif(num, ratio) IS NULL;
--# conversion-016 sqlstate=22003: IS DISTINCT FROM
SELECT count(*) FROM ledger WHERE num IS DISTINCT FROM ratio AND total > 0;
