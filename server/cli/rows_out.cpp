// SPDX-License-Identifier: Apache-2.0
#include "server/cli/rows_out.h"

#include <algorithm>
#include <array>
#include <set>

#include "server/cli/exit_codes.h"
#include "server/cli/text.h"

namespace scrim::cli {
namespace {

using sql::Column;
using sql::Values;

constexpr std::size_t kRowsToMeasure = 1'000;
constexpr std::size_t kBytesToMeasure = 4U << 20U;
constexpr unsigned kBoolean = 16;
constexpr std::array<unsigned, 7> kNumbers{20, 21, 23, 26, 700, 701, 1700};  // int8, int2, int4, oid, floats, numeric

base::Result<void> checked(const std::ostream& out) {
  if (out) return {};
  return refused("Standard output cannot be written to.");
}

class TableWriter : public RowWriter {
 public:
  explicit TableWriter(std::ostream& out) : out_(out) {}

  base::Result<void> columns(const std::vector<Column>& columns) override {
    std::vector<std::string> head;
    for (const Column& column : columns) head.push_back(printable(column.name));
    return add(std::move(head));
  }

  base::Result<void> row(const Values& values) override {
    std::vector<std::string> line;
    for (const auto& value : values) line.push_back(value ? printable(*value) : "NULL");
    return add(std::move(line));
  }

  base::Result<void> end(const std::string& tag) override {
    if (widths_.empty()) out_ << printable(tag) << "\n";
    writeHeld();
    out_ << std::flush;
    return checked(out_);
  }

 private:
  base::Result<void> add(std::vector<std::string> line) {
    if (measured_) {
      write(line);
      return checked(out_);
    }
    widths_.resize(std::max(widths_.size(), line.size()));
    for (std::size_t i = 0; i < line.size(); ++i) {
      widths_[i] = std::max(widths_[i], widthOf(line[i]));
      bytes_ += line[i].size();
    }
    held_.push_back(std::move(line));
    if (held_.size() > kRowsToMeasure || bytes_ > kBytesToMeasure) writeHeld();
    return checked(out_);
  }

  void writeHeld() {
    measured_ = true;
    for (const auto& line : held_) write(line);
    held_.clear();
  }

  void write(const std::vector<std::string>& line) {
    std::string text;
    for (std::size_t i = 0; i < line.size(); ++i) {
      text += (i == 0 ? "" : "  ") + (i + 1 == line.size() ? line[i] : padded(line[i], widths_[i]));
    }
    out_ << text << "\n";
  }

  std::ostream& out_;
  std::vector<std::vector<std::string>> held_;
  std::vector<std::size_t> widths_;
  std::size_t bytes_ = 0;
  bool measured_ = false;
};

/// RFC 4180. NULL is nothing, an empty text is "".
class CsvWriter : public RowWriter {
 public:
  CsvWriter(std::ostream& out, bool toTerminal) : out_(out), toTerminal_(toTerminal) {}

  base::Result<void> columns(const std::vector<Column>& columns) override {
    Values names;
    for (const Column& column : columns) names.emplace_back(column.name);
    return row(names);
  }

  base::Result<void> row(const Values& values) override {
    std::string line;
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (i > 0) line += ',';
      if (values[i]) line += cell(*values[i]);
    }
    out_ << line << "\r\n";
    return checked(out_);
  }

  base::Result<void> end(const std::string&) override {
    out_ << std::flush;
    return checked(out_);
  }

 private:
  std::string cell(std::string_view value) const {
    const std::string text = toTerminal_ ? printable(value) : std::string(value);
    if (!text.empty() && text.find_first_of("\",\r\n") == std::string::npos) return text;
    std::string out = "\"";
    for (const char c : text) out += c == '"' ? std::string("\"\"") : std::string(1, c);
    return out + "\"";
  }

  std::ostream& out_;
  bool toTerminal_;
};

/// An object has a name once: the second column id is id_2.
std::vector<std::string> keysOf(const std::vector<Column>& columns) {
  std::set<std::string> taken;
  for (const Column& column : columns) taken.insert(column.name);
  std::set<std::string> used;
  std::vector<std::string> keys;
  for (const Column& column : columns) {
    std::string key = column.name;
    for (int n = 2; used.contains(key) || (key != column.name && taken.contains(key)); ++n) {
      key = column.name + "_" + std::to_string(n);
    }
    used.insert(key);
    keys.push_back(quotedText(key));
  }
  return keys;
}

/// JSON and YAML write values alike.
std::string valueText(const std::optional<std::string_view>& value, unsigned type) {
  if (!value) return "null";
  if (type == kBoolean) return *value == "t" ? "true" : "false";
  const bool number = std::find(kNumbers.begin(), kNumbers.end(), type) != kNumbers.end();
  return number && isJsonNumber(*value) ? std::string(*value) : quotedText(*value);
}

/// One list of rows, each an object.
class ObjectWriter : public RowWriter {
 public:
  ObjectWriter(std::ostream& out, bool yaml) : out_(out), yaml_(yaml) {}

  base::Result<void> columns(const std::vector<Column>& columns) override {
    columns_ = columns;
    keys_ = keysOf(columns);
    return {};
  }

  base::Result<void> row(const Values& values) override {
    std::string text = yaml_ ? "" : empty_ ? "[\n  {" : ",\n  {";
    for (std::size_t i = 0; i < values.size(); ++i) {
      const std::string value = keys_[i] + ": " + valueText(values[i], columns_[i].type);
      text += yaml_ ? (i == 0 ? "- " : "  ") + value + "\n" : (i == 0 ? "" : ", ") + value;
    }
    if (yaml_ && values.empty()) text += "- {}\n";
    out_ << text << (yaml_ ? "" : "}");
    empty_ = false;
    return checked(out_);
  }

  base::Result<void> end(const std::string&) override {
    out_ << (empty_ ? "[]\n" : yaml_ ? "" : "\n]\n") << std::flush;
    return checked(out_);
  }

 private:
  std::ostream& out_;
  bool yaml_;
  bool empty_ = true;
  std::vector<Column> columns_;
  std::vector<std::string> keys_;
};

std::size_t digitsAt(std::string_view text, std::size_t at) {
  std::size_t end = at;
  while (end < text.size() && text[end] >= '0' && text[end] <= '9') ++end;
  return end - at;
}

}  // namespace

bool isJsonNumber(std::string_view text) {
  std::size_t at = text.starts_with('-') ? 1 : 0;
  const std::size_t whole = digitsAt(text, at);
  if (whole == 0 || (whole > 1 && text[at] == '0')) return false;
  at += whole;
  if (at < text.size() && text[at] == '.') {
    const std::size_t fraction = digitsAt(text, ++at);
    if (fraction == 0) return false;
    at += fraction;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    if (++at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
    const std::size_t exponent = digitsAt(text, at);
    if (exponent == 0) return false;
    at += exponent;
  }
  return at == text.size();
}

std::unique_ptr<RowWriter> rowWriter(Format format, std::ostream& out, bool toTerminal) {
  switch (format) {
    case Format::csv:
      return std::make_unique<CsvWriter>(out, toTerminal);
    case Format::json:
      return std::make_unique<ObjectWriter>(out, false);
    case Format::yaml:
      return std::make_unique<ObjectWriter>(out, true);
    case Format::table:
      break;
  }
  return std::make_unique<TableWriter>(out);
}

}  // namespace scrim::cli
