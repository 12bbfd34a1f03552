// SPDX-License-Identifier: Apache-2.0
#include "server/query/protect/canonical_text.h"

#include <charconv>

#include "server/query/parse/build.h"
#include "server/query/resolve/allow_list/allow_list.h"

namespace scrim::protect {
namespace {

using parse::Arena;
using schema::TypeFamily;
namespace oid = resolve::oid;

constexpr std::int32_t kHeader = 4;  // counted into the modifiers of character types and numeric

// The [] of an array type: a bound of -1, as the grammar makes it.
PgQuery__Node* noBound(Arena& arena) {
  auto* bound = parse::make<PgQuery__Integer>(arena);
  bound->ival = -1;
  return parse::wrap(arena, bound);
}

void addModifiers(Arena& arena, PgQuery__TypeName& name, const schema::DataType& type) {
  const auto add = [&](std::int64_t value) {
    parse::append(arena, name.n_typmods, name.typmods, parse::integerConstant(arena, value));
  };
  if (type.modifier < 0) return;
  if (type.oid == oid::kBpchar || type.oid == oid::kVarchar) {
    add(type.modifier - kHeader);
  } else if (type.oid == oid::kNumeric) {
    // 11 bits of scale, signed since PostgreSQL 15.
    const int scale = (type.modifier - kHeader) & 0x7ff;
    add(((type.modifier - kHeader) >> 16) & 0xffff);
    add((scale ^ 0x400) - 0x400);
  } else if (schema::familyOf(type) != TypeFamily::interval && schema::familyOf(type) != TypeFamily::other) {
    add(type.modifier);
  }
}

}  // namespace

PgQuery__Node* call(Arena& arena, std::string_view function, std::initializer_list<PgQuery__Node*> arguments) {
  return parse::systemCall(arena, function, std::span(arguments.begin(), arguments.size()));
}

PgQuery__Node* number(Arena& arena, std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = error == std::errc{} && end == text.data() + text.size();
  return whole ? parse::integerConstant(arena, value) : parse::numericConstant(arena, text);
}

PgQuery__Node* columnOf(const RenderScope& scope, std::string_view column) {
  const auto found = scope.physical.find(std::string(column));
  const std::string_view name = found == scope.physical.end() ? column : std::string_view(found->second);
  return parse::columnRef(scope.arena, {scope.relation, name});
}

PgQuery__TypeName* typeName(Arena& arena, const schema::DataType& type) {
  const resolve::Type* known = resolve::findType(type.oid);
  if (known == nullptr) return parse::systemType(arena, "text");
  PgQuery__TypeName* name = parse::systemType(arena, known->name);
  if (known->oid == type.oid) {
    addModifiers(arena, *name, type);
  } else {
    parse::append(arena, name->n_array_bounds, name->array_bounds, noBound(arena));
  }
  return name;
}

PgQuery__Node* utc(Arena& arena, PgQuery__Node* value) {
  return call(arena, "timezone", {parse::stringConstant(arena, "UTC"), value});
}

PgQuery__Node* canonicalText(Arena& arena, PgQuery__Node* value, const schema::DataType& type) {
  const auto formatted = [&](PgQuery__Node* moment, std::string_view format) {
    return call(arena, "to_char", {moment, parse::stringConstant(arena, format)});
  };
  switch (schema::familyOf(type)) {
    case TypeFamily::date:
      return formatted(parse::castTo(arena, value, parse::systemType(arena, "timestamp")), "YYYY-MM-DD");
    case TypeFamily::timestamp:
      return formatted(value, "YYYY-MM-DD HH24:MI:SS.US");
    case TypeFamily::timestampTz:
      return formatted(utc(arena, value), "YYYY-MM-DD HH24:MI:SS.US");
    case TypeFamily::numeric:
      value = call(arena, "trim_scale", {value});
      break;
    default:
      break;
  }
  return parse::castTo(arena, value, parse::systemType(arena, "text"));
}

PgQuery__Node* hmacBytes(const RenderScope& scope, const base::Secret& key, PgQuery__Node* text) {
  Arena& arena = scope.arena;
  const PolicyParameters::HmacKeys keys = scope.parameters.hmacKeys(key);
  PgQuery__Node* bytes = call(arena, "convert_to", {text, parse::stringConstant(arena, "UTF8")});
  PgQuery__Node* inner =
      call(arena, "sha256", {parse::systemOperator(arena, "||", parse::parameter(arena, keys.inner), bytes)});
  return call(arena, "sha256", {parse::systemOperator(arena, "||", parse::parameter(arena, keys.outer), inner)});
}

PgQuery__Node* hmacHex(const RenderScope& scope, const base::Secret& key, PgQuery__Node* text) {
  return call(scope.arena, "encode", {hmacBytes(scope, key, text), parse::stringConstant(scope.arena, "hex")});
}

PgQuery__Node* hmacNumber(const RenderScope& scope, const base::Secret& key, PgQuery__Node* text) {
  Arena& arena = scope.arena;
  constexpr int kHexDigits = 15;  // of 4 bits
  PgQuery__Node* digits =
      call(arena, "substr",
           {hmacHex(scope, key, text), parse::integerConstant(arena, 1), parse::integerConstant(arena, kHexDigits)});
  PgQuery__TypeName* bits = parse::systemType(arena, "bit");
  parse::append(arena, bits->n_typmods, bits->typmods, parse::integerConstant(arena, kHexDigits * 4));
  PgQuery__Node* prefixed = parse::systemOperator(arena, "||", parse::stringConstant(arena, "x"), digits);
  return parse::castTo(arena, parse::castTo(arena, prefixed, bits), parse::systemType(arena, "int8"));
}

}  // namespace scrim::protect
