-- SPDX-License-Identifier: Apache-2.0
-- A hidden row's value in the words of an error.
--# error-001: cast to integer prints the text
SELECT amount::int FROM staff;
--# error-002: cast in the filter
SELECT name FROM staff WHERE amount::int > 5;
--# error-003: cast spelled as a function call
SELECT int4(amount) FROM staff;
--# error-004: CAST syntax to bigint
SELECT CAST(amount AS bigint) FROM staff;
--# error-005: cast to numeric
SELECT sum(amount::numeric) FROM staff;
--# error-006: cast to double precision
SELECT avg(amount::float8) FROM staff;
--# error-007: cast to boolean
SELECT amount FROM staff WHERE CASE WHEN id > 20 THEN amount::bool ELSE true END;
--# error-008: cast to date
SELECT born::date FROM staff;
--# error-009: cast to timestamp in ORDER BY
SELECT name FROM staff ORDER BY born::timestamp;
--# error-010: to_date
SELECT to_date(born, 'YYYY-MM-DD') FROM staff;
--# error-011: to_timestamp
SELECT to_timestamp(born, 'YYYY-MM-DD') FROM staff;
--# error-012: to_number
SELECT to_number(amount, '99G999') FROM staff WHERE amount::numeric > 0;
--# error-013: cast to json
SELECT doc::json FROM staff;
--# error-014: cast to jsonb in the filter
SELECT name FROM staff WHERE (doc::jsonb ->> 'a')::int = 1;
--# error-015: cast to uuid
SELECT name FROM staff WHERE id > 20 AND note::uuid IS NULL;
--# error-016: cast to inet
SELECT net::inet FROM staff;
--# error-017: cast to cidr with host()
SELECT host(net::inet) FROM staff;
--# error-018: cast to int4range
SELECT span::int4range FROM staff;
--# error-019: cast to point
SELECT shape::point FROM staff;
--# error-020 sqlstate=22P02: cast to a bit string
SELECT bits::bit varying FROM staff;
--# error-021: cast to an array
SELECT amount::int[] FROM staff WHERE id > 20;
--# error-022: cast to xml
SELECT page::xml FROM staff;
--# error-023: xmlparse
SELECT xmlparse(DOCUMENT page) FROM staff;
--# error-024: xpath over hidden text
SELECT xpath('/a', page::xml) FROM staff;
--# error-025: cast to interval
SELECT note::interval FROM staff WHERE id > 20;
--# error-026: cast to money
SELECT amount::money FROM staff;
--# error-027: cast to oid
SELECT amount::oid FROM staff;
--# error-028: cast to regclass
SELECT note::regclass FROM staff WHERE id > 20;
--# error-029: cast to regtype
SELECT name::regtype FROM staff WHERE id > 20;
--# error-030: cast to regproc
SELECT note::regproc FROM staff WHERE id > 20;
--# error-031: cast to regrole
SELECT note::regrole FROM staff WHERE id > 20;
--# error-032: cast to macaddr
SELECT net::macaddr FROM staff WHERE id > 20;
--# error-033: cast to tid
SELECT note::tid FROM staff WHERE id > 20;
--# error-034: cast to pg_lsn
SELECT note::pg_lsn FROM staff WHERE id > 20;
--# error-035: cast to a tsquery
SELECT (note || ' & (')::tsquery FROM staff WHERE id > 20;
--# error-036: cast to a time zone by name
SELECT now() AT TIME ZONE ('1' || note) FROM staff WHERE id > 20;
--# error-037: timezone()
SELECT timezone('1' || note, now()) FROM staff WHERE id > 20;
--# error-038: date_trunc with a hidden unit
SELECT date_trunc(note, now()) FROM staff WHERE id > 20;
--# error-039: extract by date_part with a hidden field
SELECT date_part(note, now()) FROM staff WHERE id > 20;
--# error-040 sqlstate=2201B: invalid regular expression
SELECT name FROM staff WHERE 'a' ~ pattern;
--# error-041 sqlstate=2201B: regexp_replace with a hidden pattern
SELECT regexp_replace('abc', pattern, 'x') FROM staff;
--# error-042: encoding named by a hidden value
SELECT convert_from(raw, note) FROM staff WHERE id > 20;
--# error-043: decode with a hidden format
SELECT decode('00', note) FROM staff WHERE id > 20;
--# error-044 sqlstate=22023: decode hexadecimal of hidden text
SELECT decode(note, 'hex') FROM staff WHERE id > 20;
--# error-045 sqlstate=22023: format() with a hidden template
SELECT format('%' || note, 1) || note FROM staff WHERE id > 20;
--# error-046 sqlstate=22012: division by a hidden zero
SELECT 1 / divisor FROM staff;
--# error-047 sqlstate=22012: modulo by a hidden zero
SELECT id % divisor FROM staff;
--# error-048 sqlstate=22012: mod() of a hidden zero
SELECT mod(id, divisor) FROM staff;
--# error-049 sqlstate=2201F: square root of a hidden negative
SELECT sqrt(level) FROM staff;
--# error-050 sqlstate=2201E: logarithm of a hidden negative
SELECT ln(level) FROM staff;
--# error-051 sqlstate=2201E: log to the base ten
SELECT log(level) FROM staff;
--# error-052 sqlstate=2201F: power of a hidden negative
SELECT power(level, 0.5::float8) FROM staff;
--# error-053 sqlstate=22003: exp overflows
SELECT exp(abs(level)) FROM staff;
--# error-054 sqlstate=22003: integer overflow in a product
SELECT code * 1000 FROM staff;
--# error-055 sqlstate=22003: bigint overflow
SELECT big * 2 FROM staff;
--# error-056 sqlstate=22003: narrowing to smallint
SELECT code::smallint FROM staff;
--# error-057 sqlstate=22003: narrowing to integer
SELECT big::int FROM staff;
--# error-058 sqlstate=22003: asin out of range
SELECT asin(level / 100) FROM staff;
--# error-059 sqlstate=22011: substring of negative length
SELECT substring(name FROM 1 FOR level::int) FROM staff;
--# error-060 sqlstate=22003: sum of bigints in a cast
SELECT sum(big)::bigint FROM staff;
--# error-061 sqlstate=54000: repeat as often as a hidden value says
SELECT length(repeat('xxxxxxxxxxxxxxxxxxxxxxxxxxxx', code)) FROM staff;
--# error-062 sqlstate=54000: lpad to a hidden length
SELECT length(lpad(name, code * 20)) FROM staff;
--# error-063 sqlstate=54000: array fill of a hidden dimension
SELECT array_fill(1, ARRAY[code * 10]) FROM staff;
--# error-064 sqlstate=22014: ntile of a hidden number
SELECT ntile(divisor) OVER (ORDER BY id DESC) FROM staff;
--# error-065 sqlstate=22016: nth_value of a hidden number
SELECT nth_value(name, divisor) OVER (ORDER BY id DESC) FROM staff;
--# error-066 sqlstate=22013: window frame offset from hidden rows
SELECT sum(id) OVER (ORDER BY id ROWS BETWEEN (SELECT min(level)::bigint FROM staff) PRECEDING AND CURRENT ROW) FROM staff;
--# error-067 sqlstate=2201W: LIMIT from a hidden value
SELECT 1 LIMIT (SELECT min(level)::bigint FROM staff);
--# error-068 sqlstate=2201X: OFFSET from a hidden value
SELECT 1 OFFSET (SELECT min(level)::bigint FROM staff);
--# error-069 sqlstate=22023: generate_series with a hidden step
SELECT generate_series(1, 2, divisor) FROM staff;
--# error-070 sqlstate=22008: date arithmetic out of range
SELECT hired + make_interval(days => code * 2) FROM staff;
--# error-071 sqlstate=22008: make_date of hidden parts
SELECT make_date(2000 + code, 1, 1) FROM staff;
--# error-072 sqlstate=22008: timestamp from hidden seconds
SELECT to_timestamp(big::float8) FROM staff;
--# error-073 sqlstate=21000: scalar sub-query of two rows, of which one is hidden
SELECT (SELECT name FROM staff WHERE id IN (20, 21));
--# error-074 sqlstate=54000: chr of a hidden number
SELECT chr(code) FROM staff;
--# error-075 sqlstate=2201G: width_bucket with equal bounds
SELECT width_bucket(id::float8, 0, divisor, 5) FROM staff;
--# error-076 sqlstate=22021: convert_from of hidden bytes
SELECT convert_from(raw || '\xff'::bytea, CASE WHEN id > 20 THEN 'UTF8' ELSE 'LATIN1' END) FROM staff;
--# error-077 sqlstate=22003: factorial of a hidden negative
SELECT factorial(level::bigint) FROM staff WHERE level < 0;
--# error-078: enum-like cast through a domain-free type, in HAVING
SELECT dept FROM staff GROUP BY dept HAVING min(note)::int > 0;
--# error-079: to_regclass does not fail, text tells
SELECT coalesce(to_regclass(note)::text, note) FROM staff;
--# error-080: error inside an aggregate's FILTER
SELECT count(*) FILTER (WHERE amount::int > 0) FROM staff;
--# error-081: error inside VALUES
VALUES ((SELECT min(note)::int FROM staff));
--# error-082: error inside an array constructor
SELECT ARRAY(SELECT amount::int FROM staff);
--# error-083: error inside a row constructor
SELECT ROW(amount::int, 1) FROM staff;
--# error-084: error inside GREATEST
SELECT greatest(amount::int, 0) FROM staff;
--# error-085: error inside NULLIF
SELECT nullif(amount::int, 0) FROM staff;
--# error-086: error on a masked column names the raw value
SELECT badge::int FROM staff;
--# error-087: cast of a masked e-mail
SELECT email::numeric FROM staff;
--# error-088: cast of a masked phone
SELECT phone::date FROM staff WHERE phone::date > '2000-01-01';
