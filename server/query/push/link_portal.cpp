// SPDX-License-Identifier: Apache-2.0
// The calls that run, continue or describe a client's statement, and the portals they leave behind.
#include "server/query/push/link_state.h"

namespace scrim::push {

asio::awaitable<Outcome> Link::run(const Run& run, ResultSink& sink) {
  auto upstream = knownUpstream(run.statement->query().connection);
  if (!upstream.ok()) return fail(upstream.error());
  if (auto checked = checkRun(run, **upstream); !checked.ok()) return fail(checked.error());
  Exchange exchange;
  exchange.upstream = *upstream;
  exchange.statement = run.statement;
  exchange.arguments = &run.arguments;
  exchange.maxRows = run.maxRows;
  exchange.sync = run.sync;
  exchange.wantsDescription = run.wantsDescription;
  exchange.described = run.described;
  const bool portalLives = !run.sync || transaction_.open();
  if (portalLives && run.maxRows > 0) exchange.remotePortal = "p" + std::to_string(nextPortal_++);
  exchange.namesPortal = portalLives && (run.maxRows > 0 || !run.portal.empty());
  exchange.clientPortal = run.portal;
  return execute(std::move(exchange), &sink);
}

asio::awaitable<Outcome> Link::fail(base::Error error) { co_return failedOutcome(std::move(error)); }

base::Result<void> Link::checkRun(const Run& run, const Upstream& upstream) const {
  SCRIM_CHECK_OK(checkUsable(upstream));
  return checkArguments(run.statement->query(), run.arguments);
}

base::Result<void> Link::checkUsable(const Upstream& upstream) const {
  if (upstream.skipping || transaction_.failed()) {
    return base::Error{base::ErrorCode::inFailedTransaction,
                       "current transaction is aborted, commands ignored until end of transaction block"};
  }
  return {};
}

void Link::rememberPortal(const Exchange& exchange) {
  const bool suspended = exchange.outcome.kind == Outcome::Kind::suspended;
  if (!suspended) closePortal(exchange.clientPortal);
  Portal portal{nullptr, exchange.statement};
  if (suspended) portal = {exchange.upstream, exchange.statement, exchange.remotePortal};
  portals_.insert_or_assign(exchange.clientPortal, std::move(portal));
}

asio::awaitable<Outcome> Link::resume(std::string_view name, std::uint32_t maxRows, bool sync, ResultSink& sink) {
  const auto found = portals_.find(name);
  if (found == portals_.end()) {
    return fail({base::ErrorCode::invalidCursorName, "portal \"" + std::string(name) + "\" does not exist"});
  }
  const Portal& portal = found->second;
  if (!portal.upstream) return nothingLeft();
  if (auto usable = checkUsable(*portal.upstream); !usable.ok()) return fail(usable.error());
  Exchange exchange;
  exchange.what = Exchange::What::resume;
  exchange.upstream = portal.upstream;
  exchange.statement = portal.statement;
  exchange.remotePortal = portal.remoteName;
  exchange.maxRows = maxRows;
  exchange.sync = sync;
  exchange.namesPortal = true;
  exchange.clientPortal = name;
  return execute(std::move(exchange), &sink);
}

asio::awaitable<Outcome> Link::nothingLeft() { co_return Outcome{Outcome::Kind::complete, "SELECT 0"}; }

bool Link::hasPortal(std::string_view portal) const { return portals_.find(portal) != portals_.end(); }

void Link::closePortal(std::string_view name) {
  const auto portal = portals_.find(name);
  if (portal == portals_.end()) return;
  Upstream* const upstream = portal->second.upstream;
  // Travels with the next message; in a failed batch or transaction the end of it closes the portal.
  if (upstream && upstream->lease && !upstream->skipping)
    upstream->lease->writer().closePortal(portal->second.remoteName);
  portals_.erase(portal);
}

asio::awaitable<base::Result<DescriptionPtr>> Link::describe(const StatementPtr& statement, std::string_view auditId) {
  if (auto known = statement->description()) co_return known;
  auto upstream = knownUpstream(statement->query().connection);
  if (!upstream.ok()) co_return upstream.error();
  Exchange exchange;
  exchange.what = Exchange::What::describe;
  exchange.upstream = *upstream;
  exchange.statement = statement;
  exchange.sync = !(*upstream)->unsynced;
  exchange.auditId = auditId;
  Outcome outcome = co_await execute(std::move(exchange), nullptr);
  if (!outcome.ok()) co_return outcome.failure->error;
  if (auto known = statement->description()) co_return known;
  co_return base::Error{base::ErrorCode::protocolViolation, "the data source did not describe a statement"};
}

}  // namespace scrim::push
