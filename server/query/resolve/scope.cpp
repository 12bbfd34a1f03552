// SPDX-License-Identifier: Apache-2.0
#include "server/query/resolve/scope.h"

#include <algorithm>
#include <numeric>

namespace scrim::resolve {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;

bool hiddenByLateral(const Visible& visible, const Scope& scope, int levelsUp) {
  return visible.lateralOnly && !(levelsUp > 0 && scope.lateralActive);
}

Error ambiguous(std::string_view name, int location) {
  return errorAt(ErrorCode::ambiguousColumn, "column reference " + inQuotes(name) + " is ambiguous", location);
}

Error badLateral(std::string_view name, int location) {
  Error error = errorAt(ErrorCode::undefinedTable, "invalid reference to FROM-clause entry for table " + inQuotes(name),
                        location);
  error.detail = "The combining JOIN type must be INNER or LEFT for a LATERAL reference.";
  return error;
}

// Levenshtein distance, capped: names that differ in more than `most` places are not suggested.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t substituted = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, substituted});
    }
  }
  return row[b.size()];
}

void closestColumn(const Visible& visible, std::string_view relation, std::string_view name, std::string& best,
                   std::size_t& bestDistance) {
  if (visible.item->isJoin || (!relation.empty() && visible.item->alias != relation)) return;
  for (const ScopeColumn& column : visible.item->columns) {
    const std::size_t far = distance(column.name, name);
    if (far >= bestDistance || far > name.size() / 2) continue;
    bestDistance = far;
    best = std::string(visible.item->alias) + "." + std::string(column.name);
  }
}

}  // namespace

Error errorAt(ErrorCode code, std::string message, int location, std::string hint) {
  Error error{.code = code, .message = std::move(message), .hint = std::move(hint)};
  if (location >= 0) error.position = static_cast<std::size_t>(location);
  return error;
}

std::string inQuotes(std::string_view name) { return "\"" + std::string(name) + "\""; }

Result<std::optional<FoundColumn>> findColumn(const Scope& scope, std::string_view name, int location) {
  int levelsUp = 0;
  for (const Scope* level = &scope; level != nullptr; level = level->parent, ++levelsUp) {
    const ScopeColumn* found = nullptr;
    for (const Visible& visible : level->names) {
      if (!visible.columns || hiddenByLateral(visible, *level, levelsUp)) continue;
      for (const ScopeColumn& column : visible.item->columns) {
        if (column.name != name) continue;
        if (found != nullptr) return ambiguous(name, location);
        found = &column;
        if (visible.lateralOnly && !visible.lateralAllowed) return badLateral(visible.item->alias, location);
      }
    }
    if (found != nullptr) return std::optional(FoundColumn{found, levelsUp});
  }
  return std::optional<FoundColumn>();
}

Result<std::optional<FoundItem>> findItem(const Scope& scope, std::string_view schema, std::string_view alias,
                                          int location) {
  int levelsUp = 0;
  for (const Scope* level = &scope; level != nullptr; level = level->parent, ++levelsUp) {
    const RangeItem* found = nullptr;
    for (const Visible& visible : level->names) {
      if (!visible.relation || visible.item->alias != alias || hiddenByLateral(visible, *level, levelsUp)) continue;
      if (!schema.empty() && visible.item->schema != schema) continue;
      if (found != nullptr) {
        return errorAt(ErrorCode::ambiguousColumn, "table reference " + inQuotes(alias) + " is ambiguous", location);
      }
      found = visible.item;
      if (visible.lateralOnly && !visible.lateralAllowed) return badLateral(alias, location);
    }
    if (found != nullptr) return std::optional(FoundItem{found, levelsUp});
  }
  return std::optional<FoundItem>();
}

bool meansLaterTable(const Scope& scope, std::string_view name) {
  for (const Scope* level = &scope; level != nullptr; level = level->parent) {
    const auto named = [&](const CommonTable& table) { return table.name == name; };
    if (std::any_of(level->commonTables.begin(), level->commonTables.end(), named)) return false;
    if (std::find(level->laterTables.begin(), level->laterTables.end(), name) != level->laterTables.end()) return true;
  }
  return false;
}

FoundCommonTable findCommonTable(const Scope& scope, std::string_view name) {
  int levelsUp = 0;
  for (const Scope* level = &scope; level != nullptr; level = level->parent, ++levelsUp) {
    for (const CommonTable& table : level->commonTables) {
      if (table.name == name) return {&table, levelsUp};
    }
  }
  return {nullptr, 0};
}

Error noSuchColumn(const Scope& scope, std::string_view relation, std::string_view name, int location) {
  std::string best;
  std::size_t bestDistance = name.size();
  int levelsUp = 0;
  for (const Scope* level = &scope; level != nullptr; level = level->parent, ++levelsUp) {
    for (const Visible& visible : level->names) {
      if (!hiddenByLateral(visible, *level, levelsUp)) closestColumn(visible, relation, name, best, bestDistance);
    }
  }
  const std::string hint = best.empty() ? "" : "Perhaps you meant to reference the column " + inQuotes(best) + ".";
  const std::string what = relation.empty() ? inQuotes(name) : std::string(relation) + "." + std::string(name);
  return errorAt(ErrorCode::undefinedColumn, "column " + what + " does not exist", location, hint);
}

Error noSuchRelationEntry(const Scope& scope, std::string_view name, int location) {
  for (const Scope* level = &scope; level != nullptr; level = level->parent) {
    for (const Visible& visible : level->names) {
      if (visible.item->alias != name) continue;
      Error error = errorAt(ErrorCode::undefinedTable,
                            "invalid reference to FROM-clause entry for table " + inQuotes(name), location);
      error.detail = "There is an entry for table " + inQuotes(name) +
                     ", but it cannot be referenced from this part of the query.";
      return error;
    }
  }
  return errorAt(ErrorCode::undefinedTable, "missing FROM-clause entry for table " + inQuotes(name), location);
}

}  // namespace scrim::resolve
