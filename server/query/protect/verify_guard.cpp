// SPDX-License-Identifier: Apache-2.0
#include "server/query/protect/verify_guard.h"

#include <algorithm>

#include "server/query/parse/build.h"
#include "server/query/parse/compare.h"
#include "server/query/protect/render_mask.h"
#include "server/query/protect/render_predicate.h"
#include "server/query/protect/verify_shape.h"
#include "server/query/resolve/allow_list/allow_list.h"

namespace scrim::protect {

using parse::as;

namespace {

constexpr std::string_view kRow = "r";

}  // namespace

GuardCheck::GuardCheck(const resolve::SourceUse& use, const LookupTables& lookups, parse::Arena& arena,
                       PolicyParameters& parameters)
    : use_(use),
      source_(*use.source),
      lookups_(lookups),
      arena_(arena),
      parameters_(parameters),
      guardedBelow_(use.decision->rows.size(), false) {
  for (const catalog::Column& column : source_.columns) {
    if (column.exposed) resource_.columns.push_back({column.name, column.type, column.tags});
    if (!column.remoteName.empty()) physical_[column.name] = column.remoteName;
  }
  if (readsHidden()) addHidden();
}

bool GuardCheck::readsHidden() const {
  std::set<std::string> read;
  for (const policy::RowGuard& guard : use_.decision->rows) columnsOf(*guard.predicate, read);
  for (const auto& [name, masks] : use_.decision->masks) {
    for (const policy::ColumnMask& mask : masks) {
      if (mask.condition) columnsOf(**mask.condition, read);
    }
  }
  for (const policy::ResourceColumn& column : resource_.columns) read.erase(column.name);
  return !read.empty();
}

// Of columns that the definition does not return, those that have one meaning only.
void GuardCheck::addHidden() {
  withHidden_ = resource_.columns;
  for (const catalog::Column& column : source_.columns) {
    if (!column.exposed) withHidden_.push_back({column.name, column.type, column.tags});
  }
  if (!source_.isSql()) return;
  std::map<std::string, int> times;
  for (const catalog::RemoteTable& table : source_.remoteTables) {
    for (const catalog::RemoteColumn& column : table.columns) ++times[column.name];
  }
  for (const catalog::Column& column : source_.columns) times[column.name] = times[column.remoteName] = 0;
  for (const catalog::RemoteTable& table : source_.remoteTables) {
    for (const catalog::RemoteColumn& column : table.columns) {
      if (times[column.name] != 1) continue;
      withHidden_.push_back({column.name, column.type, {}});
      below_.insert(column.name);
    }
  }
}

bool GuardCheck::isMasked(const std::string& column) const {
  const auto masks = use_.decision->masks.find(column);
  return masks != use_.decision->masks.end() && !masks->second.empty();
}

bool GuardCheck::mayBeOver(const catalog::DataSource& source, const PgQuery__SelectStmt& select) {
  if (select.n_from_clause != 1) return false;
  return source.isSql() ? as<PgQuery__RangeSubselect>(select.from_clause[0]) != nullptr
                        : isTable(select.from_clause[0], source.remote, kRow, true);
}

Problem GuardCheck::check(const PgQuery__SelectStmt& select) {
  if (Problem wrong = onlyGuardClauses(select); !wrong.empty()) return wrong;
  return source_.isSql() ? overDefinition(select) : overTable(select);
}

Problem GuardCheck::overTable(const PgQuery__SelectStmt& select) {
  if (!isTable(select.from_clause[0], source_.remote, kRow, true)) return "another table";
  const RenderScope scope{arena_,          std::string(kRow), known(),     physical_,
                          source_.hashKey, use_.maskKey(),    parameters_, lookups_};
  if (Problem wrong = shown(select, scope); !wrong.empty()) return wrong;
  return hidden(select, scope);
}

// The select list holds exposed columns only, in their order, masked as decided; those that nobody reads are left out.
Problem GuardCheck::shown(const PgQuery__SelectStmt& select, const RenderScope& scope) {
  static const std::vector<policy::ColumnMask> kNone;
  std::size_t place = 0;
  for (std::size_t i = 0; i < select.n_target_list; ++i) {
    const auto* target = as<PgQuery__ResTarget>(select.target_list[i]);
    while (place < resource_.columns.size() && target != nullptr && target->name != resource_.columns[place].name)
      ++place;
    if (place >= resource_.columns.size()) return "a column that is not exposed, or out of order";
    const policy::ResourceColumn& column = resource_.columns[place++];
    const auto masks = use_.decision->masks.find(column.name);
    const bool below = maskedBelow_.contains(column.name);
    const bool masked = isMasked(column.name) && !below;
    PgQuery__Node* expected = parse::columnRef(arena_, {scope.relation, column.name});
    if (!below) {
      auto rendered = renderColumn(column, masked ? masks->second : kNone, scope);
      if (!rendered.ok()) return "column " + column.name + " cannot be rendered";
      expected = rendered->value;
    }
    const PgQuery__Node& value = withoutDefaultCollation(*target->val);
    const bool same = parse::sameTree(value, *expected) || (!masked && !below && isOpaqueForm(value, *expected));
    if (!same) return "column " + column.name + " is not shown as decided";
  }
  return {};
}

// Every row guard stands in the WHERE, in order; what follows are conjuncts of the user, harmless and behind a fence.
Problem GuardCheck::hidden(const PgQuery__SelectStmt& select, const RenderScope& scope) {
  const std::vector<const PgQuery__Node*> found = conjunctsOf(select.where_clause);
  std::size_t next = 0;
  bool looksUp = false;
  for (std::size_t i = 0; i < use_.decision->rows.size(); ++i) {
    if (guardedBelow_[i]) continue;
    auto rendered = renderPredicate(*use_.decision->rows[i].predicate, scope);
    if (!rendered.ok()) return "a row guard cannot be rendered";
    looksUp = looksUp || hasLookup(*use_.decision->rows[i].predicate);
    const std::vector<const PgQuery__Node*> parts =
        next == 0 ? conjunctsOf(*rendered) : std::vector<const PgQuery__Node*>{*rendered};
    for (const PgQuery__Node* part : parts) {
      if (next >= found.size() || !parse::sameTree(*found[next], *part)) return "a row guard is missing";
      ++next;
    }
  }
  for (std::size_t i = 0; i < guardedBelow_.size(); ++i)
    looksUp = looksUp || (guardedBelow_[i] && hasLookup(*use_.decision->rows[i].predicate));
  const bool fenced = select.limit_offset != nullptr;
  if (next < found.size() && !fenced) return "a condition of the user stands inside without a fence";
  if (looksUp && !fenced) return "a guard with a look-up stands without a fence";
  for (; next < found.size(); ++next) {
    if (Problem wrong = pushed(*found[next], scope); !wrong.empty()) return wrong;
  }
  return {};
}

// A user's conjunct inside a guard reads unmasked columns of the same row and compares them; it calls and reads
// nothing.
Problem GuardCheck::pushed(const PgQuery__Node& condition, const RenderScope& scope) const {
  Problem wrong;
  parse::forEachMessage(condition.base, [&](const ProtobufCMessage& message) {
    const auto* type = message.descriptor;
    if (type == &pg_query__sub_link__descriptor || type == &pg_query__func_call__descriptor ||
        type == &pg_query__range_var__descriptor || type == &pg_query__select_stmt__descriptor) {
      wrong = "a condition inside a guard calls or reads something";
    }
    if (type == &pg_query__column_ref__descriptor) {
      const auto& ref = reinterpret_cast<const PgQuery__ColumnRef&>(message);
      const bool ours = ref.n_fields == 2 && parse::stringOf(ref.fields[0]) == scope.relation;
      bool plain = false;
      for (const policy::ResourceColumn& column : resource_.columns) {
        const auto at = scope.physical.find(column.name);
        const std::string& name = at == scope.physical.end() ? column.name : at->second;
        plain = plain || (ours && parse::stringOf(ref.fields[1]) == name && !isMasked(column.name));
      }
      if (!plain) wrong = "a condition inside a guard reads a column that is masked or not of this data source";
    }
    return wrong.empty();
  });
  return wrong;
}

}  // namespace scrim::protect
