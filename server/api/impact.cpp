// SPDX-License-Identifier: Apache-2.0
#include "server/api/impact.h"

#include <chrono>
#include <map>
#include <set>

#include "server/catalog/acting.h"
#include "server/catalog/count.h"
#include "server/catalog/snapshot_builder.h"
#include "server/identity/session.h"
#include "server/query/query.h"

namespace scrim::api {
namespace {

using base::Error;
using base::ErrorCode;
using catalog::DataSource;
using policy::Decision;

constexpr std::chrono::seconds kCountLimit{10};

/// Equal for who sees the same of the data source.
std::string viewOf(const Decision& decision) {
  return std::string(decision.visible ? "v" : "-") + (decision.allowed ? "a" : "-") + policy::digestOf(decision);
}

/// Who the user is, acting under the project; nullopt: they may not.
std::optional<policy::Subject> subjectOf(const catalog::Snapshot& snapshot, const catalog::User& user,
                                         const std::string& project) {
  if (project.empty()) return identity::subjectOf(user);
  const auto acted = catalog::projectFor(snapshot, user, project);
  if (!acted.ok()) return std::nullopt;
  return identity::subjectOf(user, acted->get());
}

class Collector {
 public:
  explicit Collector(const Versions& versions) : versions_(versions) {}

  void look(const policy::Subject& subject, const catalog::DataSourcePtr& source) {
    Decision before = versions_.before->decide(subject, *source);
    Decision after = versions_.after->decide(subject, *source);
    std::string key = std::to_string(source->id.value) + ":" + viewOf(before);
    const std::string now = viewOf(after);
    if (key == std::to_string(source->id.value) + ":" + now) return;
    changed_.insert(subject.user);
    key += ">" + now;
    const auto known = places_.find(key);
    if (known != places_.end()) return impact.differences[known->second].users.push_back(subject.user);
    if (impact.differences.size() == kMostDifferences) {
      impact.truncated = true;
      return;
    }
    places_.emplace(std::move(key), impact.differences.size());
    impact.differences.push_back({source, {subject.user}, std::move(before), std::move(after), {}, {}});
  }

  std::size_t changed() const { return changed_.size(); }
  Impact impact;

 private:
  const Versions& versions_;
  std::map<std::string, std::size_t> places_;
  std::set<std::string> changed_;
};

/// The rows that the subject sees of the data source in that version.
base::Result<std::int64_t> rowsSeen(const catalog::SnapshotPtr& snapshot, const policy::Subject& subject,
                                    const DataSource& source) {
  SCRIM_TRY(auto statement, parse::parseOne("SELECT count(*) FROM " + schema::quotedName(source.name)));
  resolve::SessionFacts facts;
  facts.database = "scrim";
  facts.user = subject.user;
  SCRIM_TRY(const route::RoutedQueryPtr query,
            query::prepare({snapshot, subject, std::move(facts)}, std::move(statement)));
  const catalog::ConnectionPtr connection = snapshot->connection(query->connection);
  if (connection == nullptr) return Error{ErrorCode::internal, "The data source has no connection."};
  return catalog::readCount(*connection, query->sql, query->policyValues, kCountLimit);
}

base::Result<double> shareSeen(const catalog::SnapshotPtr& snapshot, const policy::Subject& subject,
                               const Difference& difference, std::int64_t all) {
  if (!snapshot->decide(subject, *difference.source).allowed) return 0.0;
  SCRIM_TRY(const std::int64_t seen, rowsSeen(snapshot, subject, *difference.source));
  return all == 0 ? 0.0 : static_cast<double>(seen) / static_cast<double>(all);
}

/// The data source without any rule, open to the subject: to count all of it.
catalog::SnapshotPtr ungoverned(const catalog::Snapshot& snapshot, const policy::Subject& subject,
                                const DataSource& source) {
  catalog::SnapshotBuilder builder(snapshot);
  for (const catalog::RulePtr& rule : snapshot.rulesFor(source.id)) builder.remove(rule->id);
  builder.subscribeUser(source.id, subject.user);
  return builder.build(snapshot.version());
}

base::Result<std::pair<double, double>> sharesOf(const Versions& versions, const Difference& difference,
                                                 const std::string& project) {
  const catalog::UserPtr user = versions.before->user(difference.users.front());
  if (user == nullptr) return Error{ErrorCode::internal, "The user is gone."};
  const policy::Subject alone = identity::subjectOf(*user);
  const auto subject = subjectOf(*versions.before, *user, project);
  if (!subject) return Error{ErrorCode::internal, "The user may not act under the project."};
  SCRIM_TRY(const std::int64_t all,
            rowsSeen(ungoverned(*versions.before, alone, *difference.source), alone, *difference.source));
  SCRIM_TRY(const double before, shareSeen(versions.before, *subject, difference, all));
  SCRIM_TRY(const double after, shareSeen(versions.after, *subject, difference, all));
  return std::pair(before, after);
}

}  // namespace

Impact impactOf(const Versions& versions, const std::vector<catalog::DataSourcePtr>& sources,
                const std::string& project) {
  Collector collector(versions);
  std::size_t decisions = 0;
  for (const catalog::UserPtr& user : versions.before->users()) {
    const auto subject = user->mayLogIn() ? subjectOf(*versions.before, *user, project) : std::nullopt;
    if (!subject) continue;
    if (decisions + sources.size() > kMostDecisions) {
      collector.impact.truncated = true;
      break;
    }
    decisions += sources.size();
    ++collector.impact.users;
    for (const catalog::DataSourcePtr& source : sources) collector.look(*subject, source);
  }
  Impact impact = std::move(collector.impact);
  impact.unchanged = impact.users - collector.changed();
  return impact;
}

void countShares(const Versions& versions, Difference& difference, const std::string& project) {
  auto shares = sharesOf(versions, difference, project);
  if (shares) difference.shares = *shares;
  if (!shares) difference.sharesProblem = shares.error().message;
}

}  // namespace scrim::api
