// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/message_writer.h"

#include "common/base/utf8.h"

namespace scrim::gateway {
namespace {

void putInt32(char* at, std::uint32_t value) {
  at[0] = static_cast<char>(value >> 24U);
  at[1] = static_cast<char>(value >> 16U);
  at[2] = static_cast<char>(value >> 8U);
  at[3] = static_cast<char>(value);
}

void writeEmpty(OutBuffer& out, char type) { MessageWriter(out, type).end(); }

void field(MessageWriter& message, char type, std::string_view value) {
  if (!value.empty()) message.byte(static_cast<std::uint8_t>(type)).text(value);
}

}  // namespace

MessageWriter::MessageWriter(OutBuffer& out, char type) : out_(out) {
  out_ += type;
  length_ = out_.size();
  out_.append(4, '\0');
}

MessageWriter& MessageWriter::byte(std::uint8_t value) {
  out_ += static_cast<char>(value);
  return *this;
}

MessageWriter& MessageWriter::int16(std::uint16_t value) {
  out_ += static_cast<char>(value >> 8U);
  out_ += static_cast<char>(value);
  return *this;
}

MessageWriter& MessageWriter::int32(std::uint32_t value) {
  char bytes[4];
  putInt32(bytes, value);
  out_.append(bytes, 4);
  return *this;
}

MessageWriter& MessageWriter::text(std::string_view value) {
  // A zero byte inside would end the field early and let the rest be read as another one.
  out_.append(value.substr(0, value.find('\0')));
  out_ += '\0';
  return *this;
}

MessageWriter& MessageWriter::bytes(std::string_view value) {
  out_.append(value);
  return *this;
}

void MessageWriter::end() {
  if (ended_) return;
  ended_ = true;
  putInt32(out_.data() + length_, static_cast<std::uint32_t>(out_.size() - length_));
}

void writeAuthenticationOk(OutBuffer& out) { MessageWriter(out, 'R').int32(0); }
void writeAuthenticationCleartext(OutBuffer& out) { MessageWriter(out, 'R').int32(3); }

void writeAuthenticationSasl(OutBuffer& out, std::span<const std::string_view> mechanisms) {
  MessageWriter message(out, 'R');
  message.int32(10);
  for (const std::string_view mechanism : mechanisms) message.text(mechanism);
  message.byte(0);
}

void writeAuthenticationSaslContinue(OutBuffer& out, std::string_view data) {
  MessageWriter(out, 'R').int32(11).bytes(data);
}

void writeAuthenticationSaslFinal(OutBuffer& out, std::string_view data) {
  MessageWriter(out, 'R').int32(12).bytes(data);
}

void writeNegotiateProtocolVersion(OutBuffer& out, std::uint32_t version, std::span<const std::string_view> options) {
  MessageWriter message(out, 'v');
  message.int32(version).int32(static_cast<std::uint32_t>(options.size()));
  for (const std::string_view option : options) message.text(option);
}

void writeParameterStatus(OutBuffer& out, std::string_view name, std::string_view value) {
  MessageWriter(out, 'S').text(name).text(value);
}

void writeBackendKeyData(OutBuffer& out, std::uint32_t processId, std::string_view key) {
  MessageWriter(out, 'K').int32(processId).bytes(key);
}

void writeReadyForQuery(OutBuffer& out, char status) {
  MessageWriter(out, 'Z').byte(static_cast<std::uint8_t>(status));
}
void writeCommandComplete(OutBuffer& out, std::string_view tag) { MessageWriter(out, 'C').text(tag); }
void writeEmptyQueryResponse(OutBuffer& out) { writeEmpty(out, 'I'); }
void writeParseComplete(OutBuffer& out) { writeEmpty(out, '1'); }
void writeBindComplete(OutBuffer& out) { writeEmpty(out, '2'); }
void writeCloseComplete(OutBuffer& out) { writeEmpty(out, '3'); }
void writeNoData(OutBuffer& out) { writeEmpty(out, 'n'); }
void writePortalSuspended(OutBuffer& out) { writeEmpty(out, 's'); }

void writeParameterDescription(OutBuffer& out, std::span<const std::uint32_t> types) {
  MessageWriter message(out, 't');
  message.int16(static_cast<std::uint16_t>(types.size()));
  for (const std::uint32_t type : types) message.int32(type);
}

void writeError(OutBuffer& out, const base::Error& error, Severity severity, std::string_view text) {
  const std::string_view word = severity == Severity::fatal ? "FATAL" : "ERROR";
  MessageWriter message(out, 'E');
  field(message, 'S', word);
  field(message, 'V', word);
  field(message, 'C', base::sqlstateOf(error));
  message.byte('M').text(error.message);
  field(message, 'D', error.detail);
  field(message, 'H', error.hint);
  if (error.position && !text.empty()) {
    field(message, 'P', std::to_string(base::charactersBefore(text, *error.position) + 1));
  }
  message.byte(0);
}

void writeNotice(OutBuffer& out, std::string_view severity, std::string_view sqlstate, std::string_view message) {
  MessageWriter writer(out, 'N');
  field(writer, 'S', severity);
  field(writer, 'V', severity);
  field(writer, 'C', sqlstate);
  writer.byte('M').text(message);
  writer.byte(0);
}

void writeRowDescription(OutBuffer& out, std::span<const TextColumn> columns, std::span<const std::int16_t> formats) {
  MessageWriter message(out, 'T');
  message.int16(static_cast<std::uint16_t>(columns.size()));
  for (std::size_t i = 0; i < columns.size(); ++i) {
    std::int16_t format = 0;
    if (!formats.empty()) format = formats.size() == 1 ? formats[0] : formats[i];
    message.text(columns[i].name).int32(0).int16(0).int32(columns[i].typeOid);
    message.int16(0xffff).int32(0xffffffff).int16(static_cast<std::uint16_t>(format));
  }
}

void writeDataRow(OutBuffer& out, std::span<const std::string_view> values) {
  MessageWriter message(out, 'D');
  message.int16(static_cast<std::uint16_t>(values.size()));
  for (const std::string_view value : values) message.int32(static_cast<std::uint32_t>(value.size())).bytes(value);
}

}  // namespace scrim::gateway
