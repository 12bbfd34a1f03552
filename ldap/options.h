// SPDX-License-Identifier: Apache-2.0
// DirectoryOptions: all that is told about a directory. Typed fields only: no URL, no filter with holes to fill.
// A value; check() says what is wrong with one before it is used.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "common/base/secret.h"

namespace scrim::ldap {

enum class Kind { openLdap, activeDirectory };
enum class Transport { ldaps, startTls, plain };  // plain: passwords in clear text, for a directory on the same machine
enum class MemberValue { dn, login };             // what a group names its members by
enum class GroupLookup {
  none,      // no groups
  search,    // groups that name the user as a member; nested: then the groups that name those, and so on
  memberOf,  // what the user's entry lists; nested: then what those groups' entries list
  inChain,   // Active Directory finds nested membership by itself, in one search
};

struct Server {
  std::string host;        // a DNS name or an address
  std::uint16_t port = 0;  // 0: 636 with ldaps, else 389
};

struct AttributeMapping {
  std::string from;  // the directory's attribute
  std::string to;    // the name of the user's attribute here
};

struct Users {
  std::string base;
  std::string filter = "(objectClass=person)";
  std::string login = "uid";     // AD: sAMAccountName
  std::string id = "entryUUID";  // a value that a person keeps for ever; AD: objectGUID
  std::vector<AttributeMapping> attributes;
};

struct Groups {
  GroupLookup lookup = GroupLookup::search;
  std::string base;
  std::string filter = "(objectClass=groupOfNames)";
  std::string name = "cn";
  std::string member = "member";
  MemberValue memberValue = MemberValue::dn;
  bool nested = true;
  int depth = 10;  // levels of nesting; deeper is an error, since nobody knows what is missing
};

struct DirectoryOptions {
  Kind kind = Kind::openLdap;
  std::vector<Server> servers;  // in the order in which they are tried
  Transport transport = Transport::ldaps;
  std::string caFile = "/etc/ssl/certs/ca-certificates.crt";
  std::string bindDn;  // with the password: the service account; both empty: anonymous
  base::Secret bindPassword;
  Users users;
  Groups groups;

  std::chrono::milliseconds connectTimeout{3'000};     // one server: connecting, and again for the TLS handshake
  std::chrono::milliseconds operationTimeout{5'000};   // one request to one server
  std::chrono::milliseconds callTimeout{15'000};       // authenticate(), find(): over all servers and requests
  std::chrono::milliseconds retryServerAfter{10'000};  // how long a server that failed is tried last
  std::chrono::milliseconds keepIdle{60'000};
  std::size_t idleConnections = 4;  // kept open, for searching and again for checking passwords
  int pageSize = 500;               // entries asked for at once, and values of one attribute (AD)
  std::size_t mostEntries = 1'000'000;
  std::size_t mostGroups = 5'000;     // of one user
  std::size_t mostValues = 200'000;   // of one attribute
  std::size_t mostBytes = 64u << 20;  // of one answer
};

/// The defaults for a kind of directory.
DirectoryOptions defaultsFor(Kind kind);

/// A copy, its secret too.
DirectoryOptions copyOf(const DirectoryOptions& options);

/// Errors: configInvalid, naming the field.
base::Result<void> check(const DirectoryOptions& options);

std::uint16_t portOf(const DirectoryOptions& options, const Server& server);
/// "ldaps://host:port", for messages and libldap.
std::string urlOf(const DirectoryOptions& options, const Server& server);

}  // namespace scrim::ldap
