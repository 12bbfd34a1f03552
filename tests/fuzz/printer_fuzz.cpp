// SPDX-License-Identifier: Apache-2.0
// ROOMS: server/query/parse common/base
// Any bytes: what parses and prints must read back as the same tree, and printing must be stable.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "server/query/parse/compare.h"
#include "server/query/parse/parse.h"
#include "server/query/parse/print.h"

namespace parse = scrim::parse;

namespace {

// Sanitizers make frames several times larger, so less depth than in production.
constexpr parse::ParseLimits kLimits{.maxTextBytes = 64 * 1024, .maxTokens = 20'000, .maxDepth = 200};

void check(const parse::ParsedStatement& statement) {
  const auto printed = parse::print(statement.statement());
  if (!printed.ok()) return;
  const auto again = parse::parseOne(printed->text, parse::ParseLimits::forPrintedText());
  if (!again.ok() || !parse::sameTree(statement.statement(), again->statement())) std::abort();
  if (parse::print(again->statement())->text != printed->text) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto parsed = parse::parseStatements(std::string(reinterpret_cast<const char*>(data), size), kLimits);
  if (!parsed.ok()) return 0;
  for (const auto& statement : *parsed) check(statement);
  return 0;
}
