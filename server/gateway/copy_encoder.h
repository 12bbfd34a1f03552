// SPDX-License-Identifier: Apache-2.0
// CopyEncoder: DataRow messages of a source as CopyData messages, escaped exactly as PostgreSQL's COPY TO does. Values
// come in text format for text and CSV, in binary format for binary. Source of the rules: PostgreSQL's documentation
// of COPY, "File Formats". One thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "server/gateway/copy_command.h"
#include "server/gateway/message_writer.h"

namespace scrim::gateway {

class CopyEncoder {
 public:
  /// `columns`: the names of the result's columns. Errors: undefinedColumn for a FORCE_QUOTE column that is none.
  static base::Result<CopyEncoder> make(const CopyCommand& copy, std::span<const std::string> columns);

  /// CopyOutResponse, and what stands before the first row. Once more: what was written so far has been dropped.
  void begin(OutBuffer& out);
  /// Whole DataRow messages. From the first on that is no row of these columns, nothing is written: see intact().
  void rows(std::string_view messages, OutBuffer& out);
  /// Errors: protocolViolation when the source sent something that is no row of these columns (text and CSV; binary
  /// rows are passed on as they are).
  base::Result<void> intact() const;
  /// What stands after the last row, and CopyDone.
  void end(OutBuffer& out);

 private:
  CopyEncoder(CopyCommand copy, std::vector<std::string> columns)
      : copy_(std::move(copy)), columns_(std::move(columns)) {}
  void header(OutBuffer& out) const;
  void row(std::string_view body, OutBuffer& out);
  bool fields(std::string_view body, OutBuffer& out) const;
  void signatureOnce(OutBuffer& out);
  void textValue(std::string_view value, OutBuffer& out) const;
  void csvValue(std::string_view value, bool force, OutBuffer& out) const;

  CopyCommand copy_;
  std::vector<std::string> columns_;
  std::vector<bool> forced_;
  bool intact_ = true;
  bool signed_ = false;  // binary: the signature stands in the message of the first row, as PostgreSQL sends it
};

}  // namespace scrim::gateway
