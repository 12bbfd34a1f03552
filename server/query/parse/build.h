// SPDX-License-Identifier: Apache-2.0
// Making tree pieces that read back exactly as made (parse(print(t)) == t). All in the given arena.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>

#include "server/query/parse/node.h"

namespace scrim::parse {

PgQuery__Node* columnRef(Arena& arena, std::initializer_list<std::string_view> names);
PgQuery__Node* stringConstant(Arena& arena, std::string_view value);
/// Any 64-bit integer; past int4 it is a numeric literal text, as the lexer makes it.
PgQuery__Node* integerConstant(Arena& arena, std::int64_t value);
/// A numeric literal by its text, e.g. "1.50"; a leading minus is kept.
PgQuery__Node* numericConstant(Arena& arena, std::string_view digits);
PgQuery__Node* booleanConstant(Arena& arena, bool value);
PgQuery__Node* nullConstant(Arena& arena);
PgQuery__Node* parameter(Arena& arena, int number);

/// pg_catalog.<name>: never what a search_path finds first.
PgQuery__TypeName* systemType(Arena& arena, std::string_view name);
PgQuery__Node* castTo(Arena& arena, PgQuery__Node* value, PgQuery__TypeName* type);
/// pg_catalog.<name>(arguments).
PgQuery__Node* systemCall(Arena& arena, std::string_view name, std::span<PgQuery__Node* const> arguments);
/// left OPERATOR(pg_catalog.<name>) right; left null for a prefix operator.
PgQuery__Node* systemOperator(Arena& arena, std::string_view name, PgQuery__Node* left, PgQuery__Node* right);

/// AND and OR flattened as the grammar flattens them; null operands are left out, null if nothing is left.
PgQuery__Node* andOf(Arena& arena, std::span<PgQuery__Node* const> operands);
PgQuery__Node* orOf(Arena& arena, std::span<PgQuery__Node* const> operands);
PgQuery__Node* notOf(Arena& arena, PgQuery__Node* operand);
PgQuery__Node* isNull(Arena& arena, PgQuery__Node* operand, bool negated = false);

/// One column of a select list; no name for an empty one.
PgQuery__Node* target(Arena& arena, PgQuery__Node* value, std::string_view name = {});
PgQuery__Alias* alias(Arena& arena, std::string_view name, std::span<const std::string_view> columns = {});
PgQuery__Node* rangeVar(Arena& arena, std::string_view schema, std::string_view name);
/// An empty SELECT with the fields that the parser sets (limit_option, op).
PgQuery__SelectStmt* selectStatement(Arena& arena);
PgQuery__Node* subselect(Arena& arena, PgQuery__SelectStmt* select, PgQuery__Alias* name, bool lateral = false);

}  // namespace scrim::parse
