// SPDX-License-Identifier: Apache-2.0
#include "server/cli/output.h"

#include <algorithm>

#include "server/cli/text.h"

namespace scrim::cli {
namespace {

std::string joined(const std::vector<std::string>& parts, const std::string& between) {
  std::string out;
  for (const std::string& part : parts) out += (out.empty() ? "" : between) + part;
  return out;
}

bool holdsObjects(const ArrayPtr& array) { return !array.isNull() && array->size() > 0 && objectOf(array->get(0)); }

/// An object inside a cell: what it is called, if it has a name; {"a": ["x","y"]} as a=x|y.
std::string shortOf(const ObjectPtr& object) {
  if (object->has("name")) return fieldText(object, "name");
  std::vector<std::string> parts;
  for (const std::string& name : object->getNames()) {
    const Json value = object->get(name);
    parts.push_back(name + "=" + (arrayOf(value) ? joined(textsOf(value), "|") : fieldText(object, name)));
  }
  return joined(parts, ", ");
}

std::string cellOf(const Json& value) {
  if (const ObjectPtr object = objectOf(value)) return shortOf(object);
  const ArrayPtr array = arrayOf(value);
  if (array.isNull()) return textOf(value);
  std::vector<std::string> parts;
  for (const Json& item : *array) {
    const ObjectPtr object = objectOf(item);
    parts.push_back(object ? shortOf(object) : arrayOf(item) ? compactJson(item) : textOf(item));
  }
  return joined(parts, ", ");
}

std::string cellOf(const ObjectPtr& object, const std::string& name) {
  return object->has(name) ? printable(cellOf(object->get(name))) : "";
}

std::vector<std::string> namesOf(const ObjectPtr& object, const Columns& columns) {
  if (columns.empty()) return object->getNames();
  return {columns.begin(), columns.end()};
}

std::string headOf(const std::string& name) {
  std::string out;
  for (const char c : name) {
    if (c >= 'A' && c <= 'Z') out += ' ';
    out += static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  }
  return out;
}

/// "t:time" becomes "t" and gives "time".
std::string takenLabel(std::string& name) {
  const std::size_t colon = name.find(':');
  if (colon == std::string::npos) return name;
  std::string label = name.substr(colon + 1);
  name.resize(colon);
  return label;
}

std::string lineOf(const std::vector<std::string>& cells, const std::vector<std::size_t>& widths) {
  std::string line;
  for (std::size_t i = 0; i < cells.size(); ++i) line += padded(cells[i], widths[i]) + "  ";
  line.erase(line.find_last_not_of(' ') + 1);
  return line + "\n";
}

/// Sentences stand below each other; words beside each other.
bool holdsSentences(const ArrayPtr& array) {
  const auto texts = textsOf(array);
  return std::any_of(texts.begin(), texts.end(), [](const auto& text) { return text.find(' ') != std::string::npos; });
}

std::string fieldLines(const std::string& label, const ObjectPtr& object, const std::string& name) {
  const ArrayPtr array = arrayOf(object->get(name));
  if (array.isNull() || !holdsSentences(array)) {
    std::string line = label + cellOf(object, name);
    line.erase(line.find_last_not_of(' ') + 1);
    return line + "\n";
  }
  std::string out;
  for (const std::string& text : textsOf(array)) {
    out += (out.empty() ? label : std::string(label.size(), ' ')) + printable(text) + "\n";
  }
  return out;
}

}  // namespace

std::string tableOf(const ArrayPtr& items, const Columns& columns) {
  if (items.isNull() || (items->size() == 0 && columns.empty())) return "";
  auto names = items->size() == 0 ? std::vector<std::string>(columns.begin(), columns.end())
                                  : namesOf(objectOf(items->get(0)), columns);
  std::vector<std::vector<std::string>> lines(1);
  for (std::string& name : names) lines[0].push_back(headOf(takenLabel(name)));
  for (const Json& item : *items) {
    lines.emplace_back();
    for (const std::string& name : names) lines.back().push_back(cellOf(objectOf(item), name));
  }
  std::vector<std::size_t> widths(names.size(), 0);
  for (const auto& line : lines) {
    for (std::size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], widthOf(line[i]));
  }
  std::string out;
  for (const auto& line : lines) out += lineOf(line, widths);
  return out;
}

std::string fieldsOf(const ObjectPtr& object, const Columns& columns) {
  std::vector<std::string> names;
  std::size_t width = 0;
  for (const std::string& name : namesOf(object, columns)) {
    if (!object->has(name)) continue;
    names.push_back(name);
    width = std::max(width, headOf(name).size());
  }
  std::string out;
  std::string tables;
  for (const std::string& name : names) {
    const ArrayPtr array = arrayOf(object->get(name));
    if (holdsObjects(array)) {
      tables += "\n" + headOf(name) + "\n" + tableOf(array, {});
    } else {
      out += fieldLines(padded(headOf(name), width) + "  ", object, name);
    }
  }
  return out + tables;
}

std::string rendered(const Json& value, Format format, const Columns& columns) {
  if (format == Format::json) return prettyJson(value) + "\n";
  if (format == Format::yaml) return yamlOf(value);
  if (const ArrayPtr items = arrayOf(value)) return tableOf(items, columns);
  if (const ObjectPtr object = objectOf(value)) return fieldsOf(object, columns);
  return printable(textOf(value)) + "\n";
}

}  // namespace scrim::cli
