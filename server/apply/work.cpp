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

std::vector<std::string> namesOf(const std::vector<Column>& columns) {
  std::vector<std::string> names;
  for (const Column& column : columns) names.push_back(column.name);
  return names;
}

Column* findColumn(std::vector<Column>& columns, const std::string& name) {
  auto found = std::find_if(columns.begin(), columns.end(), [&](const Column& each) { return each.name == name; });
  return found == columns.end() ? nullptr : &*found;
}

/// What an owner hid, or has not accepted yet, stays hidden unless it is named now.
void keepHidden(const std::vector<Column>& present, std::vector<Column>& columns) {
  for (Column& column : columns) {
    column.exposed = std::any_of(present.begin(), present.end(),
                                 [&](const Column& each) { return each.name == column.name && each.exposed; });
  }
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
  SCRIM_CHECK_OK(applyDataSources());
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
  source.tags = entry.tags;
  source.owners = entry.owners;
  source.eventTimeColumn = entry.eventTimeColumn;
  source.comment = entry.comment;
  if (old != nullptr) {
    source.id = old->id;
    source.hashKey = old->hashKey.clone();
    source.tableOid = old->tableOid;
  }
  std::size_t before = problems_.list().size();
  source.columns = columnsFor(entry, old, connection->second, source);
  if (problems_.list().size() > before) return {};
  SCRIM_TRY(source.id, save(writer_, source));
  sources_.insert_or_assign(entry.name, std::move(source));
  return {};
}

/// Whether every column that the entry speaks of is there.
bool Work::names(const DataSourceEntry& entry, const std::vector<Column>& columns) const {
  std::vector<std::string> known = namesOf(columns);
  auto isKnown = [&](const auto& each) { return std::find(known.begin(), known.end(), each.name) != known.end(); };
  return std::all_of(entry.columns.begin(), entry.columns.end(), isKnown) &&
         (!entry.expose || std::all_of(entry.expose->begin(), entry.expose->end(), isKnown));
}

std::vector<Column> Work::columnsFor(const DataSourceEntry& entry, const DataSource* present,
                                     const catalog::Connection& connection, DataSource& source) {
  bool sameShape = present != nullptr && present->connection == connection.id && present->remote == entry.table &&
                   present->definition == entry.definition;
  std::vector<Column> columns;
  if (sameShape && names(entry, present->columns)) {
    columns = present->columns;
    source.remoteTables = present->remoteTables;
    source.degraded = present->degraded;
  } else {
    const catalog::Shape* shape = shapeOf(entry, connection);
    if (shape == nullptr) return {};
    source.remoteTables = shape->tables;
    columns = newColumns(entry, *shape);
    if (sameShape) keepHidden(present->columns, columns);
  }
  checkColumnNames(entry, columns);
  describeColumns(entry, columns);
  chooseColumns(entry, columns);
  return columns;
}

const catalog::Shape* Work::shapeOf(const DataSourceEntry& entry, const catalog::Connection& connection) {
  const auto& shape = shapes_.of(connection, entry);
  if (shape) return &*shape;
  problems_.add(entry.shapeAt, "data source " + display(entry.name) + ": " + shape.error().message);
  return nullptr;
}

std::vector<Column> Work::newColumns(const DataSourceEntry& entry, const catalog::Shape& shape) {
  std::map<std::string, int> count;
  for (const catalog::RemoteColumn& remote : shape.outputs) ++count[remote.name];
  std::vector<Column> columns;
  for (const catalog::RemoteColumn& remote : shape.outputs) {
    if (count[remote.name] == 1) {
      columns.push_back({remote.name, remote.type, remote.notNull, true, {}, {}, remote.name});
      continue;
    }
    bool chosen = !entry.expose || std::any_of(entry.expose->begin(), entry.expose->end(),
                                               [&](const ExposeEntry& each) { return each.name == remote.name; });
    if (chosen && std::exchange(count[remote.name], 0) > 1) {
      problems_.add(entry.shapeAt, "the definition returns several columns named " + remote.name +
                                       ": list its columns in SELECT, with other names, or leave it out of expose");
    }
  }
  return columns;
}

void Work::checkColumnNames(const DataSourceEntry& entry, const std::vector<Column>& columns) {
  std::vector<std::string> known = namesOf(columns);
  auto check = [&](const std::string& name, Place at) {
    if (std::find(known.begin(), known.end(), name) != known.end()) return;
    problems_.add(at, "data source " + display(entry.name) + " has no column " + name + suggestion(name, known));
  };
  for (const ColumnEntry& column : entry.columns) check(column.name, column.at);
  if (entry.expose) {
    for (const ExposeEntry& each : *entry.expose) check(each.name, each.at);
  }
  if (!entry.eventTimeColumn.empty()) check(entry.eventTimeColumn, entry.eventTimeAt);
}

void Work::describeColumns(const DataSourceEntry& entry, std::vector<Column>& columns) {
  for (Column& column : columns) {
    column.tags.clear();
    column.comment.clear();
  }
  for (const ColumnEntry& described : entry.columns) {
    Column* column = findColumn(columns, described.name);
    if (column == nullptr) continue;
    column->tags = described.tags;
    column->comment = described.comment;
  }
}

void Work::chooseColumns(const DataSourceEntry& entry, std::vector<Column>& columns) {
  if (entry.expose) {
    for (Column& column : columns) column.exposed = false;
    for (const ExposeEntry& each : *entry.expose) {
      if (Column* column = findColumn(columns, each.name)) column->exposed = true;
    }
  }
  for (const ColumnEntry& each : entry.columns) {
    Column* column = findColumn(columns, each.name);
    if (column != nullptr && each.exposed) column->exposed = *each.exposed;
  }
  bool any = std::any_of(columns.begin(), columns.end(), [](const Column& each) { return each.exposed; });
  if (!any && !columns.empty()) problems_.add(entry.at, "data source " + display(entry.name) + " exposes no column");
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
