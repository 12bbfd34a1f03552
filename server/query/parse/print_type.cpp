// SPDX-License-Identifier: Apache-2.0
// Constants, type names and casts.
#include "server/query/parse/printer.h"

namespace scrim::parse {
namespace {

struct Familiar {
  std::string_view systemName;
  std::string_view text;
  bool takesModifiers;  // whether "text(1, 2)" means the same modifiers
};

// What the grammar itself turns into pg_catalog names. Anything else is printed under its qualified name, which gives
// the same tree: interval, for one, has its fields as modifiers.
constexpr Familiar kFamiliar[] = {
    {"bool", "boolean", false},        {"int2", "smallint", false},
    {"int4", "integer", false},        {"int8", "bigint", false},
    {"float4", "real", false},         {"float8", "double precision", false},
    {"numeric", "numeric", true},      {"varchar", "varchar", false},
    {"timestamp", "timestamp", false}, {"timestamptz", "timestamp with time zone", false},
    {"time", "time", false},           {"timetz", "time with time zone", false},
    {"interval", "interval", false},
};

bool isBitText(std::string_view text) {
  return !text.empty() && (text[0] == 'b' || text[0] == 'x') && text.find('\'') == std::string_view::npos;
}

}  // namespace

void Printer::constant(const PgQuery__AConst& constant) {
  const Mark mark(*this, constant.location);
  if (constant.isnull) {
    put("NULL");
    return;
  }
  switch (constant.val_case) {
    case PG_QUERY__A__CONST__VAL_IVAL:
      put(std::to_string(constant.ival->ival));
      break;
    case PG_QUERY__A__CONST__VAL_FVAL:
      put(constant.fval->fval);
      break;
    case PG_QUERY__A__CONST__VAL_BOOLVAL:
      put(constant.boolval->boolval ? "TRUE" : "FALSE");
      break;
    case PG_QUERY__A__CONST__VAL_SVAL:
      put(quotedLiteral(constant.sval->sval));
      break;
    case PG_QUERY__A__CONST__VAL_BSVAL: {
      const std::string_view bits = constant.bsval->bsval;
      if (require(isBitText(bits), "this bit string")) put(bits.substr(0, 1)).put("'").put(bits.substr(1)).put("'");
      break;
    }
    default:
      refuse("this constant");
  }
}

void Printer::cast(const PgQuery__TypeCast& cast) {
  const Mark mark(*this, cast.location);
  put("CAST(");
  expression(cast.arg);
  put(" AS ");
  type(cast.type_name);
  put(")");
}

bool Printer::familiarType(const PgQuery__TypeName& type) {
  const Nodes names = list(type.n_names, type.names);
  if (names.size() == 1 && stringOf(names[0]) == "text") {  // a keyword, but free as a type name
    put("text");
    return true;
  }
  const std::string_view system = systemNameOf(names);
  for (const Familiar& familiar : kFamiliar) {
    if (familiar.systemName != system) continue;
    if (type.n_typmods > 0 && !familiar.takesModifiers) return false;
    put(familiar.text);
    return true;
  }
  return false;
}

void Printer::type(const PgQuery__TypeName* type) {
  const bool known = type != nullptr && type->type_oid == 0 && !type->pct_type && type->typemod == -1;
  if (!require(known, "this type")) return;
  const Mark mark(*this, type->location);
  if (type->setof) put("SETOF ");
  if (!familiarType(*type)) qualifiedName(list(type->n_names, type->names), "this type");
  if (type->n_typmods > 0) {
    put("(");
    expressions(list(type->n_typmods, type->typmods));
    put(")");
  }
  for (const PgQuery__Node* bound : list(type->n_array_bounds, type->array_bounds)) {
    const auto* size = as<PgQuery__Integer>(bound);
    if (!require(size != nullptr, "this array type")) return;
    put("[").put(size->ival < 0 ? std::string() : std::to_string(size->ival)).put("]");
  }
}

}  // namespace scrim::parse
