// SPDX-License-Identifier: Apache-2.0
// PostgreSQL's wire protocol 3.0 as seen from the client's side: writing messages into a buffer, and finding where
// messages of the server begin and end without copying them. Source: "Frontend/Backend Protocol" in PostgreSQL's
// manual. Values and pure functions; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace scrim::postgres {

/// Types of messages that a server sends.
namespace reply {
inline constexpr char kParseComplete = '1', kBindComplete = '2', kCloseComplete = '3', kNotification = 'A',
                      kCommandComplete = 'C', kDataRow = 'D', kError = 'E', kCopyOut = 'H', kEmptyQuery = 'I',
                      kNoData = 'n', kNotice = 'N', kParameterStatus = 'S', kPortalSuspended = 's',
                      kRowDescription = 'T', kParameterDescription = 't', kReady = 'Z', kBackendKey = 'K',
                      kCopyIn = 'G', kCopyBoth = 'W', kAuthentication = 'R', kFunctionResult = 'V';
/// Not a message: what is there cannot be one.
inline constexpr char kMalformed = '\x01';
}  // namespace reply

inline constexpr std::size_t kHeaderBytes = 5;  // type and length
/// A source's message longer than this is an error: PostgreSQL's own limit for a row is 1 GB.
/// A row is held whole, once for each session that reads it.
inline constexpr std::uint32_t kMaxMessageBytes = 64U << 20U;

inline std::uint32_t readU32(const char* at) {
  std::uint32_t raw;
  __builtin_memcpy(&raw, at, sizeof raw);
  return __builtin_bswap32(raw);
}
inline std::uint16_t readU16(const char* at) {
  std::uint16_t raw;
  __builtin_memcpy(&raw, at, sizeof raw);
  return __builtin_bswap16(raw);
}
void appendU32(std::string& out, std::uint32_t value);
void appendU16(std::string& out, std::uint16_t value);

/// One whole message in a buffer; views into it.
struct MessageView {
  char type = 0;
  std::string_view body;   // without type and length
  std::string_view whole;  // with them
};

/// Bytes that the message at the front takes in all; kHeaderBytes while its header is not there; 0: there will never be
/// a message, because no type or length is like that.
std::size_t frontMessageSize(std::string_view bytes);
/// The message at the front; type 0: more bytes are needed; kMalformed: there will never be one.
MessageView frontMessage(std::string_view bytes);
/// The run of whole DataRow messages at the front; adds how many they are.
std::string_view frontRows(std::string_view bytes, std::uint64_t& rows);

/// Appends messages to a buffer. A message is begun, filled and ended; nothing else may be appended in between.
class MessageWriter {
 public:
  explicit MessageWriter(std::string& out) : out_(out) {}
  void begin(char type);
  void end();
  void text(std::string_view value);  // with its terminating zero
  void bytes(std::string_view value) { out_.append(value); }
  void u16(std::uint16_t value) { appendU16(out_, value); }
  void u32(std::uint32_t value) { appendU32(out_, value); }

  void query(std::string_view sql);
  void parse(std::string_view name, std::string_view sql, std::span<const std::uint32_t> types);
  /// Bind of the unnamed statement to the unnamed portal, without parameters; formats as raw int16s.
  void bindNothing(std::string_view resultFormats);
  void describeStatement(std::string_view name);
  void execute(std::string_view portal, std::uint32_t maxRows);
  void closeStatement(std::string_view name);
  void closePortal(std::string_view name);
  void flush();
  void sync();

 private:
  void named(char type, char kind, std::string_view name);
  std::string& out_;
  std::size_t start_ = 0;
};

/// The fields of an ErrorResponse or NoticeResponse. Unknown fields are left out.
struct SourceMessage {
  std::string severity;  // never translated: field V
  std::string sqlstate;
  std::string message;
  std::string detail;
  std::string hint;
  std::optional<std::uint32_t> position;  // characters, from 1, in the text sent to the source
  std::optional<std::uint32_t> internalPosition;
  std::string internalQuery, where, schema, table, column, dataType, constraint, file, line, routine;
  bool fatal() const { return severity == "FATAL" || severity == "PANIC"; }
  /// All fields in one text, for the audit record and the log of the operator only.
  std::string full() const;
};
/// Of the body of an ErrorResponse or NoticeResponse; sqlstate is XX000 where the source gave none.
SourceMessage parseSourceMessage(std::string_view body);

}  // namespace scrim::postgres
