// SPDX-License-Identifier: Apache-2.0
#include "server/cli/sql/ctrl_c.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

namespace scrim::cli::sql {
namespace {

volatile std::sig_atomic_t noted = 0;
int ends[2] = {-1, -1};  // a pipe: what waits for the server wakes up
struct sigaction before {};

void note(int) {
  const int kept = errno;
  noted = 1;
  const char mark = '!';
  if (::write(ends[1], &mark, 1) < 0) errno = kept;  // a full pipe wakes as well
  errno = kept;
}

}  // namespace

CtrlC::CtrlC() {
  noted = 0;
  if (::pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) ends[0] = ends[1] = -1;
  struct sigaction now {};
  now.sa_handler = note;
  now.sa_flags = static_cast<int>(SA_RESETHAND);  // no SA_RESTART: a write that waits ends too
  ::sigaction(SIGINT, &now, &before);
}

CtrlC::~CtrlC() {
  ::sigaction(SIGINT, &before, nullptr);
  for (int& end : ends) {
    if (end >= 0) ::close(end);
    end = -1;
  }
}

bool CtrlC::pressed() { return noted != 0; }
int CtrlC::file() { return ends[0]; }

}  // namespace scrim::cli::sql
