// SPDX-License-Identifier: Apache-2.0
// bench_client: what the benches measure with, over libpq.
//   bench_client rows text|binary QUERY CONNINFO     one result, row by row; prints rows, bytes, seconds
//   bench_client idle COUNT CONNINFO                 opens sessions, prints "open COUNT", holds them until its input
//   ends bench_client time ROUNDS CONNINFO                reads one statement from its input, until its end, and prints
//   for each
//                                                    round seconds, rows, and a digest of the rows that does not know
//                                                    their order and takes hashed values (64 hex digits) as equal
#include <libpq-fe.h>
#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace {

using Connection = std::unique_ptr<PGconn, decltype(&PQfinish)>;
using Answer = std::unique_ptr<PGresult, decltype(&PQclear)>;

struct Totals {
  long long rows = 0;
  long long bytes = 0;
};

[[noreturn]] void fail(const std::string& sentence) {
  std::fprintf(stderr, "bench_client: %s\n", sentence.c_str());
  std::exit(1);
}

Connection open(const char* conninfo) {
  Connection connection(PQconnectdb(conninfo), PQfinish);
  if (PQstatus(connection.get()) != CONNECTION_OK) fail(PQerrorMessage(connection.get()));
  return connection;
}

double secondsSince(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void add(const PGresult* answer, Totals& totals) {
  const int columns = PQnfields(answer);
  for (int row = 0; row < PQntuples(answer); ++row)
    for (int column = 0; column < columns; ++column) totals.bytes += PQgetlength(answer, row, column);
  totals.rows += PQntuples(answer);
}

Totals read(PGconn* connection, const std::string& query, bool binary) {
  Totals totals;
  if (PQsendQueryParams(connection, query.c_str(), 0, nullptr, nullptr, nullptr, nullptr, binary ? 1 : 0) == 0)
    fail(PQerrorMessage(connection));
  PQsetSingleRowMode(connection);
  while (Answer answer{PQgetResult(connection), PQclear}) {
    const ExecStatusType status = PQresultStatus(answer.get());
    if (status != PGRES_SINGLE_TUPLE && status != PGRES_TUPLES_OK) fail(PQresultErrorMessage(answer.get()));
    add(answer.get(), totals);
  }
  return totals;
}

int rows(const std::string& format, const std::string& query, const char* conninfo) {
  const Connection connection = open(conninfo);
  const auto start = std::chrono::steady_clock::now();
  const Totals totals = read(connection.get(), query, format == "binary");
  std::printf("%lld %lld %.6f\n", totals.rows, totals.bytes, secondsSince(start));
  return 0;
}

int idle(int count, const char* conninfo) {
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  std::vector<Connection> sessions;
  while (static_cast<int>(sessions.size()) < count) sessions.push_back(open(conninfo));
  std::printf("open %d\n", count);
  std::fflush(stdout);
  while (std::getchar() != EOF) continue;
  return 0;
}

bool isHash(std::string_view value) {
  return value.size() == 64 && value.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::size_t digestOf(const PGresult* answer) {
  std::size_t sum = 0;
  for (int row = 0; row < PQntuples(answer); ++row) {
    std::string text;
    for (int column = 0; column < PQnfields(answer); ++column) {
      const std::string_view value = PQgetvalue(answer, row, column);
      text.append(isHash(value) ? "(hash)" : value).append(PQgetisnull(answer, row, column) != 0 ? "\1" : "\0", 1);
    }
    sum += std::hash<std::string>()(text);
  }
  return sum;
}

int timeRounds(int rounds, const char* conninfo) {
  const std::string query{std::istreambuf_iterator<char>(std::cin), {}};
  const Connection connection = open(conninfo);
  for (int round = 0; round < rounds; ++round) {
    const auto start = std::chrono::steady_clock::now();
    const Answer answer(PQexec(connection.get(), query.c_str()), PQclear);
    const ExecStatusType status = PQresultStatus(answer.get());
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) fail(PQresultErrorMessage(answer.get()));
    const double seconds = secondsSince(start);
    std::printf("%.6f %d %zx\n", seconds, PQntuples(answer.get()), digestOf(answer.get()));
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string verb = argc > 1 ? argv[1] : "";
  if (verb == "rows" && argc == 5) return rows(argv[2], argv[3], argv[4]);
  if (verb == "idle" && argc == 4) return idle(std::atoi(argv[2]), argv[3]);
  if (verb == "time" && argc == 4) return timeRounds(std::atoi(argv[2]), argv[3]);
  fail("usage: bench_client rows text|binary QUERY CONNINFO | idle COUNT CONNINFO | time ROUNDS CONNINFO");
}
