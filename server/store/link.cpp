// SPDX-License-Identifier: Apache-2.0
#include "server/store/link.h"

#include <libpq-fe.h>
#include <poll.h>

#include <cerrno>
#include <charconv>

#include "common/base/hash.h"

namespace scrim::store {
namespace {

using base::Error;
using base::ErrorCode;
using Deadline = std::chrono::steady_clock::time_point;

std::string trimmed(const char* message) {
  std::string text = message == nullptr ? "" : message;
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  return text;
}

ErrorCode codeOf(std::string_view sqlstate) {
  if (sqlstate == "40001" || sqlstate == "40P01") return ErrorCode::catalogConflict;
  if (sqlstate == "53100") return ErrorCode::diskFull;
  if (sqlstate == "23505") return ErrorCode::duplicateObject;
  if (sqlstate.starts_with("08") || sqlstate.starts_with("57P")) return ErrorCode::connectionLost;
  return ErrorCode::sourceError;
}

Error errorOf(const PGresult* result) {
  const char* state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  const char* primary = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
  Error error;
  error.sqlstate = state == nullptr ? "" : state;
  error.code = state == nullptr ? ErrorCode::connectionLost : codeOf(error.sqlstate);
  error.message = primary == nullptr ? trimmed(PQresultErrorMessage(result)) : primary;
  return error;
}

/// Waits for the descriptor; false: the time is over.
bool waitFor(int descriptor, short events, Deadline deadline) {
  while (true) {
    auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left.count() < 0) return false;
    pollfd item{descriptor, events, 0};
    int ready = poll(&item, 1, static_cast<int>(left.count()) + 1);
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR) return false;
  }
}

}  // namespace

Value value(std::int64_t number) { return std::to_string(number); }
Value value(bool truth) { return std::string(truth ? "t" : "f"); }
Value bytes(std::string_view raw) { return "\\x" + base::toHex(raw); }

Value array(std::span<const std::string> texts) {
  std::string literal = "{";
  for (const std::string& text : texts) {
    if (literal.size() > 1) literal += ',';
    literal += '"';
    for (char c : text) {
      if (c == '"' || c == '\\') literal += '\\';
      literal += c;
    }
    literal += '"';
  }
  return literal + "}";
}

Value array(std::span<const std::int64_t> numbers) {
  std::string literal = "{";
  for (std::int64_t number : numbers) {
    if (literal.size() > 1) literal += ',';
    literal += std::to_string(number);
  }
  return literal + "}";
}

Rows::Rows(pg_result* result) : result_(result, [](PGresult* each) { PQclear(each); }) {}
int Rows::size() const { return result_ == nullptr ? 0 : PQntuples(result_.get()); }
bool Rows::isNull(int row, int column) const { return PQgetisnull(result_.get(), row, column) != 0; }

std::string_view Rows::text(int row, int column) const {
  return {PQgetvalue(result_.get(), row, column), static_cast<std::size_t>(PQgetlength(result_.get(), row, column))};
}

std::int64_t Rows::integer(int row, int column) const {
  std::string_view digits = text(row, column);
  std::int64_t number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return number;
}

std::string Rows::bytes(int row, int column) const {
  std::string_view hex = text(row, column);
  return hex.starts_with("\\x") ? base::fromHex(hex.substr(2)).value_or("") : "";
}

std::vector<std::string> Rows::strings(int row, int column) const {
  std::string_view literal = text(row, column);
  std::vector<std::string> elements;
  if (literal.size() <= 2) return elements;
  literal = literal.substr(1, literal.size() - 2);
  std::string element;
  bool quoted = false;
  for (std::size_t i = 0; i < literal.size(); ++i) {
    char c = literal[i];
    if (c == '\\' && i + 1 < literal.size()) {
      element += literal[++i];
    } else if (c == '"') {
      quoted = !quoted;
    } else if (c == ',' && !quoted) {
      elements.push_back(std::exchange(element, {}));
    } else {
      element += c;
    }
  }
  elements.push_back(std::move(element));
  return elements;
}

std::int64_t Rows::affected() const {
  std::string_view digits = PQcmdTuples(result_.get());
  std::int64_t number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return number;
}

base::Result<Link> Link::open(const LinkOptions& options) {
  std::vector<std::pair<std::string, std::string>> fields;
  if (!options.dsn.empty()) fields.emplace_back("dbname", options.dsn);
  fields.insert(fields.end(), options.fields.begin(), options.fields.end());
  fields.emplace_back("connect_timeout", std::to_string(options.connectTimeout.count()));
  fields.emplace_back("client_encoding", "UTF8");
  fields.emplace_back("fallback_application_name", "scrimd");
  std::vector<const char*> names;
  std::vector<const char*> values;
  for (const auto& [name, text] : fields) {
    names.push_back(name.c_str());
    values.push_back(text.c_str());
  }
  names.push_back(nullptr);
  values.push_back(nullptr);
  Link link(PQconnectdbParams(names.data(), values.data(), options.dsn.empty() ? 0 : 1));
  if (link.connection_ == nullptr) return Error{ErrorCode::outOfMemory, "There is no memory for a connection."};
  if (PQstatus(link.connection_) != CONNECTION_OK) {
    return Error{ErrorCode::connectionLost, trimmed(PQerrorMessage(link.connection_))};
  }
  link.answerTimeout_ = options.answerTimeout;
  PQsetnonblocking(link.connection_, 1);
  PQsetNoticeProcessor(
      link.connection_, [](void*, const char*) {}, nullptr);
  SCRIM_CHECK_OK(link.script("SET standard_conforming_strings = on; SET bytea_output = hex"));
  return link;
}

Link::Link(Link&& other) noexcept
    : connection_(std::exchange(other.connection_, nullptr)),
      answerTimeout_(other.answerTimeout_),
      statements_(other.statements_),
      rowsRead_(other.rowsRead_) {}

Link& Link::operator=(Link&& other) noexcept {
  std::swap(connection_, other.connection_);
  std::swap(answerTimeout_, other.answerTimeout_);
  std::swap(statements_, other.statements_);
  std::swap(rowsRead_, other.rowsRead_);
  return *this;
}

Link::~Link() {
  if (connection_ != nullptr) PQfinish(connection_);
}

Error Link::broken(std::string_view what) {
  std::string message(what);
  if (connection_ != nullptr && *PQerrorMessage(connection_) != '\0') message = trimmed(PQerrorMessage(connection_));
  if (connection_ != nullptr) PQfinish(std::exchange(connection_, nullptr));
  return Error{ErrorCode::connectionLost, std::move(message)};
}

base::Result<void> Link::flush(Deadline deadline) {
  while (true) {
    int left = PQflush(connection_);
    if (left == 0) return {};
    if (left < 0) return broken("The connection is lost.");
    if (!waitFor(PQsocket(connection_), POLLOUT | POLLIN, deadline)) return broken("The server does not take data.");
    if (PQconsumeInput(connection_) == 0) return broken("The connection is lost.");
  }
}

base::Result<Rows> Link::collect() {
  Deadline deadline = std::chrono::steady_clock::now() + answerTimeout_;
  SCRIM_CHECK_OK(flush(deadline));
  Rows rows;
  std::optional<Error> failure;
  while (true) {
    while (PQisBusy(connection_) != 0) {
      if (!waitFor(PQsocket(connection_), POLLIN, deadline)) return broken("The server did not answer in time.");
      if (PQconsumeInput(connection_) == 0) return broken("The connection is lost.");
    }
    PGresult* result = PQgetResult(connection_);
    if (result == nullptr) break;
    ExecStatusType status = PQresultStatus(result);
    rows = Rows(result);
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK && status != PGRES_EMPTY_QUERY && !failure) {
      failure = errorOf(result);
    }
  }
  if (PQstatus(connection_) != CONNECTION_OK) return broken("The connection is lost.");
  if (failure) return *std::move(failure);
  rowsRead_ += static_cast<std::uint64_t>(rows.size());
  return rows;
}

base::Result<Rows> Link::run(std::string_view sql, std::span<const Value> parameters) {
  if (!alive()) return Error{ErrorCode::connectionLost, "The connection is closed."};
  std::vector<const char*> values;
  for (const Value& each : parameters) {
    if (each && each->find('\0') != std::string::npos) {
      return Error{ErrorCode::invalidText, "Text with a zero byte cannot be kept."};
    }
    values.push_back(each ? each->c_str() : nullptr);
  }
  ++statements_;
  std::string text(sql);
  if (PQsendQueryParams(connection_, text.c_str(), static_cast<int>(values.size()), nullptr, values.data(), nullptr,
                        nullptr, 0) == 0) {
    return broken("The connection is lost.");
  }
  return collect();
}

base::Result<void> Link::script(std::string_view sql) {
  if (!alive()) return Error{ErrorCode::connectionLost, "The connection is closed."};
  ++statements_;
  std::string text(sql);
  if (PQsendQuery(connection_, text.c_str()) == 0) return broken("The connection is lost.");
  auto rows = collect();
  if (!rows) return std::move(rows).error();
  return {};
}

base::Result<std::vector<DescribedColumn>> Link::describe(std::string_view sql) {
  if (!alive()) return Error{ErrorCode::connectionLost, "The connection is closed."};
  std::string text(sql);
  if (PQsendPrepare(connection_, "", text.c_str(), 0, nullptr) == 0) return broken("The connection is lost.");
  auto prepared = collect();
  if (!prepared) return std::move(prepared).error();
  if (PQsendDescribePrepared(connection_, "") == 0) return broken("The connection is lost.");
  SCRIM_CHECK_OK(flush(std::chrono::steady_clock::now() + answerTimeout_));
  std::vector<DescribedColumn> columns;
  Deadline deadline = std::chrono::steady_clock::now() + answerTimeout_;
  while (true) {
    while (PQisBusy(connection_) != 0) {
      if (!waitFor(PQsocket(connection_), POLLIN, deadline)) return broken("The server did not answer in time.");
      if (PQconsumeInput(connection_) == 0) return broken("The connection is lost.");
    }
    PGresult* result = PQgetResult(connection_);
    if (result == nullptr) return columns;
    Rows owner(result);
    if (PQresultStatus(result) != PGRES_COMMAND_OK) continue;
    for (int i = 0; i < PQnfields(result); ++i) {
      columns.push_back({PQfname(result, i), PQftype(result, i), PQfmod(result, i)});
    }
  }
}

base::Result<bool> Link::waitForNotification(std::chrono::milliseconds limit, int wake) {
  if (!alive()) return Error{ErrorCode::connectionLost, "The connection is closed."};
  Deadline deadline = std::chrono::steady_clock::now() + limit;
  while (true) {
    if (PQconsumeInput(connection_) == 0) return broken("The connection is lost.");
    bool any = false;
    while (PGnotify* note = PQnotifies(connection_)) {
      PQfreemem(note);
      any = true;
    }
    if (any) return true;
    auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) return false;
    pollfd items[2] = {{PQsocket(connection_), POLLIN, 0}, {wake, POLLIN, 0}};
    int ready = poll(items, wake < 0 ? 1 : 2, static_cast<int>(left.count()) + 1);
    if (ready > 0 && wake >= 0 && (items[1].revents & POLLIN) != 0) return false;
  }
}

bool Link::alive() const { return connection_ != nullptr && PQstatus(connection_) == CONNECTION_OK; }

bool Link::inTransaction() const { return connection_ != nullptr && PQtransactionStatus(connection_) != PQTRANS_IDLE; }

}  // namespace scrim::store
