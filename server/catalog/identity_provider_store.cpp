// SPDX-License-Identifier: Apache-2.0
#include "server/catalog/identity_provider_store.h"

#include <array>
#include <utility>

#include "common/base/hash.h"
#include "common/base/log.h"
#include "server/catalog/user_store.h"

namespace scrim::catalog {
namespace {

using ldap::GroupLookup;
using ldap::Kind;
using ldap::MemberValue;
using ldap::Transport;
using store::Value;

template <typename Choice, std::size_t count>
using Words = std::array<std::pair<Choice, std::string_view>, count>;

constexpr Words<Kind, 2> kKinds{{{Kind::openLdap, "openldap"}, {Kind::activeDirectory, "active-directory"}}};
constexpr Words<Transport, 3> kTransports{
    {{Transport::ldaps, "ldaps"}, {Transport::startTls, "start-tls"}, {Transport::plain, "plain"}}};
constexpr Words<GroupLookup, 4> kLookups{{{GroupLookup::none, "none"},
                                          {GroupLookup::search, "search"},
                                          {GroupLookup::memberOf, "member-of"},
                                          {GroupLookup::inChain, "in-chain"}}};
constexpr Words<MemberValue, 2> kMemberValues{{{MemberValue::dn, "dn"}, {MemberValue::login, "login"}}};

template <typename Choice, std::size_t count>
std::string_view wordOf(const Words<Choice, count>& words, Choice choice) {
  for (const auto& [each, word] : words) {
    if (each == choice) return word;
  }
  return {};
}

template <typename Choice, std::size_t count>
std::optional<Choice> choiceOf(const Words<Choice, count>& words, std::string_view word) {
  for (const auto& [choice, each] : words) {
    if (each == word) return choice;
  }
  return std::nullopt;
}

constexpr const char* kColumns =
    "name, position, kind, hosts, ports, transport, ca_file, bind_dn, bind_password, user_base, user_filter, "
    "user_login,"
    " user_id, attributes_from, attributes_to, group_lookup, group_base, group_filter, group_name, group_member,"
    " group_member_value, group_nested, group_depth, group_prefix, connect_timeout_ms, operation_timeout_ms,"
    " call_timeout_ms, refresh_seconds, lease_seconds, sync_seconds";
constexpr const char* kParameters =
    "$1, $2::integer, $3, $4::text[], $5::integer[], $6, $7, $8, $9::bytea, $10, $11, $12, $13, $14::text[],"
    " $15::text[], $16, $17, $18, $19, $20, $21, $22::boolean, $23::integer, $24, $25::integer, $26::integer,"
    " $27::integer, $28::integer, $29::integer, $30::integer";

std::string placeOf(std::string_view name) { return "identity provider " + std::string(name); }

std::vector<Value> parametersOf(const IdentityProvider& provider, Value password) {
  const ldap::DirectoryOptions& directory = provider.directory;
  std::vector<std::string> hosts;
  std::vector<std::int64_t> ports;
  for (const ldap::Server& server : directory.servers) {
    hosts.push_back(server.host);
    ports.push_back(server.port);
  }
  std::vector<std::string> from;
  std::vector<std::string> to;
  for (const ldap::AttributeMapping& mapping : directory.users.attributes) {
    from.push_back(mapping.from);
    to.push_back(mapping.to);
  }
  const auto number = [](auto value) { return store::value(static_cast<std::int64_t>(value)); };
  const ldap::Users& users = directory.users;
  const ldap::Groups& groups = directory.groups;
  return {provider.name,
          number(provider.position),
          std::string(wordOf(kKinds, directory.kind)),
          store::array(hosts),
          store::array(ports),
          std::string(wordOf(kTransports, directory.transport)),
          directory.caFile,
          directory.bindDn,
          std::move(password),
          users.base,
          users.filter,
          users.login,
          users.id,
          store::array(from),
          store::array(to),
          std::string(wordOf(kLookups, groups.lookup)),
          groups.base,
          groups.filter,
          groups.name,
          groups.member,
          std::string(wordOf(kMemberValues, groups.memberValue)),
          store::value(groups.nested),
          number(groups.depth),
          provider.groupPrefix,
          number(directory.connectTimeout.count()),
          number(directory.operationTimeout.count()),
          number(directory.callTimeout.count()),
          number(provider.refresh.count()),
          number(provider.lease.count()),
          number(provider.sync.count())};
}

/// Reads a row from left to right.
class Reader {
 public:
  Reader(const store::Rows& rows, int row) : rows_(rows), row_(row) {}
  std::string text() { return rows_.string(row_, column_++); }
  std::vector<std::string> texts() { return rows_.strings(row_, column_++); }
  std::int64_t number() { return rows_.integer(row_, column_++); }
  bool truth() { return rows_.boolean(row_, column_++); }
  std::optional<std::string> bytes() {
    const int column = column_++;
    return rows_.isNull(row_, column) ? std::nullopt : std::optional(rows_.bytes(row_, column));
  }

 private:
  const store::Rows& rows_;
  int row_;
  int column_ = 0;
};

/// False: a word that we do not know.
template <typename Choice>
bool take(Choice& into, const std::optional<Choice>& choice) {
  if (choice) into = *choice;
  return choice.has_value();
}

bool readServer(Reader& reader, ldap::DirectoryOptions& directory) {
  const bool known = take(directory.kind, directoryKindOf(reader.text()));
  const std::vector<std::string> hosts = reader.texts();
  const std::vector<std::string> ports = reader.texts();
  for (std::size_t i = 0; i < hosts.size() && i < ports.size(); ++i) {
    directory.servers.push_back({hosts[i], static_cast<std::uint16_t>(std::stoi(ports[i]))});
  }
  const bool transport = take(directory.transport, transportOf(reader.text()));
  directory.caFile = reader.text();
  directory.bindDn = reader.text();
  return known && transport;
}

void readUsers(Reader& reader, ldap::Users& users) {
  for (std::string* field : {&users.base, &users.filter, &users.login, &users.id}) *field = reader.text();
  std::vector<std::string> from = reader.texts();
  std::vector<std::string> to = reader.texts();
  for (std::size_t i = 0; i < from.size() && i < to.size(); ++i) users.attributes.push_back({from[i], to[i]});
}

bool readGroups(Reader& reader, ldap::Groups& groups) {
  const bool lookup = take(groups.lookup, groupLookupOf(reader.text()));
  for (std::string* field : {&groups.base, &groups.filter, &groups.name, &groups.member}) *field = reader.text();
  const bool value = take(groups.memberValue, memberValueOf(reader.text()));
  groups.nested = reader.truth();
  groups.depth = static_cast<int>(reader.number());
  return lookup && value;
}

base::Result<IdentityProvider> providerFrom(const store::Rows& rows, int row, const store::SecretBox& box) {
  Reader reader(rows, row);
  IdentityProvider provider;
  provider.id = {reader.number()};
  provider.name = reader.text();
  provider.position = static_cast<int>(reader.number());
  ldap::DirectoryOptions& directory = provider.directory;
  bool known = readServer(reader, directory);
  if (const auto sealed = reader.bytes()) {
    SCRIM_TRY(directory.bindPassword, box.open(*sealed, placeOf(provider.name)));
  }
  readUsers(reader, directory.users);
  known = readGroups(reader, directory.groups) && known;
  provider.groupPrefix = reader.text();
  for (auto* limit : {&directory.connectTimeout, &directory.operationTimeout, &directory.callTimeout}) {
    *limit = std::chrono::milliseconds(reader.number());
  }
  provider.refresh = std::chrono::seconds(reader.number());
  provider.lease = std::chrono::seconds(reader.number());
  provider.sync = std::chrono::seconds(reader.number());
  if (!known) return base::Error{base::ErrorCode::configInvalid, "a newer program wrote it"};
  provider.digest = digestOf(provider);
  return provider;
}

IdentityProvider unreadable(const store::Rows& rows, int row, const base::Error& error) {
  IdentityProvider provider;
  provider.id = {rows.integer(row, 0)};
  provider.name = rows.string(row, 1);
  provider.position = static_cast<int>(rows.integer(row, 2));
  base::logError("catalog", "identity provider cannot be read: its users are refused",
                 {{"provider", provider.name}, {"reason", error.message}});
  return provider;
}

}  // namespace

std::string_view nameOf(Kind kind) { return wordOf(kKinds, kind); }
std::string_view nameOf(Transport transport) { return wordOf(kTransports, transport); }
std::string_view nameOf(GroupLookup lookup) { return wordOf(kLookups, lookup); }
std::string_view nameOf(MemberValue value) { return wordOf(kMemberValues, value); }

std::optional<Kind> directoryKindOf(std::string_view word) { return choiceOf(kKinds, word); }
std::optional<Transport> transportOf(std::string_view word) { return choiceOf(kTransports, word); }
std::optional<GroupLookup> groupLookupOf(std::string_view word) { return choiceOf(kLookups, word); }
std::optional<MemberValue> memberValueOf(std::string_view word) { return choiceOf(kMemberValues, word); }

std::string digestOf(const IdentityProvider& provider) {
  static const std::string kProcessKey = base::randomBytes(32);
  std::string all;
  auto parameters = parametersOf(provider, std::string(provider.directory.bindPassword.reveal()));
  for (const Value& value : parameters) all += std::to_string(value->size()) + ":" + *value;
  base::Secret input(std::move(all));
  return base::toHex(base::hmacSha256(kProcessKey, input.reveal()));
}

base::Result<std::vector<IdentityProvider>> loadIdentityProviders(store::Link& link, const store::SecretBox& box,
                                                                  const Selection& selection) {
  SCRIM_TRY(
      store::Rows rows,
      link.run("SELECT id, " + std::string(kColumns) +
                   " FROM scrim.identity_provider WHERE $1::bigint[] IS NULL OR id = ANY ($1::bigint[]) ORDER BY id",
               {selection.parameter()}));
  std::vector<IdentityProvider> providers;
  for (int row = 0; row < rows.size(); ++row) {
    auto provider = providerFrom(rows, row, box);
    providers.push_back(provider ? std::move(provider).value() : unreadable(rows, row, provider.error()));
  }
  return providers;
}

base::Result<base::IdentityProviderId> save(Writer& writer, const IdentityProvider& provider) {
  Value password;
  if (!provider.directory.bindPassword.empty()) {
    password = store::bytes(writer.box().seal(provider.directory.bindPassword.reveal(), placeOf(provider.name)));
  }
  std::vector<Value> parameters = parametersOf(provider, std::move(password));
  base::IdentityProviderId id = provider.id;
  const std::string columns = kColumns;
  if (!id) {
    SCRIM_TRY(store::Rows rows, writer.link().run("INSERT INTO scrim.identity_provider (" + columns + ") VALUES (" +
                                                      kParameters + ") RETURNING id",
                                                  parameters));
    id = {rows.integer(0, 0)};
  } else {
    SCRIM_TRY(auto stored, loadIdentityProviders(writer.link(), writer.box(), {false, {id.value}}));
    if (stored.size() == 1 && stored[0].digest == digestOf(provider)) return id;
    parameters.push_back(store::value(id.value));
    SCRIM_CHECK_OK(writer.link().run(
        "UPDATE scrim.identity_provider SET (" + columns + ") = (" + kParameters + ") WHERE id = $31::bigint",
        parameters));
  }
  writer.changed(Noun::identityProvider, id.value);
  return id;
}

base::Result<void> removeIdentityProvider(Writer& writer, base::IdentityProviderId id) {
  SCRIM_TRY(store::Rows rows,
            writer.link().run("SELECT id FROM scrim.account WHERE provider_id = $1::bigint", {store::value(id.value)}));
  for (int row = 0; row < rows.size(); ++row) SCRIM_CHECK_OK(removeUser(writer, {rows.integer(row, 0)}));
  SCRIM_CHECK_OK(
      writer.link().run("DELETE FROM scrim.identity_provider WHERE id = $1::bigint", {store::value(id.value)}));
  writer.changed(Noun::identityProvider, id.value);
  return {};
}

}  // namespace scrim::catalog
