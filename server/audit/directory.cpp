// SPDX-License-Identifier: Apache-2.0
#include "server/audit/directory.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <memory>
#include <optional>

#include "server/audit/files.h"
#include "server/audit/json.h"

namespace scrim::audit {
namespace {

using base::Error;
using base::ErrorCode;

constexpr std::string_view kPrefix = "segment-";
constexpr std::string_view kSuffix = ".jsonl";

Error refusal(const std::string& what, std::string hint) {
  return {ErrorCode::configInvalid, "the audit journal cannot be opened: " + what, {}, std::move(hint)};
}

Error failed(const std::string& doing, const std::string& path, int errorNumber) {
  return {ErrorCode::auditUnavailable,
          "the audit journal cannot be opened: " + doing + " " + path + ": " + wordsOf(errorNumber),
          {},
          "Put this right and start again."};
}

base::Result<void> checkOwnership(const std::string& path, const struct stat& found, const char* mode) {
  if (found.st_uid != ::geteuid()) {
    return refusal(path + " belongs to user " + std::to_string(found.st_uid) + ", and the server runs as user " +
                       std::to_string(::geteuid()),
                   "Give it to the server's user: chown -R " + std::to_string(::geteuid()) + " " + path);
  }
  if ((found.st_mode & 077U) != 0) {
    return refusal(path + " can be reached by other users", std::string("Take that away: chmod ") + mode + " " + path);
  }
  return {};
}

base::Result<void> ensureDirectory(const std::string& directory) {
  if (::mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST) return failed("making", directory, errno);
  struct stat found {};
  if (::lstat(directory.c_str(), &found) != 0) return failed("looking at", directory, errno);
  if (!S_ISDIR(found.st_mode)) return refusal(directory + " is not a directory", "Name a directory of its own.");
  return checkOwnership(directory, found, "0700");
}

std::optional<std::uint64_t> segmentNumber(std::string_view name) {
  if (!name.starts_with(kPrefix) || !name.ends_with(kSuffix)) return std::nullopt;
  name.remove_prefix(kPrefix.size());
  name.remove_suffix(kSuffix.size());
  if (name.size() < 8) return std::nullopt;
  return asNumber(name);
}

std::string lockPath(const std::string& directory) { return directory + "/lock"; }

std::string holderOf(int descriptor) {
  char text[32] = {};
  const ssize_t size = ::pread(descriptor, text, sizeof text - 1, 0);
  return size > 0 ? " (process " + std::string(text, static_cast<std::size_t>(size)) + ")" : std::string();
}

}  // namespace

DirectoryLock::DirectoryLock(DirectoryLock&& other) noexcept : descriptor_(other.descriptor_) {
  other.descriptor_ = -1;
}

DirectoryLock& DirectoryLock::operator=(DirectoryLock&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

DirectoryLock::~DirectoryLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

base::Result<DirectoryLock> claimDirectory(const std::string& directory) {
  SCRIM_CHECK_OK(ensureDirectory(directory));
  const std::string path = lockPath(directory);
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (descriptor < 0) return failed("opening", path, errno);
  DirectoryLock lock(descriptor);
  SCRIM_CHECK_OK(checkFile(path));
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return failed("locking", path, errno);
    return refusal(directory + " is in use by another process" + holderOf(descriptor),
                   "One server owns a journal: stop the other, or give this one a directory of its own.");
  }
  // The number is for the message above only: a disk too full to take it is no reason to stop here.
  const std::string process = std::to_string(::getpid());
  if (::ftruncate(descriptor, 0) == 0) [[maybe_unused]]
    const auto noted = ::pwrite(descriptor, process.data(), process.size(), 0);
  return lock;
}

bool isClaimed(const std::string& directory) {
  const int descriptor = ::open(lockPath(directory).c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (descriptor < 0) return false;
  const bool claimed = ::flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
  ::close(descriptor);
  return claimed;
}

base::Result<void> checkFile(const std::string& path) {
  struct stat found {};
  if (::lstat(path.c_str(), &found) != 0) return failed("looking at", path, errno);
  if (!S_ISREG(found.st_mode)) return refusal(path + " is not a plain file", "Move it away.");
  return checkOwnership(path, found, "0600");
}

base::Result<std::map<std::uint64_t, std::string>> listSegments(const std::string& directory, Ownership ownership) {
  const std::unique_ptr<DIR, int (*)(DIR*)> listing(::opendir(directory.c_str()), &::closedir);
  if (!listing) return failed("listing", directory, errno);
  std::map<std::uint64_t, std::string> segments;
  while (const dirent* entry = ::readdir(listing.get())) {
    const auto number = segmentNumber(entry->d_name);
    if (!number) continue;
    const std::string path = directory + "/" + entry->d_name;
    if (ownership == Ownership::check) SCRIM_CHECK_OK(checkFile(path));
    if (!segments.emplace(*number, path).second) return refusal("two files are segment " + std::to_string(*number), "");
  }
  return segments;
}

std::string segmentPath(const std::string& directory, std::uint64_t segment) {
  char name[40];
  std::snprintf(name, sizeof name, "segment-%08llu.jsonl", static_cast<unsigned long long>(segment));
  return directory + "/" + name;
}

std::string headPath(const std::string& directory) { return directory + "/head"; }

}  // namespace scrim::audit
