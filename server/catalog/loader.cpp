// SPDX-License-Identifier: Apache-2.0
#include "server/catalog/loader.h"

#include <map>
#include <optional>

#include "common/base/log.h"
#include "server/catalog/connection_store.h"
#include "server/catalog/data_source_store.h"
#include "server/catalog/identity_provider_store.h"
#include "server/catalog/project_store.h"
#include "server/catalog/purpose_store.h"
#include "server/catalog/rule_store.h"
#include "server/catalog/snapshot_builder.h"
#include "server/catalog/subscription_store.h"
#include "server/catalog/user_store.h"
#include "server/store/transaction.h"

namespace scrim::catalog {
namespace {

using store::Link;
using store::Rows;
using Changes = std::map<Noun, Ids>;

constexpr Noun kNouns[] = {Noun::connection, Noun::dataSource,   Noun::identityProvider, Noun::user,
                           Noun::rule,       Noun::subscription, Noun::purpose,          Noun::project};

struct Context {
  Link& link;
  const store::SecretBox& box;
  SnapshotBuilder& builder;
};

/// Removes what was asked for by id, so that what is not found any more is gone, then puts what was loaded.
template <typename Id, typename Things>
void replace(SnapshotBuilder& builder, const Selection& selection, Things things) {
  for (std::int64_t id : selection.ids) builder.remove(Id{id});
  for (auto& thing : things) builder.put(std::move(thing));
}

base::Result<void> load(const Context& at, Noun noun, const Selection& selection) {
  switch (noun) {
    case Noun::connection: {
      SCRIM_TRY(auto things, loadConnections(at.link, at.box, selection));
      replace<base::ConnectionId>(at.builder, selection, std::move(things));
      return {};
    }
    case Noun::dataSource: {
      SCRIM_TRY(auto things, loadDataSources(at.link, at.box, selection));
      replace<base::DataSourceId>(at.builder, selection, std::move(things));
      return {};
    }
    case Noun::user: {
      SCRIM_TRY(auto things, loadUsers(at.link, selection));
      replace<base::UserId>(at.builder, selection, std::move(things));
      return {};
    }
    case Noun::identityProvider: {
      SCRIM_TRY(auto things, loadIdentityProviders(at.link, at.box, selection));
      replace<base::IdentityProviderId>(at.builder, selection, std::move(things));
      return {};
    }
    case Noun::rule: {
      SCRIM_TRY(auto things, loadRules(at.link, selection));
      replace<base::RuleId>(at.builder, selection, std::move(things));
      return {};
    }
    case Noun::purpose: {
      SCRIM_TRY(auto things, loadPurposes(at.link, selection));
      replace<base::PurposeId>(at.builder, selection, std::move(things));
      return {};
    }
    case Noun::project: {
      SCRIM_TRY(auto things, loadProjects(at.link, at.box, selection));
      replace<base::ProjectId>(at.builder, selection, std::move(things));
      return {};
    }
    case Noun::subscription: {
      SCRIM_TRY(auto grants, loadGrants(at.link, selection));
      for (std::int64_t id : selection.ids) at.builder.removeGrants({id});
      for (auto& [id, each] : grants) at.builder.put(id, std::move(each));
      return {};
    }
  }
  return {};
}

std::optional<Noun> nounOf(std::string_view name) {
  for (Noun noun : kNouns) {
    if (nameOf(noun) == name) return noun;
  }
  return std::nullopt;
}

/// What changed after `since`; nullopt: it cannot be said (rows were trimmed, a newer noun), so everything is loaded.
base::Result<std::optional<Changes>> changesSince(Link& link, std::int64_t since, std::int64_t now) {
  std::optional<Changes> nothing;
  if (now < since) return nothing;
  SCRIM_TRY(Rows rows, link.run("SELECT version, noun, id FROM scrim.change WHERE version > $1::bigint AND version <="
                                " $2::bigint ORDER BY version",
                                {store::value(since), store::value(now)}));
  std::map<Noun, std::map<std::int64_t, bool>> unique;
  std::int64_t versions = 0;
  for (int row = 0; row < rows.size(); ++row) {
    if (row == 0 || rows.text(row, 0) != rows.text(row - 1, 0)) ++versions;
    auto noun = nounOf(rows.text(row, 1));
    if (!noun) return nothing;
    unique[*noun][rows.integer(row, 2)] = true;
  }
  if (versions != now - since) return nothing;
  std::optional<Changes> changes(std::in_place);
  for (const auto& [noun, ids] : unique) {
    for (const auto& [id, present] : ids) (*changes)[noun].push_back(id);
  }
  return changes;
}

base::Result<Loaded> loadWithin(Link& link, const store::SecretBox& box, const SnapshotPtr& base) {
  SCRIM_TRY(Rows version, link.run("SELECT version FROM scrim.catalog_version"));
  std::int64_t now = version.integer(0, 0);
  std::optional<Changes> changes;
  if (base != nullptr) {
    SCRIM_TRY(changes, changesSince(link, base->version().value, now));
  }
  if (changes) {
    SnapshotBuilder builder(*base);
    for (const auto& [noun, ids] : *changes) SCRIM_CHECK_OK(load({link, box, builder}, noun, {false, ids}));
    return Loaded{builder.build({now}), false};
  }
  SnapshotBuilder builder;
  for (Noun noun : kNouns) {
    SCRIM_CHECK_OK(load({link, box, builder}, noun, {}));
  }
  return Loaded{builder.build({now}), true};
}

}  // namespace

base::Result<Loaded> loadSnapshot(Link& link, const store::SecretBox& box, const SnapshotPtr& base) {
  return store::inTransaction(link, store::Isolation::repeatableReadOnly,
                              [&](Link& inside) { return loadWithin(inside, box, base); });
}

}  // namespace scrim::catalog
