// SPDX-License-Identifier: Apache-2.0
#include "server/query/explain/explain.h"

#include "common/base/log.h"
#include "server/catalog/acting.h"
#include "server/identity/session.h"
#include "server/query/explain/governed_plan.h"
#include "server/query/explain/options.h"
#include "server/query/protect/protect.h"
#include "server/query/resolve/classify.h"
#include "server/query/resolve/resolve.h"
#include "server/query/route/route.h"

namespace scrim::explain {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;

/// Everything that may be shown about one statement.
struct Drawn {
  plan::PlanNode written;
  plan::PlanNode governed;
  std::string connection;
  std::string sql;
};

bool maySeePolicy(const policy::Subject& subject) {
  return subject.permissions.contains("GOVERNOR") || subject.permissions.contains("AUDIT");
}

Result<query::QueryContext> contextOf(const query::QueryContext& asker, const Options& options) {
  query::QueryContext context = asker;
  if (options.asUser.empty() && options.project.empty()) return context;
  if (!options.asUser.empty() && !maySeePolicy(asker.subject)) {
    return Error{ErrorCode::permissionDenied, "EXPLAIN (AS_USER ..) needs the permission GOVERNOR or AUDIT"};
  }
  const std::string& user = options.asUser.empty() ? asker.subject.user : options.asUser;
  const catalog::UserPtr account = asker.snapshot->user(user);
  if (account == nullptr) return Error{ErrorCode::undefinedObject, "there is no user \"" + user + "\""};
  catalog::ProjectPtr project;
  if (!options.project.empty()) {
    SCRIM_TRY(project, catalog::projectFor(*asker.snapshot, *account, options.project));
  }
  context.subject = identity::subjectOf(*account, project.get());
  context.session.user = account->name;
  return context;
}

/// Sentences hold the constants of their rules.
void dropSentences(plan::PlanNode& node) {
  node.sentences.clear();
  for (plan::PlanNode& child : node.children) dropSentences(child);
}

std::string connectionName(const query::QueryContext& context, base::ConnectionId id) {
  const catalog::ConnectionPtr connection = context.snapshot->connection(id);
  return connection == nullptr ? "no source" : connection->name;
}

Result<Drawn> draw(const query::QueryContext& context, parse::ParsedQuery statement, Detail detail) {
  SCRIM_TRY(resolve::ResolvedQuery resolved,
            resolve::resolve(std::move(statement), *context.snapshot, context.subject, context.session));
  const int parameters = resolved.names.parameters;
  SCRIM_TRY(const protect::ProtectedQuery guarded,
            protect::protect(std::move(resolved), context.snapshot, parameters + 1));
  SCRIM_TRY(const route::RoutedQueryPtr routed, route::route(guarded, {}, {}));
  Drawn drawn;
  SCRIM_TRY(drawn.written, planAsWritten(guarded));
  SCRIM_TRY(drawn.governed, planAfterPolicy(guarded, detail));
  if (detail == Detail::columnsOnly) dropSentences(drawn.governed);
  drawn.connection = connectionName(context, routed->connection);
  drawn.sql = routed->sql;
  return drawn;
}

Explanation asText(const Drawn& drawn, Detail detail) {
  Explanation explanation;
  std::vector<std::string>& lines = explanation.lines;
  const auto add = [&](const std::vector<std::string>& more) { lines.insert(lines.end(), more.begin(), more.end()); };
  if (detail == Detail::columnsOnly) {
    add(plan::renderText(drawn.governed, false));
    return explanation;
  }
  lines.emplace_back("Plan as written:");
  add(plan::renderText(drawn.written, false));
  add({"", "Plan after policy:"});
  add(plan::renderText(drawn.governed, true));
  add({"", "Sent to " + drawn.connection + ":", drawn.sql});
  return explanation;
}

Explanation asJson(const Drawn& drawn, Detail detail) {
  if (detail == Detail::columnsOnly) return {true, {plan::renderJson(drawn.governed)}};
  return {true,
          {"{\"written\": " + plan::renderJson(drawn.written) + ",\n\"governed\": " + plan::renderJson(drawn.governed) +
           ",\n\"connection\": " + base::quotedJson(drawn.connection) + ",\n\"sql\": " + base::quotedJson(drawn.sql) +
           "}"}};
}

}  // namespace

Result<Explanation> explain(const query::QueryContext& context, const parse::ParsedQuery& statement) {
  const auto* explained = parse::as<PgQuery__ExplainStmt>(statement.statement());
  if (explained == nullptr) return Error{ErrorCode::internal, "this is no EXPLAIN"};
  SCRIM_TRY(const Options options, optionsOf(*explained));
  SCRIM_TRY(const query::QueryContext subject, contextOf(context, options));
  SCRIM_TRY(parse::ParsedQuery inner, resolve::innerSelect(statement));
  const Detail detail = maySeePolicy(context.subject) ? Detail::everything : Detail::columnsOnly;
  SCRIM_TRY(const Drawn drawn, draw(subject, std::move(inner), detail));
  return options.json ? asJson(drawn, detail) : asText(drawn, detail);
}

}  // namespace scrim::explain
