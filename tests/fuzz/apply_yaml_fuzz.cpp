// SPDX-License-Identifier: Apache-2.0
// ROOMS: server/apply/files server/app/files
// Apply and configuration files of any bytes: read or refused with a place inside the file, never worse.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "server/app/options.h"
#include "server/apply/document.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  scrim::apply::Problems problems("fuzz.yaml");
  auto document = scrim::apply::readDocument(text, problems);
  for (const auto& problem : problems.list()) {
    if (problem.at.line < 1 || problem.at.column < 1 || problem.text.empty()) std::abort();
    if (problem.at.line > static_cast<int>(size) + 1) std::abort();
  }
  if (problems.empty()) {
    // What was taken is whole: a rule without a meaning, or a thing without a name, never comes this far.
    for (const auto& rule : document.rules) {
      if (rule.rule.sentence == nullptr || rule.rule.text.empty()) std::abort();
    }
    for (const auto& source : document.dataSources) {
      if (source.name.name.empty() || (source.definition.empty() && source.table.name.empty())) std::abort();
    }
    for (const auto& user : document.users) {
      if (user.user.name.empty()) std::abort();
    }
  }
  scrim::app::Options options;
  scrim::app::Problems configProblems("fuzz.yaml");
  scrim::app::readConfig(text, options, configProblems);
  if (configProblems.empty() && options.listen.empty()) std::abort();
  return 0;
}
