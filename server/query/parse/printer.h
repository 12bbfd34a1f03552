// SPDX-License-Identifier: Apache-2.0
// The printer behind print.h; only print*.cpp include this. One Printer prints one tree, on one thread. The first thing
// it cannot print is kept as the error and the output is then worthless.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "server/query/parse/print.h"

namespace scrim::parse {

class Printer {
 public:
  base::Result<PrintedQuery> finish() &&;

  // print.cpp: statements
  void statement(const PgQuery__Node* node);
  void select(const PgQuery__SelectStmt& select);
  // print_expression.cpp: `expression` where the grammar takes any a_expr, `operand` where it wants a c_expr
  void expression(const PgQuery__Node* node);

 private:
  using Nodes = std::span<PgQuery__Node* const>;

  // Records where a node with a location was printed.
  class Mark {
   public:
    Mark(Printer& printer, int location);
    ~Mark();
    Mark(const Mark&) = delete;
    Mark& operator=(const Mark&) = delete;

   private:
    Printer& printer_;
    std::size_t index_;
  };

  Printer& put(std::string_view text) {
    text_ += text;
    return *this;
  }
  Printer& name(std::string_view identifier) {
    appendIdentifier(text_, identifier);
    return *this;
  }
  void refuse(std::string_view what);
  bool require(bool condition, std::string_view what);
  void qualifiedName(Nodes parts, std::string_view what);
  void nameList(Nodes names);
  template <typename Each>
  void commaSeparated(Nodes nodes, const Each& each) {
    bool first = true;
    for (const PgQuery__Node* node : nodes) {
      if (!first) put(", ");
      first = false;
      each(node);
    }
  }
  void expressions(Nodes nodes);

  // print.cpp
  static bool mustKeepLockingApart(const PgQuery__SelectStmt& select);
  void simpleSelect(const PgQuery__SelectStmt& select);
  void setOperation(const PgQuery__SelectStmt& select);
  void values(Nodes lists);
  void distinct(Nodes clause);
  void targets(Nodes list);
  void groupBy(const PgQuery__SelectStmt& select);
  void limit(const PgQuery__SelectStmt& select);
  void locking(const PgQuery__LockingClause& clause);
  // print_with.cpp
  void with(const PgQuery__WithClause& clause);
  void commonTable(const PgQuery__CommonTableExpr& table);
  void search(const PgQuery__CTESearchClause& clause);
  void cycle(const PgQuery__CTECycleClause& clause);
  void cycleConstant(const PgQuery__Node* node);
  // print_window.cpp
  void orderBy(Nodes items);
  void sortItem(const PgQuery__SortBy& item);
  void windows(Nodes definitions);
  void over(const PgQuery__WindowDef& window);
  void windowSpecification(const PgQuery__WindowDef& window);
  void frame(const PgQuery__WindowDef& window);
  void frameBound(unsigned options, bool start, const PgQuery__Node* offset);
  // print_from.cpp
  void fromItem(const PgQuery__Node* node);
  void relation(const PgQuery__RangeVar& relation);
  void join(const PgQuery__JoinExpr& join);
  void joinSide(const PgQuery__Node* node);
  void derivedTable(const PgQuery__RangeSubselect& table);
  void tableFunction(const PgQuery__RangeFunction& function);
  void functionItem(const PgQuery__Node* item);
  void tableSample(const PgQuery__RangeTableSample& sample);
  void xmlTable(const PgQuery__RangeTableFunc& table);
  void xmlTableColumn(const PgQuery__RangeTableFuncCol& column);
  void columnDefinitions(Nodes definitions);
  void aliasOf(const PgQuery__Alias* alias);
  // print_expression.cpp
  void operand(const PgQuery__Node* node);
  bool compound(const PgQuery__Node* node);
  bool simpleExpression(const PgQuery__Node& node);
  bool testExpression(const PgQuery__Node& node);
  bool otherExpression(const PgQuery__Node& node);
  void columnReference(const PgQuery__ColumnRef& column);
  void indirection(const PgQuery__AIndirection& indirection);
  void indirectionStep(const PgQuery__Node* step);
  void row(const PgQuery__RowExpr& row);
  void caseExpression(const PgQuery__CaseExpr& expression);
  void boolean(const PgQuery__BoolExpr& expression);
  void subLink(const PgQuery__SubLink& link);
  void subquery(const PgQuery__Node* select);
  void minMax(const PgQuery__MinMaxExpr& expression);
  void valueFunction(const PgQuery__SQLValueFunction& function);
  // print_operator.cpp
  void operation(const PgQuery__AExpr& expression);
  void prefixed(const PgQuery__AExpr& expression);
  void operatorName(Nodes parts);
  void anyOrAll(const PgQuery__AExpr& expression, std::string_view quantifier);
  void inList(const PgQuery__AExpr& expression);
  void like(const PgQuery__AExpr& expression, std::string_view keyword, std::string_view plainOperator);
  void similar(const PgQuery__AExpr& expression);
  void between(const PgQuery__AExpr& expression, std::string_view keyword);
  bool negatable(const PgQuery__AExpr& expression, std::string_view plain, std::string_view negated);
  // print_call.cpp
  void call(const PgQuery__FuncCall& call);
  void callArguments(const PgQuery__FuncCall& call);
  void argument(const PgQuery__Node* node);
  void syntaxCall(const PgQuery__FuncCall& call);
  bool callWithKeywords(std::string_view name, Nodes arguments);
  bool stringCall(std::string_view name, Nodes arguments);
  void trim(std::string_view side, Nodes arguments);
  // print_xml.cpp
  void xml(const PgQuery__XmlExpr& expression);
  void xmlElement(const PgQuery__XmlExpr& expression);
  void xmlRoot(const PgQuery__XmlExpr& expression);
  void xmlParse(const PgQuery__XmlExpr& expression);
  void xmlAttributes(Nodes attributes);
  void xmlSerialize(const PgQuery__XmlSerialize& expression);
  // print_type.cpp
  void constant(const PgQuery__AConst& constant);
  void cast(const PgQuery__TypeCast& cast);
  void type(const PgQuery__TypeName* type);
  bool familiarType(const PgQuery__TypeName& type);

  std::string text_;
  std::vector<PrintedSpan> spans_;
  std::optional<base::Error> error_;
};

/// pg_catalog.<name>(...) with nothing but arguments: what the grammar makes of LIKE .. ESCAPE and its like.
bool isPlainSystemCall(const PgQuery__FuncCall& call, std::string_view name);
/// The last part of pg_catalog.<name>, else empty.
std::string_view systemNameOf(std::span<PgQuery__Node* const> names);

}  // namespace scrim::parse
