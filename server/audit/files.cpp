// SPDX-License-Identifier: Apache-2.0
#include "server/audit/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace scrim::audit {
namespace {

class SystemFile final : public File {
 public:
  explicit SystemFile(int descriptor) : descriptor_(descriptor) {}
  ~SystemFile() override { ::close(descriptor_); }
  SystemFile(const SystemFile&) = delete;
  SystemFile& operator=(const SystemFile&) = delete;

  int writeAt(std::string_view bytes, std::uint64_t offset) override {
    while (!bytes.empty()) {
      const ssize_t count = ::pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return errno;
      if (count == 0) return EIO;
      bytes.remove_prefix(static_cast<std::size_t>(count));
      offset += static_cast<std::uint64_t>(count);
    }
    return 0;
  }

  int readAt(std::string& into, std::uint64_t offset, std::size_t count) override {
    into.resize(count);
    std::size_t have = 0;
    while (have < count) {
      const ssize_t got = ::pread(descriptor_, into.data() + have, count - have, static_cast<off_t>(offset + have));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return errno;
      if (got == 0) break;
      have += static_cast<std::size_t>(got);
    }
    into.resize(have);
    return 0;
  }

  int truncate(std::uint64_t size) override {
    return ::ftruncate(descriptor_, static_cast<off_t>(size)) == 0 ? 0 : errno;
  }
  int sync() override { return ::fdatasync(descriptor_) == 0 ? 0 : errno; }

  int state(std::uint64_t& size, bool& linked) override {
    struct stat found {};
    if (::fstat(descriptor_, &found) != 0) return errno;
    size = static_cast<std::uint64_t>(found.st_size);
    linked = found.st_nlink > 0;
    return 0;
  }

 private:
  int descriptor_;
};

int flagsOf(OpenMode mode) {
  constexpr int kAlways = O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
  switch (mode) {
    case OpenMode::createEmpty:
      return kAlways | O_RDWR | O_CREAT | O_TRUNC;
    case OpenMode::readWrite:
      return kAlways | O_RDWR;
    case OpenMode::readOnly:
      return kAlways | O_RDONLY;
  }
  return kAlways | O_RDONLY;
}

class SystemFiles final : public Files {
 public:
  int open(const std::string& path, OpenMode mode, std::unique_ptr<File>& file) override {
    const int descriptor = ::open(path.c_str(), flagsOf(mode), 0600);
    if (descriptor < 0) return errno;
    file = std::make_unique<SystemFile>(descriptor);
    return 0;
  }
  int rename(const std::string& from, const std::string& to) override {
    return ::rename(from.c_str(), to.c_str()) == 0 ? 0 : errno;
  }
  int remove(const std::string& path) override { return ::unlink(path.c_str()) == 0 ? 0 : errno; }
  int syncDirectory(const std::string& path) override {
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) return errno;
    const int outcome = ::fsync(descriptor) == 0 ? 0 : errno;
    ::close(descriptor);
    return outcome;
  }
};

}  // namespace

Files& systemFiles() {
  static SystemFiles files;
  return files;
}

std::string wordsOf(int errorNumber) { return std::generic_category().message(errorNumber); }

}  // namespace scrim::audit
