// SPDX-License-Identifier: Apache-2.0
#include "server/cli/sql/session.h"

#include <libpq-fe.h>
#include <poll.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdlib>

#include "common/base/utf8.h"
#include "server/cli/sql/ctrl_c.h"

namespace scrim::cli::sql {

struct Session::Connection {
  PGconn* link = nullptr;
};

void Session::Closer::operator()(Connection* connection) const {
  PQfinish(connection->link);
  delete connection;
}

namespace {

using base::Error;
using base::ErrorCode;
using Clock = std::chrono::steady_clock;

constexpr auto kConnectTime = std::chrono::seconds(15);
constexpr auto kCancelTime = std::chrono::seconds(10);
constexpr auto kCancelAgain = std::chrono::milliseconds(500);
constexpr const char* kSystemCertificates = "/etc/ssl/certs/ca-certificates.crt";
constexpr int kSystemIsKnownFrom = 160000;  // libpq 16 knows sslrootcert=system

struct ResultCloser {
  void operator()(PGresult* result) const { PQclear(result); }
};
using ResultPtr = std::unique_ptr<PGresult, ResultCloser>;

Error cancelled() { return {ErrorCode::queryCanceled, "Broken off by Ctrl-C.", {}, {}}; }

std::string withoutEnd(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  return text;
}

Error lost(PGconn* link) {
  return {ErrorCode::connectionLost,
          "The connection to the SQL gateway is lost: " + withoutEnd(PQerrorMessage(link)),
          {},
          "Run it again."};
}

/// Variables PG* would choose another certificate, options or a service behind the caller's back.
void forgetEnvironment() {
  PQconninfoOption* all = PQconndefaults();
  for (PQconninfoOption* each = all; each != nullptr && each->keyword != nullptr; ++each) {
    if (each->envvar != nullptr) ::unsetenv(each->envvar);
  }
  PQconninfoFree(all);
}

const char* authorities(const Address& address) {
  if (!address.ca.empty()) return address.ca.c_str();
  return PQlibVersion() >= kSystemIsKnownFrom ? "system" : kSystemCertificates;
}

PGconn* begin(const Address& address) {
  const std::string password(address.password.reveal());
  const std::array<const char*, 12> names{"host",
                                          "port",
                                          "user",
                                          "password",
                                          "dbname",
                                          "sslmode",
                                          "sslrootcert",
                                          "gssencmode",
                                          "client_encoding",
                                          "application_name",
                                          "target_session_attrs",
                                          nullptr};
  const std::array<const char*, 12> values{address.host.c_str(),
                                           address.port.c_str(),
                                           address.user.c_str(),
                                           password.c_str(),
                                           address.project.empty() ? "scrim" : address.project.c_str(),
                                           "verify-full",
                                           authorities(address),
                                           "disable",
                                           "UTF8",
                                           "scrim query",
                                           "any",
                                           nullptr};
  return PQconnectStartParams(names.data(), values.data(), 0);
}

/// "FATAL:  28P01: no": what libpq gives of the server's refusal at verbosity verbose.
Error refusalOf(PGconn* link, const Address& address) {
  const std::string text = withoutEnd(PQerrorMessage(link));
  const std::string mark = "FATAL:  ";
  const std::size_t at = text.find(mark);
  const std::string where = address.host + ":" + address.port;
  if (at == std::string::npos || text.size() < at + mark.size() + 7) {
    return {ErrorCode::connectionLost,
            "The SQL gateway at " + where + " cannot be reached, or is not trusted: " + text,
            {},
            "Is the address right (--sql HOST:PORT), and the CA's file (--ca FILE)?"};
  }
  Error error{ErrorCode::sourceError, text.substr(at + mark.size() + 7), {}, {}};
  error.sqlstate = text.substr(at + mark.size(), 5);
  if (error.sqlstate.starts_with("28")) error.code = ErrorCode::invalidAuthorization;
  error.message = error.message.substr(0, error.message.find('\n'));
  return error;
}

/// Until the socket can be read (or written, when asked for), Ctrl-C, or the time is over: then false.
bool wait(PGconn* link, bool toWrite, bool toRead, Clock::time_point until, bool heedCtrlC) {
  const auto events = static_cast<short>((toRead ? POLLIN : 0) | (toWrite ? POLLOUT : 0));
  std::array<pollfd, 2> files{{{PQsocket(link), events, 0}, {heedCtrlC ? CtrlC::file() : -1, POLLIN, 0}}};
  int left = -1;
  if (until != Clock::time_point::max()) {
    const auto rest = std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now()).count();
    if (rest <= 0) return false;
    left = static_cast<int>(rest);
  }
  const int ready = ::poll(files.data(), files.size(), left);
  return ready > 0 || (ready < 0 && errno == EINTR);
}

base::Result<void> connect(PGconn* link, const Address& address) {
  const Clock::time_point until = Clock::now() + kConnectTime;
  for (PostgresPollingStatusType state = PGRES_POLLING_WRITING; state != PGRES_POLLING_OK;) {
    if (PQstatus(link) == CONNECTION_BAD || state == PGRES_POLLING_FAILED) return refusalOf(link, address);
    const bool toRead = state == PGRES_POLLING_READING;
    const bool inTime = wait(link, !toRead, toRead, until, true);
    if (CtrlC::pressed()) return cancelled();
    if (!inTime) {
      return Error{ErrorCode::connectionLost,
                   "There is no answer from the SQL gateway at " + address.host + ":" + address.port + ".",
                   {},
                   "Does the server run, and is the address right (--sql HOST:PORT)?"};
    }
    state = PQconnectPoll(link);
  }
  return {};
}

std::string field(const PGresult* result, int which) {
  const char* text = PQresultErrorField(result, which);
  return text == nullptr ? "" : text;
}

/// The server counts characters from 1; ours are bytes from 0.
std::optional<std::size_t> positionOf(const PGresult* result, const std::string& statement) {
  const std::size_t characters = std::strtoul(field(result, PG_DIAG_STATEMENT_POSITION).c_str(), nullptr, 10);
  if (characters == 0) return std::nullopt;
  return base::byteOffsetOf(statement, characters - 1);
}

Error errorOf(const PGresult* result, const std::string& statement) {
  Error error{ErrorCode::sourceError, field(result, PG_DIAG_MESSAGE_PRIMARY), field(result, PG_DIAG_MESSAGE_DETAIL),
              field(result, PG_DIAG_MESSAGE_HINT)};
  if (error.message.empty()) error.message = withoutEnd(PQresultErrorMessage(result));
  error.sqlstate = field(result, PG_DIAG_SQLSTATE);
  error.position = positionOf(result, statement);
  return error;
}

std::vector<Column> columnsOf(const PGresult* result) {
  std::vector<Column> columns;
  for (int i = 0; i < PQnfields(result); ++i) columns.push_back({PQfname(result, i), PQftype(result, i)});
  return columns;
}

/// One statement under way.
class Running {
 public:
  Running(PGconn* link, const std::string& statement, Rows& rows) : link_(link), statement_(statement), rows_(rows) {}

  base::Result<std::string> toItsEnd() {
    if (PQsendQueryParams(link_, statement_.c_str(), 0, nullptr, nullptr, nullptr, nullptr, 0) == 0) return lost(link_);
    PQsetSingleRowMode(link_);
    for (;;) {
      auto next = nextResult();
      if (!next) return breakOff(std::move(next).error());
      if (*next == nullptr) break;
      if (auto taken = take(next->get()); !taken) return breakOff(std::move(taken).error());
    }
    if (failure_) return *std::move(failure_);
    return tag_;
  }

 private:
  /// Null: there is no more.
  base::Result<ResultPtr> nextResult() {
    while (PQflush(link_) == 1 || PQisBusy(link_) == 1) {
      const bool toWrite = PQflush(link_) == 1;
      if (!wait(link_, toWrite, true, until_, !stopped_)) return lost(link_);
      if (CtrlC::pressed() && !stopped_) return cancelled();
      if (PQconsumeInput(link_) == 0) return lost(link_);
    }
    if (CtrlC::pressed() && !stopped_) return cancelled();
    return ResultPtr(PQgetResult(link_));
  }

  base::Result<void> take(const PGresult* result) {
    switch (PQresultStatus(result)) {
      case PGRES_SINGLE_TUPLE:
      case PGRES_TUPLES_OK:
        return takeRows(result);
      case PGRES_COMMAND_OK:
        tag_ = PQcmdStatus(const_cast<PGresult*>(result));
        return {};
      case PGRES_EMPTY_QUERY:
        return Error{ErrorCode::invalidParameter, "There is no statement in what was given.", {}, {}};
      case PGRES_FATAL_ERROR:
        if (PQstatus(link_) == CONNECTION_BAD && field(result, PG_DIAG_SQLSTATE).empty()) return lost(link_);
        failure_ = errorOf(result, statement_);
        return {};
      default:
        return Error{ErrorCode::notSupported, "COPY has no place here.", {}, "Use a SELECT, and --output csv."};
    }
  }

  base::Result<void> takeRows(const PGresult* result) {
    if (!described_) SCRIM_CHECK_OK(rows_.columns(columnsOf(result)));
    described_ = true;
    Values values(static_cast<std::size_t>(PQnfields(result)));
    for (int row = 0; row < PQntuples(result); ++row) {
      for (int i = 0; i < PQnfields(result); ++i) {
        auto& value = values[static_cast<std::size_t>(i)];
        value.reset();
        if (PQgetisnull(result, row, i) == 0) {
          value.emplace(PQgetvalue(result, row, i), static_cast<std::size_t>(PQgetlength(result, row, i)));
        }
      }
      SCRIM_CHECK_OK(rows_.row(values));
    }
    if (PQresultStatus(result) == PGRES_TUPLES_OK) tag_ = PQcmdStatus(const_cast<PGresult*>(result));
    return {};
  }

  /// The server is told, and what it still sends is dropped, so that the statement is over when the program is.
  Error breakOff(Error why) {
    if (CtrlC::pressed()) why = cancelled();  // also when it was a write that it ended
    if (PQstatus(link_) != CONNECTION_OK) return why;
    stopped_ = true;
    const Clock::time_point end = Clock::now() + kCancelTime;
    // Told again: a request that comes between two steps of the server finds nothing to cancel.
    while (Clock::now() < end && PQstatus(link_) == CONNECTION_OK) {
      tellToCancel();
      until_ = Clock::now() + kCancelAgain;
      if (isOver()) break;
    }
    return why;
  }

  void tellToCancel() {
    PGcancel* cancel = PQgetCancel(link_);
    if (cancel == nullptr) return;
    std::array<char, 256> problem{};
    PQcancel(cancel, problem.data(), static_cast<int>(problem.size()));  // when it fails, the connection's end tells
    PQfreeCancel(cancel);
  }

  /// Drops what still comes; false: the time is over.
  bool isOver() {
    for (;;) {
      const auto next = nextResult();
      if (!next) return false;
      if (*next == nullptr) return true;
      const auto status = PQresultStatus(next->get());
      if (status == PGRES_COPY_OUT || status == PGRES_COPY_IN || status == PGRES_COPY_BOTH) return true;
    }
  }

  PGconn* link_;
  const std::string& statement_;
  Rows& rows_;
  std::string tag_;
  std::optional<Error> failure_;
  bool described_ = false;
  bool stopped_ = false;
  Clock::time_point until_ = Clock::time_point::max();
};

}  // namespace

base::Result<Session> Session::open(const Address& address) {
  forgetEnvironment();
  std::unique_ptr<Connection, Closer> connection(new Connection{begin(address)});
  PGconn* link = connection->link;
  if (link == nullptr) return Error{ErrorCode::outOfMemory, "There is no memory for a connection.", {}, {}};
  PQsetErrorVerbosity(link, PQERRORS_VERBOSE);
  SCRIM_CHECK_OK(connect(link, address));
  PQsetErrorVerbosity(link, PQERRORS_DEFAULT);
  PQsetNoticeProcessor(
      link, [](void*, const char*) {}, nullptr);  // would go to standard error as it is
  return Session(std::move(connection));
}

base::Result<std::string> Session::run(const std::string& statement, Rows& rows) {
  if (statement.find('\0') != std::string::npos) {
    return Error{ErrorCode::invalidParameter, "The statement holds a zero byte.", {}, {}};
  }
  return Running(connection_->link, statement, rows).toItsEnd();
}

}  // namespace scrim::cli::sql
