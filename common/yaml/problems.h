// SPDX-License-Identifier: Apache-2.0
// Problems: everything that is wrong with a file, each at its line and column, so that one run shows all of it.
// One thread.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace scrim::yaml {

/// A place in a text; both from 1.
struct Place {
  int line = 1;
  int column = 1;
  auto operator<=>(const Place&) const = default;
};

struct Problem {
  Place at;
  std::string text;
};

class Problems {
 public:
  explicit Problems(std::string file) : file_(std::move(file)) {}

  void add(Place at, std::string text);
  bool empty() const { return list_.empty(); }
  const std::vector<Problem>& list() const { return list_; }
  /// "file:line:column: text" for each, by place.
  std::vector<std::string> lines() const;
  const std::string& file() const { return file_; }

 private:
  std::string file_;
  std::vector<Problem> list_;
};

/// ", did you mean x?" for the nearest of the words, if one is near; else empty.
std::string suggestion(const std::string& word, const std::vector<std::string>& words);

}  // namespace scrim::yaml
