// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/statement_planner.h"

#include <algorithm>
#include <charconv>

#include "common/base/hash.h"
#include "common/base/utf8.h"
#include "server/gateway/setting_table.h"
#include "server/query/parse/lexer.h"

namespace scrim::gateway {
namespace {

/// With more parameters of the client's, literals stay in the text: a Bind message carries 65,535 values.
constexpr int kMostBesideLifted = 32'768;

template <typename T>
void appendRaw(std::string& out, const T& value) {
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

/// The n of the highest $n in a text that has been parsed.
int highestParameter(std::string_view text) {
  int highest = 0;
  parse::Lexer lexer(text);
  for (parse::Token token = lexer.next(); token.kind != parse::TokenKind::end; token = lexer.next()) {
    if (token.kind != parse::TokenKind::parameter) continue;
    int number = 0;
    std::from_chars(text.data() + token.begin + 1, text.data() + token.end, number);
    highest = std::max(highest, number);
  }
  return highest;
}

audit::Fragment factsOf(const route::RoutedQuery& query, const catalog::Snapshot& snapshot, std::string_view text) {
  std::vector<audit::NamedSource> sources;
  for (std::size_t i = 0; i < query.dataSources.size(); ++i) {
    sources.push_back({query.dataSources[i], i < query.dataSourceNames.size() ? query.dataSourceNames[i] : ""});
  }
  const bool local = query.connection == route::kLocalConnection;
  const catalog::ConnectionPtr connection = local ? nullptr : snapshot.connection(query.connection);
  const std::string digest = base::toHex(base::asBytes(base::sha256(text)).substr(0, 8));
  return audit::renderStatement({.digest = digest,
                                 .dataSources = std::move(sources),
                                 .rules = query.rules,
                                 .snapshot = query.snapshot,
                                 .decision = local ? "local" : "allowed",
                                 .route = local ? "local" : "push",
                                 .connection = connection ? std::string_view(connection->name) : std::string_view()});
}

}  // namespace

StatementPlanner::StatementPlanner(Worker& worker, const identity::Session& session, std::string database)
    : worker_(worker), session_(session) {
  facts_.user = session.user();
  facts_.database = std::move(database);
  facts_.serverVersion = "PostgreSQL " + std::string(kServerVersion) + " (Scrim)";
}

base::Result<void> StatementPlanner::refresh() {
  if (fresh_) return {};
  SCRIM_TRY(catalog::SnapshotPtr snapshot, worker_.services().snapshot());
  // Not part of the snapshot: how long ago the directory of this user was heard from.
  SCRIM_CHECK_OK(session_.confirmed());
  if (snapshot != snapshot_) SCRIM_CHECK_OK(takeSubject(snapshot));
  fresh_ = true;
  return {};
}

base::Result<void> StatementPlanner::takeSubject(const catalog::SnapshotPtr& snapshot) {
  SCRIM_TRY(const catalog::UserPtr user, session_.account(*snapshot));
  auto project = projects_.find(*snapshot, *user, project_);
  identity::SubjectPtr subject;
  if (project.ok()) {
    SCRIM_TRY(subject, session_.subject(*snapshot, *project));
  }
  noProject_ = project.ok() ? std::optional<base::Error>() : std::move(project).error();
  snapshot_ = snapshot;
  const bool same = subject == subject_ && !contextKey_.empty();
  subject_ = std::move(subject);
  if (!same) updateContextKey();
  return {};
}

base::Result<void> StatementPlanner::chooseProject(std::string_view name) {
  SCRIM_TRY(const catalog::UserPtr user, session_.account(*snapshot_));
  SCRIM_CHECK_OK(projects_.choose(*snapshot_, *user, name));
  return name == project_ ? takeSubject(snapshot_) : base::Result<void>();
}

base::Result<void> StatementPlanner::setProject(std::string_view name) {
  if (name == project_) return {};
  project_ = name;
  return takeSubject(snapshot_);
}

base::Result<void> StatementPlanner::mayPlan() const {
  if (noProject_) return *noProject_;
  return {};
}

std::vector<std::string> StatementPlanner::purposes() const {
  if (!subject_) return {};
  return {subject_->purposes.begin(), subject_->purposes.end()};
}

base::Result<query::QueryContext> StatementPlanner::context() const {
  SCRIM_CHECK_OK(mayPlan());
  return query::QueryContext{snapshot_, *subject_, facts_};
}

void StatementPlanner::setSearchPath(std::string_view path) {
  // Only public holds governed names; "$user" and pg_catalog never do (setting_types.cpp allows nothing else).
  std::vector<std::string> schemas;
  if (path.find("public") != std::string_view::npos) schemas.emplace_back("public");
  if (schemas == facts_.searchPath) return;
  facts_.searchPath = std::move(schemas);
  if (subject_) updateContextKey();
}

void StatementPlanner::updateContextKey() {
  subjectKey_ = subject_ ? policy::digestOf(*subject_) : "";
  contextKey_.clear();
  if (!subject_) return;
  std::string all = subjectKey_;
  all += '\0' + facts_.user + '\0' + facts_.database;
  for (const std::string& schema : facts_.searchPath) all += '\0' + schema;
  contextKey_ = base::asBytes(base::sha256(all));
}

bool StatementPlanner::findKey(std::string_view text, std::span<const std::uint32_t> types) {
  if (!base::isValidUtf8(text) || !parse::shapeOf(text, shape_)) return false;
  key_.assign(contextKey_);
  appendRaw(key_, snapshot_->version().value);
  appendRaw(key_, types.size());
  for (const std::uint32_t type : types) appendRaw(key_, type);
  key_ += shape_.key;
  return true;
}

void StatementPlanner::takeLiterals(Planned& planned, std::string_view text) const {
  planned.literals.clear();
  for (const parse::Literal& literal : shape_.literals) planned.literals.push_back(parse::literalValue(literal, text));
}

bool StatementPlanner::find(std::string_view text, std::span<const std::uint32_t> types, Planned& planned) {
  if (noProject_ || !findKey(text, types)) return false;
  CachedStatementPtr found = worker_.statements().find(key_);
  if (found && found->isFork) {
    parse::appendSecondKey(shape_, found->lifted, text, key_);
    found = worker_.statements().find(key_);
  }
  if (!found) return false;
  planned.cached = std::move(found);
  takeLiterals(planned, text);
  return true;
}

base::Result<CachedStatementPtr> StatementPlanner::prepare(parse::ParsedQuery statement, const parse::Shape* shape,
                                                           std::span<const std::uint32_t> types) {
  auto cached = std::make_shared<CachedStatement>();
  cached->text = statement.text();
  const std::string own(statement.statementText());
  std::vector<parse::LiftedLiteral> lifted;
  const int highest = std::max(highestParameter(cached->text), static_cast<int>(types.size()));
  if (shape != nullptr) {
    if (highest <= kMostBesideLifted) lifted = parse::lift(statement, *shape, highest + 1);
    cached->lifted = parse::maskOf(lifted, shape->literals.size());
  }
  SCRIM_TRY(const query::QueryContext asked, context());
  SCRIM_TRY(route::RoutedQueryPtr routed, query::prepare(asked, std::move(statement), lifted, types));
  cached->subjectKey = subjectKey_;
  cached->facts = factsOf(*routed, *snapshot_, own);
  // The source's text is kept thrice: for the audit record, as the message that prepares it, and as what it is known
  // by.
  cached->bytes = cached->text.size() + 3 * routed->sql.size() +
                  routed->positions.size() * sizeof(routed->positions.front()) + sizeof(CachedStatement) +
                  sizeof(route::RoutedQuery);
  cached->statement = push::prepare(std::move(routed));
  return CachedStatementPtr(std::move(cached));
}

void StatementPlanner::insert(const CachedStatementPtr& cached, std::string_view text) {
  const bool allLifted = std::find(cached->lifted.begin(), cached->lifted.end(), false) == cached->lifted.end();
  if (!allLifted) {
    const CachedStatementPtr known = worker_.statements().find(key_);
    // Which literals stay depends on the shape alone; should that ever not hold, the shape is not cached.
    if (known && (!known->isFork || known->lifted != cached->lifted)) return;
    if (!known) {
      auto fork = std::make_shared<CachedStatement>();
      fork->isFork = true;
      fork->lifted = cached->lifted;
      worker_.statements().insert(key_, std::move(fork));
    }
    parse::appendSecondKey(shape_, cached->lifted, text, key_);
  }
  worker_.statements().insert(key_, cached);
}

base::Result<Planned> StatementPlanner::plan(parse::ParsedQuery statement, bool cacheable,
                                             std::span<const std::uint32_t> types) {
  SCRIM_CHECK_OK(mayPlan());
  if (!cacheable || !findKey(statement.text(), types)) {
    SCRIM_TRY(CachedStatementPtr cached, prepare(std::move(statement), nullptr, types));
    return Planned{std::move(cached), {}};
  }
  SCRIM_TRY(CachedStatementPtr cached, prepare(std::move(statement), &shape_, types));
  Planned planned{cached, {}};
  takeLiterals(planned, cached->text);
  insert(cached, cached->text);
  return planned;
}

std::size_t StatementPlanner::positionIn(std::string_view text, const Planned& planned, std::size_t position) {
  parse::Lexer before(planned.cached->text);
  parse::Lexer now(text);
  while (true) {
    const parse::Token old = before.next();
    const parse::Token token = now.next();
    if (old.kind == parse::TokenKind::end || token.kind == parse::TokenKind::end) return text.size();
    if (position < old.end)
      return std::min<std::size_t>(token.begin + (position - std::min<std::size_t>(position, old.begin)), token.end);
  }
}

base::Result<Planned> StatementPlanner::planAgain(std::string_view text, std::span<const std::uint32_t> types) {
  Planned found;
  if (find(text, types, found)) return found;
  SCRIM_TRY(parse::ParsedQuery statement, parse::parseOne(std::string(text)));
  SCRIM_TRY(const resolve::StatementKind kind, resolve::classify(statement));
  if (kind == resolve::StatementKind::select) return plan(std::move(statement), true, types);
  SCRIM_TRY(parse::ParsedQuery inner, resolve::innerSelect(statement));
  return plan(std::move(inner), false, types);
}

}  // namespace scrim::gateway
