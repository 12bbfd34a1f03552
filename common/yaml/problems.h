// SPDX-License-Identifier: Apache-2.0
// Problems: everything that is wrong with a file, or with several that belong together, each at its line and column, so
// that one run shows all of it.
// One thread.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace scrim::yaml {

/// A place in a text; line and column from 1, the file in the order in which Problems was told of them.
struct Place {
  int line = 1;
  int column = 1;
  int file = 0;
  auto operator<=>(const Place&) const = default;
};

struct Problem {
  Place at;
  std::string text;
};

class Problems {
 public:
  Problems() = default;
  explicit Problems(std::string file) : files_{std::move(file)} {}
  /// What is read from now on is of this file.
  void beginFile(std::string file) { files_.push_back(std::move(file)); }
  /// Of the file that is read; 0 before the first.
  int currentFile() const { return files_.empty() ? 0 : static_cast<int>(files_.size()) - 1; }
  /// For the same files, without a problem yet.
  Problems fresh() const;

  void add(Place at, std::string text);
  bool empty() const { return list_.empty(); }
  const std::vector<Problem>& list() const { return list_; }
  /// "file:line:column: text" for each, by place.
  std::vector<std::string> lines() const;
  /// The only one, or the last.
  const std::string& file() const { return files_.back(); }
  const std::string& fileOf(Place at) const { return files_.at(static_cast<std::size_t>(at.file)); }

 private:
  std::vector<std::string> files_;
  std::vector<Problem> list_;
};

/// ", did you mean x?" for the nearest of the words, if one is near; else empty.
std::string suggestion(const std::string& word, const std::vector<std::string>& words);

}  // namespace scrim::yaml
