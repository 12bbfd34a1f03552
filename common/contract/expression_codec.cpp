// SPDX-License-Identifier: Apache-2.0
#include "common/contract/codecs.h"
#include "common/contract/words.h"
#include "common/policy/canonical.h"
#include "common/policy/sample.h"
#include "common/policy/typing.h"

namespace scrim::contract {
namespace {

using base::Result;
using policy::Expression;
using policy::ExpressionPtr;
using policy::Literal;

bool hasName(ExpressionKind kind) {
  switch (kind) {
    case ExpressionKind::column:
    case ExpressionKind::userAttribute:
    case ExpressionKind::compare:
    case ExpressionKind::arithmetic:
    case ExpressionKind::call:
    case ExpressionKind::sample:
      return true;
    default:
      return false;
  }
}

bool canBeNegated(ExpressionKind kind) {
  return kind == ExpressionKind::between || kind == ExpressionKind::inList || kind == ExpressionKind::inLookup ||
         kind == ExpressionKind::like || kind == ExpressionKind::isNull;
}

bool isCanonical(const Literal& literal) {
  const std::string& text = literal.text;
  const bool digits = !text.empty() && text.size() <= policy::kMostDigits + 1 &&
                      text.find_first_not_of("0123456789.-") == std::string::npos;
  const bool hasPoint = text.find('.') != std::string::npos;
  switch (literal.type) {
    case LiteralType::null:
      return text.empty();
    case LiteralType::boolean:
      return text == "true" || text == "false";
    case LiteralType::integer:
      return digits && !hasPoint && policy::canonicalNumber(text) == text && text.find('-', 1) == std::string::npos;
    case LiteralType::decimal:
      return digits && hasPoint && policy::canonicalNumber(text) == text && text.find('-', 1) == std::string::npos &&
             text.find('.') == text.rfind('.') && text.back() != '.' && text.front() != '.';
    case LiteralType::text:
      return text.find('\0') == std::string::npos;
    case LiteralType::date:
      return policy::canonicalDate(text) == text;
    case LiteralType::timestamp:
      return policy::canonicalTimestamp(text) == text;
    case LiteralType::interval:
      break;
  }
  return policy::canonicalInterval(text) == text;
}

Result<schema::DataType> readType(const Json& json, const std::string& place) {
  SCRIM_TRY(Fields fields, Fields::of(json, place));
  SCRIM_TRY(const std::string name, fields.text("name"));
  SCRIM_CHECK_OK(fields.finish());
  const std::optional<schema::DataType> type = schema::builtinType(name);
  if (!type || type->name != name) return wrongAt(place, "there is no type \"" + name + "\"");
  return *type;
}

Result<void> readLookup(Fields& fields, Expression& out) {
  SCRIM_TRY(const Json sourceJson, fields.any("source"));
  SCRIM_TRY(Fields source, Fields::of(sourceJson, fields.placeOf("source")));
  SCRIM_TRY(out.lookupSource.schema, source.text("schema"));
  SCRIM_TRY(out.lookupSource.name, source.text("name"));
  SCRIM_CHECK_OK(source.finish());
  SCRIM_TRY(out.lookupColumn, fields.text("column"));
  if (fields.has("where")) {
    SCRIM_TRY(const Json where, fields.any("where"));
    SCRIM_TRY(out.lookupWhere, readExpression(where, fields.placeOf("where")));
  }
  return {};
}

Result<void> readParts(Fields& fields, Expression& out) {
  if (hasName(out.kind)) {
    SCRIM_TRY(out.name, fields.text("name"));
  }
  if (out.kind == ExpressionKind::literal) {
    SCRIM_TRY(out.literal, readLiteral(fields));
  }
  if (fields.has("children")) {
    SCRIM_TRY(out.children, readList<ExpressionPtr>(fields, "children", readExpression));
  }
  if (canBeNegated(out.kind) && fields.has("negated")) {
    SCRIM_TRY(out.negated, fields.flag("negated"));
  }
  if (out.kind == ExpressionKind::cast) {
    SCRIM_TRY(const Json type, fields.any("type"));
    SCRIM_TRY(out.type, readType(type, fields.placeOf("type")));
  }
  if (out.kind == ExpressionKind::sample) {
    SCRIM_TRY(const std::string percent, fields.text("percent"));
    const std::optional<double> value = policy::percentOf(percent);
    if (!value || policy::printedPercent(*value) != percent) return wrongAt(fields.placeOf("percent"), "no percentage");
    out.percent = *value;
  }
  return out.kind == ExpressionKind::inLookup ? readLookup(fields, out) : Result<void>{};
}

Poco::JSON::Array::Ptr childrenOf(const Expression& expression) {
  Poco::JSON::Array::Ptr out(new Poco::JSON::Array);
  for (const ExpressionPtr& child : expression.children) out->add(objectOf(*child));
  return out;
}

void setLookup(ObjectPtr out, const Expression& e) {
  ObjectPtr source = newObject();
  source->set("schema", e.lookupSource.schema);
  source->set("name", e.lookupSource.name);
  out->set("source", source);
  out->set("column", e.lookupColumn);
  if (e.lookupWhere) out->set("where", objectOf(*e.lookupWhere));
}

}  // namespace

void setLiteral(ObjectPtr object, const Literal& literal) {
  object->set("type", std::string(wordOf(kLiteralWords, literal.type)));
  object->set("text", literal.text);
}

Result<Literal> readLiteral(Fields& fields) {
  SCRIM_TRY(const std::string type, fields.text("type"));
  const std::optional<LiteralType> known = valueOf(kLiteralWords, type);
  if (!known) return wrongAt(fields.placeOf("type"), "there is no literal of type \"" + type + "\"");
  Literal out{*known};
  SCRIM_TRY(out.text, fields.text("text"));
  if (!isCanonical(out)) return wrongAt(fields.placeOf("text"), "this is not the canonical text of a " + type);
  return out;
}

ObjectPtr objectOf(const Expression& e) {
  ObjectPtr out = newObject();
  if (e.kind == ExpressionKind::truth) {
    out->set("kind", "truth");
    out->set("value", e.literal.text == "true");
    return out;
  }
  out->set("kind", std::string(wordOf(kExpressionWords, e.kind)));
  if (hasName(e.kind)) out->set("name", e.name);
  if (e.kind == ExpressionKind::literal) setLiteral(out, e.literal);
  if (!e.children.empty()) out->set("children", childrenOf(e));
  if (e.negated) out->set("negated", true);
  if (e.kind == ExpressionKind::cast) {
    ObjectPtr type = newObject();
    type->set("name", e.type.name);
    out->set("type", type);
  }
  if (e.kind == ExpressionKind::sample) out->set("percent", policy::printedPercent(e.percent));
  if (e.kind == ExpressionKind::inLookup) setLookup(out, e);
  return out;
}

Result<ExpressionPtr> readExpression(const Json& json, const std::string& place) {
  SCRIM_TRY(Fields fields, Fields::of(json, place));
  SCRIM_TRY(const std::string kind, fields.text("kind"));
  if (kind == "truth") {
    SCRIM_TRY(const bool value, fields.flag("value"));
    SCRIM_CHECK_OK(fields.finish());
    return policy::truth(value);
  }
  const std::optional<ExpressionKind> known = valueOf(kExpressionWords, kind);
  if (!known) return wrongAt(place, "there is no expression of kind \"" + kind + "\"");
  Expression out{.kind = *known};
  SCRIM_CHECK_OK(readParts(fields, out));
  SCRIM_CHECK_OK(fields.finish());
  if (!policy::hasRightShape(out)) return wrongAt(place, "an expression of kind \"" + kind + "\" has other parts");
  return std::make_shared<const Expression>(std::move(out));
}

}  // namespace scrim::contract
