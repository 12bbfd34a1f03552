// SPDX-License-Identifier: Apache-2.0
// Message writer: typed messages as bytes for a client, appended to a buffer that is sent with one write. Values; one
// thread at a time.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "common/base/error.h"

namespace scrim::gateway {

using OutBuffer = std::string;

/// One message: the length is filled in by the destructor or end().
class MessageWriter {
 public:
  MessageWriter(OutBuffer& out, char type);
  ~MessageWriter() { end(); }
  MessageWriter(const MessageWriter&) = delete;
  MessageWriter& operator=(const MessageWriter&) = delete;

  MessageWriter& byte(std::uint8_t value);
  MessageWriter& int16(std::uint16_t value);
  MessageWriter& int32(std::uint32_t value);
  /// With a zero byte at the end.
  MessageWriter& text(std::string_view value);
  MessageWriter& bytes(std::string_view value);
  void end();

 private:
  OutBuffer& out_;
  std::size_t length_;
  bool ended_ = false;
};

enum class Severity { error, fatal };

void writeAuthenticationOk(OutBuffer& out);
/// Inside TLS only.
void writeAuthenticationCleartext(OutBuffer& out);
void writeAuthenticationSasl(OutBuffer& out, std::span<const std::string_view> mechanisms);
void writeAuthenticationSaslContinue(OutBuffer& out, std::string_view data);
void writeAuthenticationSaslFinal(OutBuffer& out, std::string_view data);
void writeNegotiateProtocolVersion(OutBuffer& out, std::uint32_t version, std::span<const std::string_view> options);
void writeParameterStatus(OutBuffer& out, std::string_view name, std::string_view value);
void writeBackendKeyData(OutBuffer& out, std::uint32_t processId, std::string_view key);
/// 'I' idle, 'T' in a transaction, 'E' in a failed one.
void writeReadyForQuery(OutBuffer& out, char status);
void writeCommandComplete(OutBuffer& out, std::string_view tag);
void writeEmptyQueryResponse(OutBuffer& out);
void writeParseComplete(OutBuffer& out);
void writeBindComplete(OutBuffer& out);
void writeCloseComplete(OutBuffer& out);
void writeNoData(OutBuffer& out);
void writePortalSuspended(OutBuffer& out);
void writeParameterDescription(OutBuffer& out, std::span<const std::uint32_t> types);

/// The error as the client sees it. `text`: what the client wrote, for the position, which is in characters.
void writeError(OutBuffer& out, const base::Error& error, Severity severity, std::string_view text = {});
void writeNotice(OutBuffer& out, std::string_view severity, std::string_view sqlstate, std::string_view message);

/// A column of a result that we make ourselves (SHOW, EXPLAIN): text.
struct TextColumn {
  std::string_view name;
  std::uint32_t typeOid = 25;
};
void writeRowDescription(OutBuffer& out, std::span<const TextColumn> columns,
                         std::span<const std::int16_t> formats = {});
void writeDataRow(OutBuffer& out, std::span<const std::string_view> values);

}  // namespace scrim::gateway
