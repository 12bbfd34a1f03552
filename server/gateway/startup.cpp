// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/startup.h"

#include "server/gateway/message_reader.h"

namespace scrim::gateway {
namespace {

constexpr std::size_t kMaxCancelKeyBytes = 256;
constexpr std::string_view kProtocolOptionPrefix = "_pq_.";

base::Result<StartupPacket> readCancel(std::string_view body) {
  FieldReader fields(body);
  CancelRequest request;
  request.processId = static_cast<std::uint32_t>(fields.int32());
  request.key = fields.rest();
  if (!fields.ok() || request.key.size() < 4 || request.key.size() > kMaxCancelKeyBytes) {
    return protocolError("invalid length of cancel request");
  }
  return StartupPacket(request);
}

base::Result<void> take(StartupRequest& request, std::string_view name, std::string_view value) {
  if (name == "user") {
    request.user = value;
  } else if (name == "database") {
    request.database = value;
  } else if (name == "options") {
    request.options = value;
  } else if (name.starts_with(kProtocolOptionPrefix)) {
    request.protocolOptions.push_back(name);
  } else if (name == "replication") {
    // "false" asks for an ordinary session, which some drivers say aloud.
    const bool off = value == "false" || value == "off" || value == "no" || value == "0";
    if (!off) return base::Error{base::ErrorCode::notSupported, "replication connections are not supported"};
  } else {
    request.settings.emplace_back(name, value);
  }
  return {};
}

base::Result<StartupPacket> readSession(std::uint32_t version, std::string_view body) {
  if (version >> 16U != 3) {
    return base::Error{base::ErrorCode::notSupported,
                       "unsupported frontend protocol " + std::to_string(version >> 16U) + "." +
                           std::to_string(version & 0xffffU) + ": server supports 3.0 to 3.2"};
  }
  FieldReader fields(body);
  StartupRequest request;
  request.version = version;
  while (true) {
    const std::string_view name = fields.text();
    if (!fields.ok()) return protocolError("invalid startup packet layout: expected terminator as last byte");
    if (name.empty()) break;
    const std::string_view value = fields.text();
    if (!fields.ok()) return protocolError("invalid startup packet layout: expected terminator as last byte");
    SCRIM_CHECK_OK(take(request, name, value));
  }
  if (!fields.done()) return protocolError("invalid startup packet layout: expected terminator as last byte");
  if (request.user.empty()) {
    return base::Error{base::ErrorCode::invalidAuthorization, "no PostgreSQL user name specified in startup packet"};
  }
  return StartupPacket(std::move(request));
}

base::Result<StartupPacket> readBody(std::uint32_t code, std::string_view body) {
  if (code == kCancelRequestCode) return readCancel(body);
  if (code == kSslRequestCode || code == kGssEncRequestCode) {
    if (!body.empty()) return protocolError("invalid length of startup packet");
    return code == kSslRequestCode ? StartupPacket(SslRequest{}) : StartupPacket(GssEncRequest{});
  }
  return readSession(code, body);
}

bool isSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v'; }

/// The words of a command line: white space separates, a backslash keeps the next character as it is.
std::vector<std::string> wordsOf(std::string_view line) {
  std::vector<std::string> words;
  for (std::size_t at = 0; at < line.size();) {
    if (isSpace(line[at])) {
      ++at;
      continue;
    }
    std::string word;
    for (; at < line.size() && !isSpace(line[at]); ++at) {
      if (line[at] == '\\' && at + 1 < line.size()) ++at;
      word += line[at];
    }
    words.push_back(std::move(word));
  }
  return words;
}

base::Result<NameAndValue> readAssignment(std::string_view text, std::string_view whole) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos || equals == 0) {
    return base::Error{base::ErrorCode::invalidParameter,
                       "invalid command-line argument for server process: " + std::string(whole)};
  }
  std::string name(text.substr(0, equals));
  for (char& c : name) {
    if (c == '-') c = '_';
  }
  return NameAndValue{std::move(name), std::string(text.substr(equals + 1))};
}

}  // namespace

base::Result<StartupResult> readStartup(std::string_view input) {
  if (input.size() < 8) return StartupResult{{}, 0, 8};
  FieldReader header(input);
  const auto length = static_cast<std::uint32_t>(header.int32());
  const auto code = static_cast<std::uint32_t>(header.int32());
  if (length < 8 || length > kMaxStartupBytes) return protocolError("invalid length of startup packet");
  if (input.size() < length) return StartupResult{{}, 0, length};
  SCRIM_TRY(StartupPacket packet, readBody(code, input.substr(8, length - 8)));
  return StartupResult{std::move(packet), length, 0};
}

std::uint32_t negotiatedVersion(std::uint32_t version) {
  // 3.1 was never released; who asks for it speaks 3.0.
  return version >= kProtocol32 ? kProtocol32 : kProtocol30;
}

base::Result<std::vector<NameAndValue>> readOptions(std::string_view options) {
  std::vector<NameAndValue> settings;
  const std::vector<std::string> words = wordsOf(options);
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    std::string_view assignment;
    if (word == "-c" && i + 1 < words.size()) {
      assignment = words[++i];
    } else if (word.starts_with("-c") || word.starts_with("--")) {
      assignment = std::string_view(word).substr(2);
    }
    SCRIM_TRY(NameAndValue setting, readAssignment(assignment, word));
    settings.push_back(std::move(setting));
  }
  return settings;
}

}  // namespace scrim::gateway
