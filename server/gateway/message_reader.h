// SPDX-License-Identifier: Apache-2.0
// Message reader: from bytes of a client to typed messages. One bounded parser for all that may come after the startup
// packet. Views point into the bytes given; nothing is copied. Errors: protocolViolation. After one of readFrame() the
// connection is closed; after one of a body, whose end is known, the session goes on. Pure functions; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "server/gateway/protocol.h"

namespace scrim::gateway {

/// Reads big-endian fields; once a read fails, all later ones do, and ok() is false.
class FieldReader {
 public:
  explicit FieldReader(std::string_view bytes) : rest_(bytes) {}

  std::uint8_t byte();
  std::uint16_t int16();
  std::int32_t int32();
  /// Up to, without, the next zero byte, which is consumed.
  std::string_view text();
  std::string_view bytes(std::size_t count);
  std::string_view rest();
  std::string_view peekRest() const { return rest_; }

  bool ok() const { return ok_; }
  /// All read, nothing left.
  bool done() const { return ok_ && rest_.empty(); }

 private:
  bool need(std::size_t count);
  std::string_view rest_;
  bool ok_ = true;
};

struct Frame {
  char type = 0;
  Verdict verdict = Verdict::refuse;
  std::string_view body;  // empty when it is skipped
  std::size_t size = 0;   // with type and length: what to consume
};

struct FrameResult {
  std::optional<Frame> frame;  // complete
  std::size_t wanted = 0;      // incomplete: the input has to be this long in all
};

/// The first message of `input` in that phase, or how much input is needed; one to be skipped is told of as soon as its
/// length is known. Errors: a type that may not come now, a length below 4 or past what is read or skipped: known from
/// the first bytes, before any body is read.
base::Result<FrameResult> readFrame(std::string_view input, Phase phase, const MessageLimits& limits);

struct SaslInitialMessage {
  std::string_view mechanism;
  std::string_view response;
};
struct ParseMessage {
  std::string_view name;
  std::string_view text;
  std::vector<std::uint32_t> types;  // OIDs, 0: not said
};
struct BindMessage {
  std::string_view portal;
  std::string_view statement;
  std::vector<std::int16_t> parameterFormats;
  std::vector<std::optional<std::string_view>> parameters;
  std::vector<std::int16_t> resultFormats;
  // The same, as raw bytes without their counts: what travels on to a source.
  std::string_view rawParameterFormats;
  std::string_view rawParameters;
  std::string_view rawResultFormats;
};
/// Describe and Close.
struct NamedMessage {
  bool portal = false;  // else a statement
  std::string_view name;
};
struct ExecuteMessage {
  std::string_view portal;
  std::int32_t maxRows = 0;  // 0 or less: all
};

base::Result<std::string_view> readQuery(std::string_view body);
base::Result<ParseMessage> readParse(std::string_view body);
/// Into `message`, so that its vectors are used again. Errors also: invalidParameter for a format that does not exist.
base::Result<void> readBind(std::string_view body, BindMessage& message);
base::Result<NamedMessage> readNamed(std::string_view body);
base::Result<ExecuteMessage> readExecute(std::string_view body);
base::Result<SaslInitialMessage> readSaslInitial(std::string_view body);
/// A PasswordMessage: the password without its zero byte.
base::Result<std::string_view> readPassword(std::string_view body);

base::Error protocolError(std::string message);
/// What the client is told of a skipped message.
base::Error tooLong(const Frame& frame, Phase phase, const MessageLimits& limits);

}  // namespace scrim::gateway
