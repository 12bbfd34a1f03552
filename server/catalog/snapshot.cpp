// SPDX-License-Identifier: Apache-2.0
#include "server/catalog/snapshot.h"

#include <algorithm>
#include <map>
#include <set>

#include "common/policy/subscription.h"
#include "common/schema/tag.h"
#include "server/catalog/project.h"
#include "server/catalog/state.h"

namespace scrim::catalog {

DataSourcePtr Snapshot::dataSource(const schema::QualifiedName& name) const {
  const SourceEntry* entry = state_->sourcesByName.find(name);
  return entry == nullptr ? nullptr : entry->source;
}

DataSourcePtr Snapshot::dataSource(base::DataSourceId id) const {
  const SourceEntry* entry = state_->sources.find(id);
  return entry == nullptr ? nullptr : entry->source;
}

ConnectionPtr Snapshot::connection(base::ConnectionId id) const { return state_->connections.get(id); }

UserPtr Snapshot::user(std::string_view name) const { return state_->usersByName.get(normalisedUserName(name)); }

UserPtr Snapshot::user(base::UserId id) const { return state_->users.get(id); }

IdentityProviderPtr Snapshot::identityProvider(base::IdentityProviderId id) const {
  for (const IdentityProviderPtr& provider : state_->providers) {
    if (provider->id == id) return provider;
  }
  return nullptr;
}

const std::vector<IdentityProviderPtr>& Snapshot::identityProviders() const { return state_->providers; }

std::vector<DataSourcePtr> Snapshot::dataSources() const {
  std::vector<DataSourcePtr> all;
  state_->sources.forEach([&](base::DataSourceId, const auto& entry) { all.push_back(entry->source); });
  std::sort(all.begin(), all.end(), [](const auto& left, const auto& right) { return left->id < right->id; });
  return all;
}

namespace {

template <typename Table, typename Pointer>
void listById(const Table& table, std::vector<Pointer>& into) {
  table.forEach([&](const auto&, const Pointer& value) { into.push_back(value); });
  std::sort(into.begin(), into.end(), [](const Pointer& left, const Pointer& right) { return left->id < right->id; });
}

}  // namespace

std::vector<UserPtr> Snapshot::users() const {
  std::vector<UserPtr> all;
  listById(state_->users, all);
  return all;
}

std::vector<ConnectionPtr> Snapshot::connections() const {
  std::vector<ConnectionPtr> all;
  listById(state_->connections, all);
  return all;
}

std::vector<RulePtr> Snapshot::rules() const {
  std::vector<RulePtr> all;
  listById(state_->rules, all);
  return all;
}

RulePtr Snapshot::rule(base::RuleId id) const { return state_->rules.get(id); }

std::vector<ProjectPtr> Snapshot::projects() const {
  std::vector<ProjectPtr> all;
  listById(state_->projects, all);
  return all;
}

std::vector<PurposePtr> Snapshot::purposes() const {
  std::vector<PurposePtr> all;
  listById(state_->purposes, all);
  return all;
}

ProjectPtr Snapshot::project(std::string_view name) const { return state_->projectsByName.get(std::string(name)); }

ProjectPtr Snapshot::project(base::ProjectId id) const { return state_->projects.get(id); }

PurposePtr Snapshot::purpose(std::string_view name) const {
  return state_->purposesByName.get(schema::foldedTag(name));
}

PurposePtr Snapshot::purpose(base::PurposeId id) const { return state_->purposes.get(id); }

std::vector<RulePtr> Snapshot::rulesFor(base::DataSourceId id) const {
  RuleList found = *state_->rulesOfAll;
  const auto add = [&](const RuleList* list) {
    if (list != nullptr) found.insert(found.end(), list->begin(), list->end());
  };
  add(state_->localRules.find(id));
  if (const SourceEntry* entry = state_->sources.find(id)) {
    for (const std::string& tag : entry->source->tags) {
      for (const std::string& covering : schema::coveringTags(tag)) add(state_->rulesByTag.find(covering));
    }
  }
  std::sort(found.begin(), found.end(), [](const RulePtr& a, const RulePtr& b) { return a->id < b->id; });
  found.erase(std::unique(found.begin(), found.end()), found.end());  // one may be found by several tags
  return found;
}

policy::Resource Snapshot::resource(const DataSource& source) const {
  const SourceEntry* entry = state_->sources.find(source.id);
  return entry != nullptr && entry->source.get() == &source ? entry->resource : resourceOf(source);
}

bool Snapshot::subscribed(const policy::Subject& subject, base::DataSourceId id) const {
  const SourceEntry* entry = state_->sources.find(id);
  if (entry == nullptr) return false;
  const auto& owners = entry->source->owners;
  if (std::find(owners.begin(), owners.end(), subject.user) != owners.end()) return true;
  const Grants* grants = state_->grants.find(id);
  if (grants == nullptr) return false;
  return grants->users.contains(subject.user) ||
         std::any_of(subject.groups.begin(), subject.groups.end(),
                     [&](const std::string& group) { return grants->groups.contains(group); });
}

ProjectPtr Snapshot::maskedJoins(const policy::Subject& subject) const {
  ProjectPtr acted = subject.project.empty() ? nullptr : project(subject.project);
  return acted != nullptr && acted->maskedJoins ? acted : nullptr;
}

policy::Decision Snapshot::decide(const policy::Subject& subject, const DataSource& source) const {
  policy::Decision hidden;
  hidden.snapshot = version_;
  const SourceEntry* entry = state_->sources.find(source.id);
  if (entry == nullptr || entry->source.get() != &source) {
    hidden.reason = "The data source is not part of this snapshot.";
    return hidden;
  }
  if (!subject.project.empty()) {
    const Project* acted = state_->projectsByName.find(subject.project);
    if (acted == nullptr || !acted->dataSources.contains(source.id)) {
      hidden.reason = "Not a data source of the project that is acted under.";
      return hidden;
    }
  }
  const std::vector<RulePtr> rules = rulesFor(source.id);
  policy::Subscribing rule = policy::subscribing(subject, entry->resource, rules);
  bool granted = subscribed(subject, source.id);
  if (rule == policy::Subscribing::impossible) {
    hidden.visible = granted;  // who was let in once is told that it is over; for others there is nothing
    hidden.reason = "A subscription rule does not let this user in, or is not understood.";
    return hidden;
  }
  if (rule == policy::Subscribing::byGrant && !granted) {
    hidden.reason = "Not subscribed.";
    return hidden;
  }
  return policy::decide(subject, entry->resource, rules, version_);
}

namespace {

/// What the tables of a definition have besides the columns that it returns.
void addColumnsBelow(const DataSource& source, std::vector<policy::HiddenColumn>& hidden) {
  std::set<std::string_view> returned;
  for (const Column& column : source.columns) returned.insert({column.name, column.remoteName});
  std::map<std::string_view, std::size_t> places;
  for (const RemoteTable& table : source.remoteTables) {
    for (const RemoteColumn& column : table.columns) {
      if (returned.contains(column.name)) continue;
      const auto [known, isNew] = places.emplace(column.name, hidden.size());
      if (isNew) {
        hidden.push_back({{column.name, column.type, {}}});
      } else {
        hidden[known->second].ambiguous = true;
      }
    }
  }
}

}  // namespace

policy::Resource resourceOf(const DataSource& source) {
  policy::Resource resource{source.id, source.name, source.tags, {}, source.degraded};
  for (const Column& column : source.columns) {
    policy::ResourceColumn known{column.name, column.type, column.tags};
    if (column.exposed) {
      resource.columns.push_back(std::move(known));
    } else {
      resource.hidden.push_back({std::move(known)});
    }
  }
  if (source.isSql()) addColumnsBelow(source, resource.hidden);
  return resource;
}

std::string normalisedUserName(std::string_view name) {
  std::string lower(name);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

}  // namespace scrim::catalog
