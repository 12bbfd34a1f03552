// SPDX-License-Identifier: Apache-2.0
// The files that `scrim apply` sends, and the passwords that they name: these are read here, where the person is, never
// by the server. One thread.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "common/base/result.h"

namespace scrim::cli {

struct ConfigurationFiles {
  struct File {
    std::string name;
    std::string text;
  };
  std::vector<File> files;
  std::map<std::string, std::string> environmentPasswords;  // by what password_env names
  std::map<std::string, std::string> filePasswords;         // by what password_file names
};

/// `paths`: files, or folders whose *.yaml and *.yml are read, by name, those of folders within too; hidden ones are
/// not. A password_file is relative to the file that names it. Errors: wrongCommandLine: nothing to read, no YAML, a
/// password that is not there, or one that others can read; every problem in `detail`.
base::Result<ConfigurationFiles> readConfigurationFiles(const std::vector<std::string>& paths);

}  // namespace scrim::cli
