// SPDX-License-Identifier: Apache-2.0
// Statement: a RoutedQuery made ready for the wire: an id that stands for its text and types on every upstream
// connection (the name of the server-side prepared statement), its Parse message, and what the source said about its
// parameters and columns. Immutable but for the description, which is published once; any thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "server/query/route/routed_query.h"

namespace scrim::push {

struct ColumnDescription {
  std::string name;
  std::uint32_t type = 0;  // 25 (text) for types that only the source knows (OIDs from 16384 up)
  std::int16_t size = -1;
  std::int32_t modifier = -1;
};

/// Parameters and columns of a statement, as a client may see them: no OID or attribute number of the source's tables.
class Description {
 public:
  /// From the bodies of ParameterDescription and RowDescription (empty: NoData). Errors: protocolViolation.
  static base::Result<Description> decode(std::string_view parameters, std::string_view columns, int clientParameters);

  const std::vector<std::uint32_t>& parameterTypes() const { return parameterTypes_; }  // the client's only
  const std::vector<ColumnDescription>& columns() const { return columns_; }
  bool returnsRows() const { return !rowDescription_.empty(); }
  /// Whole messages, ready to send: 't', and 'T' or 'n'.
  const std::string& parameterDescription() const { return parameterDescription_; }
  const std::string& rowDescription() const { return rowDescription_.empty() ? noData() : rowDescription_; }
  /// RowDescription with result formats as in a client's Bind: raw big-endian int16s, none, one or one per column.
  void appendRowDescription(std::string& out, std::string_view resultFormats) const;
  bool operator==(const Description& other) const;

 private:
  static const std::string& noData();
  std::vector<std::uint32_t> parameterTypes_;
  std::vector<ColumnDescription> columns_;
  std::string parameterDescription_;
  std::string rowDescription_;
  std::vector<std::size_t> formatOffsets_;
};
using DescriptionPtr = std::shared_ptr<const Description>;

/// What all RoutedQueries with equal connection, text and types share.
class SharedText;

class Statement {
 public:
  explicit Statement(route::RoutedQueryPtr query);

  const route::RoutedQuery& query() const { return *query_; }
  const route::RoutedQueryPtr& queryPtr() const { return query_; }
  /// Equal for equal texts and types, unique in this process.
  std::uint64_t id() const;
  std::string_view parseMessage() const;
  /// nullptr: not known yet; Link::describe() or the first run finds it out.
  DescriptionPtr description() const;
  void publish(DescriptionPtr description) const;
  bool bindsPolicyValues() const { return !query_->policyValues.empty(); }

 private:
  route::RoutedQueryPtr query_;
  std::shared_ptr<SharedText> shared_;
};
using StatementPtr = std::shared_ptr<const Statement>;

/// For the statement cache: keep the result beside the RoutedQuery, one for all sessions. Any thread.
StatementPtr prepare(route::RoutedQueryPtr query);

}  // namespace scrim::push
