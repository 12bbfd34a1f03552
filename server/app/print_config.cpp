// SPDX-License-Identifier: Apache-2.0
#include "server/app/print_config.h"

#include "server/app/masked.h"
#include "server/app/settings.h"

namespace scrim::app {
namespace {

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

std::string shown(const Setting& setting, const std::string& value) {
  if (setting.isPlain()) return value;
  return quoted(setting.kind == SettingKind::dsn ? maskedDsn(value) : value);
}

std::string shown(const Setting& setting, const Values& values) {
  if (!setting.isList()) return shown(setting, values.front());
  std::string list;
  for (const std::string& value : values) list += (list.empty() ? "" : ", ") + shown(setting, value);
  return "[" + list + "]";
}

std::string originOf(const Options& options, const Setting& setting) {
  const auto found = options.origins.find(setting.key);
  return (found == options.origins.end() ? Origin{} : found->second).text();
}

/// A default as the page shows it: the data folder's depends on who runs scrimd.
std::string standardOf(const Setting& setting) {
  if (setting.key == "data_dir") return "`/var/lib/scrim` as root, else `~/.local/share/scrim`";
  const Values values = setting.get(Options{});
  if (values.empty() || values.front().empty()) return "none";
  return "`" + shown(setting, values) + "`";
}

}  // namespace

std::string printedConfig(const Options& options) {
  std::string text;
  std::string section;
  for (const Setting& setting : settings()) {
    if (setting.section() != section) {
      section = setting.section();
      text += section + ":\n";
    }
    text += (section.empty() ? "" : "  ") + setting.name() + ": " + shown(setting, setting.get(options)) + "  # " +
            originOf(options, setting) + "\n";
  }
  return text;
}

std::string settingsTable() {
  std::string text = "| setting | default | SIGHUP | meaning |\n|---|---|---|---|\n";
  for (const Setting& setting : settings()) {
    text += "| `" + setting.key + "` | " + standardOf(setting) + " | " + (setting.live ? "yes" : "restart") + " | " +
            setting.meaning + " |\n";
  }
  return text;
}

}  // namespace scrim::app
