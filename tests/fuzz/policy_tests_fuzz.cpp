// SPDX-License-Identifier: Apache-2.0
// ROOMS: server/cli/files
// Files of policy tests of any bytes: read or refused with a place inside the file, never worse.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "server/cli/policy_tests.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  scrim::yaml::Problems problems("fuzz.yaml");
  const auto all = scrim::cli::readPolicyTests(text, problems);
  for (const auto& problem : problems.list()) {
    if (problem.at.line < 1 || problem.at.column < 1 || problem.text.empty()) std::abort();
  }
  if (!problems.empty()) return 0;
  // What was taken can be run: somebody with a password asks something and expects something.
  for (const auto& test : all.tests) {
    if (test.query.empty() || !all.passwords.contains(test.user)) std::abort();
    if (!test.columns && !test.rows && !test.count && test.refused.empty()) std::abort();
  }
  return 0;
}
