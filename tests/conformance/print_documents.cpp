// SPDX-License-Identifier: Apache-2.0
// Prints documents of the contract, as the server writes them, for check_schemas.py: {"schema", "document"}, one a
// line.
#include <Poco/JSON/Object.h>
#include <Poco/JSON/Parser.h>

#include <fstream>
#include <iostream>
#include <sstream>

#include "common/contract/contract.h"
#include "common/policy/language.h"

namespace scrim {
namespace {

void print(const std::string& schema, const std::string& document) {
  std::cout << R"({"schema":")" << schema << R"(","document":)" << document << "}\n";
}

policy::Decision decisionWith(const policy::Sentence& sentence, const std::string& text) {
  policy::Decision out{.allowed = true, .visible = true, .rules = {{1}}, .snapshot = {7}};
  if (const auto* row = std::get_if<policy::RowAction>(&sentence.action); row != nullptr) {
    out.rows.push_back({row->predicate, {1}, text});
  }
  if (const auto* mask = std::get_if<policy::MaskAction>(&sentence.action); mask != nullptr) {
    policy::ColumnMask shown{.mask = mask->mask, .rule = {1}, .sentence = text};
    if (mask->where) shown.condition = mask->where;
    out.masks["c"].push_back(shown);
    out.conflicts.push_back({"c", {{1}, {2}}, "a conflict"});
  }
  return out;
}

void printSentence(const std::string& text) {
  const policy::Sentence sentence = policy::parseSentence(text).value();
  print("sentence", contract::toJson(sentence));
  policy::Rule rule{.id = {1}, .dataSource = {2}, .text = text};
  print("rule", contract::toJson(rule));
  rule.sentence = std::make_shared<const policy::Sentence>(sentence);
  print("rule", contract::toJson(rule));
  print("decision", contract::toJson(decisionWith(sentence, text)));
  if (const auto* mask = std::get_if<policy::MaskAction>(&sentence.action)) print("mask", contract::toJson(mask->mask));
}

}  // namespace
}  // namespace scrim

int main() {
  std::ifstream file(SCRIM_SOURCE_DIR "/tests/conformance/language.json");
  std::stringstream text;
  text << file.rdbuf();
  auto vectors = Poco::JSON::Parser().parse(text.str()).extract<Poco::JSON::Object::Ptr>();
  for (const auto& item : *vectors->getArray("canonical")) scrim::printSentence(item.extract<std::string>());
  scrim::print("subject", scrim::contract::toJson(
                              scrim::policy::Subject{.user = "x", .groups = {"a"}, .attributes = {{"b", {"c"}}}}));
  return 0;
}
