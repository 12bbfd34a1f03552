// SPDX-License-Identifier: Apache-2.0
// UpstreamConnection: one authenticated session at a source. libpq connects and logs in (multi-host, TLS, SCRAM,
// certificates), then its socket is taken over and spoken to in raw protocol messages, so that rows are never decoded.
//
// The session is pinned at start: search_path = pg_catalog, read-only transactions, UTF-8, standard conforming strings,
// the default SessionSettings, application_name scrim.
//
// Ownership: a Pool owns it, a Lease lends it. Threads: all of it on the one thread that runs its io_context. Bytes:
// writer() collects messages, send() hands them to the kernel in one write; receive() reads what is there and next()
// yields whole messages as views that stay valid until the next receive().
#pragma once

#include <array>
#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>
#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>

#include "common/base/result.h"
#include "server/sources/postgres/connect_options.h"
#include "server/sources/postgres/input_buffer.h"
#include "server/sources/postgres/libpq_session.h"
#include "server/sources/postgres/session_settings.h"
#include "server/sources/postgres/transport.h"
#include "server/sources/postgres/wire.h"

namespace scrim::postgres {

/// Most statements kept prepared on one connection; the least recently used one is closed.
inline constexpr std::size_t kMaxPreparedStatements = 512;

/// What is prepared, and under which settings.
struct PreparedKey {
  std::uint64_t statement = 0;
  std::uint64_t settings = 0;
  bool operator==(const PreparedKey&) const = default;
  struct Hash {
    std::size_t operator()(const PreparedKey& key) const { return key.statement * 0x9e3779b97f4a7c15U ^ key.settings; }
  };
};

class UpstreamConnection {
 public:
  /// Errors: sourceUnavailable with a message for users ("cannot reach data source connection .."); the reason in
  /// libpq's words goes to the log.
  static asio::awaitable<base::Result<std::unique_ptr<UpstreamConnection>>> connect(ConnectOptionsPtr options);
  ~UpstreamConnection();
  UpstreamConnection(const UpstreamConnection&) = delete;
  UpstreamConnection& operator=(const UpstreamConnection&) = delete;

  // --- bytes out
  std::string& out() { return out_; }
  MessageWriter writer() { return MessageWriter(out_); }
  /// Writes all of out(), and empties it (wiped first if `wipe`). Fast path: one write(), no suspension. While the
  /// source does not take bytes, replies are read and kept, so that the two sides cannot wait for each other.
  /// Errors: connectionLost.
  asio::awaitable<base::Result<void>> send(bool wipe = false);
  /// One write(), without suspending: true if everything went out; false: call send() for the rest (or the error).
  bool trySend(bool wipe = false);

  // --- bytes in
  /// Waits for and reads more bytes; views given before become invalid. Errors: connectionLost, protocolViolation.
  asio::awaitable<base::Result<void>> receive();
  /// The same without waiting. False: nothing is there (or not worth a look before waitToRead()).
  base::Result<bool> tryReceive();
  asio::awaitable<std::tuple<asio::error_code>> waitToRead();
  /// The next whole message, consumed; type 0: more bytes are needed; kMalformed: there will never be one.
  /// ParameterStatus, NoticeResponse and NotificationResponse are yielded like any other. Keeps transactionStatus() up
  /// to date on ReadyForQuery.
  MessageView next();
  /// The run of whole DataRow messages at the front of the buffer, consumed: relayed as it stands.
  /// Part of a row longer than the buffer is not handed out early.
  std::string_view nextRows(std::uint64_t& rowsSeen);
  /// Type of the message at the front, as far as its first byte is there; else 0.
  char frontType() const { return in_.size() == 0 ? '\0' : in_.view().front(); }
  /// Bytes received and not yet consumed.
  std::size_t buffered() const { return in_.size(); }

  // --- state
  char transactionStatus() const { return transactionStatus_; }  // 'I', 'T', 'E'
  bool broken() const { return broken_; }
  /// Never to be pooled again; the lease's end closes it.
  void markBroken() { broken_ = true; }
  bool fresh() const { return fresh_; }  // no statement has succeeded on it yet
  void markUsed() { fresh_ = false; }
  int backendPid() const { return session_.backendPid(); }
  const ConnectOptions& options() const { return *options_; }

  /// What the session at the source has; nullptr: unknown, everything is to be sent again.
  const SessionSettingsPtr& settings() const { return settings_; }
  void rememberSettings(SessionSettingsPtr settings);

  // --- prepared statements, by an id that stands for text and types (push/statement.h), each under the settings that
  // the session has: literals of dates and times are read when a statement is prepared, by the settings of that moment.
  /// True: prepared here (and now the most recently used).
  bool isPrepared(std::uint64_t statementId);
  /// Notes that Parse has been appended for it. True: Close has been appended for the one it displaces, whose
  /// CloseComplete the caller is to skip. The caller calls forgetPrepared() if the Parse fails.
  bool notePrepared(std::uint64_t statementId);
  void forgetPrepared(const PreparedKey& key);
  /// What it is prepared as now.
  PreparedKey preparedAs(std::uint64_t statementId) const { return {statementId, settingsOrdinal_}; }
  std::size_t preparedCount() const { return prepared_.size(); }
  void appendStatementName(std::string& out, std::uint64_t statementId) const;
  /// The name under the settings that every session begins with.
  static void appendFirstName(std::string& out, std::uint64_t statementId);
  bool hasFirstSettings() const { return settings_ == SessionSettings::defaults(); }

  /// Asks the source to cancel what this connection runs, on a worker thread; does not wait. The connection is not
  /// pooled again, because the request may arrive when the statement is over and would hit the next one.
  void cancel();
  /// Ends every wait for the source at once: it has not answered in time.
  void abort();
  /// Whether the session at the source is as a new one: idle, nothing owed, nothing broken or cancelled.
  bool clean() const;
  /// Gives memory of a large result back.
  void shrink();
  /// Not idle any more although nobody uses it: closed by the source, or it has said something unasked.
  bool looksDead();

 private:
  UpstreamConnection(asio::any_io_executor executor, ConnectOptionsPtr options, LibpqSession session);
  base::Error lost();
  base::Error malformed();
  base::Result<void> makeRoomForNext();

  ConnectOptionsPtr options_;
  LibpqSession session_;  // outlives transport_, which borrows its socket
  Transport transport_;
  std::string out_;
  std::size_t sent_ = 0;
  InputBuffer in_;
  bool lastFilled_ = false;    // the last read filled the buffer: it may grow
  bool worthReading_ = false;  // a wait has ended, or there was more than the buffer held
  char transactionStatus_ = 'I';
  bool broken_ = false;
  bool fresh_ = true;
  bool cancelled_ = false;
  SessionSettingsPtr settings_ = SessionSettings::defaults();
  std::uint64_t settingsOrdinal_ = settings_->ordinal();  // another each time when they are unknown
  std::list<PreparedKey> recency_;                        // most recently used first
  std::unordered_map<PreparedKey, std::list<PreparedKey>::iterator, PreparedKey::Hash> prepared_;
};

}  // namespace scrim::postgres
