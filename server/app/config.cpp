// SPDX-License-Identifier: Apache-2.0
#include <arpa/inet.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include "server/app/options.h"
#include "server/app/settings.h"
#include "server/app/yaml.h"

namespace scrim::app {
namespace {

bool isAddress(const std::string& host) {
  unsigned char buffer[sizeof(in6_addr)];
  return inet_pton(AF_INET, host.c_str(), buffer) == 1 || inet_pton(AF_INET6, host.c_str(), buffer) == 1;
}

/// The values of a node that are good; the rest are problems, each at its place.
Values valuesOf(const Setting& setting, const YamlNode& node, Problems& problems) {
  Values values;
  const bool nothing = setting.isList() && node.kind == YamlNode::Kind::null;
  const bool list = setting.isList() && node.kind == YamlNode::Kind::list;
  std::vector<YamlNode> items = list ? node.items : std::vector<YamlNode>{node};
  if (nothing) items.clear();
  for (const YamlNode& item : items) {
    const bool plain = item.kind == YamlNode::Kind::scalar && !(item.quoted && setting.isPlain());
    std::string wrong = wrongWith(setting, item.text);
    if (!plain && (setting.isPlain() || setting.isList())) {
      // "3" in quotes is a text, and no number.
      if (item.kind != YamlNode::Kind::scalar || setting.kind != SettingKind::choice) wrong = wrongWith(setting, "?");
    } else if (!plain) {
      wrong = setting.key + " must be a text";
    }
    if (wrong.empty()) {
      values.push_back(item.text);
    } else {
      problems.add(item.at, wrong);
    }
  }
  if (values.size() != items.size()) return values;
  if (std::string wrong = wrongWithAll(setting, values); !wrong.empty()) problems.add(node.at, wrong);
  return values;
}

void take(const Setting& setting, const YamlNode& node, Options& options, Problems& problems) {
  const std::size_t before = problems.list().size();
  const Values values = valuesOf(setting, node, problems);
  if (problems.list().size() != before) return;
  setting.set(options, values);
  options.origins[setting.key] = {Origin::Kind::file, problems.file(), node.at};
}

void takeSection(const std::string& section, const YamlNode& node, Options& options, Problems& problems) {
  std::vector<std::string> keys;
  for (const Setting& each : settings()) {
    if (each.section() == section) keys.push_back(each.name());
  }
  const YamlMap map(node, section, keys, problems);
  for (const Setting& each : settings()) {
    const YamlNode* value = each.section() == section ? map.find(each.name()) : nullptr;
    if (value != nullptr) take(each, *value, options, problems);
  }
}

std::string placeOf(const Options& options, const char* key) {
  const auto found = options.origins.find(key);
  if (found == options.origins.end()) return key;
  const Origin& origin = found->second;
  if (origin.kind != Origin::Kind::file) return origin.name;
  return origin.name + ":" + std::to_string(origin.at.line) + ":" + std::to_string(origin.at.column);
}

}  // namespace

std::filesystem::path defaultDataFolder() {
  const char* home = std::getenv("HOME");
  if (geteuid() == 0 || home == nullptr || *home == '\0') return "/var/lib/scrim";
  return std::filesystem::path(home) / ".local/share/scrim";
}

std::vector<Listen> apiAddresses(const Options& options) {
  if (!options.apiListen.empty()) return options.apiListen;
  Listen listen = options.listen.front();
  if (listen.port != 0) ++listen.port;
  return {listen};
}

std::optional<Listen> listenOf(const std::string& text) {
  Listen listen;
  std::size_t colon = text.rfind(':');
  std::string port = colon == std::string::npos ? text : text.substr(colon + 1);
  if (colon != std::string::npos) listen.host = text.substr(0, colon);
  if (listen.host.starts_with("[") && listen.host.ends_with("]"))
    listen.host = listen.host.substr(1, listen.host.size() - 2);
  auto [end, failure] = std::from_chars(port.data(), port.data() + port.size(), listen.port);
  if (port.empty() || failure != std::errc() || end != port.data() + port.size()) return std::nullopt;
  if (listen.host == "localhost") listen.host = "127.0.0.1";
  if (!isAddress(listen.host)) return std::nullopt;
  return listen;
}

std::string Origin::text() const {
  std::string text = name;
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
  }
  switch (kind) {
    case Kind::standard:
      break;
    case Kind::file:
      return text + ":" + std::to_string(at.line);
    case Kind::variable:
      return "environment " + text;
    case Kind::flag:
      return "flag " + text;
  }
  return "default";
}

void readConfig(std::string_view text, Options& options, Problems& problems) {
  auto root = readYaml(text, problems);
  if (!root || root->kind == YamlNode::Kind::null) return;
  std::vector<std::string> keys;
  for (const Setting& each : settings()) {
    const std::string key = each.section().empty() ? each.key : each.section();
    if (std::find(keys.begin(), keys.end(), key) == keys.end()) keys.push_back(key);
  }
  const YamlMap map(*root, "the file", keys, problems);
  for (const std::string& key : keys) {
    const YamlNode* node = map.find(key);
    if (node == nullptr) continue;
    auto alone = std::find_if(settings().begin(), settings().end(), [&](const Setting& s) { return s.key == key; });
    if (alone != settings().end()) {
      take(*alone, *node, options, problems);
    } else {
      takeSection(key, *node, options, problems);
    }
  }
}

std::vector<std::string> conflictsIn(const Options& options) {
  std::vector<std::string> conflicts;
  if (options.certificateFile.empty() != options.keyFile.empty()) {
    const char* given = options.certificateFile.empty() ? "tls.key" : "tls.certificate";
    conflicts.push_back(placeOf(options, given) +
                        ": tls needs certificate and key together, or neither for the private CA's");
  }
  if (options.certificateLogin && options.clientCaFile.empty()) {
    conflicts.push_back(placeOf(options, "tls.certificate_login") + ": tls.certificate_login needs tls.client_ca");
  }
  if (options.requireClientCertificate && options.clientCaFile.empty()) {
    conflicts.push_back(placeOf(options, "tls.require_client_certificate") +
                        ": tls.require_client_certificate needs tls.client_ca");
  }
  return conflicts;
}

}  // namespace scrim::app
