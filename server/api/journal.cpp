// SPDX-License-Identifier: Apache-2.0
#include "server/api/handlers.h"
#include "server/api/json.h"
#include "server/api/paging.h"
#include "server/audit/reader.h"
#include "server/audit/verify.h"

namespace scrim::api::journal {

base::Result<Answer> records(Call& call) {
  SCRIM_TRY(const Page page, pageOf(call));
  audit::ReadFilter filter;
  if (const auto user = call.query("user")) filter.user = catalog::normalisedUserName(*user);
  filter.from = call.query("from").value_or("");
  filter.before = call.query("before").value_or("");
  filter.kind = call.query("kind").value_or("");
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
