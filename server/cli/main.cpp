// SPDX-License-Identifier: Apache-2.0
#include <Poco/Exception.h>
#include <Poco/Net/NetSSL.h>

#include <clocale>
#include <csignal>
#include <iostream>

#include "server/cli/exit_codes.h"
#include "server/cli/given.h"

namespace {

int carryOut(const scrim::cli::Given& given) {
  const auto done = given.verb->run(given);
  if (done) return *done;
  std::cerr << scrim::cli::shownError(done.error()) << std::flush;
  return scrim::cli::exitCodeOf(done.error());
}

}  // namespace

int main(int count, char** words) {
  std::setlocale(LC_CTYPE, "C.UTF-8");  // how wide characters are
  std::signal(SIGPIPE, SIG_IGN);        // a server that hangs up, or `scrim .. | head`, is an error like any other
  const auto read = scrim::cli::readCommandLine(count, words);
  if (const int* code = std::get_if<int>(&read)) return *code;
  try {
    Poco::Net::initializeSSL();
    const int code = carryOut(std::get<scrim::cli::Given>(read));
    Poco::Net::uninitializeSSL();
    return code;
  } catch (const std::exception& problem) {  // nothing is retried: it is told, and the exit code says that it failed
    std::cerr << scrim::cli::shownError(scrim::cli::refused(std::string("It failed: ") + problem.what()));
    return scrim::cli::kRefused;
  }
}
