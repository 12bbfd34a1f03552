// SPDX-License-Identifier: Apache-2.0
// From a client's values to the source's Bind message: the client's own values as they came, lifted literals as text,
// policy values in binary. Pure; any thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "common/base/result.h"
#include "server/query/route/routed_query.h"

namespace scrim::push {

/// The values for one execution. Views must stay valid until the call they are given to has ended. Formats and values
/// are raw bytes of the client's Bind message: big-endian int16s, and int32 length (-1: NULL) and bytes of each value.
struct Arguments {
  std::string_view formats = {};  // of parameters, without their count: none (text), one for all, or one each
  std::string_view values = {};   // without their count
  std::uint16_t valueCount = 0;
  std::string_view resultFormats = {};            // without their count: none (text), one for all, or one per column
  std::span<const std::string_view> lifted = {};  // literals lifted from the text, as text, in the order of the shape
};

/// Whether the values fit the statement: every parameter has one, and lengths cover the bytes exactly.
/// Errors: protocolViolation (the client's counts or lengths do not fit), internal.
base::Result<void> checkArguments(const route::RoutedQuery& query, const Arguments& arguments);
/// Appends Bind, for arguments that have been checked.
void appendBind(std::string& out, std::string_view portal, std::string_view statement, const route::RoutedQuery& query,
                const Arguments& arguments);

}  // namespace scrim::push
