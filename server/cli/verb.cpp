// SPDX-License-Identifier: Apache-2.0
#include "server/cli/verb.h"

#include <algorithm>

namespace scrim::cli {

std::vector<Flag> flagsOf(const Verb& verb) {
  std::vector<Flag> flags = verb.flags;
  if (flagNamed(verb, "--output") != nullptr) return flags;
  flags.push_back({"--output", Kind::text, "", "how the answer is written; a table when not given", "table|json|yaml",
                   Goes::nowhere});
  return flags;
}

bool isSwitch(const Flag& flag) { return flag.kind == Kind::yes || flag.kind == Kind::no || flag.kind == Kind::secret; }

bool isRepeated(const Flag& flag) {
  switch (flag.kind) {
    case Kind::texts:
    case Kind::numbers:
    case Kind::adds:
    case Kind::takes:
    case Kind::pairs:
    case Kind::mapping:
    case Kind::servers:
    case Kind::columnTags:
    case Kind::columnComments:
    case Kind::hidesColumns:
    case Kind::showsColumns:
      return true;
    default:
      return false;
  }
}

std::vector<std::string> choicesOf(const Flag& flag) {
  std::vector<std::string> choices;
  if (flag.value.find('|') == std::string_view::npos) return choices;
  std::string_view rest = flag.value;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('|'), rest.size());
    choices.emplace_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return choices;
}

const Flag* flagNamed(const Verb& verb, std::string_view name) {
  const auto found =
      std::find_if(verb.flags.begin(), verb.flags.end(), [&](const Flag& flag) { return flag.name == name; });
  return found == verb.flags.end() ? nullptr : &*found;
}

}  // namespace scrim::cli
