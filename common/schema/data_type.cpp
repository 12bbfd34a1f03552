// SPDX-License-Identifier: Apache-2.0
#include "common/schema/data_type.h"

#include <array>

namespace scrim::schema {
namespace {

struct Row {
  std::uint32_t oid;
  TypeFamily family;
  std::string_view name;
  std::string_view alias;
  std::string_view otherAlias = {};
};

constexpr std::array kTypes{
    Row{16, TypeFamily::boolean, "boolean", "bool"},
    Row{17, TypeFamily::bytes, "bytea", "bytea"},
    Row{18, TypeFamily::other, "\"char\"", "\"char\""},
    Row{19, TypeFamily::other, "name", "name"},
    Row{20, TypeFamily::integer, "bigint", "int8"},
    Row{21, TypeFamily::integer, "smallint", "int2"},
    Row{23, TypeFamily::integer, "integer", "int4", "int"},
    Row{25, TypeFamily::text, "text", "text"},
    Row{114, TypeFamily::json, "json", "json"},
    Row{700, TypeFamily::floating, "real", "float4"},
    Row{701, TypeFamily::floating, "double precision", "float8", "float"},
    Row{1042, TypeFamily::text, "character", "bpchar", "char"},
    Row{1043, TypeFamily::text, "character varying", "varchar"},
    Row{1082, TypeFamily::date, "date", "date"},
    Row{1083, TypeFamily::time, "time without time zone", "time"},
    Row{1114, TypeFamily::timestamp, "timestamp without time zone", "timestamp"},
    Row{1184, TypeFamily::timestampTz, "timestamp with time zone", "timestamptz"},
    Row{1186, TypeFamily::interval, "interval", "interval"},
    Row{1266, TypeFamily::other, "time with time zone", "timetz"},
    Row{1700, TypeFamily::numeric, "numeric", "decimal"},
    Row{2950, TypeFamily::uuid, "uuid", "uuid"},
    Row{3802, TypeFamily::json, "jsonb", "jsonb"},
};

DataType typeOf(const Row& row) { return {row.oid, -1, std::string(row.name)}; }

}  // namespace

TypeFamily familyOf(const DataType& type) {
  for (const Row& row : kTypes) {
    if (row.oid == type.oid) return row.family;
  }
  return TypeFamily::other;
}

std::optional<DataType> builtinType(std::string_view name) {
  for (const Row& row : kTypes) {
    if (row.name == name || row.alias == name || (!row.otherAlias.empty() && row.otherAlias == name))
      return typeOf(row);
  }
  return std::nullopt;
}

std::optional<DataType> builtinType(std::uint32_t oid) {
  for (const Row& row : kTypes) {
    if (row.oid == oid) return typeOf(row);
  }
  return std::nullopt;
}

}  // namespace scrim::schema
