// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <map>

#include "server/cli/comparison.h"
#include "server/cli/credentials_file.h"
#include "server/cli/exit_codes.h"
#include "server/cli/gateway.h"
#include "server/cli/request.h"
#include "server/cli/runs.h"
#include "server/cli/sql/ctrl_c.h"
#include "server/cli/text.h"

namespace scrim::cli::own {
namespace {

struct File {
  std::string path;
  PolicyTests content;
};

/// All files before the first test: what is wrong with any is told at once.
base::Result<std::vector<File>> readFiles(const std::vector<std::string>& paths) {
  std::vector<File> files;
  std::string wrong;
  for (const std::string& path : paths) {
    SCRIM_TRY(const std::string text, wholeFile(path));
    yaml::Problems problems(path);
    files.push_back({path, readPolicyTests(text, problems)});
    for (const std::string& line : problems.lines()) wrong += line + "\n";
  }
  if (wrong.empty()) return files;
  base::Error error = wrongCommandLine("There are problems with the policy tests; nothing was run.");
  error.detail = wrong;
  return error;
}

base::Result<base::Secret> passwordAt(const PasswordPlace& place, const File& file, const std::string& user) {
  const std::string where = file.path + ":" + std::to_string(place.at.line) + ": ";
  if (!place.variable.empty()) {
    const char* value = std::getenv(place.variable.c_str());
    if (value != nullptr && *value != '\0') return base::Secret(value);
    return wrongCommandLine(where + "the variable " + place.variable + " with the password of " + user +
                            " is not set.");
  }
  const std::string path = (std::filesystem::path(file.path).parent_path() / place.file).string();
  auto text = readPrivateFile(path);
  if (!text) {
    return wrongCommandLine(where + path + " with the password of " + user +
                            " is not used: it must be a plain file of yours that others may not read.");
  }
  std::string password = text->substr(0, text->find('\n'));
  if (password.ends_with('\r')) password.pop_back();
  if (password.empty()) return wrongCommandLine(where + path + " begins with an empty line, which is no password.");
  return base::Secret(std::move(password));
}

/// The tests of a file, each as its user, who signs in once for each project.
class Runner {
 public:
  Runner(const Given& given, const File& file) : given_(given), file_(file) {}

  /// What differs. Errors: the gateway is not there, takes no password, or Ctrl-C.
  base::Result<std::vector<std::string>> run(const PolicyTest& test) {
    Comparison comparison(test);
    const std::pair who(test.user, test.project);
    auto session = sessions_.find(who);
    if (session == sessions_.end()) {
      auto opened = open(test);
      const bool isAnswer = !opened && !test.project.empty() && opened.error().code == base::ErrorCode::sourceError;
      if (isAnswer) return comparison.differences(opened.error());  // they may not act under the project
      if (!opened) return opened.error();
      session = sessions_.emplace(who, std::move(opened).value()).first;
    }
    const auto done = session->second.run(test.query, comparison);
    if (done) return comparison.differences();
    if (done.error().code == base::ErrorCode::queryCanceled) return done.error();
    if (done.error().code == base::ErrorCode::connectionLost) sessions_.erase(session);
    return comparison.differences(done.error());
  }

 private:
  base::Result<sql::Session> open(const PolicyTest& test) {
    const std::string& user = test.user;
    SCRIM_TRY(sql::Address address, gatewayAddress(given_));
    address.user = user;
    address.project = test.project;
    SCRIM_TRY(address.password, passwordAt(file_.content.passwords.at(user), file_, user));
    auto session = sql::Session::open(address);
    if (session) return session;
    base::Error error = std::move(session).error();
    error.message = "As " + user + ": " + error.message;
    return toldError(std::move(error), "");
  }

  const Given& given_;
  const File& file_;
  std::map<std::pair<std::string, std::string>, sql::Session> sessions_;  // by user and project
};

struct Tally {
  std::size_t passed = 0;
  std::size_t failed = 0;
};

base::Result<void> runFile(const Given& given, const File& file, Tally& tally) {
  Runner runner(given, file);
  for (const PolicyTest& test : file.content.tests) {
    SCRIM_TRY(const auto differences, runner.run(test));
    ++(differences.empty() ? tally.passed : tally.failed);
    std::string text = differences.empty() ? "ok    " + printable(test.name) + "\n"
                                           : "FAIL  " + printable(test.name) + " (" + printable(file.path) + ":" +
                                                 std::to_string(test.at.line) + ", as " + printable(test.user) + ")\n";
    for (const std::string& line : differences) text += "      " + line + "\n";
    SCRIM_CHECK_OK(print(text));
  }
  return {};
}

}  // namespace

base::Result<int> test(const Given& given) {
  SCRIM_TRY(const std::vector<File> files, readFiles(given.flags.at("--file")));
  const sql::CtrlC watched;
  Tally tally;
  for (const File& file : files) SCRIM_CHECK_OK(runFile(given, file, tally));
  SCRIM_CHECK_OK(print(std::to_string(tally.passed) + " passed, " + std::to_string(tally.failed) + " failed\n"));
  return tally.failed == 0 ? kDone : kRefused;
}

}  // namespace scrim::cli::own
