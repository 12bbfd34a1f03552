// SPDX-License-Identifier: Apache-2.0
#include "server/cli/gateway.h"

#include <Poco/Exception.h>
#include <Poco/URI.h>

#include <charconv>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iterator>
#include <optional>

#include "server/cli/client.h"
#include "server/cli/endpoint.h"
#include "server/cli/exit_codes.h"
#include "server/cli/json.h"
#include "server/cli/text.h"

namespace scrim::cli {
namespace {

constexpr std::size_t kWidestLine = 160;
constexpr std::size_t kBeforePlace = 60;
const std::string kTokenLogin = "token:";  // docs/decisions/0090

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

std::optional<Poco::URI> placeOf(const std::string& url) {
  try {
    return Poco::URI(url);
  } catch (const Poco::Exception&) {
    return std::nullopt;
  }
}

/// As the server said, else as scrimd is unless it is told otherwise: the API is one port above SQL.
base::Result<void> besideTheApi(const Endpoint& api, sql::Address& address) {
  const std::optional<Poco::URI> place = placeOf(api.url);
  if (place) {
    if (address.host.empty()) address.host = api.sqlHost.empty() ? place->getHost() : api.sqlHost;
    if (address.port.empty()) address.port = api.sqlPort;
    if (address.port.empty() && place->getPort() > 1) address.port = std::to_string(place->getPort() - 1);
    if (isHost(address.host) && isPort(address.port)) return {};
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
  SCRIM_CHECK_OK(besideTheApi(api, address));
  return address;
}

namespace {

/// Whose a token from the environment is: as --user says, else as the API does.
base::Result<std::string> holderOf(Endpoint api, const Given& given) {
  if (given.has("--user")) return given.text("--user");
  SCRIM_TRY(const Client client, Client::open(std::move(api)));
  auto me = client.send({"GET", "/api/v1/me", {}, {}, {}});
  if (me) return fieldText(objectOf(me->body), "name");
  base::Error error = std::move(me).error();
  error.hint = "Say whose the token is: --user NAME.";
  return error;
}

}  // namespace

base::Result<bool> signInByToken(const Given& given, sql::Address& address) {
  auto api = signedInEndpoint();
  if (!api && exitCodeOf(api.error()) == kNotSignedIn) return false;
  if (!api) return std::move(api).error();
  const std::optional<Poco::URI> place = placeOf(api->url);
  const auto known = loginEndpoint("", given.text("--ca"));
  const bool trusted = place && (address.host == place->getHost() || (known && address.host == known->sqlHost));
  if (!trusted) return false;
  // Not tried: tokens that are refused lock the name.
  if (!api->until.empty() && api->until <= utcTime(std::time(nullptr))) {
    return notSignedIn("The sign-in ended at " + api->until + ".", "Sign in again: scrim login");
  }
  std::string user = api->user;
  base::Secret token = api->token.clone();
  if (user.empty()) {
    SCRIM_TRY(user, holderOf(std::move(*api), given));
  }
  if (given.has("--user") && given.text("--user") != user) return false;
  address.user = kTokenLogin + user;
  address.password = std::move(token);
  return true;
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
