// SPDX-License-Identifier: Apache-2.0
#include "server/identity/directory_presence.h"

#include "common/base/log.h"

namespace scrim::identity {
namespace {

using base::Error;
using base::ErrorCode;

constexpr std::chrono::minutes kKept{10};
constexpr int kAtOnce = 2;
/// A directory that did not answer is not asked again at once, or it would hold up all who ask.
constexpr std::chrono::seconds kPause{1};

Error unavailable() {
  return {ErrorCode::sourceUnavailable,
          "the directory that this account comes from cannot be reached",
          {},
          "Try again later; the administrator finds the reason in the log."};
}

}  // namespace

base::Result<std::shared_ptr<const Confirmation>> DirectoryPresence::of(const catalog::User& user) {
  if (auto confirmation = known(user.id)) return confirmation;
  const auto provider = catalog_.snapshot()->identityProvider(user.provider);
  if (provider == nullptr) return Error{ErrorCode::invalidAuthorization, "The account's directory is gone."};
  SCRIM_CHECK_OK(begin(provider->id));
  auto answer = ask(user, *provider);
  const std::scoped_lock lock(mutex_);
  --asking_;
  return answer;
}

std::shared_ptr<const Confirmation> DirectoryPresence::known(base::UserId id) {
  const base::MonotonicTime now = clock_.monotonic();
  const std::scoped_lock lock(mutex_);
  std::erase_if(known_, [&](const auto& each) { return now - each.second.used > kKept; });
  const auto found = known_.find(id);
  if (found == known_.end() || !found->second.confirmation->holds()) return nullptr;
  found->second.used = now;
  return found->second.confirmation;
}

base::Result<void> DirectoryPresence::begin(base::IdentityProviderId provider) {
  const std::scoped_lock lock(mutex_);
  const auto silent = silentSince_.find(provider);
  if (silent != silentSince_.end() && clock_.monotonic() - silent->second < kPause) return unavailable();
  if (asking_ >= kAtOnce) {
    return Error{ErrorCode::tooManyConnections, "too many wait for a directory", {}, "Try again in a moment."};
  }
  ++asking_;
  return {};
}

base::Result<std::shared_ptr<const Confirmation>> DirectoryPresence::ask(const catalog::User& user,
                                                                         const catalog::IdentityProvider& provider) {
  const base::MonotonicTime asked = clock_.monotonic();
  const auto told = accounts_.askAgain(user.id, stop_.get_token());
  const std::scoped_lock lock(mutex_);
  if (!told.ok()) {
    base::logWarning("identity", "a directory could not be asked about a user with a token",
                     {{"reason", told.error().message}});
    silentSince_[provider.id] = clock_.monotonic();
    return unavailable();
  }
  silentSince_.erase(provider.id);
  std::shared_ptr<const Confirmation> confirmation = watch_.watch(user.id, provider, asked);
  known_[user.id] = {confirmation, clock_.monotonic()};
  return confirmation;
}

}  // namespace scrim::identity
