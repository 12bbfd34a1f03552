// SPDX-License-Identifier: Apache-2.0
// Prints random patterns of the portable subset with random texts and what the reference makes of them: one JSON object
// a line: {"pattern", "replacement", "text", "shows"}, pattern and replacement as engines are sent them.
// Usage: conformance_patterns COUNT SEED
#include <Poco/JSON/Object.h>

#include <iostream>
#include <random>
#include <string>

#include "common/policy/regex_subset.h"

namespace scrim {
namespace {

class Patterns {
 public:
  explicit Patterns(unsigned seed) : random_(seed) {}

  std::string pattern() {
    std::string out = chance(6) ? "^" : "";
    out += sequence(0);
    return chance(6) ? out + "$" : out;
  }

  std::string replacement() {
    static const char* const kAll[] = {"", "*", "\\1", "[\\1]", "x\\2y", "\\\\", "$1", "&"};
    return kAll[below(8)];
  }

  std::string text() {
    std::string out;
    for (int i = below(14); i > 0; --i) out += kLetters[below(kLetterCount)];
    return out;
  }

 private:
  static constexpr int kLetterCount = 10;
  static constexpr const char* kLetters[kLetterCount] = {"a", "b", "c", "A", "1", "2", "@", "é", "\n", "-"};

  int below(int bound) { return std::uniform_int_distribution<int>(0, bound - 1)(random_); }
  bool chance(int in) { return below(in) == 0; }

  std::string sequence(int depth) {
    std::string out;
    for (int i = 1 + below(4); i > 0; --i) out += repeated(depth);
    return out;
  }

  std::string repeated(int depth) {
    static const char* const kBounds[] = {"", "", "", "", "*", "+", "?", "{2}", "{1,3}", "{2,}"};
    return atom(depth) + kBounds[below(10)];
  }

  std::string atom(int depth) {
    switch (below(depth < 3 ? 10 : 7)) {
      case 0:
        return ".";
      case 1:
        return "[^" + letters() + "]";
      case 2:
        return "[" + letters() + "]";
      case 3:
        return "\\d";
      case 4:
        return "[a-c]";
      case 7:
        return "(" + sequence(depth + 1) + ")";
      case 8:
        return "(?:" + sequence(depth + 1) + "|" + sequence(depth + 1) + ")";
      case 9:
        return "(" + sequence(depth + 1) + "|" + sequence(depth + 1) + ")";
      default:
        return letter();
    }
  }

  std::string letter() {
    static const char* const kPlain[] = {"a", "b", "c", "1", "@", "é", "\\n", "\\-"};
    return kPlain[below(8)];
  }
  std::string letters() {
    std::string out;
    for (int i = 1 + below(3); i > 0; --i) out += letter();
    return out;
  }

  std::mt19937 random_;
};

void print(const policy::PortableRegex& regex, const std::string& text) {
  Poco::JSON::Object out(Poco::JSON_PRESERVE_KEY_ORDER);
  out.set("pattern", regex.pattern());
  out.set("replacement", regex.replacement());
  out.set("text", text);
  out.set("shows", regex.replaceAll(text));
  out.stringify(std::cout);
  std::cout << "\n";
}

}  // namespace
}  // namespace scrim

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  scrim::Patterns patterns(static_cast<unsigned>(std::stoul(argv[2])));
  for (int left = std::stoi(argv[1]); left > 0;) {
    const std::string pattern = patterns.pattern();
    const auto regex = scrim::policy::PortableRegex::compile(pattern, patterns.replacement(), left % 3 == 0);
    if (!regex.ok()) continue;
    for (int i = 0; i < 4; ++i) scrim::print(*regex, patterns.text());
    --left;
  }
  return 0;
}
