// SPDX-License-Identifier: Apache-2.0
// Cursors of SQL, and COPY (SELECT ..) TO STDOUT.
#include "server/gateway/session.h"

namespace scrim::gateway {
namespace {

constexpr std::string_view kAllBinary{"\0\1", 2};

}  // namespace

asio::awaitable<Session::Step> Session::runDeclare(const parse::ParsedQuery& statement, const DeclareCommand& declare,
                                                   const Asked& asked) {
  if (!declare.options.hold && !link_.inTransaction() && !inImplicitBlock_) {
    co_return base::Error{base::ErrorCode::noActiveTransaction,
                          "DECLARE CURSOR can only be used in transaction blocks"};
  }
  if (cursors_.size() >= worker_.limits().cursors) {
    co_return base::Error{base::ErrorCode::programLimit, "too many cursors in this session", "", "Close some."};
  }
  if (auto held = holdMemory(asked.own.size()); !held.ok()) co_return std::move(held).error();
  auto inner = resolve::innerSelect(statement);
  if (!inner.ok()) co_return std::move(inner).error();
  const auto planned = planner_.plan(std::move(inner).value(), false, asked.types);
  if (!planned.ok()) co_return planned.error();
  if (static_cast<std::size_t>(planned->query().clientParameters) != asked.arguments.valueCount) {
    co_return base::Error{base::ErrorCode::undefinedParameter, "DECLARE CURSOR needs a value for each parameter"};
  }
  if (auto started = startRecord(*planned, asked); !started.ok()) co_return std::move(started).error();
  watchStatement();
  needsSync_ = needsSync_ || !asked.sync;
  push::Run run{planned->cached->statement, asked.arguments, {}, 0, asked.sync, false};
  push::Outcome outcome = co_await link_.declare(declare.name, declare.options, run, *this);
  outcome = closeRun(std::move(outcome), asked.text);
  if (outcome.ok()) cursors_[declare.name] = {*planned, std::string(asked.own), declare.options.binary};
  co_return conclude(outcome, asked.text);
}

/// A cursor of DECLARE is a portal, too: drivers ask for its columns before they FETCH.
asio::awaitable<Session::Step> Session::describeCursor(std::string_view name) {
  const auto found = cursors_.find(std::string(name));
  if (found == cursors_.end()) {
    co_return base::Error{base::ErrorCode::invalidCursorName, "portal \"" + std::string(name) + "\" does not exist"};
  }
  if (auto open = checkNotFailed(); !open.ok()) co_return std::move(open).error();
  const auto description = co_await columnsOf(found->second.planned.cached->statement);
  if (!description.ok()) co_return description.error();
  (*description)->appendRowDescription(channel_.out(), found->second.binary ? kAllBinary : std::string_view());
  co_return Progress::done;
}

asio::awaitable<Session::Step> Session::runFetch(const FetchCommand& fetch, const Asked& asked) {
  const auto found = cursors_.find(fetch.name);
  if (found == cursors_.end()) {
    co_return base::Error{base::ErrorCode::invalidCursorName, "cursor \"" + fetch.name + "\" does not exist"};
  }
  const DeclaredCursor cursor = found->second;
  if (auto started = startRecord(cursor.planned, asked); !started.ok()) co_return std::move(started).error();
  active_.text = cursor.text;
  watchStatement();
  needsSync_ = needsSync_ || !asked.sync;
  push::Outcome outcome;
  if (fetch.move) {
    outcome = co_await link_.move(fetch.name, fetch.direction, asked.sync, *this);
  } else {
    outcome = co_await link_.fetch(fetch.name, fetch.direction, asked.arguments.resultFormats, asked.sync,
                                   asked.describe, *this);
  }
  outcome = closeRun(std::move(outcome), asked.text);
  co_return conclude(outcome, {});
}

asio::awaitable<base::Result<void>> Session::runClose(const CloseCommand& close) {
  if (!close.name.empty() && !cursors_.contains(close.name)) {
    co_return base::Error{base::ErrorCode::invalidCursorName, "cursor \"" + close.name + "\" does not exist"};
  }
  base::Result<void> closed;
  if (close.name.empty()) {
    closed = co_await link_.closeAllCursors();
  } else {
    closed = co_await link_.closeCursor(close.name);
  }
  if (!closed.ok()) co_return closed;
  if (close.name.empty()) {
    cursors_.clear();
  } else {
    cursors_.erase(close.name);
  }
  co_return closed;
}

asio::awaitable<Session::Step> Session::runCopy(const parse::ParsedQuery& statement, const CopyCommand& copy,
                                                const Asked& asked) {
  auto inner = resolve::innerSelect(statement);
  if (!inner.ok()) co_return std::move(inner).error();
  auto planned = planner_.plan(std::move(inner).value(), false);
  if (!planned.ok()) co_return planned.error();
  if (auto complete = checkNoParameters(*planned, asked.text); !complete.ok()) co_return std::move(complete).error();
  const auto description = co_await columnsOf(planned->cached->statement);
  if (!description.ok()) co_return description.error();
  std::vector<std::string> names;
  for (const push::ColumnDescription& column : (*description)->columns()) names.push_back(column.name);
  auto encoder = CopyEncoder::make(copy, names);
  if (!encoder.ok()) co_return std::move(encoder).error();

  // What was read for the encoder must still be so if the statement is run again.
  Asked inside{.text = asked.text, .own = asked.own, .describe = false, .sync = asked.sync, .described = *description};
  if (copy.format == CopyCommand::Format::binary) inside.arguments.resultFormats = kAllBinary;
  active_.copy = &*encoder;
  push::Outcome outcome = co_await runPlanned(*planned, inside, {}, 0);
  if (outcome.ok()) {
    if (!active_.copyBegun) encoder->begin(channel_.out());
    encoder->end(channel_.out());
    outcome.tag = "COPY " + std::to_string(outcome.rows);
  }
  active_.copy = nullptr;
  active_.copyBegun = false;
  co_return conclude(outcome, asked.text);
}

}  // namespace scrim::gateway
