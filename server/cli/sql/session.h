// SPDX-License-Identifier: Apache-2.0
// Session: a connection to the SQL gateway, over TLS with a verified certificate and host name. One thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "common/base/secret.h"

namespace scrim::cli::sql {

struct Address {
  std::string host;
  std::string port;
  std::string ca;  // a file of certificates; empty: the system's
  std::string user;
  std::string project;  // acted under; empty: none
  base::Secret password;
};

struct Column {
  std::string name;
  unsigned type = 0;  // PostgreSQL's number of the type
};

using Values = std::vector<std::optional<std::string_view>>;  // as PostgreSQL writes them; nullopt: NULL

/// Takes what a statement gives. An error ends the statement.
class Rows {
 public:
  virtual ~Rows() = default;
  /// Once, before all rows; not when the statement gives none, like SET.
  virtual base::Result<void> columns(const std::vector<Column>& columns) = 0;
  /// The values live as long as the call.
  virtual base::Result<void> row(const Values& values) = 0;
};

class Session {
 public:
  /// Errors: connectionLost: no answer, or not trusted; invalidAuthorization: the server does not take user and
  /// password; sourceError: another refusal, its SQLSTATE in `sqlstate`; queryCanceled: Ctrl-C.
  static base::Result<Session> open(const Address& address);

  /// One statement; the server's word about what it did: "SELECT 3". Errors: sourceError with `sqlstate`, and
  /// `position` when the server tells it; connectionLost; queryCanceled: Ctrl-C, after it was cancelled at the server;
  /// those of `rows`.
  base::Result<std::string> run(const std::string& statement, Rows& rows);

  struct Connection;
  struct Closer {
    void operator()(Connection* connection) const;
  };

 private:
  explicit Session(std::unique_ptr<Connection, Closer> connection) : connection_(std::move(connection)) {}
  std::unique_ptr<Connection, Closer> connection_;
};

}  // namespace scrim::cli::sql
