// SPDX-License-Identifier: Apache-2.0
#include "server/store/child.h"

#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>

namespace scrim::store {
namespace {

using base::Error;
using base::ErrorCode;

/// A kernel that gives no handle on a process has to be asked now and then.
constexpr std::chrono::milliseconds kLongestPoll{60'000}, kBlindPoll{5};

std::optional<Account> accountOf(const passwd* entry) {
  if (entry == nullptr) return std::nullopt;
  return Account{entry->pw_uid, entry->pw_gid, entry->pw_name};
}

/// In the new process, between fork and exec: only calls that are safe there. Returns only on failure.
void becomeChild(const ChildOptions& options, char* const* arguments, pid_t parent, int output) {
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  for (int number : {SIGPIPE, SIGINT, SIGTERM, SIGHUP, SIGCHLD}) signal(number, SIG_DFL);
  setpgid(0, 0);  // a Ctrl-C on our terminal is for us alone; we stop the child ourselves
  dup2(output, STDOUT_FILENO);
  dup2(output, STDERR_FILENO);
  if (geteuid() == 0 && options.account.uid != 0) {
    if (setgroups(0, nullptr) != 0 || setgid(options.account.gid) != 0 || setuid(options.account.uid) != 0) return;
  }
  // After setuid, which clears it.
  prctl(PR_SET_PDEATHSIG, SIGINT);
  if (getppid() != parent) return;
  if (chdir(options.folder.c_str()) != 0) return;
  // One statement of one client fails for want of memory, rather than the machine.
  constexpr rlim_t kMostMemory = 2UL << 30U;
  const rlimit memory{kMostMemory, kMostMemory};
  if (options.limitsMemory && setrlimit(RLIMIT_AS, &memory) != 0) return;
  close_range(3, ~0U, 0);  // clients' sockets are not for it
  char language[] = "LC_ALL=C";
  char path[] = "PATH=/usr/bin:/bin";
  char* environment[] = {language, path, nullptr};
  execve(arguments[0], arguments, environment);
}

}  // namespace

base::Result<Account> accountForPostgres() {
  if (geteuid() != 0) {
    auto self = accountOf(getpwuid(geteuid()));
    if (self) return *self;
    return Error{ErrorCode::configInvalid,
                 "The user " + std::to_string(geteuid()) +
                     " has no entry in /etc/passwd, which PostgreSQL needs: add one, or start "
                     "scrimd as another user."};
  }
  for (const char* name : {"scrim", "postgres", "nobody"}) {
    if (auto found = accountOf(getpwnam(name)); found && found->uid != 0) return *found;
  }
  return Error{ErrorCode::configInvalid,
               "PostgreSQL refuses to run as root, and there is no user scrim, postgres or "
               "nobody to run it as: add one, or start scrimd as an unprivileged user."};
}

base::Result<pid_t> startChild(const ChildOptions& options) {
  std::vector<char*> arguments;
  for (const std::string& each : options.arguments) arguments.push_back(const_cast<char*>(each.c_str()));
  arguments.push_back(nullptr);
  int output = open(options.output.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (output < 0) {
    return Error{ErrorCode::configInvalid,
                 "The file " + options.output.string() + " cannot be written: " + std::strerror(errno) + "."};
  }
  pid_t parent = getpid();
  pid_t child = fork();
  if (child == 0) {
    becomeChild(options, arguments.data(), parent, output);
    static const char kFailed[] = "cannot be started: no permission to run it, or to enter its folder\n";
    [[maybe_unused]] ssize_t ignored = write(STDERR_FILENO, kFailed, sizeof(kFailed) - 1);
    _exit(127);
  }
  close(output);
  if (child < 0)
    return Error{ErrorCode::configInvalid, std::string("No process can be started: ") + std::strerror(errno) + "."};
  return child;
}

std::optional<int> waitForChild(pid_t child, std::chrono::milliseconds limit) {
  // A child of ours that nobody else waits for: its number stays its own until we have seen its end.
  const int handle = static_cast<int>(syscall(SYS_pidfd_open, child, 0));
  const auto deadline = std::chrono::steady_clock::now() + limit;
  std::optional<int> ended;
  while (!ended) {
    int status = 0;
    const pid_t done = waitpid(child, &status, WNOHANG);
    if (done == child || (done < 0 && errno == ECHILD)) ended = status;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    if (ended || left.count() <= 0) break;
    pollfd end{handle, POLLIN, 0};
    poll(&end, 1, static_cast<int>(std::min(left, handle >= 0 ? kLongestPoll : kBlindPoll).count()));
  }
  if (handle >= 0) close(handle);
  return ended;
}

std::string describeStatus(int status) {
  if (WIFSIGNALED(status)) return "signal " + std::to_string(WTERMSIG(status));
  return "exit code " + std::to_string(WEXITSTATUS(status));
}

std::string lastLines(const std::filesystem::path& file, std::size_t maxBytes) {
  std::ifstream stream(file, std::ios::binary | std::ios::ate);
  if (!stream) return {};
  auto size = static_cast<std::size_t>(stream.tellg());
  std::size_t start = size > maxBytes ? size - maxBytes : 0;
  stream.seekg(static_cast<std::streamoff>(start));
  std::string text(size - start, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

base::Result<void> runChild(const ChildOptions& options, std::chrono::milliseconds limit) {
  SCRIM_TRY(pid_t child, startChild(options));
  std::optional<int> status = waitForChild(child, limit);
  if (!status) {
    kill(child, SIGKILL);
    waitForChild(child, std::chrono::seconds(5));
    return Error{ErrorCode::configInvalid, options.arguments[0] + " did not finish in time."};
  }
  if (*status == 0) return {};
  return Error{ErrorCode::configInvalid,
               options.arguments[0] + " failed (" + describeStatus(*status) + "): " + lastLines(options.output)};
}

}  // namespace scrim::store
