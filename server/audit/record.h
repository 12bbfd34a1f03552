// SPDX-License-Identifier: Apache-2.0
// Records of the journal, as the rooms that report things see them. A statement leaves two: `started` (before its first
// row may leave) and `finished`. What does not change from one execution to the next is rendered once into a Fragment
// and kept beside the cached statement or the session, so that a record costs a copy, not a rendering.
//
// Views are read during the call only. Texts may hold any bytes; invalid UTF-8 is replaced, long ones are cut (and then
// carry their length and SHA-256). Any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/error.h"
#include "common/base/id.h"

namespace scrim::audit {

/// Longest statement text kept in a record, in bytes; a longer one is cut there.
inline constexpr std::size_t kMaxText = 16 * 1024;
/// Longest source error text, bind value, reason or name kept, in bytes.
inline constexpr std::size_t kMaxNote = 4 * 1024;
inline constexpr std::size_t kMaxParameters = 64;

/// A record's place in the chain; grows by one. 0: none.
struct Ticket {
  std::uint64_t sequence = 0;
  auto operator<=>(const Ticket&) const = default;
};

/// Rendered members of a record. Made only by the functions below; a value.
class Fragment {
 public:
  Fragment() = default;
  std::string_view json() const { return json_; }

 private:
  explicit Fragment(std::string json) : json_(std::move(json)) {}
  friend Fragment renderSession(const struct SessionFacts&);
  friend Fragment renderStatement(const struct StatementFacts&);
  std::string json_;
};

/// What stays the same during a session.
struct SessionFacts {
  std::string_view user;
  base::UserId userId;
  std::uint64_t session = 0;
  std::string_view client;       // address:port
  std::string_view application;  // application_name
  std::string_view project;      // acted under; empty: none
  std::vector<std::string> purposes;
};
Fragment renderSession(const SessionFacts& facts);

struct NamedSource {
  base::DataSourceId id;
  std::string name;  // schema.name
};

/// What stays the same for a cached statement under one policy context and snapshot.
struct StatementFacts {
  std::string_view digest;  // the query digest of its shape
  std::vector<NamedSource> dataSources;
  std::vector<base::RuleId> rules;
  base::SnapshotVersion snapshot;
  std::string_view decision;    // "allowed", "local", ...
  std::string_view route;       // "push", "local", ...
  std::string_view connection;  // name of the data connection; empty: none
};
Fragment renderStatement(const StatementFacts& facts);

/// A bound parameter; nullopt: NULL. Binary ones are kept as hexadecimal.
struct Parameter {
  std::optional<std::string_view> value;
  bool binary = false;
};

struct Started {
  const Fragment& session;
  const Fragment& statement;
  std::string_view text;  // what the user wrote
  std::span<const Parameter> parameters = {};
  std::int64_t backendPid = 0;  // of the source's session, where known; 0: not
};

enum class Outcome { completed, failed, canceled, disconnected, suspended };

struct Finished {
  Ticket started;
  std::uint64_t rows = 0;
  std::uint64_t bytes = 0;
  std::uint64_t microseconds = 0;
  Outcome outcome = Outcome::completed;
  std::string_view sqlstate = {};     // what the client saw
  std::string_view sourceError = {};  // the source's own words, where the client saw a rebuilt message
};

/// A statement that was refused before it had a route: syntax, names, policy, limits.
struct Refused {
  const Fragment& session;
  std::string_view text;
  std::string_view sqlstate;
  std::string_view reason;
  base::SnapshotVersion snapshot = {};
};

struct Login {
  std::string_view user;
  std::uint64_t session = 0;
  std::string_view client;
  std::string_view method;  // "scram-sha-256", ...
  bool succeeded = false;
  std::string_view reason = {};  // of a failure, in words for the operator
};

struct PolicyChange {
  std::string_view actor;
  std::string_view what;  // "rule 12 disabled", canonical text, ...
  base::SnapshotVersion snapshot;
};

enum class ServerEvent { started, stopped };

}  // namespace scrim::audit
