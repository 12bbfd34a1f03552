// SPDX-License-Identifier: Apache-2.0
#include "ldap/options.h"

#include <algorithm>
#include <optional>

#include "ldap/dn.h"
#include "ldap/text.h"

namespace scrim::ldap {
namespace {

constexpr std::uint16_t kPort = 389;
constexpr std::uint16_t kTlsPort = 636;
constexpr std::size_t kLongestHost = 253;
constexpr std::size_t kLongestName = 256;
constexpr int kLargestPage = 10'000;
constexpr int kDeepest = 100;

base::Error invalid(std::string sentence) { return {base::ErrorCode::configInvalid, std::move(sentence)}; }

bool isHost(std::string_view host) {
  return !host.empty() && host.size() <= kLongestHost && std::all_of(host.begin(), host.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
           c == ':';
  });
}

base::Result<void> checkServers(const DirectoryOptions& options) {
  if (options.servers.empty()) return invalid("A directory needs at least one server.");
  for (const Server& server : options.servers) {
    if (!isHost(server.host)) return invalid("servers: a host is a DNS name or an address, nothing more.");
  }
  if (options.transport != Transport::plain && options.caFile.empty()) {
    return invalid("ca_file: name the file with the certificate authorities that the directory is checked against.");
  }
  // A name without a password would be an unauthenticated bind, which servers answer with success.
  if (options.bindDn.empty() != options.bindPassword.empty()) {
    return invalid("bind_dn and bind_password: give both for a service account, or none to search anonymously.");
  }
  return {};
}

base::Result<void> checkSearch(std::string_view where, const std::string& base, const std::string& filter) {
  const std::string prefix(where);
  if (base.empty() || !normalisedDn(base)) return invalid(prefix + ".base: give the DN to search under.");
  if (!isOneFilter(filter)) return invalid(prefix + ".filter: write one filter in parentheses, as RFC 4515 says.");
  return {};
}

base::Result<void> checkAttributes(const DirectoryOptions& options) {
  const std::pair<const char*, const std::string*> names[] = {{"users.login", &options.users.login},
                                                              {"users.id", &options.users.id},
                                                              {"groups.name", &options.groups.name},
                                                              {"groups.member", &options.groups.member}};
  for (const auto& [field, name] : names) {
    if (!isAttributeName(*name)) return invalid(std::string(field) + ": this is not the name of an attribute.");
  }
  for (const AttributeMapping& mapping : options.users.attributes) {
    if (!isAttributeName(mapping.from) || !isText(mapping.to, kLongestName)) {
      return invalid("users.attributes: map the name of a directory's attribute to a name of yours.");
    }
  }
  return {};
}

base::Result<void> checkGroups(const DirectoryOptions& options) {
  const Groups& groups = options.groups;
  if (groups.lookup == GroupLookup::none) return {};
  SCRIM_CHECK_OK(checkSearch("groups", groups.base, groups.filter));
  if (groups.lookup == GroupLookup::inChain && options.kind != Kind::activeDirectory) {
    return invalid("groups.lookup: only Active Directory knows the in-chain rule.");
  }
  if (groups.memberValue == MemberValue::login && (groups.lookup != GroupLookup::search || groups.nested)) {
    return invalid("groups.member_value: members named by login are found by search, and are not nested.");
  }
  if (groups.depth < 1 || groups.depth > kDeepest) return invalid("groups.depth: from 1 to 100.");
  return {};
}

base::Result<void> checkLimits(const DirectoryOptions& options) {
  const std::chrono::milliseconds zero{0};
  if (options.connectTimeout <= zero || options.operationTimeout <= zero || options.callTimeout <= zero) {
    return invalid("Time limits of a directory are longer than zero.");
  }
  if (options.pageSize < 1 || options.pageSize > kLargestPage) return invalid("page_size: from 1 to 10000.");
  return {};
}

}  // namespace

DirectoryOptions defaultsFor(Kind kind) {
  DirectoryOptions options;
  options.kind = kind;
  if (kind == Kind::openLdap) return options;
  options.users.filter = "(&(objectCategory=person)(objectClass=user))";
  options.users.login = "sAMAccountName";
  options.users.id = "objectGUID";
  options.groups.lookup = GroupLookup::inChain;
  options.groups.filter = "(objectClass=group)";
  options.groups.name = "sAMAccountName";
  return options;
}

DirectoryOptions copyOf(const DirectoryOptions& options) {
  DirectoryOptions copy;
  copy.kind = options.kind;
  copy.servers = options.servers;
  copy.transport = options.transport;
  copy.caFile = options.caFile;
  copy.bindDn = options.bindDn;
  copy.bindPassword = options.bindPassword.clone();
  copy.users = options.users;
  copy.groups = options.groups;
  copy.connectTimeout = options.connectTimeout;
  copy.operationTimeout = options.operationTimeout;
  copy.callTimeout = options.callTimeout;
  copy.retryServerAfter = options.retryServerAfter;
  copy.keepIdle = options.keepIdle;
  copy.idleConnections = options.idleConnections;
  copy.pageSize = options.pageSize;
  copy.mostEntries = options.mostEntries;
  copy.mostGroups = options.mostGroups;
  copy.mostValues = options.mostValues;
  copy.mostBytes = options.mostBytes;
  return copy;
}

base::Result<void> check(const DirectoryOptions& options) {
  SCRIM_CHECK_OK(checkServers(options));
  SCRIM_CHECK_OK(checkSearch("users", options.users.base, options.users.filter));
  SCRIM_CHECK_OK(checkAttributes(options));
  SCRIM_CHECK_OK(checkGroups(options));
  return checkLimits(options);
}

std::uint16_t portOf(const DirectoryOptions& options, const Server& server) {
  if (server.port != 0) return server.port;
  return options.transport == Transport::ldaps ? kTlsPort : kPort;
}

std::string urlOf(const DirectoryOptions& options, const Server& server) {
  const bool address6 = server.host.find(':') != std::string::npos;
  const std::string host = address6 ? "[" + server.host + "]" : server.host;
  return (options.transport == Transport::ldaps ? "ldaps://" : "ldap://") + host + ":" +
         std::to_string(portOf(options, server));
}

}  // namespace scrim::ldap
