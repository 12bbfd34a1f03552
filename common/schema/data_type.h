// SPDX-License-Identifier: Apache-2.0
// DataType: a column's type, in PostgreSQL's terms (OID of pg_type and type modifier), with the family that policies
// reason about. Types that Scrim does not know (extensions, user-defined) keep their OID and name: family `other`.
// Source of the OIDs: PostgreSQL's pg_type catalog (stable, below 16384). Values; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace scrim::schema {

enum class TypeFamily {
  boolean,
  integer,
  numeric,
  floating,
  text,
  uuid,
  date,
  time,
  timestamp,
  timestampTz,
  interval,
  bytes,
  json,
  other
};

struct DataType {
  std::uint32_t oid = 0;
  std::int32_t modifier = -1;
  std::string name = {};  // as format_type prints it without modifier, e.g. "character varying"
  bool operator==(const DataType&) const = default;
};

TypeFamily familyOf(const DataType& type);
/// A built-in type by any of its usual names ("int", "int4", "integer", "varchar", "timestamptz", ...); nullopt:
/// unknown.
std::optional<DataType> builtinType(std::string_view name);
/// A built-in type by OID; nullopt: not one of ours.
std::optional<DataType> builtinType(std::uint32_t oid);

}  // namespace scrim::schema
