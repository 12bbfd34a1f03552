// SPDX-License-Identifier: Apache-2.0
// StatementPlanner: from a SELECT's text to a statement that is ready for the wire, by the cache if its shape was seen
// before in the same policy context, else by parse, resolve, protect and route. One a session; one thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "common/policy/subject.h"
#include "server/gateway/project_choice.h"
#include "server/gateway/statement_cache.h"
#include "server/gateway/worker.h"
#include "server/identity/session.h"
#include "server/query/parse/parse.h"
#include "server/query/parse/shape.h"
#include "server/query/query.h"
#include "server/query/route/routed_query.h"

namespace scrim::gateway {

/// A statement and the values of the literals in the text that it was asked for with (all of them, in order).
struct Planned {
  CachedStatementPtr cached;
  std::vector<std::string> literals;
  const route::RoutedQuery& query() const { return cached->statement->query(); }
};

class StatementPlanner {
 public:
  StatementPlanner(Worker& worker, const identity::Session& session, std::string database);

  /// Takes the catalog as it is now; every plan until the next call is made with it. Errors: catalogUnavailable,
  /// invalidAuthorization when the account is gone.
  base::Result<void> refresh();
  void setSearchPath(std::string_view path);
  /// The name stands for the project of today from now on. After refresh(). Errors: those of catalog::projectFor().
  base::Result<void> chooseProject(std::string_view name);
  /// The name, chosen before, of the project acted under; empty: none. After refresh().
  base::Result<void> setProject(std::string_view name);
  /// Errors: the project may not be acted under any more: nothing is planned until there is another, or none.
  base::Result<void> mayPlan() const;
  /// Acted under, in the order of names.
  std::vector<std::string> purposes() const;
  base::SnapshotVersion version() const { return snapshot_->version(); }
  const catalog::SnapshotPtr& snapshot() const { return snapshot_; }
  /// Errors: those of mayPlan().
  base::Result<query::QueryContext> context() const;
  /// Changes whenever a plan made before may not be used any more.
  std::string_view contextKey() const { return contextKey_; }
  /// Of it, who asks and under which project; empty: nothing is planned.
  std::string_view subjectKey() const { return subjectKey_; }

  /// refresh() does nothing until this: messages that came in one read are planned with one snapshot.
  void forgetFreshness() { fresh_ = false; }
  /// Into `planned`, whose memory is used again; false: not in the cache (or no SELECT).
  bool find(std::string_view text, std::span<const std::uint32_t> types, Planned& planned);
  /// `statement`: a SELECT. `cacheable`: it is all of the text, so that find() may find it later.
  base::Result<Planned> plan(parse::ParsedQuery statement, bool cacheable, std::span<const std::uint32_t> types = {});
  /// Where a position in the text that `planned` was made from is in `text`, which has the same shape.
  static std::size_t positionIn(std::string_view text, const Planned& planned, std::size_t position);
  /// The text again, under what is now the catalog: one SELECT. Same errors as parse and plan.
  base::Result<Planned> planAgain(std::string_view text, std::span<const std::uint32_t> types);

 private:
  base::Result<CachedStatementPtr> prepare(parse::ParsedQuery statement, const parse::Shape* shape,
                                           std::span<const std::uint32_t> types);
  void insert(const CachedStatementPtr& cached, std::string_view text);
  base::Result<void> takeSubject(const catalog::SnapshotPtr& snapshot);
  void updateContextKey();
  /// Fills shape_ and key_; false: the text has no shape.
  bool findKey(std::string_view text, std::span<const std::uint32_t> types);
  void takeLiterals(Planned& planned, std::string_view text) const;

  Worker& worker_;
  const identity::Session& session_;
  resolve::SessionFacts facts_;
  catalog::SnapshotPtr snapshot_;
  ProjectChoice projects_;
  std::string project_;                   // the name of the one acted under; empty: none
  std::optional<base::Error> noProject_;  // why it may not be acted under; then there is no subject
  identity::SubjectPtr subject_;
  std::string subjectKey_;
  std::string contextKey_;
  bool fresh_ = false;
  parse::Shape shape_;
  std::string key_;
};

}  // namespace scrim::gateway
