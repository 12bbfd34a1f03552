-- SPDX-License-Identifier: Apache-2.0
-- The rules of tpch.yaml by hand: what a careful administrator would write. Owned by the account that Scrim uses as well.
DROP SCHEMA IF EXISTS by_hand CASCADE;
CREATE SCHEMA by_hand;
CREATE VIEW by_hand.region WITH (security_barrier) AS SELECT * FROM public.region;
CREATE VIEW by_hand.nation WITH (security_barrier) AS SELECT * FROM public.nation;
CREATE VIEW by_hand.part WITH (security_barrier) AS SELECT * FROM public.part;
CREATE VIEW by_hand.partsupp WITH (security_barrier) AS SELECT * FROM public.partsupp;
CREATE VIEW by_hand.supplier WITH (security_barrier) AS
  SELECT s_suppkey, s_name, s_address, s_nationkey, s_phone, NULL::numeric(15, 2) AS s_acctbal, s_comment FROM public.supplier;
CREATE VIEW by_hand.customer WITH (security_barrier) AS
  SELECT c_custkey,
         encode(sha256('\x5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c'::bytea
           || sha256('\x36363636363636363636363636363636363636363636363636363636363636363636363636363636363636363636363636363636363636363636363636363636'::bytea
           || convert_to(c_name, 'UTF8'))), 'hex') AS c_name,
         'hidden'::varchar AS c_address, c_nationkey, c_phone, c_acctbal, c_mktsegment, c_comment
  FROM public.customer;
CREATE VIEW by_hand.orders WITH (security_barrier) AS
  SELECT o_orderkey, o_custkey, o_orderstatus, o_totalprice, o_orderdate, o_orderpriority, 'hidden'::text AS o_clerk, o_shippriority, o_comment
  FROM public.orders WHERE o_orderstatus IN ('F', 'O', 'P');
CREATE VIEW by_hand.lineitem WITH (security_barrier) AS
  SELECT * FROM public.lineitem WHERE l_shipdate >= date '1992-01-10';
GRANT USAGE ON SCHEMA by_hand, public TO bench;
GRANT SELECT ON ALL TABLES IN SCHEMA by_hand, public TO bench;
