// SPDX-License-Identifier: Apache-2.0
// Statement: a RoutedQuery made ready for the wire: an id that stands for its text and types on every upstream
// connection (it names the server-side prepared statement), its Parse message, and what the source said about its
// parameters and columns. Immutable, but for the description, which is published when a source gave it; any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "server/query/push/description.h"
#include "server/query/route/routed_query.h"
#include "server/sources/postgres/pace.h"

namespace scrim::push {

/// What all RoutedQueries with equal connection, text and types share (statement.cpp).
class SharedText;

class Statement {
 public:
  explicit Statement(route::RoutedQueryPtr query);

  const route::RoutedQuery& query() const { return *query_; }
  const route::RoutedQueryPtr& queryPtr() const { return query_; }
  /// Equal for equal connections, texts and types; else unique in this process.
  std::uint64_t id() const { return id_; }
  /// Parse, and Describe of the statement, ready to send: under its first name (postgres/upstream_connection.h).
  std::string_view parseAndDescribe() const;
  /// nullptr: not known yet; Link::describe() or the first run finds it out.
  DescriptionPtr description() const;
  void publish(DescriptionPtr description) const;
  /// How long it keeps a connection; shared by all statements with the same text.
  postgres::Pace& pace() const;
  bool bindsPolicyValues() const { return !query_->policyValues.empty(); }

 private:
  route::RoutedQueryPtr query_;
  std::shared_ptr<SharedText> shared_;
  std::uint64_t id_;
};
using StatementPtr = std::shared_ptr<const Statement>;

/// For the statement cache: make it once, and keep it beside the RoutedQuery for all sessions. Any thread.
StatementPtr prepare(route::RoutedQueryPtr query);

/// Of how many different texts there are statements.
std::size_t textsInUse();

}  // namespace scrim::push
