// SPDX-License-Identifier: Apache-2.0
#include "server/api/identity_provider_fields.h"

#include "server/api/json.h"
#include "server/catalog/identity_provider_store.h"

namespace scrim::api::identity_providers {
namespace {

using catalog::IdentityProvider;

constexpr std::int64_t kLongest = 604'800;

/// `choiceOf` knows the words; they are named in the error.
template <typename Choice>
base::Result<void> readChoice(contract::Fields& fields, const char* name, Choice& into,
                              std::optional<Choice> (*choiceOf)(std::string_view), const char* words) {
  if (!fields.has(name)) return {};
  SCRIM_TRY(const std::string word, fields.text(name));
  const std::optional<Choice> choice = choiceOf(word);
  if (!choice) return contract::wrongAt(fields.placeOf(name), std::string("one of ") + words + " is needed");
  into = *choice;
  return {};
}

base::Result<void> readInto(contract::Fields& fields, const char* name, std::string& into) {
  SCRIM_TRY(into, optionalText(fields, name, into));
  return {};
}

base::Result<void> readServers(contract::Fields& fields, ldap::DirectoryOptions& directory) {
  SCRIM_TRY(const auto servers, fields.list("servers"));
  for (const contract::Json& item : servers) {
    SCRIM_TRY(contract::Fields each, contract::Fields::of(item, fields.placeOf("servers")));
    ldap::Server server;
    SCRIM_TRY(server.host, each.text("host"));
    SCRIM_TRY(const std::int64_t port, optionalWhole(each, "port", 1, 65'535, 0));
    server.port = static_cast<std::uint16_t>(port);
    SCRIM_CHECK_OK(each.finish());
    directory.servers.push_back(std::move(server));
  }
  if (directory.servers.empty()) return contract::wrongAt(fields.placeOf("servers"), "at least one server is needed");
  return {};
}

base::Result<void> readUsers(contract::Fields& fields, ldap::Users& users) {
  SCRIM_TRY(const contract::Json value, fields.any("users"));
  SCRIM_TRY(contract::Fields inside, contract::Fields::of(value, fields.placeOf("users")));
  SCRIM_TRY(users.base, inside.text("base"));
  SCRIM_CHECK_OK(readInto(inside, "filter", users.filter));
  SCRIM_CHECK_OK(readInto(inside, "login", users.login));
  SCRIM_CHECK_OK(readInto(inside, "id", users.id));
  if (inside.has("attributes")) {
    SCRIM_TRY(const contract::Json mapping, inside.any("attributes"));
    SCRIM_TRY(contract::Fields names, contract::Fields::of(mapping, inside.placeOf("attributes")));
    for (const std::string& from : names.names()) {
      SCRIM_TRY(std::string to, names.text(from));
      users.attributes.push_back({from, std::move(to)});
    }
  }
  return inside.finish();
}

base::Result<void> readGroups(contract::Fields& fields, IdentityProvider& provider) {
  ldap::Groups& groups = provider.directory.groups;
  if (!fields.has("groups")) {
    groups.lookup = ldap::GroupLookup::none;
    return {};
  }
  SCRIM_TRY(const contract::Json value, fields.any("groups"));
  SCRIM_TRY(contract::Fields inside, contract::Fields::of(value, fields.placeOf("groups")));
  SCRIM_CHECK_OK(
      readChoice(inside, "lookup", groups.lookup, catalog::groupLookupOf, "none, search, member-of, in-chain"));
  SCRIM_CHECK_OK(readChoice(inside, "memberValue", groups.memberValue, catalog::memberValueOf, "dn, login"));
  SCRIM_CHECK_OK(readInto(inside, "base", groups.base));
  SCRIM_CHECK_OK(readInto(inside, "filter", groups.filter));
  SCRIM_CHECK_OK(readInto(inside, "name", groups.name));
  SCRIM_CHECK_OK(readInto(inside, "member", groups.member));
  SCRIM_TRY(groups.nested, optionalFlag(inside, "nested", groups.memberValue == ldap::MemberValue::dn));
  SCRIM_TRY(const std::int64_t depth, optionalWhole(inside, "depth", 1, 100, groups.depth));
  groups.depth = static_cast<int>(depth);
  SCRIM_CHECK_OK(readInto(inside, "prefix", provider.groupPrefix));
  return inside.finish();
}

base::Result<void> readTimes(contract::Fields& fields, IdentityProvider& provider) {
  SCRIM_TRY(const std::int64_t refresh, optionalWhole(fields, "refreshSeconds", 1, 86'400, 60));
  SCRIM_TRY(const std::int64_t lease, optionalWhole(fields, "leaseSeconds", 1, kLongest, 300));
  SCRIM_TRY(const std::int64_t sync, optionalWhole(fields, "syncSeconds", 0, kLongest, 3600));
  if (lease < refresh) {
    return contract::wrongAt(fields.placeOf("leaseSeconds"), "it must not be shorter than refreshSeconds");
  }
  provider.refresh = std::chrono::seconds(refresh);
  provider.lease = std::chrono::seconds(lease);
  provider.sync = std::chrono::seconds(sync);
  const auto read = [&](const char* name, std::chrono::milliseconds& into) -> base::Result<void> {
    SCRIM_TRY(const std::int64_t given, optionalWhole(fields, name, 10, 600'000, into.count()));
    into = std::chrono::milliseconds(given);
    return {};
  };
  SCRIM_CHECK_OK(read("connectTimeoutMs", provider.directory.connectTimeout));
  SCRIM_CHECK_OK(read("operationTimeoutMs", provider.directory.operationTimeout));
  return read("callTimeoutMs", provider.directory.callTimeout);
}

base::Result<void> readAccess(contract::Fields& fields, Wanted& wanted) {
  ldap::DirectoryOptions& directory = wanted.provider.directory;
  SCRIM_CHECK_OK(readServers(fields, directory));
  SCRIM_CHECK_OK(readChoice(fields, "transport", directory.transport, catalog::transportOf, "ldaps, start-tls, plain"));
  SCRIM_CHECK_OK(readInto(fields, "caFile", directory.caFile));
  SCRIM_CHECK_OK(readInto(fields, "bindDn", directory.bindDn));
  wanted.hasPassword = fields.has("password");
  if (!wanted.hasPassword) return {};
  SCRIM_TRY(std::string password, fields.text("password"));
  SCRIM_CHECK_OK(checkPasswordText(password, fields.placeOf("password")));
  directory.bindPassword = base::Secret(std::move(password));
  return {};
}

ObjectPtr showUsers(const ldap::Users& users) {
  ObjectPtr out = contract::newObject();
  out->set("base", users.base);
  out->set("filter", users.filter);
  out->set("login", users.login);
  out->set("id", users.id);
  ObjectPtr attributes = contract::newObject();
  for (const ldap::AttributeMapping& mapping : users.attributes) attributes->set(mapping.from, mapping.to);
  out->set("attributes", attributes);
  return out;
}

ObjectPtr showGroups(const IdentityProvider& provider) {
  const ldap::Groups& groups = provider.directory.groups;
  ObjectPtr out = contract::newObject();
  out->set("lookup", std::string(catalog::nameOf(groups.lookup)));
  out->set("base", groups.base);
  out->set("filter", groups.filter);
  out->set("name", groups.name);
  out->set("member", groups.member);
  out->set("memberValue", std::string(catalog::nameOf(groups.memberValue)));
  out->set("nested", groups.nested);
  out->set("depth", groups.depth);
  out->set("prefix", provider.groupPrefix);
  return out;
}

}  // namespace

ObjectPtr show(const IdentityProvider& provider) {
  const ldap::DirectoryOptions& directory = provider.directory;
  ObjectPtr out = contract::newObject();
  out->set("id", provider.id.value);
  out->set("name", provider.name);
  out->set("kind", std::string(catalog::nameOf(directory.kind)));
  out->set("position", provider.position);
  ArrayPtr servers(new Poco::JSON::Array);
  for (const ldap::Server& server : directory.servers) {
    ObjectPtr each = contract::newObject();
    each->set("host", server.host);
    if (server.port != 0) each->set("port", static_cast<int>(server.port));
    servers->add(each);
  }
  out->set("servers", servers);
  out->set("transport", std::string(catalog::nameOf(directory.transport)));
  out->set("caFile", directory.caFile);
  out->set("bindDn", directory.bindDn);
  out->set("hasPassword", !directory.bindPassword.empty());
  out->set("users", showUsers(directory.users));
  out->set("groups", showGroups(provider));
  out->set("refreshSeconds", static_cast<std::int64_t>(provider.refresh.count()));
  out->set("leaseSeconds", static_cast<std::int64_t>(provider.lease.count()));
  out->set("syncSeconds", static_cast<std::int64_t>(provider.sync.count()));
  out->set("connectTimeoutMs", static_cast<std::int64_t>(directory.connectTimeout.count()));
  out->set("operationTimeoutMs", static_cast<std::int64_t>(directory.operationTimeout.count()));
  out->set("callTimeoutMs", static_cast<std::int64_t>(directory.callTimeout.count()));
  return out;
}

base::Result<Wanted> read(contract::Fields& fields) {
  Wanted wanted;
  SCRIM_TRY(wanted.provider.name, fields.text("name"));
  SCRIM_CHECK_OK(checkName(wanted.provider.name, fields.placeOf("name")));
  ldap::Kind kind = ldap::Kind::openLdap;
  SCRIM_CHECK_OK(fields.has("kind") ? base::Result<void>() : contract::wrongAt("$", "the field \"kind\" is missing"));
  SCRIM_CHECK_OK(readChoice(fields, "kind", kind, catalog::directoryKindOf, "openldap, active-directory"));
  wanted.provider.directory = ldap::defaultsFor(kind);
  SCRIM_TRY(const std::int64_t position, optionalWhole(fields, "position", 0, 10'000, 0));
  wanted.provider.position = static_cast<int>(position);
  SCRIM_CHECK_OK(readAccess(fields, wanted));
  SCRIM_CHECK_OK(readUsers(fields, wanted.provider.directory.users));
  SCRIM_CHECK_OK(readGroups(fields, wanted.provider));
  SCRIM_CHECK_OK(readTimes(fields, wanted.provider));
  return wanted;
}

IdentityProvider copyOf(const IdentityProvider& from) {
  IdentityProvider copy;
  copy.id = from.id;
  copy.name = from.name;
  copy.position = from.position;
  copy.groupPrefix = from.groupPrefix;
  copy.refresh = from.refresh;
  copy.lease = from.lease;
  copy.sync = from.sync;
  copy.directory = ldap::copyOf(from.directory);
  return copy;
}

}  // namespace scrim::api::identity_providers
