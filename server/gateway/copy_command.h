// SPDX-License-Identifier: Apache-2.0
// CopyCommand: what COPY (SELECT ..) TO STDOUT WITH (..) asks for, as a value.
#pragma once

#include <string>
#include <vector>

namespace scrim::gateway {

struct CopyCommand {
  enum class Format { text, csv, binary } format = Format::text;
  char delimiter = '\t';
  std::string null = "\\N";
  bool header = false;
  char quote = '"';
  char escape = '"';
  bool quoteAll = false;
  std::vector<std::string> quoted;  // FORCE_QUOTE columns
};

}  // namespace scrim::gateway
