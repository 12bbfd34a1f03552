// SPDX-License-Identifier: Apache-2.0
#include "server/query/push/description.h"

#include "server/sources/postgres/wire.h"

namespace scrim::push {
namespace {

/// OIDs from here on are given by each server itself (extensions, enums, domains), so they mean nothing elsewhere.
/// (10000 to 16383 are given at initdb: row types of system tables and the like.)
constexpr std::uint32_t kFirstOwnOid = 10'000;
constexpr std::uint32_t kText = 25;

std::uint32_t portableType(std::uint32_t oid) { return oid >= kFirstOwnOid ? kText : oid; }

base::Error malformed() {
  return {base::ErrorCode::protocolViolation,
          "the data source described a statement in a way that is not PostgreSQL's"};
}

/// Reads fixed-size numbers and names, and remembers if they were not there.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}
  std::uint16_t u16() { return has(2) ? postgres::readU16(take(2)) : 0; }
  std::uint32_t u32() { return has(4) ? postgres::readU32(take(4)) : 0; }
  std::string_view text() {
    const std::size_t end = bytes_.find('\0');
    if (end == std::string_view::npos) {
      ok_ = false;
      return {};
    }
    const std::string_view value = bytes_.substr(0, end);
    bytes_.remove_prefix(end + 1);
    return value;
  }
  bool finished() const { return ok_ && bytes_.empty(); }
  bool ok() const { return ok_; }

 private:
  bool has(std::size_t count) {
    ok_ = ok_ && bytes_.size() >= count;
    return ok_;
  }
  const char* take(std::size_t count) {
    const char* at = bytes_.data();
    bytes_.remove_prefix(count);
    return at;
  }
  std::string_view bytes_;
  bool ok_ = true;
};

bool decodeParameters(std::string_view body, int clientParameters, std::vector<std::uint32_t>& types) {
  Reader reader(body);
  const int count = reader.u16();
  for (int i = 0; i < count && reader.ok(); ++i) {
    const std::uint32_t type = reader.u32();
    if (i < clientParameters) types.push_back(portableType(type));
  }
  return reader.finished() && static_cast<int>(types.size()) == clientParameters;
}

bool decodeColumns(std::string_view body, std::vector<ColumnDescription>& columns) {
  Reader reader(body);
  const int count = reader.u16();
  for (int i = 0; i < count && reader.ok(); ++i) {
    ColumnDescription column;
    column.name = reader.text();
    reader.u32();  // the source's table
    reader.u16();  // and attribute number
    const std::uint32_t type = reader.u32();
    column.type = portableType(type);
    column.size = static_cast<std::int16_t>(reader.u16());
    column.modifier = static_cast<std::int32_t>(reader.u32());
    if (column.type != type) {
      column.size = -1;
      column.modifier = -1;
    }
    reader.u16();  // format
    columns.push_back(std::move(column));
  }
  return reader.finished();
}

}  // namespace

base::Result<Description> Description::decode(std::string_view parameters, std::optional<std::string_view> columns,
                                              int clientParameters) {
  Description description;
  if (!decodeParameters(parameters, clientParameters, description.parameterTypes_)) return malformed();
  description.returnsRows_ = columns.has_value();
  if (columns && !decodeColumns(*columns, description.columns_)) return malformed();
  description.encode();
  return description;
}

void Description::encode() {
  postgres::MessageWriter parameters(parameterDescription_);
  parameters.begin(postgres::reply::kParameterDescription);
  parameters.u16(static_cast<std::uint16_t>(parameterTypes_.size()));
  for (const std::uint32_t type : parameterTypes_) parameters.u32(type);
  parameters.end();

  postgres::MessageWriter rows(rowDescription_);
  rows.begin(returnsRows_ ? postgres::reply::kRowDescription : postgres::reply::kNoData);
  if (returnsRows_) rows.u16(static_cast<std::uint16_t>(columns_.size()));
  for (const ColumnDescription& column : columns_) {
    rows.text(column.name);
    rows.u32(0);
    rows.u16(0);
    rows.u32(column.type);
    rows.u16(static_cast<std::uint16_t>(column.size));
    rows.u32(static_cast<std::uint32_t>(column.modifier));
    formatOffsets_.push_back(rowDescription_.size());
    rows.u16(0);
  }
  rows.end();
}

void Description::appendRowDescription(std::string& out, std::string_view resultFormats) const {
  const std::size_t start = out.size();
  out += rowDescription_;
  if (resultFormats.size() < 2) return;
  const bool each = resultFormats.size() == 2 * formatOffsets_.size();
  for (std::size_t i = 0; i < formatOffsets_.size(); ++i) {
    out.replace(start + formatOffsets_[i], 2, resultFormats.substr(each ? 2 * i : 0, 2));
  }
}

}  // namespace scrim::push
