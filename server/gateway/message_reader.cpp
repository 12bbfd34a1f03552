// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/message_reader.h"

#include <cstring>
#include <utility>

namespace scrim::gateway {
namespace {

std::uint32_t bigEndian32(const char* at) {
  std::uint32_t value = 0;
  for (int i = 0; i < 4; ++i) value = value << 8U | static_cast<std::uint8_t>(at[i]);
  return value;
}

bool readFormats(FieldReader& fields, std::vector<std::int16_t>& formats, std::string_view& raw) {
  const std::size_t count = fields.int16();
  raw = fields.peekRest().substr(0, 2 * count);
  formats.clear();
  for (std::size_t i = 0; i < count && fields.ok(); ++i) {
    formats.push_back(static_cast<std::int16_t>(fields.int16()));
  }
  return fields.ok();
}

bool readParameters(FieldReader& fields, std::vector<std::optional<std::string_view>>& parameters,
                    std::string_view& raw) {
  const std::size_t count = fields.int16();
  const std::string_view before = fields.peekRest();
  parameters.clear();
  for (std::size_t i = 0; i < count && fields.ok(); ++i) {
    const std::int32_t length = fields.int32();
    if (length < -1) return false;
    if (length == -1) {
      parameters.emplace_back(std::nullopt);
    } else {
      parameters.emplace_back(fields.bytes(static_cast<std::size_t>(length)));
    }
  }
  raw = before.substr(0, before.size() - fields.peekRest().size());
  return fields.ok();
}

base::Result<void> checkFormats(const std::vector<std::int16_t>& formats) {
  for (const std::int16_t format : formats) {
    if (format == 0 || format == 1) continue;
    return base::Error{base::ErrorCode::invalidParameter, "unsupported format code: " + std::to_string(format)};
  }
  return {};
}

bool canBeSkipped(SizeClass size) {
  return size == SizeClass::name || size == SizeClass::statement || size == SizeClass::data;
}

}  // namespace

base::Error protocolError(std::string message) { return {base::ErrorCode::protocolViolation, std::move(message)}; }

base::Error tooLong(const Frame& frame, Phase phase, const MessageLimits& limits) {
  const MessageRule& rule = ruleFor(phase, static_cast<std::uint8_t>(frame.type));
  return {base::ErrorCode::programLimit, "message of " + std::to_string(frame.size - 5) +
                                             " bytes is longer than is allowed here (" +
                                             std::to_string(bodyLimit(rule.size, limits)) + ")"};
}

bool FieldReader::need(std::size_t count) {
  if (rest_.size() < count) ok_ = false;
  return ok_;
}

std::uint8_t FieldReader::byte() {
  if (!need(1)) return 0;
  const auto value = static_cast<std::uint8_t>(rest_.front());
  rest_.remove_prefix(1);
  return value;
}

std::uint16_t FieldReader::int16() {
  const auto high = static_cast<std::uint32_t>(byte());
  const auto low = static_cast<std::uint32_t>(byte());
  return static_cast<std::uint16_t>(high << 8U | low);
}

std::int32_t FieldReader::int32() {
  if (!need(4)) return 0;
  const auto value = static_cast<std::int32_t>(bigEndian32(rest_.data()));
  rest_.remove_prefix(4);
  return value;
}

std::string_view FieldReader::text() {
  if (!ok_) return {};
  const std::size_t end = rest_.find('\0');
  if (end == std::string_view::npos) {
    ok_ = false;
    return {};
  }
  const std::string_view value = rest_.substr(0, end);
  rest_.remove_prefix(end + 1);
  return value;
}

std::string_view FieldReader::bytes(std::size_t count) {
  if (!need(count)) return {};
  const std::string_view value = rest_.substr(0, count);
  rest_.remove_prefix(count);
  return value;
}

std::string_view FieldReader::rest() { return bytes(rest_.size()); }

base::Result<FrameResult> readFrame(std::string_view input, Phase phase, const MessageLimits& limits) {
  if (input.empty()) return FrameResult{{}, 5};
  const MessageRule& rule = ruleFor(phase, static_cast<std::uint8_t>(input.front()));
  if (rule.verdict == Verdict::refuse) {
    return protocolError("invalid frontend message type " + std::to_string(static_cast<std::uint8_t>(input.front())));
  }
  if (input.size() < 5) return FrameResult{{}, 5};
  const std::uint32_t length = bigEndian32(input.data() + 1);
  if (length < 4) return protocolError("invalid message length");
  const std::size_t body = length - 4;
  if (body > bodyLimit(rule.size, limits)) {
    if (!canBeSkipped(rule.size) || body > kMaxSkippedBytes) return protocolError("invalid message length");
    return FrameResult{Frame{input.front(), Verdict::skip, {}, body + 5}, 0};
  }
  if (input.size() < body + 5) return FrameResult{{}, body + 5};
  return FrameResult{Frame{input.front(), rule.verdict, input.substr(5, body), body + 5}, 0};
}

base::Result<std::string_view> readQuery(std::string_view body) {
  FieldReader fields(body);
  const std::string_view text = fields.text();
  if (!fields.done()) return protocolError("invalid Query message");
  return text;
}

base::Result<ParseMessage> readParse(std::string_view body) {
  FieldReader fields(body);
  ParseMessage message;
  message.name = fields.text();
  message.text = fields.text();
  const std::size_t count = fields.int16();
  for (std::size_t i = 0; i < count && fields.ok(); ++i) {
    message.types.push_back(static_cast<std::uint32_t>(fields.int32()));
  }
  if (!fields.done()) return protocolError("invalid Parse message");
  return message;
}

base::Result<void> readBind(std::string_view body, BindMessage& message) {
  FieldReader fields(body);
  message.portal = fields.text();
  message.statement = fields.text();
  if (!readFormats(fields, message.parameterFormats, message.rawParameterFormats) ||
      !readParameters(fields, message.parameters, message.rawParameters) ||
      !readFormats(fields, message.resultFormats, message.rawResultFormats) || !fields.done()) {
    return protocolError("invalid Bind message");
  }
  const std::size_t formats = message.parameterFormats.size();
  if (formats > 1 && formats != message.parameters.size()) {
    return protocolError("bind message has " + std::to_string(formats) + " parameter formats but " +
                         std::to_string(message.parameters.size()) + " parameters");
  }
  SCRIM_CHECK_OK(checkFormats(message.parameterFormats));
  return checkFormats(message.resultFormats);
}

base::Result<NamedMessage> readNamed(std::string_view body) {
  FieldReader fields(body);
  const std::uint8_t kind = fields.byte();
  const std::string_view name = fields.text();
  if (!fields.done() || (kind != 'S' && kind != 'P')) return protocolError("invalid Describe or Close message");
  return NamedMessage{kind == 'P', name};
}

base::Result<ExecuteMessage> readExecute(std::string_view body) {
  FieldReader fields(body);
  const std::string_view portal = fields.text();
  const std::int32_t maxRows = fields.int32();
  if (!fields.done()) return protocolError("invalid Execute message");
  return ExecuteMessage{portal, maxRows};
}

base::Result<SaslInitialMessage> readSaslInitial(std::string_view body) {
  FieldReader fields(body);
  SaslInitialMessage message;
  message.mechanism = fields.text();
  const std::int32_t length = fields.int32();
  // PostgreSQL allows -1 (no initial response); SCRAM always has one.
  if (length < 0) return protocolError("invalid SASLInitialResponse message");
  message.response = fields.bytes(static_cast<std::size_t>(length));
  if (!fields.done()) return protocolError("invalid SASLInitialResponse message");
  return message;
}

base::Result<std::string_view> readPassword(std::string_view body) {
  FieldReader fields(body);
  const std::string_view password = fields.text();
  if (!fields.done()) return protocolError("invalid password packet size");
  return password;
}

}  // namespace scrim::gateway
