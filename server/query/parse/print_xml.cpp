// SPDX-License-Identifier: Apache-2.0
// SQL/XML expressions and XMLTABLE.
#include "server/query/parse/printer.h"

namespace scrim::parse {
namespace {

enum Standalone { kYes = 0, kNo = 1, kNoValue = 2, kOmitted = 3 };  // XmlStandaloneType

}  // namespace

void Printer::xml(const PgQuery__XmlExpr& expression) {
  const Mark mark(*this, expression.location);
  const Nodes arguments = list(expression.n_args, expression.args);
  switch (expression.op) {
    case PG_QUERY__XML_EXPR_OP__IS_XMLCONCAT:
      put("XMLCONCAT(");
      expressions(arguments);
      put(")");
      return;
    case PG_QUERY__XML_EXPR_OP__IS_XMLELEMENT:
      return xmlElement(expression);
    case PG_QUERY__XML_EXPR_OP__IS_XMLFOREST:
      put("XMLFOREST(");
      xmlAttributes(list(expression.n_named_args, expression.named_args));
      put(")");
      return;
    case PG_QUERY__XML_EXPR_OP__IS_XMLPARSE:
      return xmlParse(expression);
    case PG_QUERY__XML_EXPR_OP__IS_XMLPI:
      put("XMLPI(NAME ").name(expression.name).put(arguments.empty() ? "" : ", ");
      expressions(arguments);
      put(")");
      return;
    case PG_QUERY__XML_EXPR_OP__IS_XMLROOT:
      return xmlRoot(expression);
    case PG_QUERY__XML_EXPR_OP__IS_DOCUMENT:
      if (!require(arguments.size() == 1, "this XML expression")) return;
      operand(arguments[0]);
      put(" IS DOCUMENT");
      return;
    default:
      refuse("this XML expression");
  }
}

void Printer::xmlElement(const PgQuery__XmlExpr& expression) {
  put("XMLELEMENT(NAME ").name(expression.name);
  if (expression.n_named_args > 0) {
    put(", XMLATTRIBUTES(");
    xmlAttributes(list(expression.n_named_args, expression.named_args));
    put(")");
  }
  if (expression.n_args > 0) put(", ");
  expressions(list(expression.n_args, expression.args));
  put(")");
}

void Printer::xmlAttributes(Nodes attributes) {
  commaSeparated(attributes, [&](const PgQuery__Node* node) {
    const auto* attribute = as<PgQuery__ResTarget>(node);
    if (!require(attribute != nullptr, "this XML attribute")) return;
    expression(attribute->val);
    if (*attribute->name != '\0') put(" AS ").name(attribute->name);
  });
}

void Printer::xmlParse(const PgQuery__XmlExpr& expression) {
  const auto* preserve = expression.n_args == 2 ? as<PgQuery__AConst>(expression.args[1]) : nullptr;
  const bool known = preserve != nullptr && preserve->val_case == PG_QUERY__A__CONST__VAL_BOOLVAL;
  if (!require(known, "this XMLPARSE")) return;
  put(expression.xmloption == PG_QUERY__XML_OPTION_TYPE__XMLOPTION_DOCUMENT ? "XMLPARSE(DOCUMENT "
                                                                            : "XMLPARSE(CONTENT ");
  this->expression(expression.args[0]);
  put(preserve->boolval->boolval ? " PRESERVE WHITESPACE)" : ")");
}

void Printer::xmlRoot(const PgQuery__XmlExpr& expression) {
  const auto* standalone = expression.n_args == 3 ? as<PgQuery__AConst>(expression.args[2]) : nullptr;
  const bool known = standalone != nullptr && standalone->val_case == PG_QUERY__A__CONST__VAL_IVAL;
  if (!require(known, "this XMLROOT")) return;
  const auto* version = as<PgQuery__AConst>(expression.args[1]);
  put("XMLROOT(");
  this->expression(expression.args[0]);
  put(", VERSION ");
  if (version != nullptr && version->isnull) {
    put("NO VALUE");
  } else {
    this->expression(expression.args[1]);
  }
  switch (standalone->ival->ival) {
    case kYes:
      put(", STANDALONE YES");
      break;
    case kNo:
      put(", STANDALONE NO");
      break;
    case kNoValue:
      put(", STANDALONE NO VALUE");
      break;
    case kOmitted:
      break;
    default:
      refuse("this XMLROOT");
  }
  put(")");
}

void Printer::xmlSerialize(const PgQuery__XmlSerialize& expression) {
  const Mark mark(*this, expression.location);
  const bool document = expression.xmloption == PG_QUERY__XML_OPTION_TYPE__XMLOPTION_DOCUMENT;
  put(document ? "XMLSERIALIZE(DOCUMENT " : "XMLSERIALIZE(CONTENT ");
  this->expression(expression.expr);
  put(" AS ");
  type(expression.type_name);
  put(")");
}

void Printer::xmlTable(const PgQuery__RangeTableFunc& table) {
  const Mark mark(*this, table.location);
  put(table.lateral ? "LATERAL XMLTABLE(" : "XMLTABLE(");
  if (table.n_namespaces > 0) {
    put("XMLNAMESPACES(");
    commaSeparated(list(table.n_namespaces, table.namespaces), [&](const PgQuery__Node* node) {
      const auto* space = as<PgQuery__ResTarget>(node);
      if (!require(space != nullptr, "this XML namespace")) return;
      if (*space->name == '\0') put("DEFAULT ");
      operand(space->val);
      if (*space->name != '\0') put(" AS ").name(space->name);
    });
    put("), ");
  }
  operand(table.rowexpr);
  put(" PASSING ");
  operand(table.docexpr);
  put(" COLUMNS ");
  commaSeparated(list(table.n_columns, table.columns), [&](const PgQuery__Node* node) {
    const auto* column = as<PgQuery__RangeTableFuncCol>(node);
    if (require(column != nullptr, "this XMLTABLE column")) xmlTableColumn(*column);
  });
  put(")");
  aliasOf(table.alias);
}

void Printer::xmlTableColumn(const PgQuery__RangeTableFuncCol& column) {
  const Mark mark(*this, column.location);
  name(column.colname);
  if (column.for_ordinality) {
    put(" FOR ORDINALITY");
    return;
  }
  put(" ");
  type(column.type_name);
  if (column.colexpr != nullptr) {
    put(" PATH ");
    operand(column.colexpr);
  }
  if (column.coldefexpr != nullptr) {
    put(" DEFAULT ");
    operand(column.coldefexpr);
  }
  if (column.is_not_null) put(" NOT NULL");
}

}  // namespace scrim::parse
