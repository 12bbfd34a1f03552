// SPDX-License-Identifier: Apache-2.0
// The reference interpreter: what masks and bound expressions mean, over values as text. Engines are compared with it
// by tests/conformance; it serves no queries. Values are canonical text (docs/policy_model.md) or NULL; timestamps with
// zone are written in UTC without it. Pure; any thread.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "common/policy/decide.h"

namespace scrim::policy {

using Cell = std::optional<std::string>;  // nullopt: NULL
using Row = std::map<std::string, Cell>;  // by column
using Truth = std::optional<bool>;        // nullopt: not known (NULL)

struct Table {
  std::vector<ResourceColumn> columns;
  std::vector<Row> rows;
};

struct Evaluation {
  std::string_view hashKey;
  std::string now = {};                                 // TIMESTAMP text, UTC
  std::map<schema::QualifiedName, Table> lookups = {};  // what look-ups read
};

/// The text that HASHING and samples are computed on. Errors: invalidValue, for a text that is no value of the type.
base::Result<Cell> canonicalValue(const schema::DataType& type, const Cell& value);

/// The masked value, of the type maskResultType() says. Errors: invalidValue.
base::Result<Cell> masked(const Mask& mask, const schema::DataType& type, const Cell& value, std::string_view hashKey);

/// Errors: as typeOf(), and invalidValue for values that the interpreter's numbers and dates cannot hold.
base::Result<Truth> evaluate(const Expression& predicate, const std::vector<ResourceColumn>& columns, const Row& row,
                             const Evaluation& context);

/// What a decision shows of a row; nullopt: nothing. Errors: permissionDenied if the decision does not allow.
base::Result<std::optional<Row>> shown(const Decision& decision, const std::vector<ResourceColumn>& columns,
                                       const Row& row, const Evaluation& context);

}  // namespace scrim::policy
