// SPDX-License-Identifier: Apache-2.0
#include "server/app/service.h"

#include <pthread.h>
#include <time.h>

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>

#include "common/base/log.h"

namespace scrim::app {
namespace {

using std::chrono::microseconds;

std::string statusOf(const Scrimd& scrimd) {
  const Ready ready = scrimd.ready();
  return "Serving SQL on " + ready.host + ":" + std::to_string(ready.port) + ", REST on " + ready.api;
}

/// Pings come four times in the time that the service manager allows.
std::optional<microseconds> pauseOf(const Notifier& notifier) {
  if (!notifier.watchdog()) return std::nullopt;
  return std::max(*notifier.watchdog() / 4, microseconds(1000));
}

/// nullopt: the pause is over.
std::optional<int> nextSignal(const sigset_t& signals, std::optional<microseconds> pause) {
  while (true) {
    int number = 0;
    if (pause) {
      const timespec wait{pause->count() / 1'000'000, pause->count() % 1'000'000 * 1'000};
      number = sigtimedwait(&signals, nullptr, &wait);
    } else {
      number = sigwaitinfo(&signals, nullptr);
    }
    if (number > 0) return number;
    if (errno == EAGAIN) return std::nullopt;
    if (errno != EINTR) return SIGTERM;  // without signals nobody could end us well
  }
}

/// Only while every event loop turns: a server that hangs is to be restarted.
void ping(const Scrimd& scrimd, const Notifier& notifier) {
  if (notifier.watchdog() && scrimd.silence() < *notifier.watchdog() / 2) notifier.alive();
}

/// What is wrong with what is configured now; empty: it was taken over.
std::vector<std::string> takeOver(Scrimd& scrimd, const Surroundings& surroundings) {
  const ReadOptions read = readOptions(surroundings);
  if (!read.problems.empty()) return read.problems;
  const auto reloaded = scrimd.reload(read.options);
  if (!reloaded) return {reloaded.error().message};
  std::string changed;
  for (const std::string& key : reloaded->changed) changed += (changed.empty() ? "" : ", ") + key;
  base::logInfo("app", "configuration and certificates read again", {{"changed", changed}});
  for (const std::string& key : reloaded->needRestart) {
    base::logWarning("app", "a changed setting needs a restart", {{"setting", key}});
  }
  return {};
}

void reload(Scrimd& scrimd, const Surroundings& surroundings, const Notifier& notifier) {
  notifier.reloading();
  std::vector<std::string> problems;
  try {
    problems = takeOver(scrimd, surroundings);
  } catch (const std::exception& trouble) {
    problems = {std::string("unexpected failure: ") + trouble.what()};
  }
  for (const std::string& problem : problems) {
    base::logError("app", "the configuration is refused, nothing has changed", {{"problem", problem}});
  }
  const std::string refused = problems.empty() ? "" : "; the last reload was refused, see the log";
  notifier.ready(statusOf(scrimd) + refused);
}

/// Draining may take longer than the watchdog allows; that it ends is the service manager's TimeoutStopSec.
void stop(std::unique_ptr<Scrimd> scrimd, const Notifier& notifier) {
  const std::jthread pings([&](const std::stop_token& stopped) {
    std::mutex mutex;
    std::condition_variable_any woken;
    while (notifier.watchdog() && !stopped.stop_requested()) {
      notifier.alive();
      std::unique_lock lock(mutex);
      woken.wait_for(lock, stopped, *pauseOf(notifier), [] { return false; });
    }
  });
  scrimd.reset();
}

}  // namespace

void serveUntilSignal(std::unique_ptr<Scrimd> scrimd, const Surroundings& surroundings, const Notifier& notifier,
                      const sigset_t& signals) {
  notifier.ready(statusOf(*scrimd));
  std::optional<int> number;
  do {
    ping(*scrimd, notifier);
    number = nextSignal(signals, pauseOf(notifier));
    if (number == SIGHUP) reload(*scrimd, surroundings, notifier);
  } while (!number || number == SIGHUP);
  base::logInfo("app", "stopping", {{"signal", std::to_string(*number)}});
  notifier.stopping();
  signal(SIGHUP, SIG_IGN);
  // A second one does not wait.
  signal(SIGTERM, SIG_DFL);
  signal(SIGINT, SIG_DFL);
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
  stop(std::move(scrimd), notifier);
}

}  // namespace scrim::app
