// SPDX-License-Identifier: Apache-2.0
// RoutedQuery: a protected, routed statement, ready to be bound and run any number of times while its policy context
// holds. Immutable and shared between sessions with an equal policy context; any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "common/base/id.h"
#include "common/base/secret.h"
#include "server/query/parse/print.h"

namespace scrim::route {

/// The route `local`: a private database without data, for constants and harmless catalog queries.
inline constexpr base::ConnectionId kLocalConnection{-1};

/// Where the value of the source's parameter $i comes from.
struct ParameterOrigin {
  enum class From { client, lifted, policy } from = From::client;
  int index =
      0;  // client: the client's parameter, from 0; lifted: the literal's index in the shape; policy: in `policyValues`
};

struct RoutedQuery {
  base::ConnectionId connection;              // kLocalConnection: local
  std::string sql;                            // for the source; run as a server-side prepared statement
  std::vector<std::uint32_t> parameterTypes;  // OIDs, 0: inferred by the source
  std::vector<ParameterOrigin> parameters;    // client parameters first, in their order
  std::vector<base::Secret> policyValues;     // binary format (hash keys: bytea); never shown to anyone
  int clientParameters = 0;                   // how many parameters the client sees
  std::vector<parse::PrintedSpan> positions;  // stretches of `sql` -> byte offsets in the user's text
  bool touchesProtected = false;              // errors of the source must be rebuilt

  // Facts for the audit record and for revocation.
  std::vector<base::DataSourceId> dataSources;
  std::vector<std::string> dataSourceNames;
  std::vector<base::RuleId> rules;
  base::SnapshotVersion snapshot;
  std::string decisionDigest;  // equal: the same view of the same data sources
};

using RoutedQueryPtr = std::shared_ptr<const RoutedQuery>;

}  // namespace scrim::route
