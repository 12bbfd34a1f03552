// SPDX-License-Identifier: Apache-2.0
// Limits: what clients may use. Defaults suit a server of a company; the wiring sets them from its configuration.
#pragma once

#include <chrono>
#include <cstddef>

#include "server/gateway/protocol.h"

namespace scrim::gateway {

struct Limits {
  MessageLimits messages;

  // Connections; a client past them is told "sorry, too many clients already" (53300).
  std::size_t connections = 20'000;
  std::size_t connectionsPerAddress = 10'000;
  std::size_t connectionsPerUser = 10'000;
  int sourceSharePerUser = 75;                // percent of a source's connections that a user's sessions may hold
  std::size_t connectionsLoggingIn = 15'000;  // have not logged in yet

  // Of one session; past them: programLimit (54000).
  std::size_t preparedStatements = 10'000;
  std::size_t portals = 1'000;
  std::size_t cursors = 1'000;
  std::size_t statementTextBytes = 64U << 20U;  // of all prepared statements, with their plans
  std::size_t portalBytes = 64U << 20U;         // of the values of all portals

  /// Of all sessions of a user: prepared statements, portals, unfinished messages, unread output; past it: 53200.
  std::size_t memoryPerUser = 512U << 20U;

  /// Output kept for a client that does not read; beyond it the source is not read either.
  std::size_t outputBytes = 256U << 10U;

  // Zero: none.
  std::chrono::milliseconds loginTimeout{60'000};
  std::chrono::milliseconds idleTimeout{0};
  std::chrono::milliseconds idleInTransactionTimeout{600'000};
  std::chrono::milliseconds statementTimeout{0};    // clients may ask for less, not for more
  std::chrono::milliseconds writeTimeout{300'000};  // a client that takes nothing for this long is gone
  std::chrono::milliseconds drainTimeout{30'000};   // what running statements get when the server stops

  std::size_t statementCacheBytes = 64U << 20U;  // of each thread
};

}  // namespace scrim::gateway
