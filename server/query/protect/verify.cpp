// SPDX-License-Identifier: Apache-2.0
#include "server/query/protect/verify.h"

#include "server/query/parse/compare.h"
#include "server/query/protect/lookup.h"
#include "server/query/protect/verify_guard.h"
#include "server/query/resolve/allow_list/allow_list.h"

namespace scrim::protect {
namespace {

using parse::as;
using parse::stringOf;

bool isSystem(std::size_t count, PgQuery__Node* const* names) {
  return count == 2 && stringOf(names[0]) == "pg_catalog";
}

// Reads a statement as PostgreSQL would, but knows only three kinds of relation: a WITH query in scope, a guard, and on
// the route `local` a listed catalog relation.
class Reader {
 public:
  explicit Reader(const ProtectedQuery& query)
      : query_(query), parameters_(query.parameters().copy()), local_(query.resolved().sources.empty()) {}

  Problem read(const PgQuery__Node& statement) {
    visit(statement.base);
    if (problem_.empty() && parameters_.values().size() != query_.parameters().values().size())
      problem_ = "a mask's key is missing";
    if (problem_.empty() && guards_ != query_.guards().size()) problem_ = "the number of guards is another one";
    return problem_;
  }

 private:
  void visit(const ProtobufCMessage& message);
  void children(const ProtobufCMessage& message);
  void select(const PgQuery__SelectStmt& select);
  void table(const PgQuery__RangeVar& range);
  bool guard(const PgQuery__RangeSubselect& range);
  void fail(Problem problem) {
    if (problem_.empty()) problem_ = std::move(problem);
  }

  const ProtectedQuery& query_;
  PolicyParameters parameters_;
  bool local_;
  std::shared_ptr<parse::Arena> arena_ = std::make_shared<parse::Arena>();
  std::vector<std::string> commonTables_;  // in scope, innermost last
  std::size_t guards_ = 0;
  Problem problem_;
};

void Reader::visit(const ProtobufCMessage& message) {
  if (!problem_.empty()) return;
  const ProtobufCMessageDescriptor* type = message.descriptor;
  if (type == &pg_query__select_stmt__descriptor) return select(reinterpret_cast<const PgQuery__SelectStmt&>(message));
  if (type == &pg_query__range_var__descriptor) return table(reinterpret_cast<const PgQuery__RangeVar&>(message));
  if (type == &pg_query__range_subselect__descriptor &&
      guard(reinterpret_cast<const PgQuery__RangeSubselect&>(message)))
    return;
  if (type == &pg_query__func_call__descriptor) {
    const auto& call = reinterpret_cast<const PgQuery__FuncCall&>(message);
    const resolve::Function* known =
        isSystem(call.n_funcname, call.funcname) ? resolve::findFunction(stringOf(call.funcname[1])) : nullptr;
    if (known == nullptr || (known->localOnly && !local_)) fail("a function that is not allowed");
  }
  if (type == &pg_query__type_name__descriptor) {
    const auto& name = reinterpret_cast<const PgQuery__TypeName&>(message);
    const resolve::Type* known =
        isSystem(name.n_names, name.names) ? resolve::findType(stringOf(name.names[1])) : nullptr;
    if (known == nullptr || (known->localOnly && !local_)) fail("a type that is not allowed");
  }
  if (type == &pg_query__sqlvalue_function__descriptor &&
      reinterpret_cast<const PgQuery__SQLValueFunction&>(message).op >=
          PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_CURRENT_ROLE) {
    fail("a question about the source's own session");
  }
  if (type == &pg_query__into_clause__descriptor || type == &pg_query__locking_clause__descriptor)
    fail("a clause that writes or locks");
  children(message);
}

void Reader::children(const ProtobufCMessage& message) {
  if (message.descriptor == &pg_query__node__descriptor) {  // a oneof of all node types: only the one that is set
    const auto set = static_cast<unsigned>(reinterpret_cast<const PgQuery__Node&>(message).node_case);
    const ProtobufCFieldDescriptor* field =
        set == 0 ? nullptr : protobuf_c_message_descriptor_get_field(message.descriptor, set);
    if (field != nullptr)
      visit(**reinterpret_cast<ProtobufCMessage* const*>(reinterpret_cast<const char*>(&message) + field->offset));
    return;
  }
  for (unsigned i = 0; i < message.descriptor->n_fields && problem_.empty(); ++i) {
    const ProtobufCFieldDescriptor& field = message.descriptor->fields[i];
    if (field.type != PROTOBUF_C_TYPE_MESSAGE) continue;
    const char* base = reinterpret_cast<const char*>(&message);
    if (field.label == PROTOBUF_C_LABEL_REPEATED) {
      const auto count = *reinterpret_cast<const std::size_t*>(base + field.quantifier_offset);
      auto* const* items = *reinterpret_cast<ProtobufCMessage* const* const*>(base + field.offset);
      for (std::size_t k = 0; k < count; ++k) visit(*items[k]);
      continue;
    }
    const bool oneof = (field.flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0;
    if (oneof && *reinterpret_cast<const std::uint32_t*>(base + field.quantifier_offset) != field.id) continue;
    const auto* child = *reinterpret_cast<ProtobufCMessage* const*>(base + field.offset);
    if (child != nullptr) visit(*child);
  }
}

// Names of WITH count inside their SELECT only: in those that follow, and in all of them when RECURSIVE.
void Reader::select(const PgQuery__SelectStmt& select) {
  const std::size_t before = commonTables_.size();
  if (const PgQuery__WithClause* with = select.with_clause) {
    for (std::size_t i = 0; i < with->n_ctes && with->recursive; ++i)
      commonTables_.emplace_back(with->ctes[i]->common_table_expr->ctename);
    for (std::size_t i = 0; i < with->n_ctes; ++i) {
      const PgQuery__CommonTableExpr& table = *with->ctes[i]->common_table_expr;
      if (as<PgQuery__SelectStmt>(table.ctequery) == nullptr) return fail("WITH holds something else than a SELECT");
      visit(table.ctequery->base);
      if (table.search_clause != nullptr) visit(table.search_clause->base);
      if (table.cycle_clause != nullptr) visit(table.cycle_clause->base);
      if (!with->recursive) commonTables_.emplace_back(table.ctename);
    }
  }
  PgQuery__SelectStmt rest = select;
  rest.with_clause = nullptr;
  children(rest.base);
  commonTables_.resize(before);
}

void Reader::table(const PgQuery__RangeVar& range) {
  if (*range.catalogname != '\0') return fail("a relation of another database");
  if (*range.schemaname == '\0') {
    for (const std::string& name : commonTables_) {
      if (name == range.relname) return;
    }
    if (local_ && !resolve::catalogColumns("pg_catalog", range.relname).empty()) return;
    return fail("a relation without a guard");
  }
  if (!local_ || resolve::catalogColumns(range.schemaname, range.relname).empty()) fail("a relation without a guard");
}

bool Reader::guard(const PgQuery__RangeSubselect& range) {
  const auto* select = as<PgQuery__SelectStmt>(range.subquery);
  if (select == nullptr || range.lateral) return false;
  for (const auto& use : query_.resolved().sources) {
    if (!GuardCheck::mayBeOver(*use->source, *select)) continue;
    const LookupTables lookups = lookupTables(arena_, dataSourcesOf(query_.snapshot()), use->source->connection);
    if (GuardCheck(*use, lookups, *arena_, parameters_).check(*select).empty()) {
      ++guards_;
      return true;
    }
  }
  return false;
}

base::Error refused(const std::string& why) {
  return base::Error{.code = base::ErrorCode::internal,
                     .message = "the protected statement did not pass verification and was not sent (" + why + ")",
                     .hint = "Please report the statement: it is safe, but cannot be run."};
}

}  // namespace

base::Result<void> verify(const ProtectedQuery& query, const std::string& text) {
  parse::Arena arena(text.size() * 16 + 4096);
  const auto parsed = parse::parseTree(text, arena, parse::ParseLimits::forPrintedText());
  if (!parsed.ok()) return refused("it does not read back: " + parsed.error().message);
  const PgQuery__Node& again = **parsed;
  if (!parse::sameTree(again, query.query().statement())) {
    return refused("it reads back as another statement: " + parse::firstDifference(again, query.query().statement()));
  }
  if (Problem problem = Reader(query).read(again); !problem.empty()) return refused(problem);
  return {};
}

}  // namespace scrim::protect
