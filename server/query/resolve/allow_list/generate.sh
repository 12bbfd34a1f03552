#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Writes functions.inc, operators.inc, leak_proof.inc, casts.inc and types.inc from the reviewed lists and a PostgreSQL 15.
# usage: PGHOST=.. PGPORT=.. PGUSER=.. server/query/resolve/allow_list/generate.sh
set -euo pipefail
cd "$(dirname "$0")"
ask() { psql -X -q -A -t -v ON_ERROR_STOP=1 "$@"; }
words() { grep -v '^#' "$1" | tr -s ' \n' '\n' | grep -v '^$' | sort -u; }
values() { words "$1" | sed -E "s/^(([a-z]+):)?(.*)$/('\3', '\2')/" | paste -sd, -; }
header() {
  printf '// SPDX-License-Identifier: Apache-2.0\n// Written by generate.sh from PostgreSQL %s; not edited by hand. %s\n// clang-format off\n' \
    "$(ask -c 'SHOW server_version_num')" "$1"
}

functions=$(values reviewed_functions.txt)
bad=$(ask <<SQL
WITH reviewed(name, mark) AS (VALUES $functions)
SELECT r.name || ': does not exist' FROM reviewed r WHERE NOT EXISTS (SELECT FROM pg_proc p WHERE p.proname = r.name AND p.pronamespace = 'pg_catalog'::regnamespace)
UNION ALL
SELECT p.oid::regprocedure || ': volatile' FROM reviewed r JOIN pg_proc p ON p.proname = r.name AND p.pronamespace = 'pg_catalog'::regnamespace
WHERE p.provolatile = 'v' AND r.mark <> 'volatile'
UNION ALL
SELECT p.oid::regprocedure || ': internal or cstring' FROM reviewed r JOIN pg_proc p ON p.proname = r.name AND p.pronamespace = 'pg_catalog'::regnamespace
WHERE 'internal'::regtype = ANY (p.proargtypes::oid[] || p.prorettype) OR 'cstring'::regtype = ANY (p.proargtypes::oid[] || p.prorettype)
UNION ALL
SELECT p.oid::regprocedure || ': row-returning without OUT columns' FROM reviewed r JOIN pg_proc p ON p.proname = r.name AND p.pronamespace = 'pg_catalog'::regnamespace
WHERE p.prosecdef;
SQL
)
if [ -n "$bad" ]; then echo "$bad" >&2; exit 1; fi

{
  header 'SCRIM_FUNCTION(name, kinds: a every overload is an aggregate or window function, s set-returning; local, OUT columns)'
  ask <<SQL
WITH reviewed(name, mark) AS (VALUES $functions), facts AS (
  SELECT r.name, r.mark, bool_and(p.prokind IN ('a', 'w')) AS a, bool_or(p.proretset) AS s,
    max((SELECT string_agg(n, ',' ORDER BY o) FROM unnest(p.proargnames, p.proargmodes) WITH ORDINALITY AS u(n, m, o) WHERE m IN ('o', 't', 'b') AND p.proname <> 'unnest')) AS outs
  FROM reviewed r JOIN pg_proc p ON p.proname = r.name AND p.pronamespace = 'pg_catalog'::regnamespace GROUP BY 1, 2)
SELECT format('SCRIM_FUNCTION("%s", "%s", %s, "%s")', name, CASE WHEN a THEN 'a' ELSE '' END || CASE WHEN s THEN 's' ELSE '' END,
  CASE mark WHEN 'local' THEN 'true' ELSE 'false' END, coalesce(outs, '')) FROM facts ORDER BY name COLLATE "C";
SQL
} > functions.inc
{
  header 'SCRIM_OPERATOR(name)'
  ask -c "SELECT DISTINCT format('SCRIM_OPERATOR(\"%s\")', oprname) COLLATE \"C\" FROM pg_operator WHERE oprnamespace = 'pg_catalog'::regnamespace ORDER BY 1"
} > operators.inc
{
  header 'SCRIM_LEAK_PROOF(operator, left type, right type): boolean operators whose function pg_proc calls leak-proof'
  ask -c "SELECT format('SCRIM_LEAK_PROOF(\"%s\", %s, %s)', o.oprname, o.oprleft::oid, o.oprright::oid) FROM pg_operator o JOIN pg_proc p ON p.oid = o.oprcode
          WHERE p.proleakproof AND o.oprresult = 'bool'::regtype AND o.oprkind = 'b' AND o.oprnamespace = 'pg_catalog'::regnamespace ORDER BY o.oprname COLLATE \"C\", 1"
} > leak_proof.inc
types=$(values reviewed_types.txt)
{
  header 'SCRIM_TYPE(name, oid, array oid, local)'
  ask <<SQL
WITH reviewed(name, mark) AS (VALUES $types)
SELECT format('SCRIM_TYPE("%s", %s, %s, %s)', r.name, t.oid, t.typarray, CASE r.mark WHEN 'local' THEN 'true' ELSE 'false' END)
FROM reviewed r JOIN pg_type t ON t.typname = r.name AND t.typnamespace = 'pg_catalog'::regnamespace ORDER BY r.name COLLATE "C";
SQL
} > types.inc
{
  header 'SCRIM_CAST(source type, target type): casts that are binary-coercible, or whose function is leak-proof'
  ask -c "SELECT format('SCRIM_CAST(%s, %s)', c.castsource::oid, c.casttarget::oid) FROM pg_cast c LEFT JOIN pg_proc p ON p.oid = c.castfunc
          WHERE c.castmethod = 'b' OR p.proleakproof ORDER BY c.castsource, c.casttarget"
} > casts.inc
{
  header 'SCRIM_RELATION(schema, name, columns)'
  ask <<SQL
WITH reviewed(full_name) AS (SELECT unnest('{$(words reviewed_relations.txt | paste -sd, -)}'::text[]))
SELECT format('SCRIM_RELATION("%s", "%s", "%s")', split_part(full_name, '.', 1), split_part(full_name, '.', 2), string_agg(attname, ',' ORDER BY attnum))
FROM reviewed JOIN pg_attribute ON attrelid = full_name::regclass AND (attnum > 0 OR attname = 'oid') AND NOT attisdropped
GROUP BY full_name ORDER BY full_name COLLATE "C";
SQL
} > relations.inc
