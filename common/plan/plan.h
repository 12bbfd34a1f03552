// SPDX-License-Identifier: Apache-2.0
// The logical plan that is shown to people: what a statement does, node by node, and who put each node there.
// Expressions are display text; nothing executes this tree. Values; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace scrim::plan {

enum class NodeKind {
  project,
  filter,
  join,
  aggregate,
  window,
  distinct,
  sort,
  limit,
  setOperation,
  values,
  functionScan,
  subqueryAlias,
  with,
  relation,
  cteReference,
  oneRow,
};

/// Who put a node into the plan.
enum class Author { user, definition, policy };

struct PlanNode {
  NodeKind kind = NodeKind::relation;
  std::string text;  // what follows the node's name, e.g. "[id, ssn]" or "Inner, (a.id = b.id)"
  Author author = Author::user;
  std::vector<std::string> sentences;  // policy: the rules behind the node, as their canonical sentences
  std::vector<PlanNode> children;
};

/// "Project", "Filter", ...
std::string_view nameOf(NodeKind kind);
std::string_view nameOf(Author author);

/// One line a node, children below and indented, in the manner of Spark's tree strings (":- " and "+- ").
/// With `annotate`, policy nodes carry their sentences at the end of the line.
std::vector<std::string> renderText(const PlanNode& root, bool annotate);

/// {"node": .., "text": .., "author": .., "rules": [..], "children": [..]}, two spaces a level.
std::string renderJson(const PlanNode& root);

}  // namespace scrim::plan
