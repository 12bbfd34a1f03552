// SPDX-License-Identifier: Apache-2.0
// Transactions of the client on all upstream connections that have joined them, and the end of a batch.
#include <algorithm>

#include "server/query/push/link_state.h"

namespace scrim::push {

namespace reply = postgres::reply;
namespace {

base::Error protocolError() {
  return {base::ErrorCode::protocolViolation,
          "the data source did not keep to the protocol, or a row is longer than 64 MiB"};
}

}  // namespace

std::vector<TransactionShare*> Link::joinedShares() {
  std::vector<TransactionShare*> shares;
  for (const auto& upstream : upstreams_) {
    if (upstream->share.joined()) shares.push_back(&upstream->share);
  }
  return shares;
}

bool Link::anyUnsynced() const {
  return std::ranges::any_of(upstreams_, [](const auto& upstream) { return upstream->unsynced; });
}

base::Result<void> Link::begin(Isolation isolation, bool deferrable) {
  return transaction_.begin(isolation, deferrable);
}

base::Result<void> Link::savepoint(std::string_view name) { return transaction_.savepoint(name, joinedShares()); }

base::Result<void> Link::release(std::string_view name) { return transaction_.release(name, joinedShares()); }

base::Result<void> Link::rollbackTo(std::string_view name) {
  SCRIM_CHECK_OK(transaction_.rollbackTo(name, joinedShares()));
  for (const auto& upstream : upstreams_) {
    if (!upstream->share.joined() || !upstream->settingsSetInside) continue;
    upstream->lease->rememberSettings(nullptr);
  }
  return {};
}

asio::awaitable<base::Result<void>> Link::commit() { return endTransaction(!transaction_.failed()); }
asio::awaitable<base::Result<void>> Link::rollback() { return endTransaction(false); }

asio::awaitable<base::Result<void>> Link::endTransaction(bool commit) {
  base::Result<void> outcome;
  for (const auto& upstream : upstreams_) {
    if (!upstream->share.joined()) continue;
    auto ended = co_await command(*upstream, commit ? "COMMIT" : "ROLLBACK");
    // Whatever kept a source from rolling back: without its connection, nothing of the transaction is left there.
    if (!ended.ok() && !commit && upstream->lease) loseConnection(*upstream);
    if (!ended.ok() && commit) outcome = std::move(ended);
    const bool kept = commit && ended.ok();
    if (upstream->lease && upstream->settingsSetInside && !kept) upstream->lease->rememberSettings(nullptr);
    upstream->settingsSetInside = false;
    for (auto& [name, cursor] : cursors_) {
      if (cursor.upstream != upstream.get() || !cursor.ofThisTransaction || !cursor.hold || !kept) continue;
      cursor.ofThisTransaction = false;
      ++upstream->heldCursors;
    }
    upstream->share.leave();
    releaseIfFree(*upstream);
  }
  std::erase_if(cursors_, [](const auto& entry) { return entry.second.ofThisTransaction; });
  portals_.clear();
  transaction_.end();
  co_return outcome;
}

/// A simple command outside the run of statements. A batch that is open is ended first: the source might be ignoring
/// everything up to its end.
asio::awaitable<base::Result<void>> Link::command(Upstream& upstream, std::string_view sql) {
  postgres::MessageWriter writer = upstream.lease->writer();
  const int replies = upstream.unsynced ? 2 : 1;
  if (upstream.unsynced) writer.sync();
  writer.query(sql);
  return untilReady(upstream, replies);
}

asio::awaitable<base::Result<void>> Link::sync() {
  base::Result<void> outcome;
  for (const auto& upstream : upstreams_) {
    if (!upstream->unsynced) continue;
    upstream->lease->writer().sync();
    auto synced = co_await untilReady(*upstream, 1);
    if (!synced.ok()) outcome = std::move(synced);
    releaseIfFree(*upstream);
  }
  if (!transaction_.open()) portals_.clear();
  co_return outcome;
}

/// Sends what is written and reads up to the last of `count` ReadyForQuery.
asio::awaitable<base::Result<void>> Link::untilReady(Upstream& upstream, int count) {
  postgres::UpstreamConnection& connection = *upstream.lease;
  std::optional<base::Error> failure;
  if (auto sent = co_await connection.send(); !sent.ok()) failure = sent.error();
  while (count > 0 && !connection.broken()) {
    const postgres::MessageView message = connection.next();
    if (message.type == reply::kReady) --count;
    if (message.type == reply::kError) failure = commandError(postgres::parseSourceMessage(message.body));
    if (message.type == reply::kMalformed) failure = protocolError();
    if (message.type != 0) continue;
    if (auto received = co_await connection.receive(); !received.ok()) failure = received.error();
  }
  upstream.unsynced = upstream.skipping = false;
  if (connection.broken()) loseConnection(upstream);
  if (failure) co_return std::move(*failure);
  co_return base::Result<void>();
}

}  // namespace scrim::push
