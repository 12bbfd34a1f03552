// SPDX-License-Identifier: Apache-2.0
// Sink: where an export goes, standard output or a new file of mode 0600. A file that could not be written whole is
// removed: half an export must not pass for one. One thread.
#pragma once

#include <string>
#include <string_view>

#include "common/base/result.h"

namespace scrim::cli {

class Sink {
 public:
  /// `path` empty: standard output. Errors: wrongCommandLine: it is there, or cannot be made.
  static base::Result<Sink> open(const std::string& path);
  Sink(Sink&& other) noexcept;
  Sink& operator=(Sink&&) = delete;
  ~Sink();

  /// Errors of both: refused.
  base::Result<void> write(std::string_view text);
  /// It is whole: it stays.
  base::Result<void> keep();

 private:
  Sink(int file, std::string path) : file_(file), path_(std::move(path)) {}
  int file_;
  std::string path_;  // empty: nothing to remove
};

}  // namespace scrim::cli
