// SPDX-License-Identifier: Apache-2.0
// Random SELECT texts over PostgreSQL's whole grammar, deterministic by seed: expands random_sql.grammar. Most texts
// parse; a few do not, because operators that do not associate may meet.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace scrim::support {

/// A small generator with the same numbers on every platform (SplitMix64).
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next();
  std::size_t below(std::size_t bound) { return static_cast<std::size_t>(next() % bound); }

 private:
  std::uint64_t state_;
};

class RandomSql {
 public:
  RandomSql(const std::string& grammarFile, std::uint64_t seed);

  /// A statement whose expansion is at most so deep before branches end.
  std::string statement(int depth) { return symbol("statement", depth); }
  std::string symbol(const std::string& name, int depth);

 private:
  struct Rules {
    std::vector<std::string> all;
    std::vector<std::string> ending;
  };
  void expand(const std::string& name, int depth, std::string& out);
  void expandText(const std::string& text, int depth, std::string& out);
  void expandReference(std::string name, int depth, std::string& out);

  std::map<std::string, Rules> rules_;
  Random random_;
};

}  // namespace scrim::support
