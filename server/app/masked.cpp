// SPDX-License-Identifier: Apache-2.0
#include "server/app/masked.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>

namespace scrim::app {
namespace {

constexpr std::array<std::string_view, 30> kHarmless{"host",
                                                     "hostaddr",
                                                     "port",
                                                     "dbname",
                                                     "user",
                                                     "passfile",
                                                     "sslmode",
                                                     "sslcert",
                                                     "sslkey",
                                                     "sslrootcert",
                                                     "sslcrl",
                                                     "sslcrldir",
                                                     "sslsni",
                                                     "ssl_min_protocol_version",
                                                     "gssencmode",
                                                     "ssl_max_protocol_version",
                                                     "krbsrvname",
                                                     "connect_timeout",
                                                     "requirepeer",
                                                     "channel_binding",
                                                     "keepalives",
                                                     "keepalives_idle",
                                                     "service",
                                                     "keepalives_interval",
                                                     "load_balance_hosts",
                                                     "keepalives_count",
                                                     "tcp_user_timeout",
                                                     "target_session_attrs",
                                                     "application_name",
                                                     "client_encoding"};

bool isHarmless(std::string_view keyword, std::string_view value) {
  if (std::find(kHarmless.begin(), kHarmless.end(), keyword) == kHarmless.end()) return false;
  // A whole connection string may stand in place of a database's name.
  return value.find('=') == std::string_view::npos && value.find("://") == std::string_view::npos;
}

bool isSpace(char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; }

/// Where a value that begins at `at` ends; nullopt: its quote does not.
std::optional<std::size_t> endOfValue(std::string_view text, std::size_t at) {
  const bool quoted = at < text.size() && text[at] == '\'';
  for (std::size_t i = at + (quoted ? 1 : 0); i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (quoted && text[i] == '\'') {
      return i + 1;
    } else if (!quoted && isSpace(text[i])) {
      return i;
    }
  }
  if (quoted) return std::nullopt;
  return text.size();
}

std::string maskedKeywords(std::string_view text) {
  std::string shown;
  std::size_t at = 0;
  auto skipSpace = [&] {
    while (at < text.size() && isSpace(text[at])) ++at;
  };
  for (skipSpace(); at < text.size(); skipSpace()) {
    const std::size_t equals = text.find('=', at);
    if (equals == std::string_view::npos) return std::string(kMask);
    std::string_view keyword = text.substr(at, equals - at);
    while (!keyword.empty() && isSpace(keyword.back())) keyword.remove_suffix(1);
    at = equals + 1;
    skipSpace();
    const auto end = endOfValue(text, at);
    const bool word = !keyword.empty() && std::all_of(keyword.begin(), keyword.end(),
                                                      [](unsigned char c) { return std::isalnum(c) != 0 || c == '_'; });
    if (!end || !word) return std::string(kMask);
    const std::string_view value = text.substr(at, *end - at);
    at = *end;
    if (!shown.empty()) shown += ' ';
    shown += std::string(keyword) + "=" + std::string(isHarmless(keyword, value) ? value : kMask);
  }
  return shown;
}

std::string maskedParameters(std::string_view text) {
  std::string shown;
  while (!text.empty()) {
    const std::string_view each = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(text.size(), each.size() + 1));
    const std::size_t equals = each.find('=');
    if (equals == std::string_view::npos) return std::string(kMask);
    const std::string_view keyword = each.substr(0, equals);
    const std::string_view value = each.substr(equals + 1);
    shown += (shown.empty() ? "" : "&") + std::string(keyword) + "=";
    shown += isHarmless(keyword, value) ? value : kMask;
  }
  return shown;
}

/// Hosts and ports and nothing else: what stands after a colon outside brackets is a number.
bool isHosts(std::string_view text) {
  bool bracket = false;
  bool port = false;
  for (char c : text) {
    if (c == '[' || c == ']') bracket = c == '[';
    if (c == ',') port = false;
    if (port && std::isdigit(static_cast<unsigned char>(c)) == 0) return false;
    if (c == ':' && !bracket) port = true;
  }
  return !bracket;
}

std::string maskedUri(std::string_view scheme, std::string_view rest) {
  std::string shown(scheme);
  if (const std::size_t at = rest.rfind('@'); at != std::string_view::npos) {
    const std::string_view login = rest.substr(0, at);
    // A password with one of these unescaped is cut by libpq elsewhere than a reader would.
    if (login.find_first_of("@/?") != std::string_view::npos) return shown + std::string(kMask);
    const std::size_t colon = login.find(':');
    shown += login.substr(0, colon);
    if (colon != std::string_view::npos) shown += ":" + std::string(kMask);
    shown += "@";
    rest.remove_prefix(at + 1);
  }
  const std::string_view path = rest.substr(0, rest.find('?'));
  if (!isHosts(path.substr(0, path.find('/')))) return std::string(scheme) + std::string(kMask);
  shown += path;
  if (path.size() < rest.size()) shown += "?" + maskedParameters(rest.substr(path.size() + 1));
  return shown;
}

}  // namespace

std::string maskedDsn(std::string_view dsn) {
  for (std::string_view scheme : {"postgresql://", "postgres://"}) {
    if (dsn.starts_with(scheme)) return maskedUri(scheme, dsn.substr(scheme.size()));
  }
  return maskedKeywords(dsn);
}

}  // namespace scrim::app
