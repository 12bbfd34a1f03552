// SPDX-License-Identifier: Apache-2.0
// Function calls: plain ones, and those that SQL writes with words instead of commas (COERCE_SQL_SYNTAX).
#include <algorithm>

#include "server/query/parse/printer.h"

namespace scrim::parse {

std::string_view systemNameOf(std::span<PgQuery__Node* const> names) {
  return names.size() == 2 && stringOf(names[0]) == "pg_catalog" ? stringOf(names[1]) : std::string_view();
}

bool isPlainSystemCall(const PgQuery__FuncCall& call, std::string_view name) {
  const bool named = std::any_of(call.args, call.args + call.n_args,
                                 [](const PgQuery__Node* node) { return as<PgQuery__NamedArgExpr>(node) != nullptr; });
  return !named && systemNameOf(list(call.n_funcname, call.funcname)) == name && call.n_agg_order == 0 &&
         call.agg_filter == nullptr && call.over == nullptr && !call.agg_within_group && !call.agg_star &&
         !call.agg_distinct && !call.func_variadic && call.funcformat == PG_QUERY__COERCION_FORM__COERCE_EXPLICIT_CALL;
}

void Printer::call(const PgQuery__FuncCall& call) {
  const Mark mark(*this, call.location);
  if (call.funcformat == PG_QUERY__COERCION_FORM__COERCE_SQL_SYNTAX) return syntaxCall(call);
  if (!require(call.funcformat == PG_QUERY__COERCION_FORM__COERCE_EXPLICIT_CALL, "this call")) return;
  qualifiedName(list(call.n_funcname, call.funcname), "this function name");
  callArguments(call);
  if (call.agg_within_group) {
    put(" WITHIN GROUP (");
    orderBy(list(call.n_agg_order, call.agg_order));
    put(")");
  }
  if (call.agg_filter != nullptr) {
    put(" FILTER (WHERE ");
    expression(call.agg_filter);
    put(")");
  }
  if (call.over != nullptr) over(*call.over);
}

void Printer::callArguments(const PgQuery__FuncCall& call) {
  put(call.agg_star ? "(*" : "(");
  if (call.agg_star) require(call.n_args == 0 && !call.agg_distinct, "this call");
  if (call.agg_distinct) put("DISTINCT ");
  const Nodes arguments = list(call.n_args, call.args);
  commaSeparated(arguments, [&](const PgQuery__Node* node) {
    if (call.func_variadic && node == arguments.back()) put("VARIADIC ");
    argument(node);
  });
  if (call.n_agg_order > 0 && !call.agg_within_group) {
    put(" ");
    orderBy(list(call.n_agg_order, call.agg_order));
  }
  put(")");
}

void Printer::argument(const PgQuery__Node* node) {
  const auto* named = as<PgQuery__NamedArgExpr>(node);
  if (named == nullptr) return expression(node);
  const Mark mark(*this, named->location);
  name(named->name).put(" => ");
  expression(named->arg);
}

void Printer::syntaxCall(const PgQuery__FuncCall& call) {
  const std::string_view function = systemNameOf(list(call.n_funcname, call.funcname));
  const Nodes arguments = list(call.n_args, call.args);
  const bool plain = call.n_agg_order == 0 && call.agg_filter == nullptr && call.over == nullptr && !call.agg_star &&
                     !call.agg_distinct && !call.func_variadic && !call.agg_within_group;
  if (!require(plain, "this call")) return;
  if (!callWithKeywords(function, arguments) && !stringCall(function, arguments)) refuse("this call");
}

// Those about time, XML and collations.
bool Printer::callWithKeywords(std::string_view name, Nodes arguments) {
  const auto joined = [&](std::string_view open, std::size_t first, std::string_view between, std::size_t second,
                          std::string_view close) {
    put(open);
    operand(arguments[first]);
    put(between);
    operand(arguments[second]);
    put(close);
    return true;
  };
  if (name == "timezone" && arguments.size() == 2) return joined("", 1, " AT TIME ZONE ", 0, "");
  if (name == "extract" && arguments.size() == 2) return joined("EXTRACT(", 0, " FROM ", 1, ")");
  if (name == "xmlexists" && arguments.size() == 2) return joined("XMLEXISTS(", 0, " PASSING ", 1, ")");
  if (name == "position" && arguments.size() == 2) return joined("POSITION(", 1, " IN ", 0, ")");
  if (name == "overlaps" && arguments.size() == 4) {
    put("(");
    expressions(arguments.first(2));
    put(") OVERLAPS (");
    expressions(arguments.last(2));
    put(")");
    return true;
  }
  if (name == "pg_collation_for" && arguments.size() == 1) {
    put("COLLATION FOR (");
    expression(arguments[0]);
    put(")");
    return true;
  }
  return false;
}

bool Printer::stringCall(std::string_view name, Nodes arguments) {
  const auto words = [&](std::string_view open, std::span<const std::string_view> between) {
    put(open);
    for (std::size_t i = 0; i < arguments.size(); ++i) {
      if (i > 0) put(between[i - 1]);
      operand(arguments[i]);
    }
    put(")");
    return true;
  };
  static constexpr std::string_view kFromFor[] = {" FROM ", " FOR "};
  static constexpr std::string_view kPlacing[] = {" PLACING ", " FROM ", " FOR "};
  const std::size_t count = arguments.size();
  if (name == "substring" && (count == 2 || count == 3)) return words("SUBSTRING(", kFromFor);
  if (name == "overlay" && (count == 3 || count == 4)) return words("OVERLAY(", kPlacing);
  if (name == "btrim" || name == "ltrim" || name == "rtrim") {
    if (count == 0) return false;
    trim(name == "btrim" ? "BOTH" : name == "ltrim" ? "LEADING" : "TRAILING", arguments);
    return true;
  }
  if ((name == "normalize" || name == "is_normalized") && (count == 1 || count == 2)) {
    // The form is a bare word of the grammar, kept as a string.
    const auto* form = count == 2 ? as<PgQuery__AConst>(arguments[1]) : nullptr;
    if (count == 2 && (form == nullptr || form->val_case != PG_QUERY__A__CONST__VAL_SVAL)) return false;
    const std::string_view word = form == nullptr ? std::string_view() : std::string_view(form->sval->sval);
    if (form != nullptr && word != "NFC" && word != "NFD" && word != "NFKC" && word != "NFKD") return false;
    const bool test = name == "is_normalized";
    if (!test) put("NORMALIZE(");
    operand(arguments[0]);
    if (form != nullptr) put(test ? " IS " : ", ").put(word).put(test ? " NORMALIZED" : "");
    if (form == nullptr && test) put(" IS NORMALIZED");
    if (!test) put(")");
    return true;
  }
  return false;
}

// TRIM keeps what it takes from first and the characters last, however it was written.
void Printer::trim(std::string_view side, Nodes arguments) {
  put("TRIM(").put(side).put(" FROM ");
  expressions(arguments);
  put(")");
}

}  // namespace scrim::parse
