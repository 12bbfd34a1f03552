// SPDX-License-Identifier: Apache-2.0
// SQL cursors. At the source they have names of our own, so that no name of a client's reaches it; DECLARE is sent with
// the statement's parameters bound, as PostgreSQL allows for it alone among the utility statements.
#include "server/query/push/link_state.h"

namespace scrim::push {
namespace {

base::Error noCursor(std::string_view name) {
  return {base::ErrorCode::invalidCursorName, "cursor \"" + std::string(name) + "\" does not exist"};
}

/// The source does not know the cursor any more.
bool isGone(const Outcome& outcome) {
  return !outcome.ok() && !outcome.failure->sourceText.empty() && base::sqlstateOf(outcome.failure->error) == "34000";
}

std::string declarePrefix(const std::string& remoteName, const CursorOptions& options) {
  std::string text = "DECLARE " + remoteName;
  if (options.binary) text += " BINARY";
  if (options.scroll == CursorOptions::Scroll::yes) text += " SCROLL";
  if (options.scroll == CursorOptions::Scroll::no) text += " NO SCROLL";
  text += options.hold ? " CURSOR WITH HOLD FOR " : " CURSOR FOR ";
  return text;
}

std::string directionText(const FetchDirection& direction) {
  using enum FetchDirection::Kind;
  const std::string count = direction.all ? "ALL" : std::to_string(direction.count);
  switch (direction.kind) {
    case forward:
      return "FORWARD " + count;
    case backward:
      return "BACKWARD " + count;
    case absolute:
      return "ABSOLUTE " + count;
    case relative:
      return "RELATIVE " + count;
  }
  return "FORWARD 0";
}

}  // namespace

StatementPtr Link::cursorStatement(std::string_view name) const {
  const auto cursor = cursors_.find(name);
  return cursor == cursors_.end() ? nullptr : cursor->second.statement;
}

bool Link::cursorIsBinary(std::string_view name) const {
  const auto cursor = cursors_.find(name);
  return cursor != cursors_.end() && cursor->second.binary;
}

std::vector<std::string> Link::cursorNames() const {
  std::vector<std::string> names;
  for (const auto& [name, cursor] : cursors_) names.push_back(name);
  return names;
}

base::Result<void> Link::checkDeclare(std::string_view name, const CursorOptions& options, bool sync) const {
  if (cursors_.find(name) != cursors_.end()) {
    return base::Error{base::ErrorCode::duplicateCursor, "cursor \"" + std::string(name) + "\" already exists"};
  }
  if (!options.hold && !transaction_.open() && sync) {
    return base::Error{base::ErrorCode::noActiveTransaction, "DECLARE CURSOR can only be used in transaction blocks"};
  }
  return {};
}

asio::awaitable<Outcome> Link::declare(std::string_view name, const CursorOptions& options, const Run& run,
                                       ResultSink& sink) {
  if (auto checked = checkDeclare(name, options, run.sync); !checked.ok()) co_return failedOutcome(checked.error());
  // FETCH sends no description of its own: what it yields must be known by then.
  if (auto described = co_await describe(run.statement, ""); !described.ok())
    co_return failedOutcome(described.error());
  auto upstream = knownUpstream(run.statement->query().connection);
  if (!upstream.ok()) co_return failedOutcome(upstream.error());
  if (auto checked = checkRun(run, **upstream); !checked.ok()) co_return failedOutcome(checked.error());
  Cursor cursor{*upstream, run.statement, "c" + std::to_string(nextPortal_++), options.hold, options.binary};
  Exchange exchange;
  exchange.what = Exchange::What::oneOff;
  exchange.upstream = *upstream;
  exchange.statement = run.statement;
  exchange.arguments = &run.arguments;
  exchange.sql = declarePrefix(cursor.remoteName, options);
  exchange.sqlPrefix = exchange.sql.size();
  exchange.sql += run.statement->query().sql;
  exchange.sync = run.sync;
  exchange.holdsCursor = options.hold && run.sync && !transaction_.open();
  const bool heldAtOnce = exchange.holdsCursor;
  Outcome outcome = co_await execute(std::move(exchange), &sink);
  if (!outcome.ok()) co_return outcome;
  cursor.ofThisTransaction = !heldAtOnce;
  cursors_.insert_or_assign(std::string(name), std::move(cursor));
  co_return outcome;
}

asio::awaitable<Outcome> Link::onCursor(std::string_view name, std::string sql, std::string_view resultFormats,
                                        bool sync, bool wantsDescription, ResultSink& sink) {
  const auto cursor = cursors_.find(name);
  if (cursor == cursors_.end()) co_return failedOutcome(noCursor(name));
  if (auto usable = checkUsable(*cursor->second.upstream); !usable.ok()) co_return failedOutcome(usable.error());
  Exchange exchange;
  exchange.what = Exchange::What::oneOff;
  exchange.upstream = cursor->second.upstream;
  exchange.statement = cursor->second.statement;
  exchange.sql = std::move(sql) + cursor->second.remoteName;
  exchange.sqlPrefix = exchange.sql.size();
  exchange.resultFormats = resultFormats;
  exchange.sync = sync;
  exchange.wantsDescription = wantsDescription;
  Outcome outcome = co_await execute(std::move(exchange), &sink);
  if (isGone(outcome)) {
    cursors_.erase(std::string(name));  // gone with a savepoint that was rolled back
    outcome.failure->error = noCursor(name);
  }
  co_return outcome;
}

asio::awaitable<Outcome> Link::fetch(std::string_view name, const FetchDirection& direction,
                                     std::string_view resultFormats, bool sync, bool wantsDescription,
                                     ResultSink& sink) {
  static constexpr std::string_view kAllBinary{"\0\1", 2};
  const bool binary = resultFormats.empty() && cursorIsBinary(name);
  return onCursor(name, "FETCH " + directionText(direction) + " FROM ", binary ? kAllBinary : resultFormats, sync,
                  wantsDescription, sink);
}

asio::awaitable<Outcome> Link::move(std::string_view name, const FetchDirection& direction, bool sync,
                                    ResultSink& sink) {
  return onCursor(name, "MOVE " + directionText(direction) + " FROM ", {}, sync, false, sink);
}

asio::awaitable<base::Result<void>> Link::closeCursor(std::string_view name) {
  const auto cursor = cursors_.find(name);
  if (cursor == cursors_.end()) co_return failedOutcome(noCursor(name)).failure->error;
  const Cursor closed = std::move(cursor->second);
  cursors_.erase(cursor);
  Upstream& upstream = *closed.upstream;
  Exchange exchange;
  exchange.what = Exchange::What::oneOff;
  exchange.upstream = &upstream;
  exchange.statement = closed.statement;
  exchange.sql = "CLOSE " + closed.remoteName;
  exchange.sqlPrefix = exchange.sql.size();
  exchange.sync = !upstream.unsynced;
  if (!closed.ofThisTransaction) --upstream.heldCursors;
  Outcome outcome = co_await execute(std::move(exchange), nullptr);
  if (outcome.ok() || isGone(outcome)) co_return base::Result<void>();
  co_return outcome.failure->error;
}

asio::awaitable<base::Result<void>> Link::closeAllCursors() {
  base::Result<void> outcome;
  for (const std::string& name : cursorNames()) {
    if (auto closed = co_await closeCursor(name); !closed.ok()) outcome = std::move(closed);
  }
  co_return outcome;
}

}  // namespace scrim::push
