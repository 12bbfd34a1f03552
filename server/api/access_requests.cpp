// SPDX-License-Identifier: Apache-2.0
#include <charconv>

#include "server/api/change.h"
#include "server/api/handlers.h"
#include "server/api/json.h"
#include "server/api/paging.h"
#include "server/api/rights.h"
#include "server/catalog/access_request_store.h"
#include "server/requests/access.h"

namespace scrim::api::access_requests {
namespace {

using base::Error;
using base::ErrorCode;
using catalog::AccessRequest;
using catalog::DataSource;

constexpr std::int64_t kLongestAccess = 3650LL * 86'400;  // seconds
constexpr std::size_t kLongestReason = 2'000;             // bytes

std::string display(const DataSource& source) { return source.name.schema + "." + source.name.name; }

std::string describe(const AccessRequest& request) {
  return "access request " + std::to_string(request.id) + " of user " + request.userName + " for " +
         request.dataSourceName;
}

ObjectPtr showApproval(const catalog::Approval& approval) {
  ObjectPtr out = contract::newObject();
  out->set("user", approval.user);
  out->set("role", approval.role);
  out->set("at", approval.at);
  return out;
}

ObjectPtr show(const catalog::Snapshot& snapshot, const AccessRequest& request) {
  ObjectPtr out = contract::newObject();
  out->set("id", request.id);
  out->set("dataSource", request.dataSource.value);
  out->set("dataSourceName", request.dataSourceName);
  out->set("user", request.userName);
  out->set("reason", request.reason);
  if (request.lifetimeSeconds > 0) out->set("expiresInSeconds", request.lifetimeSeconds);
  out->set("state", std::string(nameOf(request.state)));
  out->set("madeAt", request.madeAt);
  ArrayPtr approvals(new Poco::JSON::Array);
  for (const catalog::Approval& each : request.approvals) approvals->add(showApproval(each));
  out->set("approvals", approvals);
  const catalog::DataSourcePtr source = snapshot.dataSource(request.dataSource);
  const bool waits = request.state == catalog::RequestState::pending && source != nullptr;
  out->set("needs", textArray(waits ? requests::missing(snapshot, request, *source) : std::vector<std::string>{}));
  if (!request.settledAt.empty()) {
    out->set("settledAt", request.settledAt);
    out->set("settledBy", request.settledBy);
    out->set("settledReason", request.settledReason);
  }
  if (!request.accessUntil.empty()) out->set("accessUntil", request.accessUntil);
  return out;
}

base::Result<AccessRequest> readNew(contract::Fields& fields) {
  AccessRequest wanted;
  SCRIM_TRY(wanted.dataSource.value, fields.whole("dataSource"));
  SCRIM_TRY(wanted.reason, fields.text("reason"));
  if (wanted.reason.empty()) return contract::wrongAt(fields.placeOf("reason"), "say what the data is needed for");
  SCRIM_CHECK_OK(checkText(wanted.reason, kLongestReason, fields.placeOf("reason")));
  SCRIM_TRY(wanted.lifetimeSeconds, optionalWhole(fields, "expiresInSeconds", 1, kLongestAccess, 0));
  return wanted;
}

struct Wish {
  std::string decision;
  std::string reason;
};

base::Result<Wish> readWish(contract::Fields& fields) {
  Wish wish;
  SCRIM_TRY(wish.decision, fields.text("decision"));
  SCRIM_TRY(wish.reason, optionalText(fields, "reason"));
  SCRIM_CHECK_OK(checkText(wish.reason, kLongestReason, fields.placeOf("reason")));
  return wish;
}

using Carry = base::Result<void> (*)(const requests::Act&);

base::Result<Carry> carrierOf(const std::string& decision) {
  if (decision == "approve") return &requests::approve;
  if (decision == "deny") return &requests::deny;
  if (decision == "revoke") return &requests::revoke;
  if (decision == "withdraw") return &requests::withdraw;
  return Error{ErrorCode::invalidValue, "A decision is approve, deny, revoke or withdraw.", "$.decision"};
}

/// Whoever neither asked nor may answer is told that there is none.
bool concerns(const Call& call, const AccessRequest& request) {
  const Caller& caller = *call.caller;
  const catalog::DataSourcePtr source = call.snapshot->dataSource(request.dataSource);
  return request.user == caller.session.userId() || caller.has("GOVERNOR") ||
         (source != nullptr && owns(caller, *source));
}

base::Result<AccessRequest> requestOf(const Call& call, store::Link& link) {
  SCRIM_TRY(const std::int64_t id, idOf(call, "accessRequest", "access request"));
  SCRIM_TRY(auto found, catalog::findRequest(link, id));
  if (!found || !concerns(call, *found)) return noSuch("access request", std::to_string(id));
  return *std::move(found);
}

base::Result<void> readFilterOf(const Call& call, catalog::RequestFilter& filter) {
  if (const auto state = call.query("state")) {
    filter.state = catalog::requestStateNamed(*state);
    if (!filter.state) {
      return Error{ErrorCode::invalidParameter, "state: pending, approved, denied, withdrawn or ended."};
    }
  }
  if (const auto source = call.query("dataSource")) {
    const auto [end, problem] = std::from_chars(source->data(), source->data() + source->size(), filter.about.value);
    if (problem != std::errc() || end != source->data() + source->size() || filter.about.value <= 0) {
      return Error{ErrorCode::invalidParameter, "dataSource: the id of a data source."};
    }
  }
  return {};
}

}  // namespace

base::Result<Answer> requestable(Call& call) {
  const std::string part = call.query("q").value_or("");
  const catalog::Snapshot& snapshot = *call.snapshot;
  return pageAnswer(
      call, snapshot.dataSources(), [](const auto& source) { return source->id.value; },
      [&](const auto& source) {
        return contains(display(*source), part) && requests::mayAsk(snapshot, call.caller->subject, *source);
      },
      [&](const auto& source) {
        ObjectPtr out = contract::newObject();
        out->set("id", source->id.value);
        out->set("name", display(*source));
        out->set("comment", source->comment);
        out->set("approvers", textArray(requests::approversOf(snapshot, *source)));
        return out;
      });
}

base::Result<Answer> list(Call& call) {
  SCRIM_TRY(const Page page, pageOf(call));
  catalog::RequestFilter filter;
  filter.everybody = call.caller->has("GOVERNOR");
  filter.user = call.caller->session.userId();
  for (const auto& source : call.snapshot->dataSources()) {
    if (owns(*call.caller, *source)) filter.dataSources.push_back(source->id.value);
  }
  SCRIM_CHECK_OK(readFilterOf(call, filter));
  filter.after = page.after;
  filter.limit = static_cast<std::int64_t>(page.limit) + 1;  // one more says that there is a next page
  std::vector<AccessRequest> found;
  SCRIM_CHECK_OK(call.services.catalog->run("", [&](catalog::Writer& writer) -> base::Result<void> {
    SCRIM_TRY(found, catalog::loadRequests(writer.link(), filter));
    return {};
  }));
  return pageAnswer(
      call, found, [](const auto& each) { return each.id; }, [](const auto&) { return true; },
      [&](const auto& each) { return show(*call.snapshot, each); });
}

base::Result<Answer> create(Call& call) {
  SCRIM_TRY(const AccessRequest wanted, readBody<AccessRequest>(call, readNew));
  const catalog::DataSourcePtr source = call.snapshot->dataSource(wanted.dataSource);
  const Caller& caller = *call.caller;
  const bool may = source != nullptr && requests::mayAsk(*call.snapshot, caller.subject, *source);
  if (!may && source != nullptr && sees(call, *source)) {
    return Error{ErrorCode::catalogConflict, "There is nothing to ask for: you have access, or no rule lets you ask."};
  }
  if (!may) return noSuch("data source", std::to_string(wanted.dataSource.value));
  return change(call, [&](catalog::Writer& writer) -> base::Result<Outcome> {
    AccessRequest request = wanted;
    request.user = caller.session.userId();
    auto made = catalog::insertRequest(writer, request);
    if (!made && made.error().code == ErrorCode::duplicateObject) {
      return Error{ErrorCode::duplicateObject, "You have asked for it already.", {}, "GET /api/v1/access-requests."};
    }
    if (!made) return std::move(made).error();
    SCRIM_TRY(const auto stored, catalog::findRequest(writer.link(), *made));
    const ObjectPtr shown = show(*call.snapshot, *stored);
    return Outcome{createdAnswer(shown, "/api/v1/access-requests/" + std::to_string(*made)),
                   describe(*stored) + " made: " + contract::written(shown), true};
  });
}

base::Result<Answer> get(Call& call) {
  Answer answer;
  SCRIM_CHECK_OK(call.services.catalog->run("", [&](catalog::Writer& writer) -> base::Result<void> {
    SCRIM_TRY(const AccessRequest request, requestOf(call, writer.link()));
    answer = answerOf(show(*call.snapshot, request));
    return {};
  }));
  return answer;
}

base::Result<Answer> decide(Call& call) {
  // First what it is about: that there is one is told only to those whom it concerns.
  SCRIM_CHECK_OK(get(call));
  SCRIM_TRY(const Wish wish, readBody<Wish>(call, readWish));
  SCRIM_TRY(const Carry carry, carrierOf(wish.decision));
  return change(call, [&](catalog::Writer& writer) -> base::Result<Outcome> {
    const catalog::SnapshotPtr snapshot = call.services.catalog->snapshot();
    SCRIM_CHECK_OK(requests::holdNewest(writer, *snapshot));
    SCRIM_TRY(const AccessRequest request, requestOf(call, writer.link()));
    const catalog::DataSourcePtr source = snapshot->dataSource(request.dataSource);
    const catalog::UserPtr actor = snapshot->user(call.caller->session.userId());
    if (source == nullptr) return noSuch("access request", std::to_string(request.id));
    if (actor == nullptr) return Error{ErrorCode::permissionDenied, "Your account is gone."};
    SCRIM_CHECK_OK(carry({writer, *snapshot, request, *source, *actor, wish.reason}));
    SCRIM_TRY(const auto after, catalog::findRequest(writer.link(), request.id));
    const ObjectPtr shown = show(*snapshot, *after);
    return Outcome{answerOf(shown), describe(request) + ", " + wish.decision + ": " + contract::written(shown), true};
  });
}

}  // namespace scrim::api::access_requests
