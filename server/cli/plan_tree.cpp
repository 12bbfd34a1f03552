// SPDX-License-Identifier: Apache-2.0
#include "server/cli/plan_tree.h"

#include <string_view>

#include "server/cli/colours.h"
#include "server/cli/text.h"

namespace scrim::cli {
namespace {

constexpr std::string_view kPolicy = "\x1b[1;33m";
constexpr std::string_view kDefinition = "\x1b[36m";
constexpr std::string_view kSentence = "\x1b[32m";
constexpr std::string_view kTitle = "\x1b[1m";

class Tree {
 public:
  explicit Tree(bool colours) : colours_(colours) {}

  std::string title(const std::string& text) const { return coloured(text, kTitle) + "\n"; }
  std::string of(const Json& plan) {
    lines_.clear();
    add(objectOf(plan), "", "");
    return lines_;
  }

 private:
  std::string coloured(const std::string& text, std::string_view colour) const {
    const std::string safe = printable(text);
    return colours_ && !colour.empty() ? std::string(colour) + safe + std::string(kPlain) : safe;
  }

  std::string lineOf(const ObjectPtr& node) const {
    const std::string author = fieldText(node, "author");
    const std::string text = fieldText(node, "text");
    const std::string_view colour = author == "policy" ? kPolicy : author == "definition" ? kDefinition : "";
    std::string line = coloured(fieldText(node, "node") + (text.empty() ? "" : " " + text), colour);
    std::string separator = "   <- ";
    if (!node->has("rules")) return line;
    for (const std::string& sentence : textsOf(node->get("rules"))) {
      line += separator + coloured(sentence, kSentence);
      separator = "; ";
    }
    return line;
  }

  void add(const ObjectPtr& node, const std::string& lead, const std::string& indent) {
    if (node.isNull()) return;
    lines_ += lead + lineOf(node) + "\n";
    const ArrayPtr children = node->has("children") ? arrayOf(node->get("children")) : ArrayPtr();
    if (children.isNull()) return;
    for (std::size_t i = 0; i < children->size(); ++i) {
      const bool last = i + 1 == children->size();
      add(children->getObject(static_cast<unsigned>(i)), indent + (last ? "+- " : ":- "),
          indent + (last ? "   " : ":  "));
    }
  }

  bool colours_;
  std::string lines_;
};

}  // namespace

std::string planText(const ObjectPtr& answer, bool colours) {
  const ObjectPtr plan = answer && answer->has("plan") ? objectOf(answer->get("plan")) : ObjectPtr();
  if (plan.isNull()) return "";
  Tree tree(colours);
  if (!plan->has("governed")) return tree.of(Json(plan));  // what an analyst is shown
  std::string out = tree.title("Plan as written:") + tree.of(plan->get("written"));
  out += "\n" + tree.title("Plan after policy:") + tree.of(plan->get("governed"));
  const std::string to = fieldText(plan, "connection");
  return out + "\n" + tree.title("Sent to " + to + ":") + printable(fieldText(plan, "sql")) + "\n";
}

}  // namespace scrim::cli
