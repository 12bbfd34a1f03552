// SPDX-License-Identifier: Apache-2.0
#include "server/cli/sink.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "server/cli/exit_codes.h"

namespace scrim::cli {
namespace {

base::Error notWritten() { return refused(std::string("The export cannot be written: ") + std::strerror(errno)); }

}  // namespace

base::Result<Sink> Sink::open(const std::string& path) {
  if (path.empty()) return Sink(STDOUT_FILENO, path);
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file >= 0) return Sink(file, path);
  return wrongCommandLine(path + " cannot be made: " + std::strerror(errno) + ".");
}

Sink::Sink(Sink&& other) noexcept : file_(other.file_), path_(std::exchange(other.path_, {})) {}

Sink::~Sink() {
  if (path_.empty()) return;
  ::close(file_);
  ::unlink(path_.c_str());
}

base::Result<void> Sink::write(std::string_view text) {
  while (!text.empty()) {
    const ssize_t wrote = ::write(file_, text.data(), text.size());
    if (wrote < 0 && errno != EINTR) return notWritten();
    if (wrote > 0) text.remove_prefix(static_cast<std::size_t>(wrote));
  }
  return {};
}

base::Result<void> Sink::keep() {
  if (path_.empty()) return {};
  if (::fsync(file_) != 0) return notWritten();
  ::close(file_);
  path_.clear();
  return {};
}

}  // namespace scrim::cli
