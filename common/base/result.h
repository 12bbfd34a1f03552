// SPDX-License-Identifier: Apache-2.0
// Result<T>: a value or an Error. For every outcome that is expected to fail sometimes.
#pragma once

#include <cassert>
#include <utility>
#include <variant>

#include "common/base/error.h"

namespace scrim::base {

template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT(google-explicit-constructor)
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT(google-explicit-constructor)

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  T& value() & { return std::get<0>(state_); }
  const T& value() const& { return std::get<0>(state_); }
  T&& value() && { return std::get<0>(std::move(state_)); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }

  Error& error() & { return std::get<1>(state_); }
  const Error& error() const& { return std::get<1>(state_); }
  Error&& error() && { return std::get<1>(std::move(state_)); }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)), failed_(true) {}  // NOLINT(google-explicit-constructor)

  bool ok() const { return !failed_; }
  explicit operator bool() const { return ok(); }
  Error& error() & { return error_; }
  const Error& error() const& { return error_; }
  Error&& error() && { return std::move(error_); }

 private:
  Error error_;
  bool failed_ = false;
};

}  // namespace scrim::base

#define SCRIM_CONCAT_INNER(a, b) a##b
#define SCRIM_CONCAT(a, b) SCRIM_CONCAT_INNER(a, b)
/// SCRIM_TRY(auto x, call()); — x is the value, or the enclosing function returns the error.
#define SCRIM_TRY(declaration, expression) SCRIM_TRY_AS(SCRIM_CONCAT(result_, __LINE__), declaration, expression)
#define SCRIM_TRY_AS(name, declaration, expression) \
  auto name = (expression);                         \
  if (!name.ok()) return std::move(name).error();   \
  declaration = std::move(name).value()
/// SCRIM_CHECK_OK(call()); — the enclosing function returns the error, if there is one.
#define SCRIM_CHECK_OK(expression)                                                                \
  if (auto SCRIM_CONCAT(status_, __LINE__) = (expression); !SCRIM_CONCAT(status_, __LINE__).ok()) \
  return std::move(SCRIM_CONCAT(status_, __LINE__)).error()
