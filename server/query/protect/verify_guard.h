// SPDX-License-Identifier: Apache-2.0
// Whether a sub-query is the guarded form of a data source, from what the decision says and the tree that was read
// back. Internal to verify: it uses the renderers (which have tests and conformance vectors of their own), but nothing
// of the code that puts guards together.
#pragma once

#include <set>

#include "server/query/protect/protected_query.h"
#include "server/query/protect/render_scope.h"
#include "server/query/resolve/definition.h"

namespace scrim::protect {

/// What is wrong, for the audit record; empty: nothing.
using Problem = std::string;

class GuardCheck {
 public:
  GuardCheck(const resolve::SourceUse& use, const LookupTables& lookups, parse::Arena& arena,
             PolicyParameters& parameters);

  /// A look at its FROM item alone; false: check() would find a problem.
  static bool mayBeOver(const catalog::DataSource& source, const PgQuery__SelectStmt& select);
  Problem check(const PgQuery__SelectStmt& select);

 private:
  Problem overTable(const PgQuery__SelectStmt& select);
  Problem overDefinition(const PgQuery__SelectStmt& select);
  Problem restored(const PgQuery__RangeSubselect& derived);
  Problem leaf(const PgQuery__RangeSubselect& derived, std::size_t table);
  std::map<std::string, std::string> columnsAt(std::size_t table) const;
  bool readsColumn(std::size_t table, const std::string& name) const;
  Problem leafTarget(const PgQuery__Node& target, std::size_t table, const RenderScope& scope);
  Problem leafConditions(const PgQuery__SelectStmt& select, std::size_t table, const RenderScope& scope);
  Problem outputs(const PgQuery__Alias& alias) const;
  Problem rawAbove() const;
  Problem shown(const PgQuery__SelectStmt& select, const RenderScope& scope);
  Problem hidden(const PgQuery__SelectStmt& select, const RenderScope& scope);
  Problem pushed(const PgQuery__Node& condition, const RenderScope& scope) const;
  bool isMasked(const std::string& column) const;

  const resolve::SourceUse& use_;
  const catalog::DataSource& source_;
  const LookupTables& lookups_;
  parse::Arena& arena_;
  PolicyParameters& parameters_;
  bool readsHidden() const;
  void addHidden();
  /// What rules may look at: the exposed columns first.
  const std::vector<policy::ResourceColumn>& known() const {
    return withHidden_.empty() ? resource_.columns : withHidden_;
  }

  policy::Resource resource_;                       // the exposed columns
  std::vector<policy::ResourceColumn> withHidden_;  // those and the hidden ones, if a rule looks at one
  std::set<std::string> below_;                     // of them: columns that the definition does not return
  std::map<std::string, std::string> physical_;     // column -> the remote one (a table's data source)
  // Of verify's own reading, which nothing that rewrites has ever had in its hands.
  std::shared_ptr<const resolve::ResolvedDefinition> definition_;
  std::vector<const resolve::OutputColumn*> meant_;  // for each of known() the definition's output, or nullptr
  std::vector<std::set<std::string>> kept_;          // of each table of the definition: the columns its leaf yields
  std::set<std::string> maskedBelow_;
  std::vector<bool> guardedBelow_;
};

}  // namespace scrim::protect
