// SPDX-License-Identifier: Apache-2.0
// What of pg_catalog a user's statement may name: functions, operators, types, collations and catalog relations. The
// tables are written by generate.sh from reviewed lists and a real PostgreSQL 15. Not listed is refused. Any thread.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace scrim::resolve {

/// OIDs of pg_type that the stages reason about (stable in PostgreSQL).
namespace oid {
inline constexpr std::uint32_t kBool = 16, kBytea = 17, kInt8 = 20, kInt2 = 21, kInt4 = 23, kText = 25, kUnknown = 705,
                               kBpchar = 1042, kVarchar = 1043, kBit = 1560, kNumeric = 1700;
/// Below it: built into every PostgreSQL. From it on: known to one source only.
inline constexpr std::uint32_t kFirstForeign = 10000;
}  // namespace oid

struct Function {
  std::string_view name;
  bool aggregate;             // every overload is an aggregate or window function
  bool setReturning;          // some overload is
  bool localOnly;             // only where no data source is read
  std::string_view outNames;  // names of OUT columns, separated by commas; empty: one unnamed result
};
/// nullptr: not allowed.
const Function* findFunction(std::string_view name);

bool isOperator(std::string_view name);

struct Type {
  std::string_view name;
  std::uint32_t oid;
  std::uint32_t arrayOid;
  bool localOnly;
};
/// nullptr: not allowed.
const Type* findType(std::string_view name);
/// By its own OID or that of its array type.
const Type* findType(std::uint32_t oid);

/// Whether the function of this boolean operator is leak-proof on exactly these types: pg_proc says so, or a review of
/// ours. kUnknown (a bare string, NULL or untyped parameter) takes the other side's type, as PostgreSQL does. 0: a type
/// we are not sure of.
bool isLeakProof(std::string_view operatorName, std::uint32_t left, std::uint32_t right);
/// Whether a cast between two types is binary-coercible or its function leak-proof.
bool isLeakProofCast(std::uint32_t source, std::uint32_t target);

/// A collation by name: PostgreSQL's own and those of the operating system; nothing in it can run code.
bool isCollation(std::string_view name);

/// The columns, separated by commas, of a catalog relation that may be read on the route `local`; empty: not allowed.
std::string_view catalogColumns(std::string_view schema, std::string_view name);
/// The parts of a list separated by commas; none for an empty one.
std::vector<std::string_view> splitNames(std::string_view names);

}  // namespace scrim::resolve
