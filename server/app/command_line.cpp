// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <fstream>
#include <iterator>
#include <utility>

#include "server/app/masked.h"
#include "server/app/options.h"
#include "server/app/settings.h"

namespace scrim::app {
namespace {

/// Exit code: the command line is wrong, and not what it names.
constexpr int kUsage = 2;

/// What the command line gave for settings, and which configuration file.
struct Given {
  CLI::Option* config = nullptr;
  std::vector<std::pair<const Setting*, CLI::Option*>> settings;
};

/// The page's table marks code with backticks; a terminal does not.
std::string withoutMarks(std::string text) {
  std::erase(text, '`');
  return text;
}

CLI::Option* declare(CLI::App& app, const Setting& setting) {
  const std::string names = setting.flag() + (setting.key == "audit.mode" ? ",--audit" : "");
  const std::string meaning = withoutMarks(setting.meaning);
  if (setting.kind == SettingKind::truth) return app.add_flag(names, meaning);
  CLI::Option* option = app.add_option(names, meaning)->type_size(1);
  option->type_name(setting.kind == SettingKind::number ? "N" : "TEXT");
  return option->expected(1, setting.isList() ? CLI::detail::expected_max_vector_size : 1);
}

Given declare(CLI::App& app, Options& options) {
  Given given;
  given.config = app.add_option("--config", "configuration file (YAML); default /etc/scrim/scrimd.yaml if it exists");
  given.config->type_size(1)->expected(1)->type_name("FILE");
  for (const Setting& setting : settings()) {
    given.settings.emplace_back(&setting, declare(app, setting));
    given.settings.back().second->group("Settings, over the file and SCRIMD_ variables");
  }
  app.add_option("--verify-audit", options.verifyAudit, "verify the audit journal in this folder, and exit");
  app.add_flag("--check-config", options.checkConfig, "check the configuration, and exit");
  app.add_flag("--print-config", options.printConfig, "print every setting with its origin, and exit");
  app.add_flag("--print-ready", options.printReady, "print one line to standard output when serving");
  app.set_version_flag("--version", std::string("scrimd ") + SCRIM_VERSION);
  return given;
}

/// The file that is meant; "": none.
std::string fileOf(const Given& given, const Surroundings& surroundings) {
  if (given.config->count() > 0) return given.config->results().front();
  for (const char* const* each = surroundings.environment; each != nullptr && *each != nullptr; ++each) {
    const std::string_view entry(*each);
    const std::string prefix = std::string(kFileVariable) + "=";
    if (entry.starts_with(prefix)) return std::string(entry.substr(prefix.size()));
  }
  std::error_code error;
  const auto there = std::filesystem::status(surroundings.defaultFile, error);
  return there.type() == std::filesystem::file_type::not_found ? "" : surroundings.defaultFile.string();
}

std::vector<std::string> readFile(const std::string& path, Options& options) {
  Problems problems(path);
  std::error_code error;
  std::ifstream stream(path, std::ios::binary);
  if (!stream || std::filesystem::is_directory(path, error)) {
    problems.add({}, "the file cannot be read: is it there, and may this user read it? --config '' is for no file");
  } else {
    readConfig(std::string(std::istreambuf_iterator<char>(stream), {}), options, problems);
    if (stream.bad()) problems.add({}, "the file cannot be read to its end");
  }
  return problems.lines();
}

std::string takeFlag(const Setting& setting, const Values& values, Options& options) {
  for (const std::string& value : values) {
    if (std::string wrong = wrongWith(setting, value); !wrong.empty()) return wrong;
    if (setting.kind == SettingKind::dsn && maskedDsn(value).find(kMask) != std::string::npos) {
      return "a command line is no place for secrets, everybody on this machine can read it: use the file or " +
             setting.variable();
    }
  }
  if (std::string wrong = wrongWithAll(setting, values); !wrong.empty()) return wrong;
  setting.set(options, values);
  options.origins[setting.key] = {Origin::Kind::flag, setting.flag(), {}};
  return {};
}

void append(std::vector<std::string>& all, std::vector<std::string> more) {
  all.insert(all.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

void combine(const Given& given, const Surroundings& surroundings, ReadOptions& read) {
  read.options.dataFolder = defaultDataFolder();
  if (const std::string file = fileOf(given, surroundings); !file.empty()) {
    append(read.problems, readFile(file, read.options));
  }
  append(read.problems, readEnvironment(surroundings.environment, read.options));
  for (const auto& [setting, option] : given.settings) {
    if (option->count() == 0) continue;
    const std::string wrong = takeFlag(*setting, option->results(), read.options);
    if (wrong.empty()) continue;
    read.problems.push_back(setting->flag() + ": " + wrong);
    read.exitCode = kUsage;
  }
  if (read.problems.empty()) append(read.problems, conflictsIn(read.options));
  if (!read.problems.empty() && !read.exitCode) read.exitCode = 1;
}

}  // namespace

ReadOptions readOptions(const Surroundings& surroundings) {
  ReadOptions read;
  CLI::App app("scrimd: governs access to data; speaks the PostgreSQL protocol to clients and to sources.");
  const Given given = declare(app, read.options);
  try {
    app.parse(surroundings.count, surroundings.words);
  } catch (const CLI::ParseError& stop) {
    read.exitCode = app.exit(stop) == 0 ? 0 : kUsage;
    return read;
  }
  combine(given, surroundings, read);
  return read;
}

}  // namespace scrim::app
