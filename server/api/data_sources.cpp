// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "common/contract/contract.h"
#include "common/policy/explain.h"
#include "server/api/change.h"
#include "server/api/data_source_fields.h"
#include "server/api/handlers.h"
#include "server/api/json.h"
#include "server/api/paging.h"
#include "server/api/registering.h"
#include "server/api/rights.h"
#include "server/catalog/acting.h"
#include "server/catalog/data_source_store.h"
#include "server/catalog/drift.h"
#include "server/catalog/shared_tables.h"
#include "server/catalog/subscription_store.h"
#include "server/query/explain/policy_text.h"
#include "server/query/resolve/definition.h"
#include "server/requests/access.h"

namespace scrim::api::data_sources {
namespace {

using base::Error;
using base::ErrorCode;
using catalog::DataSource;

bool maySeeAll(const Call& call, const DataSource& source) {
  return call.caller->has("GOVERNOR") || owns(*call.caller, source);
}

ObjectPtr shownTo(const Call& call, const DataSource& source) {
  return showDataSource(source, maySeeAll(call, source));
}

base::Result<DataSource> present(catalog::Writer& writer, const Call& call) {
  SCRIM_TRY(const std::int64_t id, idOf(call, "dataSource", "data source"));
  SCRIM_TRY(auto found, catalog::loadDataSources(writer.link(), writer.box(), {false, {id}}));
  if (found.empty()) return noSuch("data source", std::to_string(id));
  return std::move(found.front());
}

bool hasTag(const DataSource& source, const std::string& tag) {
  const auto covered = [&](const std::string& each) { return each == tag || each.starts_with(tag + "."); };
  return std::any_of(source.tags.begin(), source.tags.end(), covered);
}

std::string display(const DataSource& source) { return source.name.schema + "." + source.name.name; }

/// Whoever may not read the rules learns what they act on, and none of their constants.
std::vector<std::string> sentencesFor(const Call& call, const DataSource& source, const policy::Decision& decided) {
  if (maySeeAll(call, source) || !decided.allowed) return policy::explain(decided, call.snapshot->resource(source));
  std::vector<std::string> exposed;
  for (const catalog::Column& column : source.columns) {
    if (column.exposed) exposed.push_back(column.name);
  }
  return explain::outline(decided, exposed);
}

/// What a rule keeps for a governor's approval, an owner does not give alone.
base::Result<void> mayGive(const Call& call, catalog::Writer& writer, const DataSource& source) {
  if (call.caller->has("GOVERNOR")) return {};
  const catalog::SnapshotPtr now = call.services.catalog->snapshot();
  SCRIM_CHECK_OK(requests::holdNewest(writer, *now));
  const catalog::DataSourcePtr governed = now->dataSource(source.id);
  if (governed == nullptr) return noSuch("data source", std::to_string(source.id.value));
  const std::vector<std::string> approvers = requests::approversOf(*now, *governed);
  if (std::find(approvers.begin(), approvers.end(), "GOVERNOR") == approvers.end()) return {};
  return Error{ErrorCode::permissionDenied,
               "A rule lets nobody in without the approval of a governor.",
               {},
               "Who wants access asks for it: POST /api/v1/access-requests."};
}

/// What statements could never use is not registered.
base::Result<void> checkDefinition(const DataSource& source) {
  if (!source.isSql()) return {};
  const auto resolved = resolve::resolveDefinition(source);
  if (resolved.ok()) return {};
  return Error{ErrorCode::invalidValue, "The definition cannot be used: " + resolved.error().detail, "$.definition"};
}

template <typename Texts, typename Before>
bool anyNew(const Texts& wanted, const Before& before) {
  return std::any_of(wanted.begin(), wanted.end(), [&](const std::string& each) {
    return std::find(before.begin(), before.end(), each) == before.end();
  });
}

std::string locationOf(base::DataSourceId id) { return "/api/v1/data-sources/" + std::to_string(id.value); }

ObjectPtr subscribersObject(const catalog::Grants& grants) {
  ObjectPtr out = contract::newObject();
  out->set("users", textArray(grants.users));
  out->set("groups", textArray(grants.groups));
  return out;
}

base::Result<catalog::Grants> readSubscribers(contract::Fields& fields) {
  catalog::Grants grants;
  SCRIM_TRY(const auto users, fields.textSet("users"));
  for (const std::string& user : users) grants.users.insert(catalog::normalisedUserName(user));
  SCRIM_TRY(grants.groups, fields.textSet("groups"));
  return grants;
}

base::Result<catalog::Grants> grantsOf(catalog::Writer& writer, base::DataSourceId id) {
  SCRIM_TRY(auto found, catalog::loadGrants(writer.link(), {false, {id.value}}));
  return found[id];
}

}  // namespace

base::Result<void> mayStandOn(const Call& call, catalog::Writer& writer, const catalog::Connection& connection,
                              const Candidate& candidate) {
  if (call.caller->has("GOVERNOR")) return {};
  const catalog::SnapshotPtr now = call.services.catalog->snapshot();
  SCRIM_CHECK_OK(requests::holdNewest(writer, *now));
  std::vector<catalog::RemoteTable> tables = candidate.source.remoteTables;
  for (const schema::QualifiedName& each : candidate.kin) tables.push_back({each, {}});
  const auto there = catalog::standingOn(*now, connection, tables);
  const bool all = std::all_of(there.begin(), there.end(), [&](const auto& each) { return owns(*call.caller, *each); });
  if (all) return {};
  return Error{ErrorCode::permissionDenied, "Somebody else's data source governs a table that this one would read.",
               candidate.source.isSql() ? "$.definition" : "$.table",
               "Ask its owner, or a holder of GOVERNOR, to register this one and to make you an owner of it."};
}

namespace {

/// Nobody would own it, and whoever comes by that name later.
base::Result<void> ownersAreThere(const Call& call, const std::vector<std::string>& owners) {
  for (const std::string& owner : owners) {
    if (call.services.catalog->snapshot()->user(owner) != nullptr) continue;
    return Error{ErrorCode::invalidValue, "There is no user " + owner + " who could own it.", "$.owners",
                 "People of a directory have an account from their first login on."};
  }
  return {};
}

}  // namespace

base::Result<Answer> list(Call& call) {
  const std::string part = call.query("q").value_or("");
  const auto tag = call.query("tag");
  return pageAnswer(
      call, call.snapshot->dataSources(), [](const auto& source) { return source->id.value; },
      [&](const auto& source) {
        return contains(display(*source), part) && (!tag || hasTag(*source, *tag)) && sees(call, *source);
      },
      [&](const auto& source) { return shownTo(call, *source); });
}

base::Result<Answer> get(Call& call) {
  SCRIM_TRY(const catalog::DataSourcePtr source, dataSourceOf(call));
  return answerOf(shownTo(call, *source));
}

base::Result<Answer> create(Call& call) {
  SCRIM_TRY(const NewDataSource wanted, readBody<NewDataSource>(call, readNewDataSource));
  const catalog::ConnectionPtr connection = call.snapshot->connection(wanted.connection);
  if (connection == nullptr) {
    return Error{ErrorCode::invalidValue, "There is no connection " + std::to_string(wanted.connection.value) + ".",
                 "$.connection"};
  }
  // Before the transaction: the source may be slow.
  SCRIM_TRY(const catalog::Shape shape,
            catalog::readShape(*connection, wanted.remote, wanted.definition, call.services.referencedTables));
  Candidate made{{}, shape.kin};
  SCRIM_TRY(made.source, registered(wanted, shape, call.caller->subject.user));
  SCRIM_CHECK_OK(checkDefinition(made.source));
  SCRIM_CHECK_OK(ownersAreThere(call, made.source.owners));
  return change(call, [&](catalog::Writer& writer) -> base::Result<Outcome> {
    SCRIM_CHECK_OK(mayStandOn(call, writer, *connection, made));
    DataSource source = copyOf(made.source);
    SCRIM_TRY(source.id, save(writer, source));
    return Outcome{
        createdAnswer(showDataSource(source, true), locationOf(source.id)),
        "data source " + display(source) + " registered: " + contract::written(showDataSource(source, true))};
  });
}

base::Result<Answer> replace(Call& call) {
  SCRIM_TRY(const DataSourceChange wanted, readBody<DataSourceChange>(call, readDataSourceChange));
  return change(call, [&](catalog::Writer& writer) -> base::Result<Outcome> {
    SCRIM_TRY(DataSource source, present(writer, call));
    SCRIM_CHECK_OK(holdMatch(call, showDataSource(source, true)));
    if (anyNew(wanted.owners, source.owners)) {
      SCRIM_CHECK_OK(mayGive(call, writer, source));
      SCRIM_CHECK_OK(ownersAreThere(call, wanted.owners));
    }
    SCRIM_CHECK_OK(applyChange(wanted, source));
    SCRIM_CHECK_OK(save(writer, source));
    return Outcome{answerOf(showDataSource(source, true)),
                   "data source " + display(source) + " changed: " + contract::written(showDataSource(source, true))};
  });
}

base::Result<Answer> remove(Call& call) {
  return change(call, [&](catalog::Writer& writer) -> base::Result<Outcome> {
    SCRIM_TRY(const DataSource source, present(writer, call));
    SCRIM_CHECK_OK(holdMatch(call, showDataSource(source, true)));
    SCRIM_CHECK_OK(removeDataSource(writer, source.id));
    return Outcome{Answer{}, "data source " + display(source) + " removed"};
  });
}

base::Result<Answer> refresh(Call& call) {
  SCRIM_TRY(const catalog::DataSourcePtr source, dataSourceOf(call));
  SCRIM_CHECK_OK(call.services.journal->policyChanged(
      {call.caller->subject.user, "request " + call.request.id + ": shape of " + display(*source) + " compared",
       call.snapshot->version()}));
  SCRIM_CHECK_OK(call.services.journal->flush());
  SCRIM_TRY(const catalog::Drift drift,
            catalog::refreshRemoteSchema(*call.services.catalog, source->id, call.services.referencedTables));
  Answer answer;
  answer.body = contract::newObject();
  answer.body->set("appeared", textArray(drift.appeared));
  answer.body->set("vanished", textArray(drift.vanished));
  answer.body->set("changed", textArray(drift.changed));
  return answer;
}

base::Result<Answer> decision(Call& call) {
  SCRIM_TRY(const catalog::DataSourcePtr source, dataSourceOf(call));
  policy::Subject subject = call.caller->subject;
  if (const auto name = call.query("user"); name && catalog::normalisedUserName(*name) != subject.user) {
    if (!maySeeAll(call, *source)) {
      return Error{ErrorCode::permissionDenied,
                   "You need to own the data source, or the permission GOVERNOR, to ask for another user."};
    }
    const catalog::UserPtr user = call.snapshot->user(*name);
    if (user == nullptr) return noSuch("user", *name);
    subject = identity::subjectOf(*user);
  }
  if (const auto name = call.query("project")) {
    SCRIM_CHECK_OK(checkProject(call, *name));
    const catalog::UserPtr user = call.snapshot->user(subject.user);
    if (user == nullptr) return noSuch("user", subject.user);
    SCRIM_TRY(const catalog::ProjectPtr project, catalog::projectFor(*call.snapshot, *user, *name));
    subject = identity::subjectOf(*user, project.get());
  }
  const policy::Decision decided = call.snapshot->decide(subject, *source);
  Answer answer;
  answer.body = contract::newObject();
  answer.body->set("user", subject.user);
  answer.body->set("visible", decided.visible);
  answer.body->set("allowed", decided.allowed);
  answer.body->set("sentences", textArray(sentencesFor(call, *source, decided)));
  answer.body->set("snapshot", decided.snapshot.value);
  if (!maySeeAll(call, *source)) return answer;
  if (!decided.reason.empty()) answer.body->set("reason", decided.reason);
  SCRIM_TRY(const contract::Json document, documentOf(contract::toJson(decided)));
  answer.body->set("decision", document);
  return answer;
}

base::Result<Answer> subscribers(Call& call) {
  SCRIM_TRY(const catalog::DataSourcePtr source, dataSourceOf(call));
  Answer answer;
  SCRIM_CHECK_OK(call.services.catalog->run("", [&](catalog::Writer& writer) -> base::Result<void> {
    SCRIM_TRY(const catalog::Grants grants, grantsOf(writer, source->id));
    answer = answerOf(subscribersObject(grants));
    return {};
  }));
  return answer;
}

base::Result<Answer> setSubscribers(Call& call) {
  SCRIM_TRY(const catalog::Grants wanted, readBody<catalog::Grants>(call, readSubscribers));
  return change(call, [&](catalog::Writer& writer) -> base::Result<Outcome> {
    SCRIM_TRY(const DataSource source, present(writer, call));
    SCRIM_TRY(const catalog::Grants before, grantsOf(writer, source.id));
    SCRIM_CHECK_OK(holdMatch(call, subscribersObject(before)));
    const bool gives = anyNew(wanted.users, before.users) || anyNew(wanted.groups, before.groups);
    if (gives) SCRIM_CHECK_OK(mayGive(call, writer, source));
    SCRIM_CHECK_OK(saveGrants(writer, source.id, wanted));
    return Outcome{answerOf(subscribersObject(wanted)),
                   "subscribers of " + display(source) + ": " + contract::written(subscribersObject(wanted))};
  });
}

}  // namespace scrim::api::data_sources
