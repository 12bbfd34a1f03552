// SPDX-License-Identifier: Apache-2.0
#include "server/apply/work.h"

#include <algorithm>

#include "common/policy/audience.h"
#include "common/policy/purposes.h"
#include "common/policy/validate.h"
#include "server/catalog/connection_store.h"
#include "server/catalog/data_source_store.h"
#include "server/catalog/purpose_store.h"
#include "server/catalog/rule_store.h"
#include "server/catalog/subscription_store.h"
#include "server/catalog/user_store.h"
#include "server/identity/scram_verifier.h"
#include "server/query/protect/check_rule.h"

namespace scrim::apply {
namespace {

using base::Error;
using catalog::Column;
using catalog::DataSource;

catalog::Connection copyOf(const catalog::Connection& from) {
  catalog::Connection copy;
  copy.id = from.id;
  copy.name = from.name;
  copy.hosts = from.hosts;
  copy.ports = from.ports;
  copy.database = from.database;
  copy.user = from.user;
  copy.password = from.password.clone();
  copy.tls = from.tls;
  copy.caFile = from.caFile;
  copy.maxConnections = from.maxConnections;
  copy.statementTimeoutSeconds = from.statementTimeoutSeconds;
  return copy;
}

void keepWhatIsThere(const DataSource& present, DataSource& source) {
  source.tags = present.tags;
  source.owners = present.owners;
  source.eventTimeColumn = present.eventTimeColumn;
  source.comment = present.comment;
}

std::string verifierFor(const UserEntry& entry, const catalog::User* present) {
  std::string old = present == nullptr ? "" : present->scramVerifier;
  switch (entry.password.kind) {
    case PasswordSource::Kind::none:
      return old;
    case PasswordSource::Kind::verifier:
      return entry.password.name;
    default:
      break;
  }
  auto verifier = identity::parseVerifier(old);
  std::string_view password = entry.password.literal.reveal();
  if (verifier && identity::checkPassword(*verifier, password)) return old;
  return identity::print(identity::makeVerifier(password));
}

}  // namespace

const base::Result<catalog::Shape>& ShapeCache::of(const catalog::Connection& connection,
                                                   const DataSourceEntry& entry) {
  std::string key = digestOf(connection) + "|" + entry.table.schema + "|" + entry.table.name + "|" + entry.definition;
  auto found = shapes_.find(key);
  if (found == shapes_.end()) {
    found = shapes_.emplace(key, readShape(connection, entry.table, entry.definition, referencedTables_)).first;
  }
  return found->second;
}

base::Result<void> Work::run() {
  SCRIM_CHECK_OK(loadPresent());
  SCRIM_CHECK_OK(applyConnections());
  SCRIM_CHECK_OK(applyIdentityProviders());
  SCRIM_CHECK_OK(applyUsers());
  SCRIM_CHECK_OK(applyPurposes());
  SCRIM_CHECK_OK(applyDataSources());
  SCRIM_CHECK_OK(applyProjects());
  SCRIM_CHECK_OK(applyRules());
  SCRIM_CHECK_OK(applySubscribers());
  if (document_.prune) SCRIM_CHECK_OK(prune());
  if (!problems_.empty()) return Error{base::ErrorCode::configInvalid, "The file has problems; nothing was changed."};
  return {};
}

base::Result<void> Work::loadPresent() {
  SCRIM_TRY(auto connections, catalog::loadConnections(writer_.link(), writer_.box()));
  for (auto& each : connections) connections_.emplace(each.name, std::move(each));
  SCRIM_CHECK_OK(loadIdentityProviders());
  SCRIM_TRY(auto users, catalog::loadUsers(writer_.link()));
  for (auto& each : users) users_.emplace(each.name, std::move(each));
  SCRIM_TRY(auto sources, catalog::loadDataSources(writer_.link(), writer_.box()));
  for (auto& each : sources) sources_.emplace(each.name, std::move(each));
  SCRIM_TRY(rules_, catalog::loadRules(writer_.link()));
  SCRIM_TRY(const auto purposes, catalog::loadPurposes(writer_.link()));
  for (const auto& each : purposes) purposes_.insert(each.name);
  return {};
}

base::Result<void> Work::applyConnections() {
  for (const ConnectionEntry& entry : document_.connections) {
    catalog::Connection connection = copyOf(entry.connection);
    connection.password = entry.password.literal.clone();
    auto present = connections_.find(connection.name);
    if (present != connections_.end()) {
      connection.id = present->second.id;
      if (entry.password.kind == PasswordSource::Kind::none) connection.password = present->second.password.clone();
    }
    SCRIM_TRY(connection.id, save(writer_, connection));
    connections_.insert_or_assign(connection.name, std::move(connection));
  }
  return {};
}

base::Result<void> Work::applyUsers() {
  for (const UserEntry& entry : document_.users) {
    catalog::User user = entry.user;
    auto present = users_.find(user.name);
    const catalog::User* old = present == users_.end() ? nullptr : &present->second;
    if (old != nullptr && !old->isBuiltIn()) {
      SCRIM_CHECK_OK(applyDirectoryUser(entry, *old));
      continue;
    }
    if (old != nullptr) user.id = old->id;
    user.scramVerifier = verifierFor(entry, old);
    SCRIM_TRY(user.id, save(writer_, user));
    users_.insert_or_assign(user.name, std::move(user));
  }
  return {};
}

base::Result<void> Work::applyDataSources() {
  for (const DataSourceEntry& entry : document_.dataSources) SCRIM_CHECK_OK(applyDataSource(entry));
  return {};
}

base::Result<void> Work::applyDataSource(const DataSourceEntry& entry) {
  auto connection = connections_.find(entry.connection);
  if (connection == connections_.end()) {
    std::vector<std::string> known;
    for (const auto& [name, each] : connections_) known.push_back(name);
    problems_.add(entry.connectionAt,
                  "there is no connection " + entry.connection + suggestion(entry.connection, known));
    return {};
  }
  auto present = sources_.find(entry.name);
  const DataSource* old = present == sources_.end() ? nullptr : &present->second;
  DataSource source;
  source.name = entry.name;
  source.connection = connection->second.id;
  source.remote = entry.table;
  source.definition = entry.definition;
  if (old != nullptr) keepWhatIsThere(*old, source);
  if (entry.tags) source.tags = *entry.tags;
  if (entry.owners) source.owners = *entry.owners;
  if (entry.eventTimeColumn) source.eventTimeColumn = *entry.eventTimeColumn;
  if (entry.comment) source.comment = *entry.comment;
  if (old != nullptr) {
    source.id = old->id;
    source.hashKey = old->hashKey.clone();
    source.tableOid = old->tableOid;
  }
  for (const std::string& owner : source.owners) {
    if (users_.contains(owner)) continue;
    warnings_.push_back({entry.at, "data source " + display(entry.name) + ": its owner " + owner + " has no account"});
  }
  std::size_t before = problems_.list().size();
  source.columns = columnsFor(entry, old, connection->second, source);
  if (problems_.list().size() > before) return {};
  SCRIM_TRY(source.id, save(writer_, source));
  sources_.insert_or_assign(entry.name, std::move(source));
  return {};
}

void Work::checkRule(const RuleEntry& entry) {
  if (auto named = policy::checkPurposes(*entry.rule.sentence, purposes_); !named) {
    problems_.add(entry.at, named.error().message + " " + named.error().hint);
  }
  std::set<std::string> groups;
  std::set<std::string> attributes;
  for (const auto& [name, user] : users_) {
    groups.insert(user.groups.begin(), user.groups.end());
    for (const auto& [attribute, values] : user.attributes) attributes.insert(attribute);
  }
  policy::LookupSources lookups = [&](const schema::QualifiedName& name) -> std::optional<policy::Resource> {
    auto found = sources_.find(name);
    if (found == sources_.end()) return std::nullopt;
    return catalog::resourceOf(found->second);
  };
  protect::DataSources find = [&](const schema::QualifiedName& name) {
    auto found = sources_.find(name);
    return found == sources_.end() ? nullptr : &found->second;
  };
  for (const auto& [name, source] : sources_) {
    bool covered = entry.dataSource ? *entry.dataSource == name
                                    : policy::coversTags(entry.rule.sentence->dataSourceTags, source.tags);
    if (!covered) continue;
    auto valid = validate(*entry.rule.sentence, catalog::resourceOf(source), lookups, {&groups, &attributes});
    if (valid.ok()) {
      if (auto held = protect::checkRule(*entry.rule.sentence, source, find); !held.ok()) valid = held.error();
    }
    if (!valid) {
      problems_.add(entry.at, "on " + display(name) + ": " + valid.error().message +
                                  (valid.error().hint.empty() ? "" : ". " + valid.error().hint));
    } else {
      for (const std::string& warning : *valid) warnings_.push_back({entry.at, "on " + display(name) + ": " + warning});
    }
  }
}

base::Result<void> Work::applyRules() {
  for (const RuleEntry& entry : document_.rules) {
    policy::Rule rule = entry.rule;
    if (entry.dataSource) {
      auto source = sources_.find(*entry.dataSource);
      bool inFile = std::any_of(document_.dataSources.begin(), document_.dataSources.end(),
                                [&](const DataSourceEntry& each) { return each.name == *entry.dataSource; });
      if (source == sources_.end()) {
        // Of one that is in the file, the reason why it is missing was reported already.
        if (!inFile) problems_.add(entry.dataSourceAt, "there is no data source " + display(*entry.dataSource));
        continue;
      }
      rule.dataSource = source->second.id;
    }
    checkRule(entry);
    for (const policy::Rule& present : rules_) {
      if (present.dataSource == rule.dataSource && present.text == rule.text) rule.id = present.id;
    }
    SCRIM_TRY(rule.id, save(writer_, rule));
    keptRules_.insert(rule.id.value);
  }
  return {};
}

base::Result<void> Work::applySubscribers() {
  for (const DataSourceEntry& entry : document_.dataSources) {
    auto source = sources_.find(entry.name);
    if (!entry.hasSubscribers || source == sources_.end()) continue;
    catalog::Grants grants{{entry.subscribedUsers.begin(), entry.subscribedUsers.end()},
                           {entry.subscribedGroups.begin(), entry.subscribedGroups.end()}};
    SCRIM_CHECK_OK(saveGrants(writer_, source->second.id, grants));
  }
  return {};
}

base::Result<void> Work::pruneRules() {
  for (const policy::Rule& rule : rules_) {
    if (!keptRules_.contains(rule.id.value)) SCRIM_CHECK_OK(removeRule(writer_, rule.id));
  }
  return {};
}

base::Result<void> Work::prune() {
  SCRIM_CHECK_OK(pruneRules());
  SCRIM_CHECK_OK(pruneProjects());
  SCRIM_CHECK_OK(pruneIdentityProviders());
  auto isNamed = [](const auto& entries, const auto& name, auto nameOf) {
    return std::any_of(entries.begin(), entries.end(), [&](const auto& entry) { return nameOf(entry) == name; });
  };
  for (const auto& [name, source] : sources_) {
    bool named = isNamed(document_.dataSources, name, [](const DataSourceEntry& each) { return each.name; });
    if (!named) SCRIM_CHECK_OK(removeDataSource(writer_, source.id));
  }
  for (const auto& [name, user] : users_) {
    bool named = isNamed(document_.users, name, [](const UserEntry& each) { return each.user.name; });
    // Accounts of directories are not written down by hand; they go with their directory.
    if (!named && user.isBuiltIn()) SCRIM_CHECK_OK(removeUser(writer_, user.id));
  }
  for (const auto& [name, connection] : connections_) {
    bool named = isNamed(document_.connections, name, [](const ConnectionEntry& each) { return each.connection.name; });
    if (!named) SCRIM_CHECK_OK(removeConnection(writer_, connection.id));
  }
  return {};
}

}  // namespace scrim::apply
