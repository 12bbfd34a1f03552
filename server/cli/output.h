// SPDX-License-Identifier: Apache-2.0
// Output: what the server said as a table for people, or as JSON or YAML for programs. Pure; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "server/cli/json.h"

namespace scrim::cli {

enum class Format { table, json, yaml, csv };  // csv: rows of SQL only
using Columns = std::vector<std::string_view>;

/// Objects below each other, one line each. Columns empty: all fields of the first; "t:time": field t under the name
/// time.
std::string tableOf(const ArrayPtr& items, const Columns& columns);
/// One object: a line a field; lists of objects as tables of their own below. Columns empty: all fields.
std::string fieldsOf(const ObjectPtr& object, const Columns& columns);
std::string yamlOf(const Json& value);

/// A list (an array) or one thing (an object) in the format.
std::string rendered(const Json& value, Format format, const Columns& columns);

}  // namespace scrim::cli
