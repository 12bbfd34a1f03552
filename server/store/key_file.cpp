// SPDX-License-Identifier: Apache-2.0
#include "server/store/key_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "common/base/hash.h"
#include "common/base/log.h"
#include "server/store/secret_box.h"

namespace scrim::store {
namespace {

using base::Error;
using base::ErrorCode;

struct Descriptor {
  int number;
  ~Descriptor() {
    if (number >= 0) close(number);
  }
};

Error refusal(const std::filesystem::path& path, const std::string& why) {
  return {ErrorCode::configInvalid, "The file " + path.string() + " " + why};
}

Error systemError(const std::filesystem::path& path, std::string_view verb) {
  int number = errno;
  ErrorCode code = number == ENOSPC || number == EDQUOT ? ErrorCode::diskFull : ErrorCode::configInvalid;
  return {code, "The file " + path.string() + " cannot be " + std::string(verb) + ": " + std::strerror(number) + "."};
}

base::Result<void> checkPrivate(int descriptor, const std::filesystem::path& path) {
  struct stat facts {};
  if (fstat(descriptor, &facts) != 0) return systemError(path, "examined");
  if (!S_ISREG(facts.st_mode))
    return refusal(path, "is no regular file: put the file itself there, not a link or folder.");
  if (facts.st_uid != geteuid()) {
    return refusal(path, "belongs to another user: run chown " + std::to_string(geteuid()) + " on it, if it is yours.");
  }
  if ((facts.st_mode & 0077U) != 0) {
    return refusal(path, "can be read by others: run chmod 600 on it, and think of its secrets as known to them.");
  }
  return {};
}

base::Result<void> writeAll(int descriptor, const std::filesystem::path& path, std::string_view bytes) {
  while (!bytes.empty()) {
    ssize_t count = write(descriptor, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return systemError(path, "written");
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  if (fsync(descriptor) != 0) return systemError(path, "written");
  return {};
}

}  // namespace

base::Result<void> writePrivateFile(const std::filesystem::path& path, std::string_view bytes) {
  std::string fresh = path.string() + ".new-XXXXXX";
  Descriptor file{mkostemp(fresh.data(), O_CLOEXEC)};
  if (file.number < 0) return systemError(path, "made");
  auto written = writeAll(file.number, path, bytes);
  if (written && rename(fresh.c_str(), path.c_str()) != 0) written = systemError(path, "put in place");
  if (!written) unlink(fresh.c_str());
  return written;
}

base::Result<base::Secret> readPrivateFile(const std::filesystem::path& path, std::size_t maxBytes) {
  Descriptor file{open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)};
  if (file.number < 0 && errno == ENOENT)
    return Error{ErrorCode::undefinedObject, "There is no " + path.string() + "."};
  if (file.number < 0 && errno == ELOOP) return refusal(path, "is a link: put the file itself there.");
  if (file.number < 0) return systemError(path, "opened");
  SCRIM_CHECK_OK(checkPrivate(file.number, path));
  std::string bytes(maxBytes + 1, '\0');
  std::size_t filled = 0;
  while (filled < bytes.size()) {
    ssize_t count = read(file.number, bytes.data() + filled, bytes.size() - filled);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return systemError(path, "read");
    if (count == 0) break;
    filled += static_cast<std::size_t>(count);
  }
  base::Secret whole(std::move(bytes));
  if (filled > maxBytes) return refusal(path, "is too long.");
  return base::Secret(std::string(whole.reveal().substr(0, filled)));
}

base::Result<base::Secret> loadOrCreateKeyFile(const std::filesystem::path& path) {
  auto found = readPrivateFile(path, kKeyBytes + 1);
  if (!found && found.error().code == ErrorCode::undefinedObject) {
    base::Secret key(base::randomBytes(kKeyBytes));
    SCRIM_CHECK_OK(writePrivateFile(path, key.reveal()));
    base::logInfo("store", "key file made; keep a copy in a safe place", {{"path", path.string()}});
    return key;
  }
  if (found && found->reveal().size() != kKeyBytes) {
    return refusal(path, "is damaged: a key file has " + std::to_string(kKeyBytes) +
                             " bytes. Put the copy of it back; the secrets in the catalog cannot be read without it.");
  }
  return found;
}

}  // namespace scrim::store
