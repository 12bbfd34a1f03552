// SPDX-License-Identifier: Apache-2.0
#include "server/apply/identity_provider.h"

#include "server/apply/keys.h"
#include "server/apply/password.h"
#include "server/catalog/identity_provider_store.h"

namespace scrim::apply {
namespace {

template <typename Choice>
void readChoice(YamlMap& map, const char* key, Choice& into, std::optional<Choice> (*choiceOf)(std::string_view),
                const char* words) {
  if (map.find(key) == nullptr) return;
  const std::optional<Choice> choice = choiceOf(map.neededText(key));
  if (choice) into = *choice;
  if (!choice) map.problems().add(placeOf(map, key), std::string(key) + " must be " + words);
}

void readText(YamlMap& map, const char* key, std::string& into) {
  if (map.find(key) != nullptr) into = map.neededText(key);
}

void readServers(YamlMap& map, ldap::DirectoryOptions& directory) {
  const std::vector<std::string> hosts = map.texts("hosts");
  std::vector<std::uint16_t> ports;
  for (const YamlNode& item : map.list("ports")) {
    YamlNode holder{YamlNode::Kind::map, item.at};
    holder.keys.push_back({YamlNode::Kind::scalar, item.at, "port"});
    holder.items.push_back(item);
    YamlMap one(holder, "a port", {"port"}, map.problems());
    ports.push_back(static_cast<std::uint16_t>(one.number("port", 1, 65535, 636)));
  }
  if (map.need("hosts") != nullptr && hosts.empty()) map.problems().add(map.at(), "hosts must name at least one host");
  if (ports.size() > 1 && ports.size() != hosts.size()) {
    map.problems().add(placeOf(map, "ports"), "ports must be one for all hosts, or one for each");
    return;
  }
  for (std::size_t i = 0; i < hosts.size(); ++i) {
    const std::uint16_t port = ports.empty() ? 0 : ports[ports.size() == 1 ? 0 : i];
    directory.servers.push_back({hosts[i], port});
  }
}

void readAttributes(const YamlNode& node, ldap::Users& users, Problems& problems) {
  if (node.kind != YamlNode::Kind::map) {
    problems.add(node.at, "attributes must be a map: the directory's name of an attribute, and the name it gets here");
    return;
  }
  for (std::size_t i = 0; i < node.keys.size(); ++i) {
    auto from = scalarText(node.keys[i], "the name of an attribute", problems);
    auto to = scalarText(node.items[i], "the name that an attribute gets", problems);
    if (from && to) users.attributes.push_back({*std::move(from), *std::move(to)});
  }
}

void readUsers(const YamlNode& node, ldap::Users& users, Problems& problems) {
  YamlMap map(node, "users", kProviderUserKeys, problems);
  users.base = map.neededText("base");
  readText(map, "filter", users.filter);
  readText(map, "login", users.login);
  readText(map, "id", users.id);
  if (const YamlNode* attributes = map.find("attributes")) readAttributes(*attributes, users, problems);
}

void readGroups(const YamlNode& node, IdentityProviderEntry& entry, Problems& problems) {
  YamlMap map(node, "groups", kProviderGroupKeys, problems);
  ldap::Groups& groups = entry.provider.directory.groups;
  readChoice(map, "lookup", groups.lookup, catalog::groupLookupOf, "none, search, member-of or in-chain");
  readChoice(map, "member_value", groups.memberValue, catalog::memberValueOf, "dn or login");
  if (groups.lookup != ldap::GroupLookup::none) groups.base = map.neededText("base");
  readText(map, "filter", groups.filter);
  readText(map, "name", groups.name);
  readText(map, "member", groups.member);
  groups.nested = map.truth("nested", groups.memberValue == ldap::MemberValue::dn);
  groups.depth = static_cast<int>(map.number("depth", 1, 100, groups.depth));
  entry.provider.groupPrefix = map.text("prefix");
}

void readLimits(YamlMap& map, catalog::IdentityProvider& provider) {
  provider.refresh = std::chrono::seconds(map.number("refresh_seconds", 1, 86'400, 60));
  provider.lease = std::chrono::seconds(map.number("lease_seconds", 1, 604'800, 300));
  provider.sync = std::chrono::seconds(map.number("sync_seconds", 0, 604'800, 3600));
  if (provider.lease < provider.refresh) {
    map.problems().add(map.at(), "lease_seconds must not be shorter than refresh_seconds: everybody would be refused");
  }
  const auto read = [&](const char* key, std::chrono::milliseconds& into) {
    into = std::chrono::milliseconds(map.number(key, 10, 600'000, static_cast<long>(into.count())));
  };
  read("connect_timeout_ms", provider.directory.connectTimeout);
  read("operation_timeout_ms", provider.directory.operationTimeout);
  read("call_timeout_ms", provider.directory.callTimeout);
}

}  // namespace

IdentityProviderEntry readIdentityProvider(const YamlNode& node, Problems& problems) {
  YamlMap map(node, "an identity provider", kProviderKeys, problems);
  IdentityProviderEntry entry{node.at, {}, {}};
  ldap::Kind kind = ldap::Kind::openLdap;
  map.need("kind");
  readChoice(map, "kind", kind, catalog::directoryKindOf, "openldap or active-directory");
  ldap::DirectoryOptions& directory = entry.provider.directory;
  directory = ldap::defaultsFor(kind);
  entry.provider.name = map.neededText("name");
  readServers(map, directory);
  readChoice(map, "transport", directory.transport, catalog::transportOf, "ldaps, start-tls or plain");
  readText(map, "ca_file", directory.caFile);
  directory.bindDn = map.text("bind_dn");
  entry.password = readPassword(map, false);
  // bind_dn alone: with the password that is there.
  if (directory.bindDn.empty() && entry.password.kind != PasswordSource::Kind::none) {
    problems.add(node.at, "give bind_dn and password together, or neither to search anonymously");
  }
  if (const YamlNode* users = map.need("users")) readUsers(*users, directory.users, problems);
  if (const YamlNode* groups = map.find("groups")) {
    readGroups(*groups, entry, problems);
  } else {
    directory.groups.lookup = ldap::GroupLookup::none;
  }
  readLimits(map, entry.provider);
  return entry;
}

}  // namespace scrim::apply
