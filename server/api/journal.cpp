// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "server/api/handlers.h"
#include "server/api/json.h"
#include "server/api/paging.h"
#include "server/audit/reader.h"
#include "server/audit/verify.h"

namespace scrim::api::journal {

namespace {

/// "2026-11-28T08:30:00Z" or the beginning of one, which stands for its first moment.
bool isTime(std::string_view text) {
  constexpr std::string_view kForm = "0000-00-00T00:00:00.000000";
  if (text.ends_with('Z')) text.remove_suffix(1);
  if (text.size() < 4 || text.size() > kForm.size()) return false;
  return std::equal(text.begin(), text.end(), kForm.begin(),
                    [](char c, char form) { return form == '0' ? c >= '0' && c <= '9' : c == form; });
}

base::Result<std::string> timeOf(const Call& call, const std::string& name) {
  const std::string text = call.query(name).value_or("");
  if (text.empty() || isTime(text)) return text;
  return base::Error{base::ErrorCode::invalidParameter, name + ": a time in UTC, such as 2026-01-31T08:00:00Z."};
}

base::Result<std::string> kindOf(const Call& call) {
  constexpr std::array kKinds{"started", "finished", "refused", "login", "policy", "server", "recovered"};
  const std::string kind = call.query("kind").value_or("");
  if (kind.empty() || std::find(kKinds.begin(), kKinds.end(), kind) != kKinds.end()) return kind;
  return base::Error{base::ErrorCode::invalidParameter,
                     "kind: started, finished, refused, login, policy, server or recovered."};
}

}  // namespace

base::Result<Answer> records(Call& call) {
  SCRIM_TRY(const Page page, pageOf(call));
  audit::ReadFilter filter;
  if (const auto user = call.query("user")) filter.user = catalog::normalisedUserName(*user);
  SCRIM_TRY(filter.from, timeOf(call, "from"));
  SCRIM_TRY(filter.before, timeOf(call, "before"));
  SCRIM_TRY(filter.kind, kindOf(call));
  filter.part = call.query("q").value_or("");
  filter.after = static_cast<std::uint64_t>(page.after);
  ArrayPtr items(new Poco::JSON::Array);
  bool more = false;
  std::int64_t last = page.after;
  std::optional<base::Error> failed;
  SCRIM_CHECK_OK(audit::readRecords(call.services.auditFolder, filter, [&](const audit::ReadRecord& record) {
    more = items->size() == page.limit;
    if (more) return false;
    auto document = documentOf(std::string(record.line));
    if (!document) {
      failed = document.error();
      return false;
    }
    items->add(*document);
    last = static_cast<std::int64_t>(record.sequence);
    return true;
  }));
  if (failed) return *failed;
  Answer answer;
  answer.body = contract::newObject();
  answer.body->set("items", items);
  if (more) answer.body->set("next", cursorAfter(last));
  return answer;
}

base::Result<Answer> verify(Call& call) {
  SCRIM_TRY(const audit::VerifyReport report,
            audit::verify(call.services.auditFolder, call.services.checkpointKey.reveal()));
  Answer answer;
  answer.body = contract::newObject();
  answer.body->set("intact", !report.finding.has_value());
  answer.body->set("journal", report.journal);
  answer.body->set("records", report.records);
  answer.body->set("segments", report.segments);
  answer.body->set("unfinished", report.unfinished);
  answer.body->set("firstTime", report.firstTime);
  answer.body->set("lastTime", report.lastTime);
  if (!report.finding) return answer;
  answer.body->set("finding", report.finding->text);
  answer.body->set("segment", report.finding->segment);
  answer.body->set("sequence", report.finding->sequence);
  return answer;
}

}  // namespace scrim::api::journal
