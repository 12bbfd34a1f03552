// SPDX-License-Identifier: Apache-2.0
// Description: parameters and columns of a statement as its source described them, made fit for a client: no OID or
// attribute number of the source's tables, no OID of a type that only the source knows. Immutable; any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"

namespace scrim::push {

struct ColumnDescription {
  std::string name;
  std::uint32_t type = 0;  // 25 (text) for types that only the source knows
  std::int16_t size = -1;
  std::int32_t modifier = -1;
  bool operator==(const ColumnDescription&) const = default;
};

class Description {
 public:
  /// From the bodies of ParameterDescription and of RowDescription (nullopt: NoData). Only the first `clientParameters`
  /// are kept: the others are ours. Errors: protocolViolation.
  static base::Result<Description> decode(std::string_view parameters, std::optional<std::string_view> columns,
                                          int clientParameters);

  const std::vector<std::uint32_t>& parameterTypes() const { return parameterTypes_; }
  const std::vector<ColumnDescription>& columns() const { return columns_; }
  bool returnsRows() const { return returnsRows_; }
  /// Whole messages, ready to send: ParameterDescription; RowDescription in text format, or NoData.
  const std::string& parameterDescription() const { return parameterDescription_; }
  const std::string& rowDescription() const { return rowDescription_; }
  /// RowDescription with result formats as in a Bind message: raw int16s, none (text), one for all, or one per column.
  void appendRowDescription(std::string& out, std::string_view resultFormats) const;
  bool operator==(const Description& other) const {
    return parameterTypes_ == other.parameterTypes_ && columns_ == other.columns_ && returnsRows_ == other.returnsRows_;
  }

 private:
  void encode();
  std::vector<std::uint32_t> parameterTypes_;
  std::vector<ColumnDescription> columns_;
  bool returnsRows_ = false;
  std::string parameterDescription_;
  std::string rowDescription_;
  std::vector<std::size_t> formatOffsets_;  // of each column's format code in rowDescription_
};

using DescriptionPtr = std::shared_ptr<const Description>;

}  // namespace scrim::push
