// SPDX-License-Identifier: Apache-2.0
// Comparison: what a statement gives against what a policy test expects, row by row as they come. One thread.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "server/cli/policy_tests.h"
#include "server/cli/sql/session.h"

namespace scrim::cli {

class Comparison : public sql::Rows {
 public:
  explicit Comparison(const PolicyTest& test);

  base::Result<void> columns(const std::vector<sql::Column>& columns) override;
  base::Result<void> row(const sql::Values& values) override;
  /// After the statement has ended well: what differs, a line each; empty: all is as expected.
  std::vector<std::string> differences() const;
  /// After it was refused.
  std::vector<std::string> differences(const base::Error& error) const;

 private:
  void compare(const ExpectedRow& row);
  const PolicyTest& test_;
  std::vector<std::string> columns_;
  std::size_t count_ = 0;
  std::map<ExpectedRow, long> missing_;  // unordered: those that have not come
  std::vector<std::string> others_;      // lines about rows that were not expected
  std::size_t otherCount_ = 0;
};

}  // namespace scrim::cli
