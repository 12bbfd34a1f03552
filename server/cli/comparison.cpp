// SPDX-License-Identifier: Apache-2.0
#include "server/cli/comparison.h"

#include "server/cli/json.h"
#include "server/cli/text.h"

namespace scrim::cli {
namespace {

constexpr std::size_t kMostShown = 10;

std::string shown(const ExpectedRow& row) {
  std::string out;
  for (const auto& value : row) out += (out.empty() ? "" : ", ") + (value ? quotedText(*value) : "null");
  return "[" + out + "]";
}

std::string shown(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out += (out.empty() ? "" : ", ") + quotedText(name);
  return "[" + out + "]";
}

void addMore(std::vector<std::string>& lines, std::size_t all) {
  if (all > kMostShown) lines.push_back("and " + std::to_string(all - kMostShown) + " more");
}

}  // namespace

Comparison::Comparison(const PolicyTest& test) : test_(test) {
  if (!test.rows || test.ordered) return;
  for (const ExpectedRow& row : *test.rows) ++missing_[row];
}

base::Result<void> Comparison::columns(const std::vector<sql::Column>& columns) {
  for (const sql::Column& column : columns) columns_.push_back(column.name);
  return {};
}

base::Result<void> Comparison::row(const sql::Values& values) {
  ++count_;
  if (!test_.rows) return {};
  ExpectedRow row;
  for (const auto& value : values) row.push_back(value ? std::optional<std::string>(*value) : std::nullopt);
  compare(row);
  return {};
}

void Comparison::compare(const ExpectedRow& row) {
  std::string line;
  if (test_.ordered) {
    if (count_ <= test_.rows->size() && (*test_.rows)[count_ - 1] == row) return;
    const std::string number = "row " + std::to_string(count_) + ": " + shown(row);
    line = count_ <= test_.rows->size() ? number + " instead of " + shown((*test_.rows)[count_ - 1])
                                        : number + ", which is not expected";
  } else {
    const auto found = missing_.find(row);
    if (found != missing_.end() && found->second > 0) {
      --found->second;
      return;
    }
    line = "not expected: " + shown(row);
  }
  if (++otherCount_ <= kMostShown) others_.push_back(std::move(line));
}

std::vector<std::string> Comparison::differences() const {
  const std::string rows = std::to_string(count_) + (count_ == 1 ? " row" : " rows");
  if (!test_.refused.empty()) return {"answered with " + rows + " instead of being refused with " + test_.refused};
  std::vector<std::string> lines;
  if (test_.columns && *test_.columns != columns_) {
    lines.push_back("columns " + shown(columns_) + " instead of " + shown(*test_.columns));
  }
  if (test_.count && static_cast<std::size_t>(*test_.count) != count_) {
    lines.push_back(rows + " instead of " + std::to_string(*test_.count));
  }
  if (!test_.rows) return lines;
  lines.insert(lines.end(), others_.begin(), others_.end());
  addMore(lines, otherCount_);
  std::size_t absent = 0;
  const auto add = [&](const std::string& line) {
    if (++absent <= kMostShown) lines.push_back(line);
  };
  for (const auto& [row, times] : missing_) {
    for (long i = 0; i < times; ++i) add("missing: " + shown(row));
  }
  for (std::size_t i = count_; test_.ordered && i < test_.rows->size(); ++i) {
    add("row " + std::to_string(i + 1) + " is missing: " + shown((*test_.rows)[i]));
  }
  addMore(lines, absent);
  return lines;
}

std::vector<std::string> Comparison::differences(const base::Error& error) const {
  const std::string state = error.sqlstate.empty() ? std::string(base::sqlstateOf(error)) : error.sqlstate;
  if (!test_.refused.empty() && state == test_.refused) return {};
  const std::string wanted = test_.refused.empty() ? " instead of being answered" : " instead of " + test_.refused;
  return {"refused with " + printable(state) + wanted + ": " + printable(error.message)};
}

}  // namespace scrim::cli
