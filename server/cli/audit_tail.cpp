// SPDX-License-Identifier: Apache-2.0
// The journal is read forwards, so that the newest records are the end of what a stretch of time holds; what comes
// later is asked for from a time before the last record on, and told apart by its number.
#include <charconv>
#include <chrono>
#include <ctime>
#include <deque>
#include <thread>

#include "server/cli/exit_codes.h"
#include "server/cli/lookup.h"
#include "server/cli/request.h"
#include "server/cli/runs.h"
#include "server/cli/text.h"

namespace scrim::cli::own {
namespace {

constexpr std::time_t kUsualStretch = 3'600;
constexpr auto kPause = std::chrono::milliseconds(500);

base::Result<std::size_t> linesWanted(const Given& given) {
  const std::string text = given.has("--lines") ? given.text("--lines") : "10";
  std::size_t lines = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), lines);
  if (problem == std::errc() && end == text.data() + text.size()) return lines;
  return wrongCommandLine("--lines takes a whole number, not " + text + ".");
}

class Tail {
 public:
  Tail(const Client& client, Call call) : client_(client), call_(std::move(call)) {}

  /// What has come since the last time. Errors: those of the client.
  base::Result<std::deque<std::string>> next(std::size_t most) {
    std::deque<std::string> lines;
    bool more = false;
    Call call = call_;
    call.query.emplace_back("from", from_);
    from_ = lastTime_.empty() ? from_ : lastTime_;  // one round behind: times may stand a little out of order
    SCRIM_TRY(const ArrayPtr items, allItems(client_, call, 0, more));
    for (const Json& item : *items) {
      const ObjectPtr record = objectOf(item);
      if (record.isNull() || !isNew(record)) continue;
      lines.push_back(compactJson(item));
      if (most != 0 && lines.size() > most) lines.pop_front();
    }
    return lines;
  }

  void begin(std::string from) { from_ = std::move(from); }

 private:
  bool isNew(const ObjectPtr& record) {
    const std::string number = fieldText(record, "n");
    std::uint64_t sequence = 0;
    std::from_chars(number.data(), number.data() + number.size(), sequence);
    if (sequence <= last_) return false;
    last_ = sequence;
    lastTime_ = fieldText(record, "t");
    return true;
  }

  const Client& client_;
  Call call_;
  std::string from_;
  std::string lastTime_;
  std::uint64_t last_ = 0;
};

base::Result<void> printLines(const std::deque<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text.empty() ? base::Result<void>() : print(text);
}

}  // namespace

base::Result<int> auditTail(const Given& given) {
  if (given.has("--output") && given.text("--output") != "json") {
    return wrongCommandLine("audit tail prints a JSON record a line; --output " + given.text("--output") +
                            " is for audit list.");
  }
  SCRIM_TRY(const std::size_t lines, linesWanted(given));
  SCRIM_TRY(const Client client, signedInClient());
  SCRIM_TRY(const Call call, callOf(client, given));
  Tail tail(client, call);
  tail.begin(given.has("--from") ? given.text("--from") : utcTime(std::time(nullptr) - kUsualStretch));
  SCRIM_TRY(auto found, tail.next(lines == 0 ? 1 : lines));
  if (lines != 0) SCRIM_CHECK_OK(printLines(found));
  while (given.has("--follow")) {
    std::this_thread::sleep_for(kPause);
    SCRIM_TRY(found, tail.next(0));
    SCRIM_CHECK_OK(printLines(found));
  }
  return kDone;
}

}  // namespace scrim::cli::own
