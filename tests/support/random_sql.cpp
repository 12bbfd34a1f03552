// SPDX-License-Identifier: Apache-2.0
#include "tests/support/random_sql.h"

#include <fstream>
#include <stdexcept>

namespace scrim::support {

std::uint64_t Random::next() {
  std::uint64_t z = (state_ += 0x9E3779B97F4A7C15ULL);
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
  return z ^ (z >> 31);
}

RandomSql::RandomSql(const std::string& grammarFile, std::uint64_t seed) : random_(seed) {
  std::ifstream file(grammarFile);
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line[0] == '#') continue;
    const std::size_t end = line.find_first_of(":!");
    if (end == std::string::npos) throw std::runtime_error("no rule: " + line);
    Rules& rules = rules_[line.substr(0, end)];
    const std::string text = end + 2 <= line.size() ? line.substr(end + 2) : "";
    rules.all.push_back(text);
    if (line[end] == '!') rules.ending.push_back(text);
  }
  if (rules_.empty()) throw std::runtime_error("no grammar: " + grammarFile);
}

std::string RandomSql::symbol(const std::string& name, int depth) {
  std::string out;
  expand(name, depth, out);
  return out;
}

void RandomSql::expand(const std::string& name, int depth, std::string& out) {
  const Rules& rules = rules_.at(name);
  const auto& choices = depth <= 0 && !rules.ending.empty() ? rules.ending : rules.all;
  expandText(choices[random_.below(choices.size())], depth - 1, out);
}

void RandomSql::expandText(const std::string& text, int depth, std::string& out) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t open = text.find('{', at);
    out.append(text, at, open == std::string::npos ? open : open - at);
    if (open == std::string::npos) return;
    const std::size_t close = text.find('}', open);
    expandReference(text.substr(open + 1, close - open - 1), depth, out);
    at = close + 1;
  }
}

void RandomSql::expandReference(std::string name, int depth, std::string& out) {
  std::size_t count = 1;
  const char mode = name.back();
  if (mode == '?') count = random_.below(2);
  if (mode == ',') count = 1 + random_.below(3);
  if (mode == '?' || mode == ',') name.pop_back();
  for (std::size_t i = 0; i < count; ++i) {
    if (i > 0) out += ", ";
    expand(name, depth, out);
  }
}

}  // namespace scrim::support
