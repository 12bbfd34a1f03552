// SPDX-License-Identifier: Apache-2.0
#include "server/cli/gateway.h"

#include <Poco/Exception.h>
#include <Poco/URI.h>

#include <charconv>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "server/cli/endpoint.h"
#include "server/cli/exit_codes.h"
#include "server/cli/text.h"

namespace scrim::cli {
namespace {

constexpr std::size_t kWidestLine = 160;
constexpr std::size_t kBeforePlace = 60;

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

bool isPort(const std::string& text) {
  unsigned port = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), port);
  return problem == std::errc() && end == text.data() + text.size() && port >= 1 && port <= 65'535;
}

/// A name or address that libpq takes as one host: no list, no socket folder.
bool isHost(const std::string& text) { return !text.empty() && text.find_first_of(",/@ \t") == std::string::npos; }

base::Result<void> splitAddress(const std::string& text, sql::Address& address) {
  const std::size_t colon = text.rfind(':');
  if (colon != std::string::npos) {
    address.host = text.substr(0, colon);
    address.port = text.substr(colon + 1);
    if (address.host.starts_with('[') && address.host.ends_with(']')) {
      address.host = address.host.substr(1, address.host.size() - 2);
    }
    if (isHost(address.host) && isPort(address.port)) return {};
  }
  return wrongCommandLine(text + " is no address of the SQL gateway.", "Write --sql HOST:PORT.");
}

/// scrimd serves the API one port above SQL, unless it is told otherwise.
base::Result<void> belowTheApi(const std::string& url, sql::Address& address) {
  try {
    const Poco::URI place(url);
    if (address.host.empty()) address.host = place.getHost();
    if (address.port.empty() && place.getPort() > 1) address.port = std::to_string(place.getPort() - 1);
    if (isHost(address.host) && isPort(address.port)) return {};
  } catch (const Poco::Exception&) {  // told below
  }
  return wrongCommandLine("It is not known where the SQL gateway is.",
                          "Write --sql HOST:PORT, or set SCRIM_SQL_HOST and SCRIM_SQL_PORT.");
}

struct Line {
  std::size_t number = 1;
  std::size_t begin = 0;
};

Line lineAt(const std::string& statement, std::size_t position) {
  Line line;
  for (std::size_t i = 0; i < position; ++i) {
    if (statement[i] == '\n') line = {line.number + 1, i + 1};
  }
  return line;
}

/// A long line is cut so that the place is seen.
std::string beforePlace(std::string text) {
  if (text.size() <= kBeforePlace) return text;
  std::size_t at = text.size() - kBeforePlace;
  while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xc0U) == 0x80U) ++at;
  return ".." + text.substr(at);
}

}  // namespace

base::Result<sql::Address> gatewayAddress(const Given& given) {
  SCRIM_TRY(const Endpoint api, loginEndpoint("", given.text("--ca")));
  sql::Address address;
  address.ca = api.ca;
  address.user = api.user;
  if (given.has("--sql")) {
    SCRIM_CHECK_OK(splitAddress(given.text("--sql"), address));
    return address;
  }
  address.host = variable("SCRIM_SQL_HOST");
  address.port = variable("SCRIM_SQL_PORT");
  SCRIM_CHECK_OK(belowTheApi(api.url, address));
  return address;
}

std::string placeLines(const std::string& statement, std::size_t position) {
  position = std::min(position, statement.size());
  const Line line = lineAt(statement, position);
  const std::size_t end = std::min(statement.find('\n', position), statement.size());
  const std::string before = statement.substr(line.begin, position - line.begin);
  std::size_t column = 1;
  for (std::size_t at = 0; at < before.size(); ++column) nextCharacter(before, at);
  const std::string shown = printable(beforePlace(before));
  std::string rest = statement.substr(position, end - position);
  if (rest.ends_with('\r')) rest.pop_back();
  if (rest.size() > kWidestLine) rest = rest.substr(0, kWidestLine) + "..";
  return "line " + std::to_string(line.number) + ", column " + std::to_string(column) + "\n" + shown + printable(rest) +
         "\n" + std::string(widthOf(shown), ' ') + "^\n";
}

base::Error toldError(base::Error error, const std::string& statement) {
  std::string lines;
  if (!error.sqlstate.empty()) lines += "sqlstate: " + error.sqlstate + "\n";
  if (!error.detail.empty()) lines += "detail: " + printable(error.detail) + "\n";
  if (error.position) lines += placeLines(statement, *error.position);
  error.detail = lines;
  return error;
}

base::Result<std::string> wholeFile(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(stream), {}};
  if (!stream || stream.bad()) return wrongCommandLine(path + " cannot be read.");
  return text;
}

}  // namespace scrim::cli
