// SPDX-License-Identifier: Apache-2.0
// PostgreSQL expressions for a value's canonical text and its HMAC: what HASHING and samples are defined on
// (docs/policy_model.md). Pure but for the arena and the parameters.
#pragma once

#include "server/query/protect/render_scope.h"

namespace scrim::protect {

/// relation.column, under its physical name.
PgQuery__Node* columnOf(const RenderScope& scope, std::string_view column);
/// The type's name in pg_catalog, with its modifier where there is one; text for types that only the source knows.
PgQuery__TypeName* typeName(parse::Arena& arena, const schema::DataType& type);
/// The text of policy.md: integers in decimal, uuid in lower case, dates and timestamps ISO 8601 in UTC, ...
PgQuery__Node* canonicalText(parse::Arena& arena, PgQuery__Node* value, const schema::DataType& type);
/// sha256(outer || sha256(inner || text)) as bytea.
PgQuery__Node* hmacBytes(const RenderScope& scope, const base::Secret& key, PgQuery__Node* text);
/// The same as 64 hex digits.
PgQuery__Node* hmacHex(const RenderScope& scope, const base::Secret& key, PgQuery__Node* text);
/// Its first 60 bits as a bigint, never negative.
PgQuery__Node* hmacNumber(const RenderScope& scope, const base::Secret& key, PgQuery__Node* text);
/// A timestamp that is read in UTC becomes a zoned one, and the other way round: timezone('UTC', value).
PgQuery__Node* utc(parse::Arena& arena, PgQuery__Node* value);
/// A number by its canonical text: as the lexer would make it.
PgQuery__Node* number(parse::Arena& arena, std::string_view text);
PgQuery__Node* call(parse::Arena& arena, std::string_view function, std::initializer_list<PgQuery__Node*> arguments);

}  // namespace scrim::protect
