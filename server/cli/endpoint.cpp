// SPDX-License-Identifier: Apache-2.0
#include "server/cli/endpoint.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <optional>

#include "server/cli/credentials_file.h"
#include "server/cli/exit_codes.h"
#include "server/cli/json.h"

namespace scrim::cli {
namespace {

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::string withoutSlash(std::string url) {
  while (url.ends_with('/')) url.pop_back();
  return url;
}

/// A token goes into a header line: nothing that could end it.
base::Result<base::Secret> tokenOf(std::string text, const std::string& where) {
  const bool plain = std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; });
  if (!plain) return wrongCommandLine("The token in " + where + " holds characters that no token has.");
  return base::Secret(std::move(text));
}

base::Error notSignedInAt(const std::string& url) {
  return notSignedIn("You are not signed in at " + url + ".", "Sign in: scrim login --url " + url);
}

}  // namespace

base::Result<std::string> credentialsPath() {
  const std::string config = variable("XDG_CONFIG_HOME");
  if (config.starts_with('/')) return config + "/scrim/credentials.json";
  const std::string home = variable("HOME");
  if (!home.starts_with('/')) return refused("HOME names no folder, so there is no place for credentials.");
  return home + "/.config/scrim/credentials.json";
}

base::Result<Endpoint> storedEndpoint() {
  SCRIM_TRY(const std::string path, credentialsPath());
  SCRIM_TRY(const std::string text, readPrivateFile(path));
  const auto json = parseJson(text);
  const ObjectPtr object = json ? objectOf(*json) : ObjectPtr();
  if (!object || fieldText(object, "url").empty() || fieldText(object, "token").empty()) {
    return notSignedIn(path + " is not what scrim login writes.");
  }
  Endpoint stored;
  stored.url = fieldText(object, "url");
  stored.ca = fieldText(object, "ca");
  stored.user = fieldText(object, "user");
  stored.until = fieldText(object, "expiresAt");
  stored.sqlHost = fieldText(object, "sqlHost");
  stored.sqlPort = fieldText(object, "sqlPort");
  SCRIM_TRY(stored.token, tokenOf(fieldText(object, "token"), path));
  return stored;
}

base::Result<Endpoint> signedInEndpoint() {
  Endpoint endpoint;
  endpoint.url = withoutSlash(variable("SCRIM_API_URL"));
  endpoint.ca = variable("SCRIM_CA");
  SCRIM_TRY(endpoint.token, tokenOf(variable("SCRIM_TOKEN"), "SCRIM_TOKEN"));
  if (!endpoint.token.empty() && !endpoint.url.empty()) return endpoint;
  auto stored = storedEndpoint();
  if (!stored && endpoint.token.empty()) return std::move(stored).error();
  if (!stored) {
    endpoint.url = kDefaultUrl;
    return endpoint;
  }
  if (endpoint.url.empty()) endpoint.url = stored->url;
  const bool same = endpoint.url == stored->url;
  if (endpoint.token.empty() && !same) return notSignedInAt(endpoint.url);
  if (endpoint.token.empty()) {
    endpoint.token = std::move(stored->token);
    endpoint.user = stored->user;
    endpoint.until = stored->until;
  }
  if (endpoint.ca.empty() && same) endpoint.ca = stored->ca;
  return endpoint;
}

base::Result<Endpoint> loginEndpoint(const std::string& url, const std::string& ca) {
  Endpoint endpoint;
  endpoint.url = withoutSlash(url.empty() ? variable("SCRIM_API_URL") : url);
  endpoint.ca = ca.empty() ? variable("SCRIM_CA") : ca;
  if (const auto stored = storedEndpoint()) {
    if (endpoint.url.empty()) endpoint.url = stored->url;
    endpoint.user = stored->user;
    if (endpoint.url == stored->url) {
      if (endpoint.ca.empty()) endpoint.ca = stored->ca;
      endpoint.sqlHost = stored->sqlHost;
      endpoint.sqlPort = stored->sqlPort;
    }
  }
  if (endpoint.url.empty()) endpoint.url = kDefaultUrl;
  if (!endpoint.ca.empty()) endpoint.ca = std::filesystem::absolute(endpoint.ca).lexically_normal().string();
  return endpoint;
}

base::Result<void> storeEndpoint(const Endpoint& endpoint) {
  SCRIM_TRY(const std::string path, credentialsPath());
  ObjectPtr object = newObject();
  object->set("url", endpoint.url);
  if (!endpoint.ca.empty()) object->set("ca", endpoint.ca);
  object->set("user", endpoint.user);
  if (!endpoint.sqlHost.empty()) object->set("sqlHost", endpoint.sqlHost);
  if (!endpoint.sqlPort.empty()) object->set("sqlPort", endpoint.sqlPort);
  object->set("token", std::string(endpoint.token.reveal()));
  object->set("expiresAt", endpoint.until);
  return writePrivateFile(path, prettyJson(object) + "\n");
}

base::Result<void> forgetEndpoint() {
  SCRIM_TRY(const std::string path, credentialsPath());
  std::error_code problem;
  std::filesystem::remove(path, problem);
  if (problem) return refused(path + " cannot be removed: " + problem.message());
  return {};
}

}  // namespace scrim::cli
