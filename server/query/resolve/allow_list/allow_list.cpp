// SPDX-License-Identifier: Apache-2.0
#include "server/query/resolve/allow_list/allow_list.h"

#include <algorithm>
#include <array>
#include <tuple>

namespace scrim::resolve {
namespace {

constexpr std::array kFunctions{
#define SCRIM_FUNCTION(name, kinds, local, outs)                              \
  Function{name, std::string_view(kinds).find('a') != std::string_view::npos, \
           std::string_view(kinds).find('s') != std::string_view::npos, local, outs},
#include "server/query/resolve/allow_list/functions.inc"
#undef SCRIM_FUNCTION
};

constexpr std::array kOperators{
#define SCRIM_OPERATOR(name) std::string_view(name),
#include "server/query/resolve/allow_list/operators.inc"
#undef SCRIM_OPERATOR
};

struct LeakProof {
  std::string_view name;
  std::uint32_t left;
  std::uint32_t right;
  bool operator==(const LeakProof&) const = default;
};
constexpr std::array kLeakProof{
#define SCRIM_LEAK_PROOF(name, left, right) LeakProof{name, left, right},
#include "server/query/resolve/allow_list/leak_proof.inc"
#undef SCRIM_LEAK_PROOF
};

constexpr std::array kTypes{
#define SCRIM_TYPE(name, oid, array, local) Type{name, oid, array, local},
#include "server/query/resolve/allow_list/types.inc"
#undef SCRIM_TYPE
};

constexpr std::array kCasts{
#define SCRIM_CAST(source, target) std::pair<std::uint32_t, std::uint32_t>{source, target},
#include "server/query/resolve/allow_list/casts.inc"
#undef SCRIM_CAST
};

struct Relation {
  std::string_view schema;
  std::string_view name;
  std::string_view columns;
};
constexpr std::array kRelations{
#define SCRIM_RELATION(schema, name, columns) Relation{schema, name, columns},
#include "server/query/resolve/allow_list/relations.inc"
#undef SCRIM_RELATION
};

// The tables are written in the order of their names.
template <typename Table>
auto findByName(const Table& table, std::string_view name) -> decltype(&table[0]) {
  const auto found = std::lower_bound(table.begin(), table.end(), name,
                                      [](const auto& row, std::string_view wanted) { return row.name < wanted; });
  return found != table.end() && found->name == name ? &*found : nullptr;
}

// Comparisons that pg_proc does not call leak-proof, though they cannot fail and tell nothing: numbers compared as
// numeric (whole numbers always have a numeric form), and dates with timestamps, which compare without overflow errors
// since PostgreSQL 13. docs/decisions/0020-leak-proof-conditions.md has the reasons.
bool reviewedLeakProof(const LeakProof& wanted) {
  constexpr std::uint32_t kDate = 1082, kTimestamp = 1114, kTimestampTz = 1184;
  const auto whole = [](std::uint32_t type) { return type == oid::kInt2 || type == oid::kInt4 || type == oid::kInt8; };
  const auto moment = [](std::uint32_t type) { return type == kDate || type == kTimestamp || type == kTimestampTz; };
  constexpr std::array<std::string_view, 6> kComparisons{"=", "<>", "<", "<=", ">", ">="};
  if (std::find(kComparisons.begin(), kComparisons.end(), wanted.name) == kComparisons.end()) return false;
  const bool left = wanted.left == oid::kNumeric, right = wanted.right == oid::kNumeric;
  return (left && (right || whole(wanted.right))) || (right && whole(wanted.left)) ||
         (moment(wanted.left) && moment(wanted.right));
}

bool listedLeakProof(const LeakProof& wanted) {
  return std::find(kLeakProof.begin(), kLeakProof.end(), wanted) != kLeakProof.end() || reviewedLeakProof(wanted);
}

}  // namespace

const Function* findFunction(std::string_view name) { return findByName(kFunctions, name); }

bool isOperator(std::string_view name) {
  return std::find(kOperators.begin(), kOperators.end(), name) != kOperators.end();
}

const Type* findType(std::string_view name) { return findByName(kTypes, name); }

const Type* findType(std::uint32_t oid) {
  for (const Type& type : kTypes) {
    if (oid != 0 && (type.oid == oid || type.arrayOid == oid)) return &type;
  }
  return nullptr;
}

bool isLeakProof(std::string_view operatorName, std::uint32_t left, std::uint32_t right) {
  if (left == 0 || right == 0) return false;
  if (left == oid::kUnknown) left = right;
  if (right == oid::kUnknown) right = left;
  if (listedLeakProof({operatorName, left, right})) return true;
  // varchar has no operators of its own: PostgreSQL relabels it as text.
  if (left == oid::kVarchar) left = oid::kText;
  if (right == oid::kVarchar) right = oid::kText;
  return left == oid::kText && right == oid::kText && listedLeakProof({operatorName, left, right});
}

bool isLeakProofCast(std::uint32_t source, std::uint32_t target) {
  if (source == target && source != 0) return true;
  return std::find(kCasts.begin(), kCasts.end(), std::pair{source, target}) != kCasts.end();
}

bool isCollation(std::string_view name) {
  constexpr std::size_t kLongest = 63;
  return !name.empty() && name.size() <= kLongest && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
           c == '.' || c == '@';
  });
}

std::string_view catalogColumns(std::string_view schema, std::string_view name) {
  for (const Relation& relation : kRelations) {
    if (relation.schema == schema && relation.name == name) return relation.columns;
  }
  return {};
}

std::vector<std::string_view> splitNames(std::string_view names) {
  std::vector<std::string_view> parts;
  while (!names.empty()) {
    const std::size_t comma = std::min(names.find(','), names.size());
    parts.push_back(names.substr(0, comma));
    names.remove_prefix(std::min(comma + 1, names.size()));
  }
  return parts;
}

}  // namespace scrim::resolve
