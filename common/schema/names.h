// SPDX-License-Identifier: Apache-2.0
// Names as SQL knows them. Values; any thread.
#pragma once

#include <string>
#include <string_view>

namespace scrim::schema {

struct QualifiedName {
  std::string schema;
  std::string name;
  auto operator<=>(const QualifiedName&) const = default;  // NOLINT(modernize-use-nullptr): Clang 14 errs in "<"
};

/// `name` in double quotes, quotes inside doubled: valid wherever an identifier is.
std::string quotedIdentifier(std::string_view name);
/// `"schema"."name"`.
std::string quotedName(const QualifiedName& name);
/// `text` as a PostgreSQL string literal (standard_conforming_strings on): quotes doubled, backslashes as they are.
std::string quotedLiteral(std::string_view text);

}  // namespace scrim::schema
