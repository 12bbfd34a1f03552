// SPDX-License-Identifier: Apache-2.0
// GuardCheck over a data source that is defined by SQL: with its leaves taken out again, the definition must be what
// the owner wrote; each mask and row guard must stand once, in a leaf where it may, or above.
#include <algorithm>

#include "server/query/parse/build.h"
#include "server/query/parse/compare.h"
#include "server/query/protect/render_mask.h"
#include "server/query/protect/render_predicate.h"
#include "server/query/protect/verify_guard.h"
#include "server/query/protect/verify_shape.h"
#include "server/query/resolve/allow_list/allow_list.h"

namespace scrim::protect {

using parse::as;

namespace {

bool isQualifiedTable(const PgQuery__Node& node) {
  const auto* range = as<PgQuery__RangeVar>(node);
  return range != nullptr && *range->schemaname != '\0';
}

const PgQuery__SelectStmt* leafSelect(const PgQuery__Node& node) {
  const auto* derived = as<PgQuery__RangeSubselect>(node);
  const auto* select = derived == nullptr ? nullptr : as<PgQuery__SelectStmt>(derived->subquery);
  const bool leaf = select != nullptr && select->n_from_clause == 1 && isQualifiedTable(*select->from_clause[0]);
  return leaf ? select : nullptr;
}

bool commutes(const PgQuery__SelectStmt& select) {
  const bool simple = select.op == PG_QUERY__SET_OPERATION__SETOP_NONE && select.n_group_clause == 0 &&
                      select.n_distinct_clause == 0 && select.having_clause == nullptr && select.n_window_clause == 0 &&
                      select.limit_count == nullptr && select.limit_offset == nullptr &&
                      select.with_clause == nullptr && select.n_values_lists == 0;
  return simple;
}

// Of outputs with equal names, the first is meant.
const resolve::OutputColumn* outputNamed(const std::string& name, const resolve::Resolution& names) {
  const auto found = std::find_if(names.outputs.begin(), names.outputs.end(),
                                  [&](const resolve::OutputColumn& output) { return output.name == name; });
  return found == names.outputs.end() ? nullptr : &*found;
}

// Nothing of it is handed to what rewrites: that has a cache of its own.
resolve::Definitions& definitionsAsWritten() {
  static resolve::Definitions definitions;
  return definitions;
}

}  // namespace

Problem GuardCheck::overDefinition(const PgQuery__SelectStmt& select) {
  const auto* derived = as<PgQuery__RangeSubselect>(select.from_clause[0]);
  if (derived == nullptr || derived->alias == nullptr || std::string_view(derived->alias->aliasname) != "d" ||
      derived->lateral) {
    return "no definition";
  }
  auto written = definitionsAsWritten().of(use_.source);
  if (!written.ok()) return "the definition cannot be read";
  definition_ = std::move(written).value();
  kept_.resize(definition_->names.tables.size());
  for (const policy::ResourceColumn& column : known()) {
    const auto name = physical_.find(column.name);
    const std::string& meant = name == physical_.end() ? column.name : name->second;
    meant_.push_back(below_.contains(column.name) ? nullptr : outputNamed(meant, definition_->names));
  }
  if (Problem wrong = restored(*derived); !wrong.empty()) return wrong;
  if (Problem wrong = outputs(*derived->alias); !wrong.empty()) return wrong;
  if (Problem wrong = rawAbove(); !wrong.empty()) return wrong;
  static const std::map<std::string, std::string> kSame;
  const RenderScope scope{arena_, "d", known(), kSame, source_.hashKey, use_.maskKey(), parameters_, lookups_};
  if (Problem wrong = shown(select, scope); !wrong.empty()) return wrong;
  return hidden(select, scope);
}

Problem GuardCheck::restored(const PgQuery__RangeSubselect& derived) {
  PgQuery__Node* copy = parse::clone(arena_, *derived.subquery);
  PgQuery__Node* written = parse::wrap(arena_, definition_->select);
  std::vector<PgQuery__Node*> tables;
  parse::forEachNode(*written, [&](PgQuery__Node& node) {
    if (isQualifiedTable(node)) tables.push_back(&node);
    return true;
  });
  std::size_t next = 0;
  Problem wrong;
  parse::forEachNode(*copy, [&](PgQuery__Node& node) {
    if (!wrong.empty()) return false;
    if (isQualifiedTable(node)) wrong = "a table of the definition stands without a leaf";
    if (leafSelect(node) == nullptr) return wrong.empty();
    if (next >= tables.size()) {
      wrong = "more tables than the definition has";
      return false;
    }
    const auto& known = definition_->names.tables;
    const auto reference = std::find_if(known.begin(), known.end(), [&](const auto& table) {
      return table.node->range_var == tables[next]->range_var;
    });
    if (reference == known.end()) {
      wrong = "a table that is not known";
      return false;
    }
    wrong = leaf(*node.range_subselect, static_cast<std::size_t>(reference - known.begin()));
    parse::replace(node, tables[next]->range_var);
    ++next;
    return false;
  });
  if (!wrong.empty()) return wrong;
  if (next != tables.size() || !parse::sameTree(*copy, *written)) return "the definition is not what its owner wrote";
  return {};
}

Problem GuardCheck::leaf(const PgQuery__RangeSubselect& derived, std::size_t table) {
  const resolve::TableReference& reference = definition_->names.tables[table];
  const catalog::RemoteTable& remote = source_.remoteTables[reference.key];
  const PgQuery__RangeVar& written = *reference.node->range_var;
  const std::string_view alias = written.alias == nullptr ? written.relname : written.alias->aliasname;
  if (derived.alias == nullptr || derived.alias->aliasname != alias || derived.lateral)
    return "a leaf under another name";
  const PgQuery__SelectStmt& select = *leafSelect(*parse::wrap(arena_, const_cast<PgQuery__RangeSubselect*>(&derived)));
  if (Problem wrong = onlyGuardClauses(select); !wrong.empty()) return wrong;
  if (!isTable(select.from_clause[0], remote.name, "r", written.inh)) return "a leaf over another table";
  const std::map<std::string, std::string> physical = columnsAt(table);
  const RenderScope scope{arena_, "r", known(), physical, source_.hashKey, use_.maskKey(), parameters_, lookups_};
  for (std::size_t i = 0; i < select.n_target_list; ++i) {
    if (Problem wrong = leafTarget(*select.target_list[i], table, scope); !wrong.empty()) return wrong;
  }
  return leafConditions(select, table, scope);
}

// What rules may look at in a leaf over this table: outputs that it passes on, and columns of it that are not returned,
// if the definition names no other table that has one of that name.
std::map<std::string, std::string> GuardCheck::columnsAt(std::size_t table) const {
  const auto has = [](const catalog::RemoteTable& remote, const std::string& name) {
    return std::any_of(remote.columns.begin(), remote.columns.end(), [&](const auto& c) { return c.name == name; });
  };
  const catalog::RemoteTable& remote = source_.remoteTables[definition_->names.tables[table].key];
  std::map<std::string, std::string> columns;
  for (std::size_t i = 0; i < known().size(); ++i) {
    const policy::ResourceColumn& column = known()[i];
    if (below_.contains(column.name)) {
      const auto& tables = definition_->names.tables;
      const auto times = std::count_if(tables.begin(), tables.end(), [&](const auto& reference) {
        return has(source_.remoteTables[reference.key], column.name);
      });
      if (times == 1 && has(remote, column.name)) columns[column.name] = column.name;
      continue;
    }
    const resolve::OutputColumn* output = meant_[i];
    if (output == nullptr || output->table != static_cast<int>(table)) continue;
    columns[column.name] = remote.columns[static_cast<std::size_t>(output->column)].name;
  }
  return columns;
}

// Whether the definition as its owner wrote it reads or passes on this column of a table.
bool GuardCheck::readsColumn(std::size_t table, const std::string& name) const {
  const resolve::Resolution& names = definition_->names;
  const auto& columns = *names.tables[table].columns;
  const auto isIt = [&](int useTable, int useColumn) {
    return useTable == static_cast<int>(table) && columns[static_cast<std::size_t>(useColumn)].name == name;
  };
  bool reads = false;
  for (const auto& [ref, use] : names.columnUses) reads = reads || isIt(use.table, use.column);
  for (const resolve::ColumnUse& use : names.mergedColumns) reads = reads || isIt(use.table, use.column);
  for (const resolve::OutputColumn& output : names.outputs) reads = reads || isIt(output.table, output.column);
  const bool whole = (names.wholeRows >> table & 1) != 0;
  return reads || (whole && std::any_of(columns.begin(), columns.end(),
                                        [&](const auto& column) { return column.name == name; }));
}

Problem GuardCheck::leafTarget(const PgQuery__Node& node, std::size_t table, const RenderScope& scope) {
  const auto* target = as<PgQuery__ResTarget>(node);
  if (target == nullptr || *target->name == '\0' || !kept_[table].insert(target->name).second)
    return "a leaf with columns of no name";
  const std::string name = target->name;
  if (!readsColumn(table, name)) return "a leaf with a column that the definition does not read";
  if (parse::sameTree(*target->val, *parse::columnRef(arena_, {"r", name}))) return {};
  for (const policy::ResourceColumn& column : resource_.columns) {
    const auto origin = scope.physical.find(column.name);
    if (origin == scope.physical.end() || origin->second != name || !isMasked(column.name)) continue;
    std::set<std::string> columns;
    for (const policy::ColumnMask& mask : use_.decision->masks.at(column.name)) {
      if (mask.condition) columnsOf(**mask.condition, columns);
    }
    for (const std::string& read : columns) {
      if (!scope.physical.contains(read)) return "a mask below the definition reads another table's column";
    }
    auto rendered = renderColumn(column, use_.decision->masks.at(column.name), scope);
    const bool allowed = commutes(*definition_->select) && (definition_->names.filterable >> table & 1) != 0;
    if (rendered.ok() && allowed && parse::sameTree(*target->val, *rendered->value)) {
      maskedBelow_.insert(column.name);
      return {};
    }
  }
  return "a leaf computes something that no mask asks for";
}

Problem GuardCheck::leafConditions(const PgQuery__SelectStmt& select, std::size_t table, const RenderScope& scope) {
  const std::vector<const PgQuery__Node*> found = conjunctsOf(select.where_clause);
  if (select.limit_offset != nullptr) return "a leaf with an OFFSET";
  std::size_t next = 0;
  for (std::size_t i = 0; i < use_.decision->rows.size() && next < found.size(); ++i) {
    std::set<std::string> columns;
    columnsOf(*use_.decision->rows[i].predicate, columns);
    const bool ours = !columns.empty() && std::all_of(columns.begin(), columns.end(),
                                                      [&](const auto& c) { return scope.physical.contains(c); });
    if (!ours || guardedBelow_[i]) continue;
    auto rendered = renderPredicate(*use_.decision->rows[i].predicate, scope);
    if (!rendered.ok()) return "a row guard cannot be rendered";
    const auto parts = next == 0 ? conjunctsOf(*rendered) : std::vector<const PgQuery__Node*>{*rendered};
    const bool here =
        found.size() - next >= parts.size() &&
        std::equal(parts.begin(), parts.end(), found.begin() + static_cast<std::ptrdiff_t>(next),
                   [](const PgQuery__Node* a, const PgQuery__Node* b) { return parse::sameTree(*a, *b); });
    if (!here) continue;
    if (!commutes(*definition_->select) || (definition_->names.filterable >> table & 1) == 0)
      return "a row guard stands too low";
    guardedBelow_[i] = true;
    next += parts.size();
  }
  return next == found.size() ? Problem() : "a leaf with a condition that no row guard asks for";
}

// The names that stand above the definition mean the outputs that the owner meant; hidden ones only where a rule looks.
Problem GuardCheck::outputs(const PgQuery__Alias& alias) const {
  std::size_t place = 0;
  for (const resolve::OutputColumn& output : definition_->names.outputs) {
    if (output.fromStar && output.table >= 0) {
      const auto& columns = *definition_->names.tables[static_cast<std::size_t>(output.table)].columns;
      const std::string& name = columns[static_cast<std::size_t>(output.column)].name;
      if (!kept_[static_cast<std::size_t>(output.table)].contains(name)) continue;
    }
    if (place >= alias.n_colnames) return "fewer names than the definition has outputs";
    const std::string_view name = parse::stringOf(alias.colnames[place++]);
    for (std::size_t i = 0; i < known().size(); ++i) {
      const std::string& column = known()[i].name;
      const bool exposed = i < resource_.columns.size();
      const bool named = name == column;
      const bool meant = meant_[i] == &output;
      if (exposed ? named != meant : named && !meant) return "column " + column + " is another output";
    }
  }
  return place == alias.n_colnames ? Problem() : "more names than the definition has outputs";
}

// What stands above reads columns as they are: none of them may be masked below.
Problem GuardCheck::rawAbove() const {
  std::set<std::string> read;
  for (std::size_t i = 0; i < use_.decision->rows.size(); ++i) {
    if (!guardedBelow_[i]) columnsOf(*use_.decision->rows[i].predicate, read);
  }
  for (const auto& [name, masks] : use_.decision->masks) {
    if (maskedBelow_.contains(name)) continue;
    for (const policy::ColumnMask& mask : masks) {
      if (mask.condition) columnsOf(**mask.condition, read);
    }
  }
  for (const std::string& name : read) {
    if (maskedBelow_.contains(name))
      return "a rule above the definition reads column " + name + ", which is masked below";
  }
  return {};
}

}  // namespace scrim::protect
