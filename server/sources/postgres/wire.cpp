// SPDX-License-Identifier: Apache-2.0
#include "server/sources/postgres/wire.h"

#include <algorithm>
#include <charconv>

namespace scrim::postgres {
namespace {

/// A message's length counts itself.
constexpr std::uint32_t kShortestLength = 4;

}  // namespace

std::size_t frontMessageSize(std::string_view bytes) {
  if (bytes.size() < kHeaderBytes) return kHeaderBytes;
  const std::uint32_t length = readU32(bytes.data() + 1);
  const bool possible = bytes[0] > reply::kMalformed && length >= kShortestLength && length <= kMaxMessageBytes;
  return possible ? std::size_t{length} + 1 : 0;
}

MessageView frontMessage(std::string_view bytes) {
  const std::size_t whole = frontMessageSize(bytes);
  if (whole == 0) return {reply::kMalformed, {}, {}};
  if (bytes.size() < whole) return {};
  return {bytes[0], bytes.substr(kHeaderBytes, whole - kHeaderBytes), bytes.substr(0, whole)};
}

std::string_view frontRows(std::string_view bytes, std::uint64_t& rows) {
  std::size_t at = 0;
  while (bytes.size() - at >= kHeaderBytes && bytes[at] == reply::kDataRow) {
    const std::size_t whole = frontMessageSize(bytes.substr(at));
    if (whole == 0 || bytes.size() - at < whole) break;
    at += whole;
    ++rows;
  }
  return bytes.substr(0, at);
}

void appendU32(std::string& out, std::uint32_t value) {
  value = __builtin_bswap32(value);
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

void appendU16(std::string& out, std::uint16_t value) {
  value = __builtin_bswap16(value);
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

void MessageWriter::begin(char type) {
  start_ = out_.size();
  out_.push_back(type);
  out_.append(4, '\0');
}

void MessageWriter::end() {
  const std::uint32_t length = __builtin_bswap32(static_cast<std::uint32_t>(out_.size() - start_ - 1));
  __builtin_memcpy(out_.data() + start_ + 1, &length, sizeof length);
}

void MessageWriter::text(std::string_view value) {
  out_.append(value);
  out_.push_back('\0');
}

void MessageWriter::query(std::string_view sql) {
  begin('Q');
  text(sql);
  end();
}

void MessageWriter::parse(std::string_view name, std::string_view sql, std::span<const std::uint32_t> types) {
  begin('P');
  text(name);
  text(sql);
  u16(static_cast<std::uint16_t>(types.size()));
  for (const std::uint32_t type : types) u32(type);
  end();
}

void MessageWriter::bindNothing(std::string_view resultFormats) {
  begin('B');
  text("");
  text("");
  u16(0);
  u16(0);
  u16(static_cast<std::uint16_t>(resultFormats.size() / 2));
  bytes(resultFormats);
  end();
}

void MessageWriter::named(char type, char kind, std::string_view name) {
  begin(type);
  out_.push_back(kind);
  text(name);
  end();
}

void MessageWriter::describeStatement(std::string_view name) { named('D', 'S', name); }
void MessageWriter::closeStatement(std::string_view name) { named('C', 'S', name); }
void MessageWriter::closePortal(std::string_view name) { named('C', 'P', name); }

void MessageWriter::execute(std::string_view portal, std::uint32_t maxRows) {
  begin('E');
  text(portal);
  u32(maxRows);
  end();
}

void MessageWriter::flush() { out_.append("H\0\0\0\4", kHeaderBytes); }
void MessageWriter::sync() { out_.append("S\0\0\0\4", kHeaderBytes); }

namespace {

std::optional<std::uint32_t> number(std::string_view text) {
  std::uint32_t value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

void assign(SourceMessage& message, char field, std::string_view value) {
  switch (field) {
    case 'V':
      message.severity = value;
      break;
    case 'C':
      message.sqlstate = value;
      break;
    case 'M':
      message.message = value;
      break;
    case 'D':
      message.detail = value;
      break;
    case 'H':
      message.hint = value;
      break;
    case 'P':
      message.position = number(value);
      break;
    case 'p':
      message.internalPosition = number(value);
      break;
    case 'q':
      message.internalQuery = value;
      break;
    case 'W':
      message.where = value;
      break;
    case 's':
      message.schema = value;
      break;
    case 't':
      message.table = value;
      break;
    case 'c':
      message.column = value;
      break;
    case 'd':
      message.dataType = value;
      break;
    case 'n':
      message.constraint = value;
      break;
    case 'F':
      message.file = value;
      break;
    case 'L':
      message.line = value;
      break;
    case 'R':
      message.routine = value;
      break;
    default:
      break;  // S is the translated severity; fields added by later servers mean nothing to us
  }
}

bool isSqlstate(std::string_view code) {
  return code.size() == 5 &&
         std::ranges::all_of(code, [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'); });
}

}  // namespace

SourceMessage parseSourceMessage(std::string_view body) {
  SourceMessage message;
  while (!body.empty() && body.front() != '\0') {
    const std::size_t end = body.find('\0', 1);
    if (end == std::string_view::npos) break;
    assign(message, body.front(), body.substr(1, end - 1));
    body.remove_prefix(end + 1);
  }
  if (!isSqlstate(message.sqlstate)) message.sqlstate = "XX000";
  if (message.severity.empty()) message.severity = "ERROR";
  return message;
}

std::string SourceMessage::full() const {
  std::string text = severity + " " + sqlstate + ": " + message;
  const auto add = [&text](std::string_view name, std::string_view value) {
    if (value.empty()) return;
    text.append("; ").append(name).append(": ").append(value);
  };
  add("detail", detail);
  add("hint", hint);
  add("where", where);
  add("schema", schema);
  add("table", table);
  add("column", column);
  add("type", dataType);
  add("constraint", constraint);
  if (position) add("position", std::to_string(*position));
  add("internal query", internalQuery);
  add("routine", routine);
  return text;
}

}  // namespace scrim::postgres
