// SPDX-License-Identifier: Apache-2.0
#include "common/plan/plan.h"

#include "common/base/log.h"

namespace scrim::plan {
namespace {

std::string lineOf(const PlanNode& node, bool annotate) {
  std::string line(nameOf(node.kind));
  if (!node.text.empty()) line += " " + node.text;
  if (annotate && node.author == Author::policy) {
    std::string separator = "   <- ";
    for (const std::string& sentence : node.sentences) {
      line += separator + sentence;
      separator = "; ";
    }
  }
  return line;
}

void renderChildren(const PlanNode& node, const std::string& indent, bool annotate, std::vector<std::string>& lines) {
  for (std::size_t i = 0; i < node.children.size(); ++i) {
    const bool last = i + 1 == node.children.size();
    const PlanNode& child = node.children[i];
    lines.push_back(indent + (last ? "+- " : ":- ") + lineOf(child, annotate));
    renderChildren(child, indent + (last ? "   " : ":  "), annotate, lines);
  }
}

std::string jsonOf(const PlanNode& node, const std::string& indent) {
  const std::string inner = indent + "  ";
  std::string out = "{\n" + inner + "\"node\": " + base::quotedJson(nameOf(node.kind)) + ",\n";
  out += inner + "\"text\": " + base::quotedJson(node.text) + ",\n";
  out += inner + "\"author\": " + base::quotedJson(nameOf(node.author)) + ",\n" + inner + "\"rules\": [";
  for (std::size_t i = 0; i < node.sentences.size(); ++i) {
    out += (i ? ", " : "") + base::quotedJson(node.sentences[i]);
  }
  out += "],\n" + inner + "\"children\": [";
  for (std::size_t i = 0; i < node.children.size(); ++i) {
    out += (i ? ", " : "") + jsonOf(node.children[i], inner);
  }
  return out + "]\n" + indent + "}";
}

}  // namespace

std::string_view nameOf(NodeKind kind) {
  switch (kind) {
    case NodeKind::project:
      return "Project";
    case NodeKind::filter:
      return "Filter";
    case NodeKind::join:
      return "Join";
    case NodeKind::aggregate:
      return "Aggregate";
    case NodeKind::window:
      return "Window";
    case NodeKind::distinct:
      return "Distinct";
    case NodeKind::sort:
      return "Sort";
    case NodeKind::limit:
      return "Limit";
    case NodeKind::setOperation:
      return "SetOperation";
    case NodeKind::values:
      return "Values";
    case NodeKind::functionScan:
      return "FunctionScan";
    case NodeKind::subqueryAlias:
      return "SubqueryAlias";
    case NodeKind::with:
      return "With";
    case NodeKind::relation:
      return "Relation";
    case NodeKind::cteReference:
      return "CteReference";
    case NodeKind::oneRow:
      return "OneRow";
  }
  return "Unknown";
}

std::string_view nameOf(Author author) {
  switch (author) {
    case Author::user:
      return "user";
    case Author::definition:
      return "definition";
    case Author::policy:
      return "policy";
  }
  return "unknown";
}

std::vector<std::string> renderText(const PlanNode& root, bool annotate) {
  std::vector<std::string> lines{lineOf(root, annotate)};
  renderChildren(root, "", annotate, lines);
  return lines;
}

std::string renderJson(const PlanNode& root) { return jsonOf(root, ""); }

}  // namespace scrim::plan
