// SPDX-License-Identifier: Apache-2.0
#include "server/api/change.h"

#include "common/base/hash.h"
#include "server/api/idempotency.h"

namespace scrim::api {
namespace {

using base::Error;
using base::ErrorCode;

/// Before the commit: a change that leaves no trace is none we make.
base::Result<void> record(const Call& call, const std::string& what) {
  audit::Journal& journal = *call.services.journal;
  SCRIM_CHECK_OK(journal.policyChanged({call.caller->subject.user, what, call.snapshot->version()}));
  return journal.flush();
}

/// Once the change may have been committed, nobody can say that it was not.
std::string fate(const Error& error) {
  const bool known = error.code != ErrorCode::catalogUnavailable && error.code != ErrorCode::connectionLost;
  return std::string(known ? ": was not carried out (" : ": may not have been carried out (") +
         std::string(base::nameOf(error.code)) + ")";
}

}  // namespace

base::Result<void> recordAct(const Call& call, const std::string& what) {
  return record(call, "request " + call.request.id + ": " + what);
}

base::Result<void> holdMatch(const Call& call, const ObjectPtr& present) {
  const std::string* wanted = call.request.header("If-Match");
  if (wanted == nullptr) {
    return Error{ErrorCode::preconditionRequired,
                 "Say which version you change: send If-Match with its ETag.",
                 {},
                 "GET it first; its ETag header is what If-Match takes."};
  }
  if (*wanted == "*" || *wanted == "\"" + etagOf(present) + "\"") return {};
  return Error{
      ErrorCode::preconditionFailed, "It has been changed since you read it.", {}, "GET it again, then decide."};
}

base::Result<Answer> change(Call& call, const ChangeWork& work) {
  SCRIM_TRY(const Idempotency key, Idempotency::of(call));
  Answer answer;
  std::string recorded;
  auto done =
      call.services.catalog->change(call.caller->subject.user, [&](catalog::Writer& writer) -> base::Result<void> {
        SCRIM_TRY(std::optional<Answer> earlier, key.find(writer));
        if (earlier) {
          answer = *std::move(earlier);
          return {};
        }
        SCRIM_TRY(Outcome outcome, work(writer));
        SCRIM_CHECK_OK(key.keep(writer, outcome.answer));
        answer = std::move(outcome.answer);
        if (writer.changes().empty() && !outcome.always) return {};
        recorded = "request " + call.request.id + ": " + outcome.what;
        return record(call, recorded);
      });
  if (done) return answer;
  if (!recorded.empty()) {
    auto noted = record(call, recorded + fate(done.error()));
    if (!noted) return std::move(noted).error();
  }
  Error error = std::move(done).error();
  const bool taken = error.code == ErrorCode::duplicateObject && !error.sqlstate.empty();  // the catalog's own words
  if (taken) error.message = "There is one of that name already.";
  return error;
}

}  // namespace scrim::api
