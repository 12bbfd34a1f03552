// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "server/app/settings.h"

namespace scrim::app {
namespace {

/// Commas stand between the values of a list; "" is an empty one.
Values valuesOf(const Setting& setting, std::string_view text) {
  if (!setting.isList()) return {std::string(text)};
  Values values;
  while (!text.empty()) {
    const std::string_view each = text.substr(0, text.find(','));
    values.emplace_back(each);
    text.remove_prefix(each.size());
    if (text == ",") values.emplace_back();  // nothing follows the comma
    if (!text.empty()) text.remove_prefix(1);
  }
  return values;
}

std::string take(const Setting& setting, std::string_view text, Options& options) {
  const Values values = valuesOf(setting, text);
  for (const std::string& value : values) {
    if (std::string wrong = wrongWith(setting, value); !wrong.empty()) return wrong;
  }
  if (std::string wrong = wrongWithAll(setting, values); !wrong.empty()) return wrong;
  setting.set(options, values);
  options.origins[setting.key] = {Origin::Kind::variable, setting.variable(), {}};
  return {};
}

}  // namespace

std::vector<std::string> readEnvironment(const char* const* environment, Options& options) {
  std::vector<std::string> problems;
  std::vector<std::string> known{std::string(kFileVariable)};
  std::vector<std::string> seen;
  for (const Setting& setting : settings()) known.push_back(setting.variable());
  for (; environment != nullptr && *environment != nullptr; ++environment) {
    const std::string_view entry(*environment);
    const std::string name(entry.substr(0, entry.find('=')));
    if (!name.starts_with(kVariablePrefix) || name.size() == entry.size()) continue;
    const auto setting = std::find_if(settings().begin(), settings().end(),
                                      [&](const Setting& each) { return each.variable() == name; });
    std::string wrong;
    if (std::find(seen.begin(), seen.end(), name) != seen.end()) {
      wrong = "the variable is set twice";
    } else if (setting != settings().end()) {
      wrong = take(*setting, entry.substr(name.size() + 1), options);
    } else if (name != kFileVariable) {
      wrong = "no setting has this variable" + suggestion(name, known);
    }
    seen.push_back(name);
    if (!wrong.empty()) problems.push_back("environment " + name + ": " + wrong);
  }
  return problems;
}

}  // namespace scrim::app
