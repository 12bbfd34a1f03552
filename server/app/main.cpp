// SPDX-License-Identifier: Apache-2.0
// scrimd: options, one Scrimd, signals.
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <exception>
#include <filesystem>
#include <iostream>

#include "common/base/log.h"
#include "server/app/options.h"
#include "server/app/print_config.h"
#include "server/app/service.h"
#include "server/app/wiring.h"
#include "server/audit/verify.h"
#include "server/store/key_file.h"

namespace {

using namespace scrim;

/// No memory of ours reaches a disk or a debugger: it holds secrets and rows.
void hardenProcess() {
  rlimit none{0, 0};
  setrlimit(RLIMIT_CORE, &none);
#ifndef __SANITIZE_ADDRESS__  // its leak check has to trace this process
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
  }
  umask(077);
}

/// Before any thread is started, so that all of them leave signals to serveUntilSignal().
sigset_t blockSignals() {
  signal(SIGPIPE, SIG_IGN);
  signal(SIGXFSZ, SIG_IGN);  // a file size limit is a failed write, which the journal handles
  sigset_t signals;
  sigemptyset(&signals);
  for (int number : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, number);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signals;
}

std::string shellQuoted(const std::string& text) {
  std::string quoted = "'";
  for (char c : text) quoted += c == '\'' ? "'\\''" : std::string(1, c);
  return quoted + "'";
}

int verifyAudit(const app::Options& options) {
  auto keyFile = options.secretKeyFile.empty() ? options.dataFolder / "secret.key" : options.secretKeyFile;
  base::Secret key;
  if (auto found = store::readPrivateFile(keyFile, 32); found) key = app::checkpointKeyOf(*found);
  return audit::verifyCommand(options.verifyAudit, std::cout, key.reveal());
}

int run(const app::Options& options, const app::Surroundings& surroundings) {
  const sigset_t signals = blockSignals();
  const app::Notifier notifier = app::Notifier::fromEnvironment();
  auto scrimd = app::Scrimd::start(options);
  if (!scrimd) {
    std::cerr << "scrimd: " << scrimd.error().message;
    if (!scrimd.error().hint.empty()) std::cerr << " " << scrimd.error().hint;
    std::cerr << "\n";
    return 1;
  }
  app::Ready ready = (*scrimd)->ready();
  base::logInfo("app", "serving", {{"host", ready.host}, {"port", std::to_string(ready.port)}});
  if (options.printReady) {
    std::cout << "ready host=" << ready.host << " port=" << ready.port << " ca=" << shellQuoted(ready.ca)
              << " api=" << shellQuoted(ready.api) << " catalog_dsn=" << shellQuoted(ready.catalogDsn) << std::endl;
  }
  app::serveUntilSignal(*std::move(scrimd), surroundings, notifier, signals);
  return 0;
}

/// Blocks of half a megabyte and more go back to the system at once. Left to itself, glibc keeps ever larger ones: what
/// a user's long statements took once would stay with the process.
void giveLargeBlocksBack() {
  mallopt(M_MMAP_THRESHOLD, 512 << 10);
  mallopt(M_TRIM_THRESHOLD, 4 << 20);
}

}  // namespace

int main(int count, char** words) {
  giveLargeBlocksBack();
  hardenProcess();
  try {
    const app::Surroundings surroundings{count, words, environ};
    const app::ReadOptions read = app::readOptions(surroundings);
    for (const std::string& problem : read.problems) std::cerr << problem << "\n";
    if (read.exitCode) return *read.exitCode;
    const app::Options& options = read.options;
    base::setLogLevel(options.logLevel);
    if (options.printConfig) {
      std::cout << app::printedConfig(options);
      return 0;
    }
    if (!options.verifyAudit.empty()) return verifyAudit(options);
    if (options.checkConfig) {  // what is wrong with it has ended us above
      std::cout << "scrimd: the configuration is valid\n";
      return 0;
    }
    return run(options, surroundings);
  } catch (const std::exception& trouble) {
    std::cerr << "scrimd: stopped by an unexpected failure: " << trouble.what() << "\n";
    return 1;
  }
}
