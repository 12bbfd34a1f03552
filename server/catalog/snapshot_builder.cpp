// SPDX-License-Identifier: Apache-2.0
#include "server/catalog/snapshot_builder.h"

#include <algorithm>
#include <utility>

#include "common/schema/tag.h"
#include "server/catalog/state.h"

namespace scrim::catalog {
namespace {

/// The list without the rule of that id, with `rule` (if any) at its place by id: one order, whatever was changed when.
std::shared_ptr<const RuleList> changed(const RuleList* list, base::RuleId id, const RulePtr& rule) {
  auto copy = list == nullptr ? std::make_shared<RuleList>() : std::make_shared<RuleList>(*list);
  std::erase_if(*copy, [&](const RulePtr& each) { return each->id == id; });
  if (rule != nullptr) {
    auto at = std::find_if(copy->begin(), copy->end(), [&](const RulePtr& each) { return each->id > id; });
    copy->insert(at, rule);
  }
  return copy;
}

template <typename Key>
void changeList(Table<Key, RuleList>& lists, const Key& key, base::RuleId id, const RulePtr& with) {
  auto list = changed(lists.find(key), id, with);
  if (list->empty()) {
    lists.remove(key);
  } else {
    lists.put(key, std::move(list));
  }
}

}  // namespace

SnapshotBuilder::SnapshotBuilder() : state_(std::make_shared<State>()) {}
SnapshotBuilder::SnapshotBuilder(const Snapshot& base) : state_(std::make_shared<State>(*base.state_)) {}
SnapshotBuilder::~SnapshotBuilder() = default;

SnapshotBuilder& SnapshotBuilder::put(Connection connection) {
  auto shared = std::make_shared<const Connection>(std::move(connection));
  state().connections.put(shared->id, shared);
  return *this;
}

SnapshotBuilder& SnapshotBuilder::put(DataSource source) {
  remove(source.id);
  auto shared = std::make_shared<const DataSource>(std::move(source));
  auto entry = std::make_shared<const SourceEntry>(SourceEntry{shared, resourceOf(*shared)});
  state().sources.put(shared->id, entry);
  state().sourcesByName.put(shared->name, entry);
  return *this;
}

SnapshotBuilder& SnapshotBuilder::put(User user) {
  remove(user.id);
  user.name = normalisedUserName(user.name);
  auto shared = std::make_shared<const User>(std::move(user));
  state().users.put(shared->id, shared);
  state().usersByName.put(shared->name, shared);
  return *this;
}

SnapshotBuilder& SnapshotBuilder::put(IdentityProvider provider) {
  remove(provider.id);
  auto shared = std::make_shared<const IdentityProvider>(std::move(provider));
  auto& all = state().providers;
  auto later = [&](const IdentityProviderPtr& each) {
    return each->position != shared->position ? each->position > shared->position : each->id.value > shared->id.value;
  };
  all.insert(std::find_if(all.begin(), all.end(), later), shared);
  return *this;
}

SnapshotBuilder& SnapshotBuilder::put(policy::Rule rule) {
  auto shared = std::make_shared<const policy::Rule>(std::move(rule));
  replaceRule(shared->id, shared);
  return *this;
}

SnapshotBuilder& SnapshotBuilder::put(Purpose purpose) {
  remove(purpose.id);
  auto shared = std::make_shared<const Purpose>(std::move(purpose));
  state().purposes.put(shared->id, shared);
  state().purposesByName.put(schema::foldedTag(shared->name), shared);
  return *this;
}

SnapshotBuilder& SnapshotBuilder::put(Project project) {
  remove(project.id);
  auto shared = std::make_shared<const Project>(std::move(project));
  state().projects.put(shared->id, shared);
  state().projectsByName.put(shared->name, shared);
  return *this;
}

SnapshotBuilder& SnapshotBuilder::put(base::DataSourceId source, Grants grants) {
  state().grants.put(source, std::make_shared<const Grants>(std::move(grants)));
  return *this;
}

SnapshotBuilder& SnapshotBuilder::remove(base::ConnectionId id) {
  state().connections.remove(id);
  return *this;
}

SnapshotBuilder& SnapshotBuilder::remove(base::DataSourceId id) {
  auto old = state().sources.get(id);
  if (old == nullptr) return *this;
  // A name may have passed to another data source in the same change.
  const SourceEntry* named = state().sourcesByName.find(old->source->name);
  if (named == old.get()) state().sourcesByName.remove(old->source->name);
  state().sources.remove(id);
  return *this;
}

SnapshotBuilder& SnapshotBuilder::remove(base::UserId id) {
  auto old = state().users.get(id);
  if (old == nullptr) return *this;
  if (state().usersByName.find(old->name) == old.get()) state().usersByName.remove(old->name);
  state().users.remove(id);
  return *this;
}

SnapshotBuilder& SnapshotBuilder::remove(base::IdentityProviderId id) {
  std::erase_if(state().providers, [&](const IdentityProviderPtr& each) { return each->id == id; });
  return *this;
}

SnapshotBuilder& SnapshotBuilder::remove(base::RuleId id) {
  replaceRule(id, nullptr);
  return *this;
}

SnapshotBuilder& SnapshotBuilder::remove(base::PurposeId id) {
  auto old = state().purposes.get(id);
  if (old == nullptr) return *this;
  const std::string name = schema::foldedTag(old->name);
  if (state().purposesByName.find(name) == old.get()) state().purposesByName.remove(name);
  state().purposes.remove(id);
  return *this;
}

SnapshotBuilder& SnapshotBuilder::remove(base::ProjectId id) {
  auto old = state().projects.get(id);
  if (old == nullptr) return *this;
  if (state().projectsByName.find(old->name) == old.get()) state().projectsByName.remove(old->name);
  state().projects.remove(id);
  return *this;
}

SnapshotBuilder& SnapshotBuilder::removeGrants(base::DataSourceId id) {
  state().grants.remove(id);
  return *this;
}

SnapshotBuilder& SnapshotBuilder::subscribeUser(base::DataSourceId source, const std::string& user) {
  const Grants* old = state().grants.find(source);
  Grants grants = old == nullptr ? Grants{} : *old;
  grants.users.insert(normalisedUserName(user));
  return put(source, std::move(grants));
}

SnapshotBuilder& SnapshotBuilder::subscribeGroup(base::DataSourceId source, const std::string& group) {
  const Grants* old = state().grants.find(source);
  Grants grants = old == nullptr ? Grants{} : *old;
  grants.groups.insert(group);
  return put(source, std::move(grants));
}

void SnapshotBuilder::replaceRule(base::RuleId id, RulePtr rule) {
  if (const RulePtr old = state().rules.get(id)) {
    changeLists(*old, nullptr);
    state().rules.remove(id);
  }
  if (rule == nullptr) return;
  changeLists(*rule, rule);
  state().rules.put(id, std::move(rule));
}

// Takes the rule out of the lists in which `of` stands, or puts `with` there.
void SnapshotBuilder::changeLists(const policy::Rule& of, const RulePtr& with) {
  if (of.dataSource) return changeList(state().localRules, of.dataSource, of.id, with);
  std::set<std::string> tags;
  for (const std::string& tag : policy::tagsCovered(of)) tags.insert(schema::foldedTag(tag));
  for (const std::string& tag : tags) changeList(state().rulesByTag, tag, of.id, with);
  if (tags.empty()) state().rulesOfAll = changed(state().rulesOfAll.get(), of.id, with);
}

SnapshotPtr SnapshotBuilder::build(base::SnapshotVersion version) {
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->state_ = std::make_shared<const State>(*state_);
  snapshot->version_ = version;
  return snapshot;
}

}  // namespace scrim::catalog
