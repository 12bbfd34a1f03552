// SPDX-License-Identifier: Apache-2.0
#include "server/app/data_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

namespace scrim::app {
namespace {

namespace fs = std::filesystem;
using base::Error;
using base::ErrorCode;

Error problem(const fs::path& path, const std::string& why) {
  return {ErrorCode::configInvalid, "The data folder " + path.string() + " " + why};
}

Error systemProblem(const fs::path& path, const std::string& what, int number) {
  if (number == ENOSPC || number == EDQUOT) {
    return {ErrorCode::diskFull,
            "The disk of the data folder " + path.string() + " is full: make room, then start again."};
  }
  return problem(path, what + ": " + std::strerror(number) + ". Choose another --data-dir, or give it to this user.");
}

base::Result<void> prepare(const fs::path& path) {
  mode_t mode = geteuid() == 0 ? 0711 : 0700;
  std::error_code failed;
  fs::create_directories(path.parent_path(), failed);
  if (failed) return systemProblem(path, "cannot be made", failed.value());
  if (mkdir(path.c_str(), mode) != 0 && errno != EEXIST) return systemProblem(path, "cannot be made", errno);
  struct stat facts {};
  if (stat(path.c_str(), &facts) != 0) return systemProblem(path, "cannot be examined", errno);
  if (!S_ISDIR(facts.st_mode)) return problem(path, "is no folder: choose another --data-dir.");
  if (facts.st_uid != geteuid()) {
    return problem(path, "belongs to another user: start scrimd as that user, or choose another --data-dir.");
  }
  if ((facts.st_mode & 0022U) != 0) {
    return problem(path, "can be written by others: run chmod go-w on it after looking what they put there.");
  }
  if (chmod(path.c_str(), mode) != 0) return systemProblem(path, "cannot be closed to others", errno);
  return {};
}

}  // namespace

base::Result<DataFolder> DataFolder::open(const fs::path& given) {
  std::error_code failed;
  fs::path path = fs::absolute(given, failed).lexically_normal();
  if (failed) return systemProblem(given, "cannot be found", failed.value());
  if (!path.has_filename()) path = path.parent_path();
  SCRIM_CHECK_OK(prepare(path));
  int lock = ::open((path / "scrimd.lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (lock < 0) return systemProblem(path, "cannot be written", errno);
  DataFolder folder(std::move(path), lock);
  if (flock(lock, LOCK_EX | LOCK_NB) != 0) {
    return problem(folder.path(), "is in use by another scrimd: stop that one, or choose another --data-dir.");
  }
  std::string process = std::to_string(getpid()) + "\n";
  if (ftruncate(lock, 0) != 0 || write(lock, process.data(), process.size()) != static_cast<ssize_t>(process.size())) {
    return systemProblem(folder.path(), "cannot be written", errno);
  }
  return folder;
}

DataFolder::DataFolder(DataFolder&& other) noexcept
    : path_(std::move(other.path_)), lock_(std::exchange(other.lock_, -1)) {}

DataFolder::~DataFolder() {
  if (lock_ >= 0) close(lock_);
}

}  // namespace scrim::app
