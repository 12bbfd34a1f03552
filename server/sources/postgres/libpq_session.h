// SPDX-License-Identifier: Apache-2.0
// LibpqSession: libpq's part in an upstream connection: connecting, TLS and login, the backend's pid and cancel key,
// and saying goodbye. After connect() nothing but its destructor touches the socket through libpq again.
#pragma once

#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>
#include <memory>

#include "common/base/result.h"
#include "server/sources/postgres/connect_options.h"

struct pg_conn;
struct pg_cancel;
struct ssl_st;

namespace scrim::postgres {

class LibpqSession {
 public:
  /// Tries every address of every host, each for at most the connect timeout, without blocking the thread.
  /// Errors: sourceUnavailable, in words for users; libpq's own words go to the log.
  static asio::awaitable<base::Result<LibpqSession>> connect(ConnectOptionsPtr options);

  int socket() const;
  ssl_st* tls() const;  // nullptr: plain
  int backendPid() const;
  /// On a worker thread of its own; does not wait.
  void cancel() const;

 private:
  struct Finish {
    void operator()(pg_conn* connection) const;
  };
  using Handle = std::unique_ptr<pg_conn, Finish>;
  explicit LibpqSession(Handle connection);
  static asio::awaitable<base::Result<Handle>> attempt(const ConnectOptions& options, const struct Address& address);

  Handle connection_;
  std::shared_ptr<pg_cancel> cancel_;
};

/// The error users get when a source cannot be reached; says whom to ask, not why.
base::Error unreachable(const ConnectOptions& options);

}  // namespace scrim::postgres
