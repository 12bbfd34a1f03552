// SPDX-License-Identifier: Apache-2.0
// A program that keeps a journal the way the server does, for tests that kill it, fill its disk, and time it.
//   audit_driver append DIR THREADS [strict]   runs statements until killed, stopped by SIGTERM or refused too often;
//                                              prints "A <sequence>" once a statement may be answered, and "B" or "H"
//                                              when the journal breaks or is healthy again
//   audit_driver verify DIR                    scrimd --verify-audit
//   audit_driver list DIR                      the sequence of each record
//   audit_driver bench DIR                     ns a record, appended and flushed in batches of 1, 8, 64
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <future>
#include <iostream>
#include <string>
#include <thread>
#include <vector>

#include "server/audit/journal.h"
#include "server/audit/reader.h"
#include "server/audit/verify.h"

namespace {

using namespace scrim::audit;

std::atomic<bool> stopping{false};

// One write a line, so that what was printed when the process dies is exactly what was acknowledged.
void say(const std::string& line) {
  const std::string text = line + "\n";
  if (::write(STDOUT_FILENO, text.data(), text.size()) != static_cast<ssize_t>(text.size())) stopping = true;
}

Fragment session() {
  return renderSession(
      {.user = "alice", .userId = {7}, .session = 41, .client = "127.0.0.1:50412", .application = "pgbench"});
}

Fragment statement() {
  return renderStatement({.digest = "50fde20626009aba",
                          .dataSources = {{{3}, "public.pgbench_accounts"}},
                          .rules = {{12}, {13}},
                          .snapshot = {501},
                          .decision = "allowed",
                          .route = "push",
                          .connection = "retail"});
}

bool acknowledge(Journal& journal, Ticket ticket, bool strict) {
  if (!strict) return journal.flush(ticket).ok();
  std::promise<bool> durable;
  journal.whenDurable(ticket, [&durable](scrim::base::Result<void> outcome) { durable.set_value(outcome.ok()); });
  return durable.get_future().get();
}

void runStatements(Journal& journal, bool strict) {
  const Fragment who = session();
  const Fragment what = statement();
  bool healthy = true;
  for (std::uint64_t i = 0; !stopping; ++i) {
    const std::string text = "SELECT abalance FROM pgbench_accounts WHERE aid = " + std::to_string(i);
    const auto ticket = journal.started({.session = who, .statement = what, .text = text, .backendPid = 4711});
    const bool served = ticket && acknowledge(journal, *ticket, strict);
    if (served) say("A " + std::to_string(ticket->sequence));
    if (served != healthy) say(served ? "H" : "B");
    healthy = served;
    if (!served) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));  // a client that tries again
      continue;
    }
    static_cast<void>(journal.finished({.started = *ticket, .rows = 1, .bytes = 28, .microseconds = 310}));
  }
}

int append(const std::string& directory, int threads, bool strict) {
  std::signal(SIGXFSZ, SIG_IGN);  // as the server does: EFBIG instead
  std::signal(SIGTERM, [](int) { stopping = true; });
  JournalOptions options;
  options.directory = directory;
  options.segmentBytes = 256U << 10U;  // rotates often
  options.retryDelay = std::chrono::milliseconds(20);
  auto journal = Journal::open(std::move(options));
  if (!journal) {
    say("E " + journal.error().message);
    return 1;
  }
  say("O");
  std::vector<std::thread> workers;
  for (int i = 0; i < threads; ++i) workers.emplace_back([&] { runStatements(**journal, strict); });
  for (std::thread& worker : workers) worker.join();
  return 0;
}

int list(const std::string& directory) {
  const auto read = readRecords(directory, {}, [](const ReadRecord& record) {
    std::printf("%llu %s\n", static_cast<unsigned long long>(record.sequence), record.kind.c_str());
    return true;
  });
  return read ? 0 : 2;
}

int bench(const std::string& directory) {
  for (const int batch : {1, 8, 64}) {
    JournalOptions options;
    options.directory = directory;
    auto journal = Journal::open(std::move(options));
    if (!journal) {
      std::fprintf(stderr, "%s\n", journal.error().message.c_str());
      return 1;
    }
    const Fragment who = session();
    const Fragment what = statement();
    const std::string text = "SELECT abalance FROM pgbench_accounts WHERE aid = 71925";
    constexpr int kStatements = 128 * 1024;
    std::clock_t cpu = std::clock();
    const auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < kStatements; i += batch) {
      Ticket last;
      for (int j = 0; j < batch; ++j) {
        const auto ticket = (*journal)->started({.session = who, .statement = what, .text = text, .backendPid = 4711});
        if (!ticket) return 1;
        last = *ticket;
        if (!(*journal)->finished({.started = last, .rows = 1, .bytes = 28, .microseconds = 310})) return 1;
      }
      if (!(*journal)->flush()) return 1;
    }
    const double wall = std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - begin).count();
    const double busy = 1e9 * static_cast<double>(std::clock() - cpu) / CLOCKS_PER_SEC;
    std::printf(
        "flush every %2d statements: %5.0f ns a record (%5.0f ns of CPU, syncing included), %.0f statements/s\n", batch,
        wall / (2.0 * kStatements), busy / (2.0 * kStatements), 1e9 * kStatements / wall);
  }
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  const std::vector<std::string> words(arguments + 1, arguments + count);
  if (words.size() >= 3 && words[0] == "append") {
    return append(words[1], std::stoi(words[2]), words.size() > 3 && words[3] == "strict");
  }
  if (words.size() == 2 && words[0] == "verify") return verifyCommand(words[1], std::cout);
  if (words.size() == 2 && words[0] == "list") return list(words[1]);
  if (words.size() == 2 && words[0] == "bench") return bench(words[1]);
  std::fprintf(stderr, "usage: audit_driver append DIR THREADS [strict] | verify DIR | list DIR | bench DIR\n");
  return 2;
}
