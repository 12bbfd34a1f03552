// SPDX-License-Identifier: Apache-2.0
// From the catalog's stores to the entries of a document.
#include <algorithm>
#include <map>

#include "common/base/hash.h"
#include "server/apply/document.h"
#include "server/apply/written.h"
#include "server/catalog/connection_store.h"
#include "server/catalog/data_source_store.h"
#include "server/catalog/identity_provider_store.h"
#include "server/catalog/project_store.h"
#include "server/catalog/purpose_store.h"
#include "server/catalog/rule_store.h"
#include "server/catalog/subscription_store.h"
#include "server/catalog/user_store.h"

namespace scrim::apply {
namespace {

using catalog::nameOf;
using yaml::yamlText;

template <typename Texts>
std::string flowList(const Texts& texts) {
  std::string out;
  for (const std::string& text : texts) out += (out.empty() ? "" : ", ") + yamlText(text);
  return "[" + out + "]";
}

/// Adds keys to an entry, empty ones left out.
class Entry {
 public:
  Entry(const char* section, std::string name) : entry_{section, std::move(name), {}} {}

  Entry& text(const char* key, std::string_view value) { return value.empty() ? *this : raw(key, yamlText(value)); }
  Entry& number(const char* key, std::int64_t value) { return raw(key, std::to_string(value)); }
  template <typename Texts>
  Entry& flow(const char* key, const Texts& texts) {
    return texts.empty() ? *this : raw(key, flowList(texts));
  }
  Entry& raw(const char* key, std::string value) {
    entry_.fields.push_back({key, {std::move(value)}, false, false});
    return *this;
  }
  Entry& list(const char* key, std::vector<std::string> values) {
    if (!values.empty()) entry_.fields.push_back({key, std::move(values), true, false});
    return *this;
  }
  Entry& secret(const char* key, std::string_view value) {
    if (!value.empty()) entry_.fields.push_back({key, {base::toHex(base::sha256(value))}, false, true});
    return *this;
  }
  WrittenEntry take() { return std::move(entry_); }

 private:
  WrittenEntry entry_;
};

/// {a: b, c: d}, from keys and YAML values; empty values left out.
std::string flowMap(const std::vector<std::pair<std::string, std::string>>& pairs) {
  std::string out;
  for (const auto& [key, value] : pairs) {
    if (!value.empty()) out += (out.empty() ? "" : ", ") + key + ": " + value;
  }
  return "{" + out + "}";
}

std::string optionalYaml(std::string_view text) { return text.empty() ? "" : yamlText(text); }

std::string numbers(const std::vector<std::uint16_t>& values) {
  std::string out;
  for (const std::uint16_t value : values) out += (out.empty() ? "" : ", ") + std::to_string(value);
  return "[" + out + "]";
}

WrittenEntry written(const catalog::Connection& connection) {
  return Entry("connections", connection.name)
      .text("name", connection.name)
      .text("kind", "postgres")
      .flow("hosts", connection.hosts)
      .raw("ports", numbers(connection.ports))
      .text("database", connection.database)
      .text("user", connection.user)
      .secret("password", connection.password.reveal())
      .text("tls", nameOf(connection.tls))
      .text("ca_file", connection.caFile)
      .number("max_connections", connection.maxConnections)
      .number("statement_timeout_seconds", connection.statementTimeoutSeconds)
      .take();
}

std::string groupsOf(const catalog::IdentityProvider& provider) {
  const ldap::Groups& groups = provider.directory.groups;
  return flowMap({{"lookup", yamlText(nameOf(groups.lookup))},
                  {"base", optionalYaml(groups.base)},
                  {"filter", optionalYaml(groups.filter)},
                  {"name", optionalYaml(groups.name)},
                  {"member", optionalYaml(groups.member)},
                  {"member_value", yamlText(nameOf(groups.memberValue))},
                  {"nested", groups.nested ? "true" : "false"},
                  {"depth", std::to_string(groups.depth)},
                  {"prefix", optionalYaml(provider.groupPrefix)}});
}

std::string usersOf(const ldap::Users& users) {
  std::vector<std::pair<std::string, std::string>> attributes;
  for (const ldap::AttributeMapping& each : users.attributes) {
    attributes.emplace_back(yamlText(each.from), yamlText(each.to));
  }
  return flowMap({{"base", optionalYaml(users.base)},
                  {"filter", optionalYaml(users.filter)},
                  {"login", optionalYaml(users.login)},
                  {"id", optionalYaml(users.id)},
                  {"attributes", attributes.empty() ? "" : flowMap(attributes)}});
}

WrittenEntry written(const catalog::IdentityProvider& provider) {
  const ldap::DirectoryOptions& directory = provider.directory;
  std::vector<std::string> hosts;
  std::vector<std::uint16_t> ports;
  for (const ldap::Server& server : directory.servers) {
    hosts.push_back(server.host);
    ports.push_back(ldap::portOf(directory, server));
  }
  return Entry("identity_providers", provider.name)
      .text("name", provider.name)
      .text("kind", nameOf(directory.kind))
      .flow("hosts", hosts)
      .raw("ports", numbers(ports))
      .text("transport", nameOf(directory.transport))
      .text("ca_file", directory.caFile)
      .text("bind_dn", directory.bindDn)
      .secret("password", directory.bindPassword.reveal())
      .raw("users", usersOf(directory.users))
      .raw("groups", groupsOf(provider))
      .number("refresh_seconds", provider.refresh.count())
      .number("lease_seconds", provider.lease.count())
      .number("sync_seconds", provider.sync.count())
      .number("connect_timeout_ms", directory.connectTimeout.count())
      .number("operation_timeout_ms", directory.operationTimeout.count())
      .number("call_timeout_ms", directory.callTimeout.count())
      .take();
}

WrittenEntry written(const catalog::User& user) {
  Entry entry("users", user.name);
  entry.text("name", user.name);
  if (user.isBuiltIn()) {
    std::vector<std::pair<std::string, std::string>> attributes;
    for (const auto& [name, values] : user.attributes) attributes.emplace_back(yamlText(name), flowList(values));
    entry.secret("password", user.scramVerifier).flow("groups", user.groups);
    if (!attributes.empty()) entry.raw("attributes", flowMap(attributes));
  }
  entry.flow("permissions", user.permissions);
  if (user.disabled) entry.raw("disabled", "true");
  return entry.take();
}

bool isTold(const catalog::User& user) { return user.isBuiltIn() || user.disabled || !user.permissions.empty(); }

std::vector<std::string> columnsOf(const catalog::DataSource& source) {
  std::vector<std::string> out;
  for (const catalog::Column& column : source.columns) {
    if (column.tags.empty() && column.comment.empty()) continue;
    out.push_back(flowMap({{"name", yamlText(column.name)},
                           {"tags", column.tags.empty() ? "" : flowList(column.tags)},
                           {"comment", optionalYaml(column.comment)}}));
  }
  return out;
}

/// Empty: all of them.
std::vector<std::string> exposedOf(const catalog::DataSource& source) {
  std::vector<std::string> names;
  for (const catalog::Column& column : source.columns) {
    if (column.exposed) names.push_back(column.name);
  }
  if (names.size() == source.columns.size()) names.clear();
  return names;
}

WrittenEntry written(const catalog::DataSource& source, const std::string& connection, const catalog::Grants& grants) {
  Entry entry("data_sources", display(source.name));
  entry.text("name", display(source.name)).text("connection", connection);
  entry.text(source.isSql() ? "definition" : "table", source.isSql() ? source.definition : display(source.remote));
  entry.text("comment", source.comment).flow("tags", source.tags).flow("owners", source.owners);
  entry.text("event_time_column", source.eventTimeColumn).flow("expose", exposedOf(source));
  entry.list("columns", columnsOf(source));
  entry.raw("subscribers", flowMap({{"users", flowList(grants.users)}, {"groups", flowList(grants.groups)}}));
  return entry.take();
}

WrittenEntry written(const catalog::Purpose& purpose) {
  Entry entry("purposes", purpose.name);
  return entry.text("name", purpose.name).text("description", purpose.description).take();
}

using Names = std::map<std::int64_t, std::string>;

template <typename Ids>
std::vector<std::string> namesOf(const Ids& ids, const Names& names) {
  std::vector<std::string> out;
  for (const auto& id : ids) {
    if (const auto found = names.find(id.value); found != names.end()) out.push_back(found->second);
  }
  std::sort(out.begin(), out.end());
  return out;
}

WrittenEntry written(const catalog::Project& project, const Names& users, const Names& sources) {
  Entry entry("projects", project.name);
  entry.text("name", project.name).text("description", project.description);
  if (!project.enabled) entry.raw("enabled", "false");
  if (project.maskedJoins) entry.raw("masked_joins", "true");
  return entry.flow("purposes", project.purposes)
      .text("acknowledgement", project.acknowledgement)
      .flow("users", namesOf(project.users, users))
      .flow("groups", project.groups)
      .flow("data_sources", namesOf(project.dataSources, sources))
      .take();
}

WrittenEntry written(const policy::Rule& rule, const std::string& source) {
  Entry entry("rules", (source.empty() ? "" : "on " + source + ": ") + rule.text);
  return entry.text("data_source", source)
      .text("rule", rule.text)
      .text("state", nameOf(rule.state))
      .text("author", rule.author)
      .text("reason", rule.reason)
      .take();
}

template <typename Things>
void addAll(const Things& things, Written& entries) {
  for (const auto& each : things) entries.push_back(written(each));
}

base::Result<void> addDataSources(catalog::Writer& writer, const std::vector<catalog::Connection>& connections,
                                  const Names& users, Written& entries) {
  Names names;
  for (const catalog::Connection& each : connections) names.emplace(each.id.value, each.name);
  SCRIM_TRY(const auto sources, catalog::loadDataSources(writer.link(), writer.box()));
  SCRIM_TRY(auto grants, catalog::loadGrants(writer.link()));
  for (const auto& each : sources) entries.push_back(written(each, names[each.connection.value], grants[each.id]));
  Names sourceNames;
  for (const auto& each : sources) sourceNames.emplace(each.id.value, display(each.name));
  SCRIM_TRY(const auto projects, catalog::loadProjects(writer.link(), writer.box()));
  for (const auto& each : projects) entries.push_back(written(each, users, sourceNames));
  SCRIM_TRY(const auto rules, catalog::loadRules(writer.link()));
  for (const policy::Rule& rule : rules) {
    entries.push_back(written(rule, rule.dataSource ? sourceNames[rule.dataSource.value] : ""));
  }
  return {};
}

}  // namespace

base::Result<Written> writeDown(catalog::Writer& writer) {
  Written entries;
  SCRIM_TRY(const auto connections, catalog::loadConnections(writer.link(), writer.box()));
  addAll(connections, entries);
  SCRIM_TRY(const auto providers, catalog::loadIdentityProviders(writer.link(), writer.box()));
  addAll(providers, entries);
  SCRIM_TRY(const auto users, catalog::loadUsers(writer.link()));
  Names userNames;
  for (const catalog::User& user : users) {
    if (isTold(user)) entries.push_back(written(user));
    userNames.emplace(user.id.value, user.name);
  }
  SCRIM_TRY(const auto purposes, catalog::loadPurposes(writer.link()));
  addAll(purposes, entries);
  SCRIM_CHECK_OK(addDataSources(writer, connections, userNames, entries));
  return entries;
}

}  // namespace scrim::apply
