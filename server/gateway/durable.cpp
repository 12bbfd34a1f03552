// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/durable.h"

#include <asio/associated_executor.hpp>
#include <asio/async_result.hpp>
#include <asio/post.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>
#include <memory>

namespace scrim::gateway {

asio::awaitable<base::Result<void>> durable(audit::Journal& journal, audit::Ticket ticket) {
  if (journal.durable(ticket)) co_return base::Result<void>();
  const auto executor = co_await asio::this_coro::executor;
  auto result = std::make_shared<base::Result<void>>();
  // The result travels beside the completion: the journal's thread writes it before it posts.
  // A variable, because GCC 12 copies what a temporary lambda has captured byte by byte into the coroutine's frame.
  auto wait = [&journal, ticket, executor, result](auto handler) {
    auto shared = std::make_shared<decltype(handler)>(std::move(handler));
    journal.whenDurable(ticket, [executor, result, shared](base::Result<void> outcome) {
      *result = std::move(outcome);
      asio::post(executor, [shared] { std::move (*shared)(); });
    });
  };
  co_await asio::async_initiate<const asio::use_awaitable_t<>&, void()>(std::move(wait), asio::use_awaitable);
  co_return std::move(*result);
}

}  // namespace scrim::gateway
