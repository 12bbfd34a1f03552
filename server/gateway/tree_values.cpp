// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/tree_values.h"

#include "common/schema/data_type.h"

namespace scrim::gateway {
namespace {

using parse::as;

std::optional<std::string> textOf(const PgQuery__AConst& constant) {
  if (constant.isnull) return std::nullopt;
  switch (constant.val_case) {
    case PG_QUERY__A__CONST__VAL_IVAL:
      return std::to_string(constant.ival->ival);
    case PG_QUERY__A__CONST__VAL_FVAL:
      return std::string(constant.fval->fval);
    case PG_QUERY__A__CONST__VAL_BOOLVAL:
      return std::string(constant.boolval->boolval ? "true" : "false");
    case PG_QUERY__A__CONST__VAL_SVAL:
      return std::string(constant.sval->sval);
    default:
      return std::nullopt;
  }
}

}  // namespace

std::optional<std::string> constantText(const PgQuery__Node* node) {
  if (const auto* constant = as<PgQuery__AConst>(node)) return textOf(*constant);
  if (const auto* word = as<PgQuery__String>(node)) return std::string(word->sval);
  if (const auto* number = as<PgQuery__Integer>(node)) return std::to_string(number->ival);
  if (const auto* number = as<PgQuery__Float>(node)) return std::string(number->fval);
  if (const auto* flag = as<PgQuery__Boolean>(node)) return std::string(flag->boolval ? "true" : "false");
  return std::nullopt;
}

base::Result<std::optional<std::string>> argumentValue(const PgQuery__Node* node) {
  if (const auto* constant = as<PgQuery__AConst>(node)) {
    if (constant->isnull) return std::optional<std::string>();
    if (std::optional<std::string> text = textOf(*constant)) return text;
  }
  return base::Error{base::ErrorCode::notSupported, "EXECUTE takes constants only", "",
                     "Pass values as plain literals: the types are those of the prepared statement's parameters."};
}

base::Result<std::uint32_t> typeOidOf(const PgQuery__Node* node) {
  const auto* type = as<PgQuery__TypeName>(node);
  if (type == nullptr || type->n_names == 0 || type->setof || type->pct_type) {
    return base::Error{base::ErrorCode::notSupported, "this parameter type is not supported"};
  }
  const std::string name(parse::stringOf(type->names[type->n_names - 1]));
  const std::optional<schema::DataType> known = schema::builtinType(name);
  if (!known || type->n_array_bounds != 0) {
    return base::Error{base::ErrorCode::undefinedObject, "type \"" + name + "\" is not available for a parameter", "",
                       "Leave the type out (\"unknown\"): it is then inferred."};
  }
  return known->oid;
}

}  // namespace scrim::gateway
