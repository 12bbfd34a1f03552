// SPDX-License-Identifier: Apache-2.0
// A statement that shares its connection with statements of others (server/sources/postgres/pipeline.h).
#include <numeric>

#include "server/query/push/link_state.h"

namespace scrim::push {
namespace {

using std::chrono::steady_clock;

/// What goes out in front of others, and comes back in front of others, must be small.
constexpr std::size_t kSmallArguments = 2048;
constexpr std::uint64_t kSmallResult = 16 * 1024;

std::size_t sizeOf(const Arguments& arguments) {
  return std::accumulate(arguments.lifted.begin(), arguments.lifted.end(), arguments.values.size(),
                         [](std::size_t sum, std::string_view value) { return sum + value.size(); });
}

}  // namespace

/// Gets in line and writes the statement. False: it is to have a connection of its own.
bool Link::join(Exchange& exchange) {
  Upstream& upstream = *exchange.upstream;
  if (!exchange.standsAlone() || transaction_.open() || upstream.lease || anyUnsynced()) return false;
  postgres::Pace& pace = exchange.statement->pace();
  const auto expected = pace.ifShort(exchange.begun);
  if (!expected || sizeOf(*exchange.arguments) > kSmallArguments) return false;
  const postgres::Joining joining{exchange.statement->id(), settings_,  upstream.places, pace, *expected,
                                  exchange.begun,           joinings_++};
  if (!upstream.pool->join(turn_, joining)) return false;
  exchange.turn = &turn_;
  exchange.newlyLeased = true;
  appendStatement(exchange);
  exchange.phase = firstPhase(exchange);
  turn_.appended(exchange.statement->bindsPolicyValues());
  return true;
}

/// After the answer's end, or what ended it before.
void Link::leaveTurn(const Exchange& exchange) {
  if (!turn_.queued()) return;
  if (exchange.lost || exchange.connection().transactionStatus() != 'I') return turn_.breakOff();
  const auto now = steady_clock::now();
  if (exchange.outcome.bytes > kSmallResult) exchange.statement->pace().noteHeavy(now);
  turn_.done(now);
}

/// It is to run once more, elsewhere.
void Link::forgetTurn(Exchange& exchange) {
  turn_.breakOff();
  exchange.turn = nullptr;
}

/// What a statement on a connection of its own teaches.
void Link::notePace(const Exchange& exchange) {
  const auto now = steady_clock::now();
  postgres::Pace& pace = exchange.statement->pace();
  if (exchange.outcome.bytes > kSmallResult) {
    pace.noteHeavy(now);
  } else {
    pace.note(std::chrono::duration_cast<postgres::Pace::Span>(now - exchange.begun));
  }
}

}  // namespace scrim::push
