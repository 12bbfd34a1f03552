// SPDX-License-Identifier: Apache-2.0
// Page after page, so that neither side holds the journal in memory.
#include <cstdint>
#include <iostream>

#include "server/cli/exit_codes.h"
#include "server/cli/request.h"
#include "server/cli/runs.h"
#include "server/cli/sink.h"

namespace scrim::cli::own {
namespace {

constexpr const char* kPage = "1000";
constexpr std::uint64_t kTold = 100'000;  // records between two words on the terminal

base::Result<std::string> linesOf(const ObjectPtr& page, std::uint64_t& count) {
  const ArrayPtr items = page && page->has("items") ? arrayOf(page->get("items")) : ArrayPtr();
  if (items.isNull()) return refused("The server's answer is no list.");
  std::string text;
  for (const Json& item : *items) text.append(compactJson(item)).append("\n");
  const std::uint64_t before = count;
  count += items->size();
  if (count / kTold != before / kTold) std::cerr << "scrim: " << count << " records\n";
  return text;
}

}  // namespace

base::Result<int> auditExport(const Given& given) {
  SCRIM_TRY(const Client client, signedInClient());
  SCRIM_TRY(Call call, callOf(client, given));
  SCRIM_TRY(Sink sink, Sink::open(given.has("--file") ? given.text("--file") : std::string()));
  const auto filters = call.query.size();
  std::uint64_t count = 0;
  for (std::string cursor;;) {
    call.query.resize(filters);
    call.query.emplace_back("limit", kPage);
    if (!cursor.empty()) call.query.emplace_back("cursor", cursor);
    SCRIM_TRY(const Reply reply, client.send(call));
    const ObjectPtr page = objectOf(reply.body);
    SCRIM_TRY(const std::string lines, linesOf(page, count));
    SCRIM_CHECK_OK(sink.write(lines));
    cursor = fieldText(page, "next");
    if (cursor.empty()) break;
  }
  SCRIM_CHECK_OK(sink.keep());
  if (given.has("--file")) std::cerr << "scrim: " << count << " records in " << given.text("--file") << "\n";
  return kDone;
}

}  // namespace scrim::cli::own
