// SPDX-License-Identifier: Apache-2.0
#include "server/cli/configuration_files.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "common/yaml/yaml.h"
#include "server/cli/credentials_file.h"
#include "server/cli/exit_codes.h"
#include "server/cli/gateway.h"

namespace scrim::cli {
namespace {

namespace fs = std::filesystem;

bool isHidden(const fs::path& path) { return path.filename().string().starts_with('.'); }

bool isYaml(const fs::path& path) {
  return !isHidden(path) && (path.extension() == ".yaml" || path.extension() == ".yml");
}

base::Result<std::vector<std::string>> filesIn(const std::string& folder) {
  std::vector<std::string> found;
  std::error_code problem;
  fs::recursive_directory_iterator each(folder, problem);
  for (; !problem && each != fs::recursive_directory_iterator(); each.increment(problem)) {
    if (each->is_directory() && isHidden(each->path())) each.disable_recursion_pending();
    if (each->is_regular_file() && isYaml(each->path())) found.push_back(each->path().string());
  }
  if (problem) return wrongCommandLine(folder + " cannot be read: " + problem.message() + ".");
  if (found.empty()) return wrongCommandLine("There is no *.yaml or *.yml in " + folder + ".");
  std::sort(found.begin(), found.end());
  return found;
}

/// Finds the passwords that a file names.
class Passwords {
 public:
  Passwords(ConfigurationFiles& into, const std::string& path, yaml::Problems& problems)
      : into_(into), folder_(fs::path(path).parent_path()), problems_(problems) {}

  void find(const yaml::YamlNode& node) {
    for (std::size_t i = 0; i < node.keys.size(); ++i) {
      const bool named = node.items[i].kind == yaml::YamlNode::Kind::scalar;
      if (named && node.keys[i].text == "password_env") fromEnvironment(node.items[i]);
      if (named && node.keys[i].text == "password_file") fromFile(node.items[i]);
    }
    for (const yaml::YamlNode& item : node.items) find(item);
  }

 private:
  void fromEnvironment(const yaml::YamlNode& name) {
    const char* value = std::getenv(name.text.c_str());
    if (value == nullptr || *value == '\0') {
      return problems_.add(name.at, "the environment variable " + name.text + " is not set");
    }
    into_.environmentPasswords.emplace(name.text, value);
  }

  void fromFile(const yaml::YamlNode& name) {
    const auto text = readPrivateFile((folder_ / name.text).string());
    if (!text) {
      return problems_.add(name.at,
                           name.text + " is not used: it must be a plain file of yours that others may not read");
    }
    std::string password = text->substr(0, text->find('\n'));
    if (password.ends_with('\r')) password.pop_back();
    const auto [known, isNew] = into_.filePasswords.emplace(name.text, password);
    if (!isNew && known->second != password) {
      problems_.add(name.at, "two files are both named " + name.text + ": give one an absolute path");
    }
  }

  ConfigurationFiles& into_;
  fs::path folder_;
  yaml::Problems& problems_;
};

base::Result<void> readOne(const std::string& path, ConfigurationFiles& into, yaml::Problems& problems) {
  SCRIM_TRY(std::string text, wholeFile(path));
  problems.beginFile(path);
  if (const auto root = yaml::readYaml(text, problems)) Passwords(into, path, problems).find(*root);
  into.files.push_back({path, std::move(text)});
  return {};
}

}  // namespace

base::Result<ConfigurationFiles> readConfigurationFiles(const std::vector<std::string>& paths) {
  std::vector<std::string> files;
  for (const std::string& path : paths) {
    if (!fs::is_directory(path)) {
      files.push_back(path);
      continue;
    }
    SCRIM_TRY(const auto inside, filesIn(path));
    files.insert(files.end(), inside.begin(), inside.end());
  }
  ConfigurationFiles read;
  yaml::Problems problems;
  for (const std::string& file : files) SCRIM_CHECK_OK(readOne(file, read, problems));
  if (problems.empty()) return read;
  base::Error error = wrongCommandLine("There are problems with the files; nothing was sent.");
  for (const std::string& line : problems.lines()) error.detail += line + "\n";
  return error;
}

}  // namespace scrim::cli
