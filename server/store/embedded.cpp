// SPDX-License-Identifier: Apache-2.0
#include "server/store/embedded.h"

#include <signal.h>

#include <algorithm>

#include "common/base/log.h"
#include "server/store/link.h"

namespace scrim::store {
namespace {

using base::Error;
using base::ErrorCode;
using std::chrono::milliseconds;

constexpr milliseconds kFirstPause{100};
constexpr milliseconds kLongestPause{10'000};
constexpr std::chrono::seconds kStable{60};  // up for this long: the next pause is short again

LinkOptions linkTo(const std::string& folder, const char* database) {
  LinkOptions options;
  options.fields = {{"host", folder},
                    {"port", std::to_string(EmbeddedPostgres::kPort)},
                    {"dbname", database},
                    {"user", "scrim"},
                    {"sslmode", "disable"}};
  return options;
}

/// What PUBLIC may do on a stock server and the role of route `local` must not: run text as SQL, signal, lock, write.
constexpr const char* kLockDown = R"(
REVOKE ALL ON SCHEMA public FROM PUBLIC;
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC;
ALTER ROLE scrim_local SET default_transaction_read_only = on;
ALTER ROLE scrim_local SET search_path = pg_catalog;
ALTER ROLE scrim_local SET statement_timeout = '30s';
ALTER ROLE scrim_local SET temp_file_limit = 0;
DO $lock$
DECLARE each regprocedure;
BEGIN
  FOR each IN SELECT p.oid::regprocedure FROM pg_proc p
    WHERE p.pronamespace = 'pg_catalog'::regnamespace
      AND (p.proname ~ '^(lo_|lo|pg_advisory_|pg_try_advisory_|pg_notify|pg_sleep|query_to_|table_to_|schema_to_|database_to_|cursor_to_|ts_stat|ts_rewrite|pg_cancel|pg_terminate|pg_export_snapshot|pg_logical_emit|pg_create_|pg_drop_|dblink|pg_stat_get_activity|pg_stat_reset|pg_current_logfile|pg_read_|pg_ls_|pg_stat_file|nextval|setval)')
      AND has_function_privilege('scrim_local', p.oid, 'EXECUTE')
  LOOP
    EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', each);
  END LOOP;
END
$lock$;
)";

}  // namespace

base::Result<std::unique_ptr<EmbeddedPostgres>> EmbeddedPostgres::start(EmbeddedOptions options) {
  std::unique_ptr<EmbeddedPostgres> server(new EmbeddedPostgres(std::move(options)));
  SCRIM_CHECK_OK(server->prepare());
  server->supervisor_ = std::jthread([raw = server.get()](std::stop_token stop) { raw->supervise(std::move(stop)); });
  {
    std::unique_lock lock(server->mutex_);
    server->changed_.wait(lock, [&] { return server->launched_; });
    SCRIM_CHECK_OK(server->firstLaunch_);
  }
  SCRIM_CHECK_OK(server->waitUntilItAnswers());
  SCRIM_CHECK_OK(server->makeDatabases());
  return server;
}

EmbeddedPostgres::~EmbeddedPostgres() {
  supervisor_.request_stop();
  changed_.notify_all();
}

std::string EmbeddedPostgres::socketFolder() const { return (options_.folder / "socket").string(); }

std::string EmbeddedPostgres::catalogDsn() const {
  std::string quoted = "'";
  for (char c : socketFolder()) {
    if (c == '\'' || c == '\\') quoted += '\\';
    quoted += c;
  }
  bool plain = socketFolder().find_first_of(" '\\") == std::string::npos;
  return "host=" + (plain ? socketFolder() : quoted + "'") + " port=" + std::to_string(kPort) +
         " dbname=scrim user=scrim sslmode=disable";
}

base::Result<pid_t> EmbeddedPostgres::launch() {
  const std::string settings[] = {
      "listen_addresses=", "unix_socket_directories=\"" + socketFolder() + "\"", "unix_socket_permissions=0700",
      "port=" + std::to_string(kPort), "max_connections=" + std::to_string(options_.maxConnections),
      "shared_buffers=32MB", "logging_collector=off", "log_destination=stderr", "log_min_messages=warning",
      // Nothing of a statement reaches the server's log.
      "log_min_error_statement=panic", "log_statement=none", "log_parameter_max_length_on_error=0", "jit=off",
      "wal_level=minimal", "max_wal_senders=0", "update_process_title=off", "cluster_name=scrim"};
  ChildOptions child{
      {(options_.binaries / "postgres").string(), "-D", data().string()}, account_, data(), logFile(), true};
  for (const std::string& each : settings) {
    child.arguments.emplace_back("-c");
    child.arguments.push_back(each);
  }
  return startChild(child);
}

void EmbeddedPostgres::supervise(std::stop_token stop) {
  milliseconds pause = kFirstPause;
  while (!stop.stop_requested()) {
    auto started = std::chrono::steady_clock::now();
    auto child = launch();
    {
      std::scoped_lock lock(mutex_);
      if (!launched_ && !child) firstLaunch_ = child.error();
      launched_ = true;
      process_ = child ? *child : 0;
    }
    changed_.notify_all();
    if (!child && restarts_ == 0) return;
    std::optional<int> status;
    while (child && !status && !stop.stop_requested()) status = waitForChild(*child, milliseconds(200));
    if (stop.stop_requested()) return stopServer();
    process_ = 0;
    base::logError(
        "store", "the private PostgreSQL died; starting it again",
        {{"status", status ? describeStatus(*status) : "not started"}, {"pause_ms", std::to_string(pause.count())}});
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, stop, pause, [] { return false; });
    bool wasStable = std::chrono::steady_clock::now() - started > kStable;
    pause = wasStable ? kFirstPause : std::min(pause * 2, kLongestPause);
    ++restarts_;
  }
}

void EmbeddedPostgres::stopServer() {
  pid_t child = process_.exchange(0);
  if (child <= 0) return;
  kill(child, SIGINT);  // fast: sessions are ended, data is written
  if (waitForChild(child, std::chrono::seconds(30))) return;
  base::logWarning("store", "the private PostgreSQL did not stop in 30 s; ending it at once");
  kill(child, SIGQUIT);
  if (!waitForChild(child, std::chrono::seconds(5))) kill(child, SIGKILL);
  waitForChild(child, std::chrono::seconds(5));
}

base::Result<void> EmbeddedPostgres::waitUntilItAnswers() {
  auto deadline = std::chrono::steady_clock::now() + options_.startLimit;
  std::string last;
  while (std::chrono::steady_clock::now() < deadline) {
    auto link = Link::open(linkTo(socketFolder(), "postgres"));
    if (link) return {};
    last = link.error().message;
    if (restarts_ >= 3) break;
    std::this_thread::sleep_for(milliseconds(20));
  }
  return Error{ErrorCode::configInvalid, "The private PostgreSQL does not start: " + last + " Its log, " +
                                             logFile().string() + ", ends with: " + lastLines(logFile())};
}

base::Result<void> EmbeddedPostgres::makeDatabases() {
  SCRIM_TRY(Link link, Link::open(linkTo(socketFolder(), "postgres")));
  for (const char* name : {"scrim", kLocalDatabase}) {
    SCRIM_TRY(Rows found, link.run("SELECT 1 FROM pg_database WHERE datname = $1", {std::string(name)}));
    // The name is one of the two above.
    if (found.size() == 0) SCRIM_CHECK_OK(link.script("CREATE DATABASE " + std::string(name)));
    SCRIM_CHECK_OK(link.script("REVOKE ALL ON DATABASE " + std::string(name) + " FROM PUBLIC"));
  }
  // For people with psql: our own statements name the schema.
  SCRIM_CHECK_OK(link.script("ALTER DATABASE scrim SET search_path = scrim"));
  SCRIM_TRY(Rows role, link.run("SELECT 1 FROM pg_roles WHERE rolname = $1", {std::string(kLocalRole)}));
  if (role.size() == 0) {
    SCRIM_CHECK_OK(
        link.script("CREATE ROLE scrim_local LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT NOREPLICATION"));
  }
  SCRIM_CHECK_OK(
      link.script("REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC;"
                  "GRANT CONNECT ON DATABASE scrim_local TO scrim_local"));
  SCRIM_TRY(Link local, Link::open(linkTo(socketFolder(), kLocalDatabase)));
  return local.script(kLockDown);
}

}  // namespace scrim::store
