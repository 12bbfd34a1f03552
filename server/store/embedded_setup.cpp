// SPDX-License-Identifier: Apache-2.0
// What happens before the embedded server's process is there: finding programs, making the cluster, clearing leftovers.
#include <pwd.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>

#include "common/base/log.h"
#include "server/store/embedded.h"
#include "server/store/key_file.h"

namespace scrim::store {
namespace {

namespace fs = std::filesystem;
using base::Error;
using base::ErrorCode;

constexpr std::size_t kLongestSocketPath = 107;  // sockaddr_un

Error invalid(std::string message) { return {ErrorCode::configInvalid, std::move(message)}; }

bool hasPrograms(const fs::path& folder) {
  return access((folder / "initdb").c_str(), X_OK) == 0 && access((folder / "postgres").c_str(), X_OK) == 0;
}

base::Result<void> makeFolder(const fs::path& path, mode_t mode, const Account& owner) {
  if (mkdir(path.c_str(), mode) != 0 && errno != EEXIST) {
    return Error{errno == ENOSPC ? ErrorCode::diskFull : ErrorCode::configInvalid,
                 "The folder " + path.string() + " cannot be made: " + std::strerror(errno) + "."};
  }
  if (chmod(path.c_str(), mode) != 0 || (geteuid() == 0 && chown(path.c_str(), owner.uid, owner.gid) != 0)) {
    return invalid("The folder " + path.string() + " cannot be given to user " + owner.name + ": " +
                   std::strerror(errno) + ".");
  }
  return {};
}

/// As root, the server's account must be able to pass through every folder above its own.
base::Result<void> checkPassage(const fs::path& folder, const Account& account) {
  if (geteuid() != 0) return {};
  for (fs::path above = folder.parent_path();; above = above.parent_path()) {
    struct stat facts {};
    if (stat(above.c_str(), &facts) != 0) return invalid("The folder " + above.string() + " cannot be examined.");
    bool open = (facts.st_mode & S_IXOTH) != 0 || (facts.st_uid == account.uid && (facts.st_mode & S_IXUSR) != 0) ||
                (facts.st_gid == account.gid && (facts.st_mode & S_IXGRP) != 0);
    if (!open) {
      return invalid("The embedded PostgreSQL runs as user " + account.name + ", who cannot enter " + above.string() +
                     ": run chmod o+x on it, or choose another --data-dir.");
    }
    if (above == above.root_path()) return {};
  }
}

std::string firstLine(const fs::path& file) {
  std::ifstream stream(file);
  std::string line;
  std::getline(stream, line);
  return line;
}

/// Whether the process is a server over that cluster (and not another one that got its number).
bool servesCluster(pid_t process, const fs::path& data) {
  std::error_code ignored;
  fs::path root = "/proc/" + std::to_string(process);
  return fs::read_symlink(root / "cwd", ignored) == data &&
         fs::read_symlink(root / "exe", ignored).filename() == "postgres";
}

}  // namespace

base::Result<fs::path> findPostgresBinaries(const std::string& major) {
  std::vector<std::pair<int, fs::path>> found;
  for (const char* place : {"/usr/lib/postgresql", "/usr/pgsql-13", "/usr/pgsql-14", "/usr/pgsql-15", "/usr/pgsql-16",
                            "/usr/pgsql-17", "/usr/pgsql-18"}) {
    std::error_code ignored;
    fs::path folder(place);
    if (hasPrograms(folder / "bin")) found.emplace_back(std::atoi(folder.filename().c_str() + 6), folder / "bin");
    for (const auto& entry : fs::directory_iterator(folder, ignored)) {
      int version = std::atoi(entry.path().filename().c_str());
      if (version >= 13 && hasPrograms(entry.path() / "bin")) found.emplace_back(version, entry.path() / "bin");
    }
  }
  std::erase_if(found, [&](const auto& each) { return !major.empty() && std::to_string(each.first) != major; });
  if (found.empty()) {
    return invalid("There is no PostgreSQL " + (major.empty() ? std::string("13 or later") : major) +
                   " on this machine for the embedded catalog: install the package postgresql" +
                   (major.empty() ? "" : "-" + major) + ", or set catalog.dsn to a server of yours.");
  }
  return std::max_element(found.begin(), found.end())->second;
}

base::Result<void> EmbeddedPostgres::prepare() {
  SCRIM_TRY(account_, accountForPostgres());
  options_.folder = fs::weakly_canonical(options_.folder);
  std::string socket = (fs::path(socketFolder()) / ".s.PGSQL.5432").string();
  if (socket.size() > kLongestSocketPath) {
    return invalid("The path of the data folder is too long for a UNIX socket (" + std::to_string(socket.size()) +
                   " bytes, of " + std::to_string(kLongestSocketPath) + " at most): choose a shorter --data-dir.");
  }
  SCRIM_CHECK_OK(checkPassage(options_.folder, account_));
  SCRIM_CHECK_OK(makeFolder(options_.folder, 0700, account_));
  SCRIM_CHECK_OK(makeFolder(socketFolder(), 0700, account_));
  std::error_code ignored;
  fs::remove(logFile(), ignored);
  if (options_.binaries.empty()) {
    SCRIM_TRY(options_.binaries, findPostgresBinaries(firstLine(data() / "PG_VERSION")));
  }
  if (!hasPrograms(options_.binaries)) {
    return invalid("The folder " + options_.binaries.string() + " has no initdb and postgres that can be run.");
  }
  if (!fs::exists(data() / "PG_VERSION")) SCRIM_CHECK_OK(makeCluster());
  SCRIM_CHECK_OK(writeAccessFiles());
  return endForeignServer();
}

base::Result<void> EmbeddedPostgres::makeCluster() {
  base::logInfo("store", "making the private PostgreSQL", {{"folder", data().string()}, {"account", account_.name}});
  // Made beside its place and then moved there, so that a half-made one is never taken for a cluster.
  fs::path fresh = options_.folder / "data.new";
  std::error_code failed;
  fs::remove_all(fresh, failed);
  fs::remove_all(data(), failed);
  SCRIM_CHECK_OK(runChild({{(options_.binaries / "initdb").string(), "-D", fresh.string(), "-U", "scrim", "-E", "UTF8",
                            "--locale=C.UTF-8", "--auth-local=peer", "--auth-host=reject", "--data-checksums"},
                           account_,
                           options_.folder,
                           logFile()},
                          options_.startLimit));
  fs::rename(fresh, data(), failed);
  if (failed) return invalid("The folder " + fresh.string() + " cannot be moved into place: " + failed.message() + ".");
  return {};
}

base::Result<void> EmbeddedPostgres::writeAccessFiles() {
  const passwd* self = getpwuid(geteuid());
  std::string name = self == nullptr ? account_.name : self->pw_name;
  const std::pair<const char*, std::string> files[] = {
      {"pg_hba.conf", "local scrim_local scrim_local peer map=scrim\nlocal all scrim peer map=scrim\n"},
      {"pg_ident.conf", "scrim \"" + name + "\" scrim\nscrim \"" + name + "\" scrim_local\n"}};
  for (const auto& [file, text] : files) {
    SCRIM_CHECK_OK(writePrivateFile(data() / file, text));
    if (geteuid() == 0 && chown((data() / file).c_str(), account_.uid, account_.gid) != 0) {
      return invalid("The file " + (data() / file).string() + " cannot be given to user " + account_.name + ".");
    }
  }
  return {};
}

base::Result<void> EmbeddedPostgres::endForeignServer() {
  fs::path file = data() / "postmaster.pid";
  if (!fs::exists(file)) return {};
  auto process = static_cast<pid_t>(std::atol(firstLine(file).c_str()));
  if (process <= 1 || !servesCluster(process, data())) {
    base::logInfo("store", "removed what a killed PostgreSQL left behind", {{"file", file.string()}});
    std::error_code ignored;
    fs::remove(file, ignored);
    return {};
  }
  // The data folder is ours alone (locked by scrimd), so this is the server of an instance that was killed.
  base::logInfo("store", "waiting for the previous private PostgreSQL to stop", {{"pid", std::to_string(process)}});
  kill(process, SIGINT);
  auto deadline = std::chrono::steady_clock::now() + options_.startLimit;
  while (servesCluster(process, data())) {
    if (std::chrono::steady_clock::now() > deadline) {
      return invalid("An older PostgreSQL (process " + std::to_string(process) + ") does not let go of " +
                     data().string() + ": stop it.");
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return {};
}

}  // namespace scrim::store
