// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/copy_encoder.h"

#include <algorithm>

#include "server/gateway/message_reader.h"

namespace scrim::gateway {
namespace {

using Format = CopyCommand::Format;

constexpr std::string_view kBinarySignature{"PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0", 19};
constexpr std::int32_t kNull = -1;  // as a length
constexpr std::string_view kBinaryTrailer{"\377\377", 2};

/// The letter after a backslash for a control character that has one; 0: none.
char escapeLetter(char c) {
  switch (c) {
    case '\b':
      return 'b';
    case '\f':
      return 'f';
    case '\n':
      return 'n';
    case '\r':
      return 'r';
    case '\t':
      return 't';
    case '\v':
      return 'v';
    default:
      return 0;
  }
}

}  // namespace

base::Result<CopyEncoder> CopyEncoder::make(const CopyCommand& copy, std::span<const std::string> columns) {
  CopyEncoder encoder(copy, {columns.begin(), columns.end()});
  encoder.forced_.assign(columns.size(), copy.quoteAll);
  for (const std::string& name : copy.quoted) {
    const auto found = std::find(columns.begin(), columns.end(), name);
    if (found == columns.end()) {
      return base::Error{base::ErrorCode::undefinedColumn, "column \"" + name + "\" does not exist"};
    }
    encoder.forced_[static_cast<std::size_t>(found - columns.begin())] = true;
  }
  return encoder;
}

void CopyEncoder::begin(OutBuffer& out) {
  signed_ = false;
  const std::uint8_t format = copy_.format == Format::binary ? 1 : 0;
  {
    MessageWriter response(out, 'H');
    response.byte(format).int16(static_cast<std::uint16_t>(columns_.size()));
    for (std::size_t i = 0; i < columns_.size(); ++i) response.int16(format);
  }
  if (copy_.header) header(out);
}

void CopyEncoder::header(OutBuffer& out) const {
  MessageWriter line(out, 'd');
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (i > 0) out += copy_.delimiter;
    if (copy_.format == Format::csv) {
      csvValue(columns_[i], false, out);
    } else {
      textValue(columns_[i], out);
    }
  }
  out += '\n';
}

void CopyEncoder::rows(std::string_view messages, OutBuffer& out) {
  while (intact_ && messages.size() >= 5) {
    FieldReader header(messages.substr(1, 4));
    const auto length = static_cast<std::size_t>(header.int32());
    row(messages.substr(5, length - 4), out);
    messages.remove_prefix(length + 1);
  }
}

void CopyEncoder::signatureOnce(OutBuffer& out) {
  if (!signed_) out.append(kBinarySignature);
  signed_ = true;
}

base::Result<void> CopyEncoder::intact() const {
  if (intact_) return {};
  return base::Error{base::ErrorCode::protocolViolation, "the data source sent a row that is no row of this result"};
}

void CopyEncoder::row(std::string_view body, OutBuffer& out) {
  const std::size_t start = out.size();
  MessageWriter line(out, 'd');
  if (copy_.format == Format::binary) {
    signatureOnce(out);
    line.bytes(body);  // the same bytes: count, and length and value of each field
    return;
  }
  intact_ = fields(body, out);
  out += '\n';
  line.end();
  if (!intact_) out.resize(start);
}

/// False: the body is not a row of these columns.
bool CopyEncoder::fields(std::string_view body, OutBuffer& out) const {
  FieldReader fields(body);
  if (fields.int16() != columns_.size()) return false;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (i > 0) out += copy_.delimiter;
    const std::int32_t length = fields.int32();
    if (length == kNull) {
      out += copy_.null;
      continue;
    }
    const std::string_view value = fields.bytes(static_cast<std::size_t>(length));
    if (!fields.ok()) return false;
    if (copy_.format == Format::csv) {
      csvValue(value, forced_[i], out);
    } else {
      textValue(value, out);
    }
  }
  return fields.done();
}

void CopyEncoder::textValue(std::string_view value, OutBuffer& out) const {
  std::size_t plain = 0;
  for (std::size_t i = 0; i < value.size(); ++i) {
    const char letter = escapeLetter(value[i]);
    if (letter == 0 && value[i] != '\\' && value[i] != copy_.delimiter) continue;
    out.append(value.substr(plain, i - plain));
    out += '\\';
    out += letter != 0 ? letter : value[i];
    plain = i + 1;
  }
  out.append(value.substr(plain));
}

void CopyEncoder::csvValue(std::string_view value, bool force, OutBuffer& out) const {
  const bool only = columns_.size() == 1;
  bool quote = force || value == copy_.null || (only && value == "\\.");
  for (const char c : value) quote = quote || c == copy_.delimiter || c == copy_.quote || c == '\n' || c == '\r';
  if (!quote) {
    out.append(value);
    return;
  }
  out += copy_.quote;
  for (const char c : value) {
    if (c == copy_.quote || c == copy_.escape) out += copy_.escape;
    out += c;
  }
  out += copy_.quote;
}

void CopyEncoder::end(OutBuffer& out) {
  if (copy_.format == Format::binary) {
    MessageWriter trailer(out, 'd');
    signatureOnce(out);
    trailer.bytes(kBinaryTrailer);
  }
  MessageWriter(out, 'c').end();
}

}  // namespace scrim::gateway
