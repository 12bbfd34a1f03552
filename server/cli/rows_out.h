// SPDX-License-Identifier: Apache-2.0
// Rows of SQL as a table, JSON, CSV or YAML, written as they come: memory holds a row; a table holds its first rows, to
// know how wide columns are. NULL and an empty text differ in each: NULL and nothing, null and "". A number is written
// as the server wrote it, digit by digit. One thread.
#pragma once

#include <memory>
#include <ostream>

#include "server/cli/output.h"
#include "server/cli/sql/session.h"

namespace scrim::cli {

class RowWriter : public sql::Rows {
 public:
  /// What stands after the last row. `tag`: the server's word, shown in a table's place when there were no columns.
  virtual base::Result<void> end(const std::string& tag) = 0;
};

/// `toTerminal`: what a terminal would act on is shown as an escape, in CSV too; a table and JSON always do.
/// Errors of all calls: refused: `out` takes no more.
std::unique_ptr<RowWriter> rowWriter(Format format, std::ostream& out, bool toTerminal);

/// Whether JSON reads the text as a number.
bool isJsonNumber(std::string_view text);

}  // namespace scrim::cli
