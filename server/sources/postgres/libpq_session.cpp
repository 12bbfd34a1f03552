// SPDX-License-Identifier: Apache-2.0
#include "server/sources/postgres/libpq_session.h"

#include <libpq-fe.h>

#include <algorithm>
#include <array>
#include <asio/experimental/as_tuple.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/posix/stream_descriptor.hpp>
#include <asio/post.hpp>
#include <asio/steady_timer.hpp>
#include <asio/thread_pool.hpp>
#include <asio/use_awaitable.hpp>
#include <cstring>
#include <string>
#include <vector>

#include "common/base/log.h"

namespace scrim::postgres {

/// One place to try: libpq's `host` (checked against the certificate), its resolved address, and port.
struct Address {
  std::string host;
  std::string resolved;  // empty: host is a folder of a UNIX socket
  std::string port;
};

namespace {

constexpr auto kAsTuple = asio::experimental::as_tuple(asio::use_awaitable);
/// A path that cannot exist: keeps libpq from the home folder's password, key and certificate files.
constexpr std::string_view kNoFile = "/dev/null/none";
constexpr std::string_view kSystemCertificates = "/etc/ssl/certs/ca-certificates.crt";

std::string_view nameOf(TlsMode mode) {
  switch (mode) {
    case TlsMode::disable:
      return "disable";
    case TlsMode::require:
      return "require";
    case TlsMode::verifyCa:
      return "verify-ca";
    case TlsMode::verifyFull:
      return "verify-full";
  }
  return "verify-full";
}

std::string portOf(const ConnectOptions& options, std::size_t host) {
  if (options.ports.empty()) return "5432";
  return std::to_string(options.ports[options.ports.size() == 1 ? 0 : host]);
}

bool isSound(const ConnectOptions& options) {
  if (options.hosts.empty()) return false;
  if (options.ports.size() > 1 && options.ports.size() != options.hosts.size()) return false;
  const auto listed = [](const std::string& host) { return host.empty() || host.find(',') != std::string::npos; };
  return std::ranges::none_of(options.hosts, listed);
}

/// What a session at a source is pinned to; the rest of a session's settings are SessionSettings::defaults().
std::string pinnedSettings(const ConnectOptions& options) {
  std::string text =
      "-c search_path=pg_catalog -c default_transaction_read_only=on -c standard_conforming_strings=on"
      " -c TimeZone=UTC -c DateStyle=ISO,MDY -c IntervalStyle=postgres -c extra_float_digits=1 -c bytea_output=hex";
  if (options.statementTimeout.count() > 0) {
    text += " -c statement_timeout=" + std::to_string(options.statementTimeout.count()) + "s";
  }
  return text;
}

/// libpq's keywords and values as it wants them: parallel arrays that end with a null pointer.
class Keywords {
 public:
  void add(const char* name, std::string_view value) {
    names_.push_back(name);
    values_.emplace_back(value);
  }
  pg_conn* start() {
    std::vector<const char*> values;
    for (const std::string& value : values_) values.push_back(value.c_str());
    values.push_back(nullptr);
    names_.push_back(nullptr);
    return PQconnectStartParams(names_.data(), values.data(), 0);
  }
  ~Keywords() {
    for (std::string& value : values_) explicit_bzero(value.data(), value.size());
  }

 private:
  std::vector<const char*> names_;
  std::vector<std::string> values_;
};

pg_conn* startConnecting(const ConnectOptions& options, const Address& address) {
  Keywords keywords;
  keywords.add("host", address.host);
  keywords.add("hostaddr", address.resolved);
  keywords.add("port", address.port);
  keywords.add("dbname", options.database);
  keywords.add("user", options.user);
  keywords.add("password", options.password.reveal());
  keywords.add("passfile", kNoFile);
  keywords.add("sslmode", nameOf(options.tls));
  keywords.add("sslrootcert", options.caFile == "system" ? kSystemCertificates
                              : options.caFile.empty()   ? kNoFile
                                                         : options.caFile);
  keywords.add("sslcert", options.clientCertificateFile.empty() ? kNoFile : options.clientCertificateFile);
  keywords.add("sslkey", options.clientKeyFile.empty() ? kNoFile : options.clientKeyFile);
  keywords.add("sslcrl", kNoFile);
  keywords.add("gssencmode", "disable");
  keywords.add("client_encoding", "UTF8");
  keywords.add("application_name", "scrim");
  keywords.add("target_session_attrs", options.anyPrimary ? "read-write" : "any");
  keywords.add("options", pinnedSettings(options));
  return keywords.start();
}

/// Waits until libpq's socket is ready for what libpq wants, or the deadline. libpq may change sockets between calls.
asio::awaitable<bool> waitForSocket(int socket, PostgresPollingStatusType wanted, asio::steady_timer& deadline) {
  using asio::experimental::awaitable_operators::operator||;
  asio::posix::stream_descriptor descriptor(deadline.get_executor(), socket);
  const auto what = wanted == PGRES_POLLING_READING ? asio::posix::stream_descriptor::wait_read
                                                    : asio::posix::stream_descriptor::wait_write;
  const auto outcome = co_await (descriptor.async_wait(what, kAsTuple) || deadline.async_wait(kAsTuple));
  descriptor.release();
  co_return outcome.index() == 0;
}

void logTrouble(const ConnectOptions& options, const Address& address, std::string_view why) {
  std::string words(why);
  while (!words.empty() && words.back() == '\n') words.pop_back();
  base::logWarning("sources/postgres", "cannot connect to a source",
                   {{"connection", options.name}, {"host", address.host}, {"port", address.port}, {"reason", words}});
}

asio::awaitable<std::vector<Address>> addressesOf(const ConnectOptions& options) {
  std::vector<Address> addresses;
  asio::ip::tcp::resolver resolver(co_await asio::this_coro::executor);
  for (std::size_t i = 0; i < options.hosts.size(); ++i) {
    const std::string& host = options.hosts[i];
    const std::string port = portOf(options, i);
    if (host.front() == '/') {
      addresses.push_back({host, "", port});
      continue;
    }
    const auto [failure, found] = co_await resolver.async_resolve(host, port, kAsTuple);
    if (failure) logTrouble(options, {host, "", port}, failure.message());
    for (const auto& entry : found) addresses.push_back({host, entry.endpoint().address().to_string(), port});
  }
  co_return addresses;
}

/// Few threads for requests that libpq can only make by blocking; leaked, so that no exit waits for a dead host.
asio::thread_pool& cancelWorkers() {
  static auto& workers = *new asio::thread_pool(2);
  return workers;
}

}  // namespace

base::Error unreachable(const ConnectOptions& options) {
  return {base::ErrorCode::sourceUnavailable,
          "cannot reach data source connection \"" + options.name + "\"; try again later, or ask its owner"};
}

void LibpqSession::Finish::operator()(pg_conn* connection) const { PQfinish(connection); }

LibpqSession::LibpqSession(Handle connection)
    : connection_(std::move(connection)),
      cancel_(PQgetCancel(connection_.get()), [](pg_cancel* cancel) { PQfreeCancel(cancel); }) {}

int LibpqSession::socket() const { return PQsocket(connection_.get()); }
ssl_st* LibpqSession::tls() const { return static_cast<ssl_st*>(PQsslStruct(connection_.get(), "OpenSSL")); }
int LibpqSession::backendPid() const { return PQbackendPID(connection_.get()); }

asio::awaitable<base::Result<LibpqSession::Handle>> LibpqSession::attempt(const ConnectOptions& options,
                                                                          const Address& address) {
  Handle connection(startConnecting(options, address));
  if (!connection) co_return base::Error{base::ErrorCode::outOfMemory, "out of memory"};
  asio::steady_timer deadline(co_await asio::this_coro::executor, options.connectTimeout);
  auto wanted = PQstatus(connection.get()) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING;
  while (wanted == PGRES_POLLING_READING || wanted == PGRES_POLLING_WRITING) {
    if (!co_await waitForSocket(PQsocket(connection.get()), wanted, deadline)) {
      logTrouble(options, address, "no answer within the connect timeout");
      co_return unreachable(options);
    }
    wanted = PQconnectPoll(connection.get());
  }
  if (wanted != PGRES_POLLING_OK) {
    logTrouble(options, address, PQerrorMessage(connection.get()));
    co_return unreachable(options);
  }
  co_return connection;
}

asio::awaitable<base::Result<LibpqSession>> LibpqSession::connect(ConnectOptionsPtr options) {
  if (!isSound(*options)) {
    co_return base::Error{base::ErrorCode::configInvalid,
                          "data source connection \"" + options->name + "\" has unusable hosts or ports"};
  }
  for (const Address& address : co_await addressesOf(*options)) {
    auto connection = co_await attempt(*options, address);
    if (connection.ok()) co_return LibpqSession(std::move(*connection));
  }
  co_return unreachable(*options);
}

void LibpqSession::cancel() const {
  asio::post(cancelWorkers(), [cancel = cancel_] {
    std::array<char, 256> reason{};
    if (PQcancel(cancel.get(), reason.data(), reason.size()) == 1) return;
    base::logWarning("sources/postgres", "a cancel request did not reach a source", {{"reason", reason.data()}});
  });
}

}  // namespace scrim::postgres
