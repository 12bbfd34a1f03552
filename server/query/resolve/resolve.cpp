// SPDX-License-Identifier: Apache-2.0
#include "server/query/resolve/resolve.h"

#include "server/query/parse/compare.h"
#include "server/query/resolve/allow_list/allow_list.h"
#include "server/query/resolve/grammar.h"
#include "server/query/resolve/resolver.h"
#include "server/query/resolve/source_lookup.h"

namespace scrim::resolve {
namespace {

using base::ErrorCode;

// Messages that mean something to policy: each must have been looked at by name.
bool mustBeSeen(const ProtobufCMessageDescriptor* type) {
  return type == &pg_query__select_stmt__descriptor || type == &pg_query__range_var__descriptor ||
         type == &pg_query__column_ref__descriptor || type == &pg_query__func_call__descriptor ||
         type == &pg_query__type_name__descriptor || type == &pg_query__a__expr__descriptor ||
         type == &pg_query__sub_link__descriptor || type == &pg_query__sqlvalue_function__descriptor ||
         type == &pg_query__common_table_expr__descriptor || type == &pg_query__sort_by__descriptor ||
         type == &pg_query__window_def__descriptor || type == &pg_query__range_function__descriptor ||
         type == &pg_query__join_expr__descriptor;
}

// The types that a client gives to its parameters are named by OID, and are allowed like those named in the text: a
// regclass tells whether a table exists. True: one of them may be used only where no data source is read.
base::Result<bool> checkParameterTypes(std::span<const std::uint32_t> types) {
  bool localOnly = false;
  for (const std::uint32_t type : types) {
    if (type == 0 || type == oid::kUnknown) continue;
    const Type* known = findType(type);
    if (known == nullptr) {
      return errorAt(ErrorCode::undefinedObject,
                     "the parameter type with OID " + std::to_string(type) + " is not available through Scrim", -1,
                     "Leave the type out (0): it is then inferred.");
    }
    localOnly = localOnly || known->localOnly;
  }
  return localOnly;
}

}  // namespace

base::Result<Resolution> Resolver::run(PgQuery__Node& statement) {
  SCRIM_CHECK_OK(checkGrammar(statement));
  auto* query = parse::as<PgQuery__SelectStmt>(&statement);
  if (query == nullptr) return errorAt(ErrorCode::notSupported, "only SELECT is available here", -1);
  parse::forEachMessage(statement.base, [&](const ProtobufCMessage& message) {
    if (message.descriptor == &pg_query__param_ref__descriptor) {
      ++parameterUses_[reinterpret_cast<const PgQuery__ParamRef&>(message).number];
    }
    return true;
  });
  SCRIM_TRY(const Output output, select(*query, nullptr));
  for (const ScopeColumn& column : output.columns) {
    result_.outputs.push_back({std::string(column.name), column.originTable, column.originColumn, column.fromStar});
  }
  bool missed = false;
  parse::forEachMessage(statement.base, [&](const ProtobufCMessage& message) {
    missed = missed || (mustBeSeen(message.descriptor) && !seen_.contains(&message));
    return !missed;
  });
  if (missed) return errorAt(ErrorCode::notSupported, "this statement is not understood in full", -1);
  return std::move(result_);
}

base::Result<Resolution> resolveTree(PgQuery__Node& statement, parse::Arena& arena, TableLookup& lookup,
                                     const SessionFacts& session, std::span<const std::uint32_t> parameterTypes) {
  return Resolver(arena, lookup, session, parameterTypes).run(statement);
}

base::Result<ResolvedQuery> resolve(parse::ParsedQuery query, const catalog::Snapshot& snapshot,
                                    const policy::Subject& subject, const SessionFacts& session,
                                    std::span<const std::uint32_t> parameterTypes) {
  SCRIM_TRY(const bool asksCatalog, checkParameterTypes(parameterTypes));
  SourceLookup lookup(snapshot, subject, session);
  SCRIM_TRY(Resolution names, resolveTree(query.mutableStatement(), query.arena(), lookup, session, parameterTypes));
  names.readsCatalog = names.readsCatalog || asksCatalog || lookup.readsCatalog();
  if (names.readsCatalog && !lookup.empty()) {
    return errorAt(ErrorCode::notSupported, "a statement cannot read data sources and PostgreSQL's catalogs at once",
                   -1, "Ask in two statements.");
  }
  return ResolvedQuery{std::move(query), std::move(names), lookup.takeSources()};
}

}  // namespace scrim::resolve
