// SPDX-License-Identifier: Apache-2.0
// ROOMS: server/gateway/codec
// COPY TO STDOUT: up to the first line break the options as a client writes them, behind it rows as a source sends
// them. What is written holds the values and nothing else: a reader of PostgreSQL's format gets them back.
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/gateway/copy_encoder.h"
#include "server/gateway/copy_options.h"
#include "server/gateway/message_reader.h"
#include "server/query/parse/parse.h"

namespace {

using namespace scrim;
using gateway::CopyCommand;
using Row = std::vector<std::optional<std::string>>;
using Format = CopyCommand::Format;

void demand(bool holds) {
  if (!holds) std::abort();
}

std::optional<CopyCommand> commandOf(std::string_view options) {
  const auto statement = parse::parseOne("COPY t TO STDOUT " + std::string(options), {.maxDepth = 200});
  if (!statement.ok()) return std::nullopt;
  const auto* copy = parse::as<PgQuery__CopyStmt>(statement->statement());
  if (copy == nullptr) return std::nullopt;
  auto command = gateway::readCopyOptions(parse::list(copy->n_options, copy->options));
  return command.ok() ? std::optional(std::move(*command)) : std::nullopt;
}

// The values of a DataRow, if it is one of `columns` columns.
std::optional<Row> valuesOf(std::string_view body, std::size_t columns) {
  gateway::FieldReader fields(body);
  if (fields.int16() != columns) return std::nullopt;
  Row row;
  for (std::size_t i = 0; i < columns; ++i) {
    const std::int32_t length = fields.int32();
    if (length == -1) {
      row.emplace_back();
    } else {
      row.emplace_back(fields.bytes(static_cast<std::uint32_t>(length)));
    }
  }
  return fields.done() ? std::optional(row) : std::nullopt;
}

std::optional<char> unescaped(char c) {
  static constexpr std::string_view kLetters = "bfnrtv";
  static constexpr std::string_view kMeant = "\b\f\n\r\t\v";
  const std::size_t at = kLetters.find(c);
  return at == std::string_view::npos ? std::nullopt : std::optional(kMeant[at]);
}

// One line of the text format, as COPY FROM reads it.
Row readText(std::string_view line, const CopyCommand& copy) {
  Row row;
  for (std::size_t at = 0;;) {
    const std::size_t start = at;
    std::string value;
    for (; line[at] != copy.delimiter && line[at] != '\n'; ++at) {
      const bool escaped = line[at] == '\\';
      if (escaped) ++at;
      value += (escaped ? unescaped(line[at]) : std::nullopt).value_or(line[at]);
    }
    const bool isNull = line.substr(start, at - start) == copy.null;
    row.push_back(isNull ? std::nullopt : std::optional(value));
    if (line[at++] == '\n') return demand(at == line.size()), row;
  }
}

// One line of CSV: only a value without quotes can be NULL.
Row readCsv(std::string_view line, const CopyCommand& copy) {
  Row row;
  for (std::size_t at = 0;;) {
    std::string value;
    bool quoted = false;
    for (bool inside = false; inside || (line[at] != copy.delimiter && line[at] != '\n'); ++at) {
      const bool escapes =
          inside && line[at] == copy.escape && (line[at + 1] == copy.quote || line[at + 1] == copy.escape);
      if (escapes) {
        value += line[++at];
      } else if (line[at] == copy.quote) {
        inside = !inside;
        quoted = true;
      } else {
        value += line[at];
      }
    }
    row.push_back(!quoted && value == copy.null ? std::nullopt : std::optional(value));
    if (line[at++] == '\n') return demand(at == line.size()), row;
  }
}

// Whether the options keep a value apart from NULL and from the escapes: with others PostgreSQL's format loses that
// too.
bool isReadable(const CopyCommand& copy) {
  if (copy.format == Format::csv) return copy.escape != copy.delimiter && copy.escape != '\n' && copy.escape != '\r';
  return copy.null == "\\N";
}

void checkRow(const CopyCommand& copy, std::string_view body, std::size_t columns) {
  const std::vector<std::string> names(columns, "c");
  auto encoder = gateway::CopyEncoder::make(copy, names);
  if (!encoder.ok()) return;
  gateway::OutBuffer row;
  gateway::MessageWriter(row, 'D').bytes(body);
  gateway::OutBuffer out;
  encoder->rows(row, out);
  const std::optional<Row> values = valuesOf(body, columns);
  if (copy.format == Format::binary) return demand(out.size() == 5 + 19 + body.size());
  demand(encoder->intact().ok() == values.has_value() && out.empty() != values.has_value());
  if (!values) return;
  gateway::FieldReader header(std::string_view(out).substr(1, 4));
  demand(out[0] == 'd' && static_cast<std::size_t>(header.int32()) + 1 == out.size());
  if (columns == 0 || !isReadable(copy)) return;
  const std::string_view line = std::string_view(out).substr(5);
  demand((copy.format == Format::csv ? readCsv(line, copy) : readText(line, copy)) == *values);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::size_t lineEnd = text.find('\n');
  const std::optional<CopyCommand> copy = commandOf(text.substr(0, lineEnd));
  if (!copy || lineEnd == std::string_view::npos) return 0;
  const std::string_view body = text.substr(lineEnd + 1);
  gateway::FieldReader count(body);
  const std::size_t said = count.int16();
  checkRow(*copy, body, said);
  checkRow(*copy, body, 1);
  return 0;
}
