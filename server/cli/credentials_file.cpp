// SPDX-License-Identifier: Apache-2.0
#include "server/cli/credentials_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "server/cli/exit_codes.h"

namespace scrim::cli {
namespace {

constexpr std::size_t kLargest = 64U << 10U;

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  int number() const { return number_; }

 private:
  int number_;
};

std::string reason() { return std::generic_category().message(errno); }

/// Looks at the open file, not at its name, which may meanwhile stand for another.
base::Result<void> checkPrivate(int file, const std::string& path) {
  struct stat facts {};
  if (::fstat(file, &facts) != 0) return notSignedIn(path + " cannot be read: " + reason());
  if (!S_ISREG(facts.st_mode) || facts.st_uid != ::geteuid()) return notSignedIn(path + " is no file of yours.");
  if ((facts.st_mode & 077U) == 0) return {};
  return notSignedIn("Others may read " + path + ", so the token in it is not used.",
                     "chmod 600 " + path + ", or better: scrim login, for a new token.");
}

bool writeAll(int file, const std::string& text) {
  for (std::size_t done = 0; done < text.size();) {
    const ssize_t wrote = ::write(file, text.data() + done, text.size() - done);
    if (wrote < 0 && errno != EINTR) return false;
    if (wrote > 0) done += static_cast<std::size_t>(wrote);
  }
  return ::fsync(file) == 0;
}

base::Result<void> makeFolder(const std::filesystem::path& folder) {
  std::error_code problem;
  std::filesystem::create_directories(folder.parent_path(), problem);
  if (!problem && ::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) problem.assign(errno, std::generic_category());
  if (problem) return refused(folder.string() + " cannot be made: " + problem.message());
  return {};
}

}  // namespace

base::Result<std::string> readPrivateFile(const std::string& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (file.number() < 0 && errno == ENOENT) return notSignedIn("You are not signed in.");
  if (file.number() < 0) return notSignedIn(path + " cannot be read: " + reason());
  SCRIM_CHECK_OK(checkPrivate(file.number(), path));
  std::string text(kLargest, '\0');
  const ssize_t got = ::read(file.number(), text.data(), text.size());
  if (got < 0) return notSignedIn(path + " cannot be read: " + reason());
  text.resize(static_cast<std::size_t>(got));
  return text;
}

base::Result<void> writePrivateFile(const std::string& path, const std::string& text) {
  SCRIM_CHECK_OK(makeFolder(std::filesystem::path(path).parent_path()));
  std::string temporary = path + ".XXXXXX";
  const Descriptor file(::mkostemp(temporary.data(), O_CLOEXEC));  // mode 0600
  if (file.number() < 0) return refused(path + " cannot be written: " + reason());
  const bool done = writeAll(file.number(), text) && ::rename(temporary.c_str(), path.c_str()) == 0;
  if (done) return {};
  const std::string why = reason();
  ::unlink(temporary.c_str());
  return refused(path + " cannot be written: " + why);
}

}  // namespace scrim::cli
