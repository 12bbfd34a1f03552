// SPDX-License-Identifier: Apache-2.0
#include "server/requests/expiry.h"

#include <chrono>
#include <condition_variable>
#include <mutex>

#include "common/base/log.h"
#include "server/catalog/subscription_store.h"

namespace scrim::requests {
namespace {

constexpr std::chrono::milliseconds kPause{500};
constexpr const char* kAuthor = "scrimd";

}  // namespace

SubscriptionExpiry::SubscriptionExpiry(catalog::Catalog& catalog, audit::Journal& journal)
    : catalog_(catalog), journal_(journal), thread_([this](const std::stop_token& stop) { run(stop); }) {}

void SubscriptionExpiry::run(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any woken;
  bool failing = false;
  while (!stop.stop_requested()) {
    auto done = endNow();
    if (!done && !failing) {
      base::logWarning("requests", "subscriptions whose time is over cannot be ended now; it is tried again",
                       {{"reason", done.error().message}});
    }
    failing = !done;
    std::unique_lock lock(mutex);
    woken.wait_for(lock, stop, kPause, [] { return false; });
  }
}

base::Result<void> SubscriptionExpiry::endNow() {
  bool any = false;
  SCRIM_CHECK_OK(catalog_.run(kAuthor, [&](catalog::Writer& writer) -> base::Result<void> {
    SCRIM_TRY(any, catalog::anyGrantExpired(writer.link()));
    return {};
  }));
  if (!any) return {};
  auto version = catalog_.change(kAuthor, [&](catalog::Writer& writer) -> base::Result<void> {
    SCRIM_TRY(const auto ended, catalog::endExpiredGrants(writer));
    for (const catalog::EndedGrant& each : ended) {
      const std::string what = "subscription of user " + each.user + " to data source " +
                               std::to_string(each.source.value) + " ended: its time was over";
      SCRIM_CHECK_OK(journal_.policyChanged({kAuthor, what, catalog_.snapshot()->version()}));
    }
    return ended.empty() ? base::Result<void>() : journal_.flush();
  });
  return version ? base::Result<void>() : base::Result<void>(std::move(version).error());
}

}  // namespace scrim::requests
