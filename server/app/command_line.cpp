// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <fstream>
#include <iostream>
#include <iterator>

#include "server/app/options.h"

namespace scrim::app {
namespace {

/// What the command line gave; it wins over the configuration file.
struct Words {
  std::string config;
  std::string dataFolder;
  std::vector<std::string> listen;
  std::vector<std::string> apiListen;
  std::string applyFile;
  std::string auditMode;
  std::optional<unsigned> threads;
  bool plainText = false;
};

/// Exit code 2: the command line is wrong; 1: what it names is.
constexpr int kUsage = 2;

bool readConfigFile(const std::string& path, Options& options) {
  Problems problems(path);
  std::ifstream stream(path, std::ios::binary);
  if (!stream) {
    problems.add({}, "the file cannot be read: is it there, and may this user read it?");
  } else {
    readConfig(std::string(std::istreambuf_iterator<char>(stream), {}), options, problems);
  }
  for (const std::string& line : problems.lines()) std::cerr << line << "\n";
  return problems.empty();
}

/// Nothing given: what was there stays.
bool takeAddresses(const char* option, const std::vector<std::string>& texts, std::vector<Listen>& into) {
  if (!texts.empty()) into.clear();
  for (const std::string& text : texts) {
    auto listen = listenOf(text);
    if (!listen) {
      std::cerr << "scrimd: " << option << " " << text
                << " is no address and port: write 127.0.0.1:5439 or [::1]:5439\n";
      return false;
    }
    into.push_back(*std::move(listen));
  }
  return true;
}

std::optional<int> combine(const Words& words, Options& options) {
  options.dataFolder = defaultDataFolder();
  if (!words.config.empty() && !readConfigFile(words.config, options)) return 1;
  if (!words.dataFolder.empty()) options.dataFolder = words.dataFolder;
  if (!words.applyFile.empty()) options.applyFile = words.applyFile;
  if (words.threads) options.threads = *words.threads;
  if (words.plainText) options.plainText = true;
  if (!words.auditMode.empty()) options.strictAudit = words.auditMode == "strict";
  if (!takeAddresses("--listen", words.listen, options.listen)) return kUsage;
  if (!takeAddresses("--api-listen", words.apiListen, options.apiListen)) return kUsage;
  return std::nullopt;
}

}  // namespace

std::optional<int> readCommandLine(int count, const char* const* given, Options& options) {
  CLI::App app("scrimd: governs access to data; speaks the PostgreSQL protocol to clients and to sources.");
  Words words;
  app.add_option("--config", words.config, "configuration file (YAML)");
  app.add_option("--data-dir", words.dataFolder,
                 "folder for keys, certificates, the embedded catalog and the audit journal");
  app.add_option("--listen", words.listen, "address and port to serve on; port 0: any free one; may be repeated");
  app.add_option("--api-listen", words.apiListen,
                 "address and port of the REST API; without it one port above --listen; may be repeated");
  app.add_option("--apply", words.applyFile, "apply this file (YAML) to the catalog before serving");
  app.add_option("--threads", words.threads, "threads that serve clients; 0: one for every two processors")
      ->check(CLI::Range(0, 1024));
  app.add_option("--audit", words.auditMode, "when a record is safe: default or strict")
      ->check(CLI::IsMember({"default", "strict"}));
  app.add_option("--verify-audit", options.verifyAudit, "verify the audit journal in this folder, and exit");
  app.add_flag("--plaintext", words.plainText, "let clients in without TLS");
  app.add_flag("--check-config", options.checkConfig, "check configuration and apply file, and exit");
  app.add_flag("--print-ready", options.printReady, "print one line to standard output when serving");
  app.set_version_flag("--version", std::string("scrimd ") + SCRIM_VERSION);
  try {
    app.parse(count, given);
  } catch (const CLI::ParseError& stop) {
    int code = app.exit(stop);
    return code == 0 ? 0 : kUsage;
  }
  return combine(words, options);
}

}  // namespace scrim::app
