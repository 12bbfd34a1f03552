// SPDX-License-Identifier: Apache-2.0
#include "server/identity/directory_sync.h"

#include <map>
#include <string>
#include <utility>

#include "common/base/log.h"

namespace scrim::identity {
namespace {

constexpr std::chrono::seconds kTick{1};
constexpr std::chrono::seconds kFirst{60};  // after the start, unless it is due sooner

/// The accounts of a directory, by login; those that were found as they should be are taken out.
using Expected = std::map<std::string, catalog::UserPtr, std::less<>>;

Expected accountsOf(const catalog::Snapshot& snapshot, base::IdentityProviderId provider) {
  Expected expected;
  for (catalog::UserPtr& user : snapshot.users()) {
    if (user->provider == provider) expected.emplace(user->name, std::move(user));
  }
  return expected;
}

void takeOutRight(Expected& expected, const catalog::IdentityProvider& provider,
                  const std::vector<ldap::DirectoryUser>& page) {
  for (const ldap::DirectoryUser& found : page) {
    const auto account = expected.find(found.login);
    if (account != expected.end() && isUpToDate(*account->second, provider, found)) expected.erase(account);
  }
}

}  // namespace

DirectorySync::DirectorySync(catalog::Catalog& catalog, Directories& directories, DirectoryAccounts& accounts,
                             const base::Clock& clock)
    : catalog_(catalog), directories_(directories), accounts_(accounts), clock_(clock) {
  thread_ = std::jthread([this](const std::stop_token& stop) { keepTime(stop); });
}

DirectorySync::~DirectorySync() { stop(); }

void DirectorySync::stop() {
  if (thread_.joinable()) {
    thread_.request_stop();
    thread_.join();
  }
  plans_.clear();
}

void DirectorySync::keepTime(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    beginDue();
    wake_.wait_for(lock, stop, kTick, [] { return false; });
  }
}

void DirectorySync::beginDue() {
  const base::MonotonicTime now = clock_.monotonic();
  for (const catalog::IdentityProviderPtr& provider : catalog_.snapshot()->identityProviders()) {
    if (provider->sync.count() == 0) continue;
    const auto [place, isNew] = plans_.try_emplace(provider->id);
    Plan& plan = place->second;
    if (isNew) plan.last = now - provider->sync + std::min<std::chrono::seconds>(kFirst, provider->sync);
    if (now - plan.last < provider->sync) continue;
    if (plan.lane == nullptr) plan.lane = std::make_unique<Lane>(1, 1);
    plan.last = now;
    // One that still runs, with another waiting behind it, is enough.
    plan.lane->add([this, id = provider->id](const std::stop_token& stop) { run(id, stop); });
  }
}

void DirectorySync::run(base::IdentityProviderId id, const std::stop_token& stop) {
  const catalog::SnapshotPtr snapshot = catalog_.snapshot();
  const catalog::IdentityProviderPtr provider = snapshot->identityProvider(id);
  if (provider == nullptr || stop.stop_requested()) return;
  const auto differing = compare(*snapshot, *provider, stop);
  std::size_t failed = 0;
  if (differing.ok()) {
    for (const base::UserId account : *differing) {
      if (stop.stop_requested()) return;
      if (!accounts_.askAgain(account, stop).ok()) ++failed;
    }
  }
  if (stop.stop_requested()) return;
  if (!differing.ok() || failed > 0) {
    base::logWarning("identity", "a directory could not be synchronised",
                     {{"provider", provider->name},
                      {"reason", differing.ok() ? std::to_string(failed) + " accounts" : differing.error().message}});
    return;
  }
  base::logInfo("identity", "a directory was synchronised",
                {{"provider", provider->name}, {"differing", std::to_string(differing->size())}});
}

base::Result<std::vector<base::UserId>> DirectorySync::compare(const catalog::Snapshot& snapshot,
                                                               const catalog::IdentityProvider& provider,
                                                               const std::stop_token& stop) {
  Expected expected = accountsOf(snapshot, provider.id);
  std::vector<base::UserId> differing;
  if (expected.empty()) return differing;
  SCRIM_TRY(const auto directory, directories_.of(provider));
  const auto onPage = [&](const std::vector<ldap::DirectoryUser>& page) -> base::Result<void> {
    takeOutRight(expected, provider, page);
    return {};
  };
  SCRIM_CHECK_OK(directory->sync(onPage, stop));
  for (const auto& account : expected) differing.push_back(account.second->id);
  return differing;
}

}  // namespace scrim::identity
