// SPDX-License-Identifier: Apache-2.0
// What the steps of server/query/parse cost, in microseconds, beside libpg_query's own parse and scan.
#include <pg_query.h>

#include <chrono>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>

#include "server/query/parse/compare.h"
#include "server/query/parse/lift.h"
#include "server/query/parse/parse.h"
#include "server/query/parse/print.h"

namespace {

namespace parse = scrim::parse;

template <typename Work>
void measure(const char* what, const Work& work) {
  using Clock = std::chrono::steady_clock;
  constexpr auto kTime = std::chrono::milliseconds(300);
  std::size_t runs = 0;
  const auto begin = Clock::now();
  while (Clock::now() - begin < kTime) {
    for (int i = 0; i < 20; ++i) work();
    runs += 20;
  }
  const std::chrono::duration<double, std::micro> spent = Clock::now() - begin;
  std::printf("  %-34s %9.2f us\n", what, spent.count() / static_cast<double>(runs));
}

void measureAll(const char* name, const std::string& text) {
  std::printf("%s (%zu bytes)\n", name, text.size());
  measure("pg_query_parse_protobuf",
          [&] { pg_query_free_protobuf_parse_result(pg_query_parse_protobuf(text.c_str())); });
  measure("pg_query_scan", [&] { pg_query_free_scan_result(pg_query_scan(text.c_str())); });
  measure("parseStatements", [&] { (void)parse::parseStatements(text); });
  const auto parsed = parse::parseOne(text);
  measure("print", [&] { (void)parse::print(parsed->statement()); });
  const std::string printed = parse::print(parsed->statement())->text;
  measure("parse what was printed", [&] { (void)parse::parseOne(printed, parse::ParseLimits::forPrintedText()); });
  const auto again = parse::parseOne(printed, parse::ParseLimits::forPrintedText());
  measure("sameTree", [&] { (void)parse::sameTree(parsed->statement(), again->statement()); });
  parse::Shape shape;
  measure("shapeOf", [&] { (void)parse::shapeOf(text, shape); });
  const parse::LiftMask mask(shape.literals.size());
  std::string second;
  measure("appendSecondKey, nothing lifted", [&] {
    second.clear();
    parse::appendSecondKey(shape, mask, text, second);
  });
}

}  // namespace

int main() {
  measureAll("pgbench select", "SELECT abalance FROM pgbench_accounts WHERE aid = 12345");
  std::ifstream file("tests/bench/tpch/q01.sql");
  const std::string q1((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  if (!q1.empty()) measureAll("TPC-H Q1", q1);
}
