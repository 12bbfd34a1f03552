// SPDX-License-Identifier: Apache-2.0
// Protocol: the numbers of PostgreSQL's wire protocol, version 3, and the one table that says which message may come in
// which phase of a session and how long it may be. Source: PostgreSQL's documentation, chapter "Frontend/Backend
// Protocol". Constants and pure functions; any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace scrim::gateway {

inline constexpr std::uint32_t kCancelRequestCode = 80877102;
inline constexpr std::uint32_t kSslRequestCode = 80877103;
inline constexpr std::uint32_t kGssEncRequestCode = 80877104;
inline constexpr std::uint32_t kProtocol30 = 3U << 16U;
inline constexpr std::uint32_t kProtocol32 = (3U << 16U) | 2U;

/// A startup packet is never longer (PostgreSQL's own limit).
inline constexpr std::size_t kMaxStartupBytes = 10'000;
/// A message of an authentication exchange.
inline constexpr std::size_t kMaxAuthBytes = 4'096;

/// Where a session is, as far as it decides what the client may send.
enum class Phase {
  saslInitial,   // AuthenticationSASL is out: a SASLInitialResponse is due
  saslResponse,  // AuthenticationSASLContinue is out: the client's proof is due
  password,      // AuthenticationCleartextPassword is out, inside TLS: the password is due
  ready,         // logged in: any query message
  skipping,      // an extended-protocol message failed: all but Sync and Terminate is dropped unread
};
inline constexpr std::size_t kPhases = 5;

enum class Verdict : std::uint8_t {
  refuse,  // the connection is closed with protocolViolation
  accept,
  drop,  // read and forgotten
  skip,  // too long: not kept but read to its end, so that the session goes on after it
};

/// What is too long is read to its end if that is not further away (PostgreSQL's own limit); else the session ends.
inline constexpr std::size_t kMaxSkippedBytes = (1U << 30U) - 1;

/// How a message is bounded.
enum class SizeClass : std::uint8_t { none, tiny, name, auth, statement, data };

struct MessageRule {
  Verdict verdict = Verdict::refuse;
  SizeClass size = SizeClass::none;
};

/// Every (phase, first byte) pair; what is not listed is refused.
const MessageRule& ruleFor(Phase phase, std::uint8_t type);

/// What one session may use. Bytes, counts; a client that needs more gets a clear error.
struct MessageLimits {
  std::size_t statementBytes = 4U << 20U;  // Query, Parse
  std::size_t dataBytes = 64U << 20U;      // Bind
};

/// The largest body of a message of that class.
std::size_t bodyLimit(SizeClass size, const MessageLimits& limits);

}  // namespace scrim::gateway
