// SPDX-License-Identifier: Apache-2.0
// What the catalog holds, as the rest of the server reads it. Immutable once in a Snapshot; any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "common/base/id.h"
#include "common/base/secret.h"
#include "common/schema/data_type.h"
#include "common/schema/names.h"
#include "ldap/options.h"

namespace scrim::catalog {

enum class TlsMode { disable, require, verifyCa, verifyFull };

/// How to reach a source. Typed fields only, never a conninfo string.
struct Connection {
  base::ConnectionId id;
  std::string name;
  std::vector<std::string> hosts;  // names, addresses, or absolute paths of UNIX socket folders
  std::vector<std::uint16_t> ports;
  std::string database;
  std::string user;
  base::Secret password;
  TlsMode tls = TlsMode::verifyFull;
  std::string caFile;
  int maxConnections = 20;          // for one scrimd
  int statementTimeoutSeconds = 0;  // 0: the source's own
  std::string digest;               // changes when any field changes: pools are keyed by it
};

struct RemoteColumn {
  std::string name;
  schema::DataType type;
  bool notNull = false;
  bool defaultCollation = false;  // text that has its database's; false: another one, or it was not asked
};

/// A table of a source, as seen when its data source was registered.
struct RemoteTable {
  schema::QualifiedName name;
  std::vector<RemoteColumn> columns;
};

struct Column {
  std::string name;
  schema::DataType type;  // as exposed
  bool notNull = false;
  bool exposed = true;  // false: hidden (a new column stays hidden until accepted)
  std::vector<std::string> tags;
  std::string comment;
  std::string remoteName;         // table: the remote column; SQL definition: the output column
  bool defaultCollation = false;  // as the remote column of a table says
};

/// What users query: one remote table, or a SELECT over tables of one connection.
struct DataSource {
  base::DataSourceId id;
  schema::QualifiedName name;
  base::ConnectionId connection;
  schema::QualifiedName remote;           // table; empty names: defined by SQL
  std::string definition;                 // SQL definition; empty: a table
  std::vector<RemoteTable> remoteTables;  // every remote table behind it (one for a table)
  std::vector<Column> columns;
  std::vector<std::string> tags;
  std::vector<std::string> owners;
  std::string eventTimeColumn;
  std::string comment;
  base::Secret hashKey;        // 32 bytes, for HASHING
  std::uint32_t tableOid = 0;  // stable across restarts and instances
  bool degraded = false;       // a column vanished or changed type
  bool isSql() const { return !definition.empty(); }
};

/// A directory that users come from.
struct IdentityProvider {
  base::IdentityProviderId id;
  std::string name;
  int position = 0;         // the order in which they are asked for a name that is nobody's yet
  std::string groupPrefix;  // before the names of its groups, so that those of several directories differ
  /// How often a directory is asked again about a user with open sessions, and how long they keep their last known
  /// rights when it does not answer.
  std::chrono::seconds refresh{60};
  std::chrono::seconds lease{300};
  std::chrono::seconds sync{3600};  // how often all of its accounts are compared with it; 0: never
  ldap::DirectoryOptions directory;
  std::string digest;  // changes when any field changes
};

struct User {
  base::UserId id;
  std::string name;           // normalised: NFC is not needed, names are compared byte for byte in lower case
  std::string scramVerifier;  // SCRAM-SHA-256$<iterations>:<salt>$<stored key>:<server key>
  std::set<std::string> groups;
  std::map<std::string, std::set<std::string>> attributes;
  std::set<std::string> permissions;
  bool disabled = false;
  base::IdentityProviderId provider;  // none: built in; else groups and attributes are the directory's
  std::string externalId;             // the directory's own id of the person
  std::string directoryState;         // empty: the directory lets them in; else why not
  bool isBuiltIn() const { return !provider; }
  bool mayLogIn() const { return !disabled && directoryState.empty(); }
};

}  // namespace scrim::catalog
