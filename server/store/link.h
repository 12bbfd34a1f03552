// SPDX-License-Identifier: Apache-2.0
// Link: one connection to a PostgreSQL server through libpq, for our own metadata and for looking at the shape of
// remote tables. Parameters only, never values in SQL text. One thread at a time; movable.
//
// Errors: connectionLost (not reachable, broken, or silent past the deadline: the link is dead then), sourceError with
// the server's SQLSTATE and message, catalogConflict (40001, 40P01: try again), diskFull, duplicateObject.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/result.h"

struct pg_conn;
struct pg_result;

namespace scrim::store {

/// A parameter in text format; nullopt: NULL.
using Value = std::optional<std::string>;

Value value(std::int64_t number);
Value value(bool truth);
/// For a bytea parameter.
Value bytes(std::string_view raw);
/// For a parameter of an array type.
Value array(std::span<const std::string> texts);
Value array(std::span<const std::int64_t> numbers);

/// The rows of one answer. Values; the text views live as long as this.
class Rows {
 public:
  Rows() = default;
  explicit Rows(pg_result* result);

  int size() const;
  bool isNull(int row, int column) const;
  std::string_view text(int row, int column) const;
  std::string string(int row, int column) const { return std::string(text(row, column)); }
  std::int64_t integer(int row, int column) const;
  bool boolean(int row, int column) const { return text(row, column) == "t"; }
  /// Of a bytea column.
  std::string bytes(int row, int column) const;
  /// Of a text[] column: its elements.
  std::vector<std::string> strings(int row, int column) const;
  /// Rows that an INSERT, UPDATE or DELETE touched.
  std::int64_t affected() const;

 private:
  std::shared_ptr<pg_result> result_;
};

/// What a prepared statement would return.
struct DescribedColumn {
  std::string name;
  std::uint32_t typeOid = 0;
  std::int32_t typeModifier = -1;
};

struct LinkOptions {
  /// A conninfo string or URI of an administrator (the catalog's); empty: `fields` alone say where to go.
  std::string dsn;
  /// libpq keywords; they win over the dsn's.
  std::vector<std::pair<std::string, std::string>> fields;
  std::chrono::seconds connectTimeout{5};
  std::chrono::milliseconds answerTimeout{30'000};
};

class Link {
 public:
  static base::Result<Link> open(const LinkOptions& options);
  Link(Link&& other) noexcept;
  Link& operator=(Link&& other) noexcept;
  ~Link();

  /// One statement with parameters.
  base::Result<Rows> run(std::string_view sql, std::span<const Value> parameters = {});
  base::Result<Rows> run(std::string_view sql, std::initializer_list<Value> parameters) {
    return run(sql, std::span<const Value>(parameters.begin(), parameters.size()));
  }
  /// Several statements of our own, without parameters (migrations, BEGIN).
  base::Result<void> script(std::string_view sql);
  /// The columns that a statement of a source would return; nothing is executed.
  base::Result<std::vector<DescribedColumn>> describe(std::string_view sql);

  /// Waits until a notification has arrived (true) or the time is over (false). `wake`: a descriptor that also ends the
  /// wait when it becomes readable; -1: none.
  base::Result<bool> waitForNotification(std::chrono::milliseconds limit, int wake = -1);

  /// Whether the connection is still usable, as far as is known without asking.
  bool alive() const;
  /// Whether a transaction is open (also a failed one).
  bool inTransaction() const;
  /// Statements sent and rows received so far: tests count them.
  std::uint64_t statements() const { return statements_; }
  std::uint64_t rowsRead() const { return rowsRead_; }
  void setAnswerTimeout(std::chrono::milliseconds limit) { answerTimeout_ = limit; }

 private:
  explicit Link(pg_conn* connection) : connection_(connection) {}
  base::Result<Rows> collect();
  base::Result<void> flush(std::chrono::steady_clock::time_point deadline);
  base::Error broken(std::string_view what);

  pg_conn* connection_ = nullptr;
  std::chrono::milliseconds answerTimeout_{30'000};
  std::uint64_t statements_ = 0;
  std::uint64_t rowsRead_ = 0;
};

}  // namespace scrim::store
