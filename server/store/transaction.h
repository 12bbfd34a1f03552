// SPDX-License-Identifier: Apache-2.0
// inTransaction(): runs work in one transaction, commits if it succeeds, rolls back if not, and starts over when the
// server asks for that (serialization failure, deadlock), up to five times. The work may therefore run more than once:
// it changes nothing but the database until it returns.
#pragma once

#include <utility>

#include "common/base/result.h"
#include "server/store/link.h"
#include "server/store/pool.h"

namespace scrim::store {

enum class Isolation { readCommitted, repeatableReadOnly, serializable };

namespace detail {
const char* beginStatement(Isolation isolation);
}

template <typename Work>
auto inTransaction(Link& link, Isolation isolation, Work work) -> decltype(work(link)) {
  SCRIM_CHECK_OK(link.script(detail::beginStatement(isolation)));
  auto result = work(link);
  if (result.ok()) {
    auto committed = link.script("COMMIT");
    if (!committed.ok()) return std::move(committed).error();
  } else if (link.alive()) {
    auto undone = link.script("ROLLBACK");
    if (!undone.ok()) return std::move(undone).error();
  }
  return result;
}

template <typename Work>
auto inTransaction(Pool& pool, Isolation isolation, Work work) -> decltype(work(std::declval<Link&>())) {
  constexpr int kAttempts = 5;
  for (int attempt = 1;; ++attempt) {
    SCRIM_TRY(auto lease, pool.acquire());
    auto result = inTransaction(*lease, isolation, work);
    if (result.ok() || result.error().code != base::ErrorCode::catalogConflict || attempt == kAttempts) return result;
  }
}

}  // namespace scrim::store
