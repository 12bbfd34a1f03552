// SPDX-License-Identifier: Apache-2.0
// Startup: the first, untyped packets of a connection, parsed. Bounded by kMaxStartupBytes; views point into the bytes
// given. Errors: protocolViolation, after which the connection is closed. Pure functions; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "common/base/result.h"
#include "server/gateway/protocol.h"

namespace scrim::gateway {

struct SslRequest {};
struct GssEncRequest {};
struct CancelRequest {
  std::uint32_t processId = 0;
  std::string_view key;  // 4 bytes in protocol 3.0, up to 256 in 3.2
};
struct StartupRequest {
  std::uint32_t version = 0;  // as asked for; the major part is 3
  std::string_view user;
  std::string_view database;                                            // empty: not said
  std::string_view options;                                             // the command line of `options`
  std::vector<std::pair<std::string_view, std::string_view>> settings;  // all other names, in order
  std::vector<std::string_view> protocolOptions;                        // names that begin with "_pq_."
};
using StartupPacket = std::variant<SslRequest, GssEncRequest, CancelRequest, StartupRequest>;

struct StartupResult {
  std::optional<StartupPacket> packet;
  std::size_t size = 0;    // of the packet
  std::size_t wanted = 0;  // no packet yet: the input has to be this long in all
};

/// The startup packet at the start of `input`, or how much input is needed.
base::Result<StartupResult> readStartup(std::string_view input);

/// The version to speak with a client that asked for `version`.
std::uint32_t negotiatedVersion(std::uint32_t version);

using NameAndValue = std::pair<std::string, std::string>;
/// The settings in a startup `options` value: "-c name=value", "-cname=value" and "--name=value", separated by white
/// space, with backslash escapes, as PostgreSQL reads them. Errors: invalidParameter for anything else.
base::Result<std::vector<NameAndValue>> readOptions(std::string_view options);

}  // namespace scrim::gateway
