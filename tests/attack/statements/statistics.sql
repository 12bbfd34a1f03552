-- SPDX-License-Identifier: Apache-2.0
-- A planner runs some conditions on values of its statistics, hidden rows' values among them, through any sub-query. One
-- that fails on such a value tells of it, though no row was read.
--# statistic-001 sqlstate=22025: LIKE ANY
SELECT id FROM ledger WHERE note LIKE ANY (ARRAY['CN%\']);
--# statistic-002 sqlstate=22025: NOT LIKE ALL
SELECT id FROM ledger WHERE note NOT LIKE ALL (ARRAY['CN%\', 'x']);
--# statistic-003 sqlstate=22025: ILIKE ANY
SELECT id FROM ledger WHERE note ILIKE ANY ('{cn%\\}');
--# statistic-004 sqlstate=22025: ANY by OPERATOR()
SELECT id FROM ledger WHERE note OPERATOR(pg_catalog.~~) ANY (ARRAY['CN%\']);
--# statistic-005 sqlstate=22025: LIKE ANY beneath OR
SELECT id FROM ledger WHERE id = 1 OR note LIKE ANY (ARRAY['CN%\']);
--# statistic-006 sqlstate=22025: LIKE ANY over a derived table
SELECT n FROM (SELECT note AS n FROM ledger WHERE id > 0) l WHERE n LIKE ANY (ARRAY['CN%\']);
--# statistic-007 sqlstate=0A000: a JSON path compares moments
SELECT id FROM ledger WHERE doc @? '$.k ? (@.datetime() < "2020-01-02 00:00:00+00".datetime())';
--# statistic-008 sqlstate=0A000: a JSON path predicate
SELECT id FROM ledger WHERE doc @@ '$.k.datetime() < "2020-01-02 00:00:00+00".datetime()';
--# statistic-009 sqlstate=0A000: a JSON path ANY
SELECT id FROM ledger WHERE doc @? ANY (ARRAY['$.k ? (@.datetime() < "2020-01-02 00:00:00+00".datetime())'::jsonpath]);
--# statistic-010 sqlstate=0A000: a JSON path in ON
SELECT l.id FROM allowed a JOIN ledger l ON a.staff_id = l.id AND l.doc @? '$.k ? (@.datetime() < "2020-01-02 00:00:00+00".datetime())';
--# statistic-011 sqlstate=22025: LIKE with a prefix and an escape at the end
SELECT id FROM ledger WHERE note LIKE 'CN%\' AND region = 'EU';
--# statistic-012 extended sqlstate=22025: the pattern is a parameter
--$ {CN%\\}
SELECT id FROM ledger WHERE note LIKE ANY ($1::text[]);
