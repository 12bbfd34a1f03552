// SPDX-License-Identifier: Apache-2.0
#include "server/identity/directory_accounts.h"

#include <optional>
#include <utility>

#include "server/catalog/user_store.h"

namespace scrim::identity {
namespace {

using catalog::User;

constexpr std::chrono::seconds kNothingToAsk{60};

base::Result<void> checkIsTheirs(const User& account, const catalog::IdentityProvider& provider,
                                 const ldap::DirectoryUser& user) {
  const auto refused = [](const char* reason) { return base::Error{base::ErrorCode::invalidPassword, reason}; };
  if (account.isBuiltIn()) return refused("the name is a built-in user's");
  if (account.provider != provider.id) return refused("the name comes from another directory");
  if (account.externalId != user.id) return refused("another person had this name: remove that account first");
  return {};
}

bool same(const User& account, const User& wanted) {
  return account.groups == wanted.groups && account.attributes == wanted.attributes &&
         account.directoryState == wanted.directoryState;
}

}  // namespace

User accountOf(const catalog::IdentityProvider& provider, const ldap::DirectoryUser& user, const User* present) {
  User account;
  if (present != nullptr) account = *present;
  account.name = user.login;
  account.provider = provider.id;
  account.externalId = user.id;
  account.attributes = user.attributes;
  account.groups.clear();
  for (const std::string& group : user.groups) account.groups.insert(provider.groupPrefix + group);
  account.directoryState = user.state == ldap::AccountState::active ? "" : std::string(nameOf(user.state));
  return account;
}

bool isUpToDate(const User& account, const catalog::IdentityProvider& provider, const ldap::DirectoryUser& user) {
  return checkIsTheirs(account, provider, user).ok() && same(account, accountOf(provider, user, &account));
}

base::Result<catalog::UserPtr> DirectoryAccounts::keep(const catalog::IdentityProvider& provider,
                                                       const ldap::DirectoryUser& user) {
  if (const catalog::UserPtr known = catalog_.snapshot()->user(user.login)) {
    SCRIM_CHECK_OK(checkIsTheirs(*known, provider, user));
    if (same(*known, accountOf(provider, user, known.get()))) return known;
  }
  SCRIM_CHECK_OK(catalog_.change(provider.name, [&](catalog::Writer& writer) -> base::Result<void> {
    SCRIM_TRY(const std::optional<User> present, catalog::loadUser(writer.link(), user.login));
    if (present) SCRIM_CHECK_OK(checkIsTheirs(*present, provider, user));
    SCRIM_CHECK_OK(save(writer, accountOf(provider, user, present ? &*present : nullptr)));
    return {};
  }));
  catalog::UserPtr kept = catalog_.snapshot()->user(user.login);
  if (kept == nullptr) return base::Error{base::ErrorCode::catalogUnavailable, "The account was removed meanwhile."};
  return kept;
}

base::Result<void> DirectoryAccounts::withdraw(const User& account, std::string_view why) {
  if (account.directoryState == why) return {};
  SCRIM_CHECK_OK(catalog_.change("directory", [&](catalog::Writer& writer) -> base::Result<void> {
    SCRIM_TRY(std::optional<User> present, catalog::loadUser(writer.link(), account.name));
    if (!present || present->id != account.id) return {};
    present->directoryState = why;
    SCRIM_CHECK_OK(save(writer, *present));
    return {};
  }));
  return {};
}

base::Result<std::chrono::seconds> DirectoryAccounts::askAgain(base::UserId id, const std::stop_token& stop) {
  const catalog::SnapshotPtr snapshot = catalog_.snapshot();
  const catalog::UserPtr account = snapshot->user(id);
  if (account == nullptr || account->isBuiltIn()) return kNothingToAsk;
  const auto provider = snapshot->identityProvider(account->provider);
  if (provider == nullptr) {
    SCRIM_CHECK_OK(withdraw(*account, "its directory is not configured any more"));
    return kNothingToAsk;
  }
  SCRIM_TRY(const auto directory, directories_.of(*provider));
  SCRIM_TRY(const auto found, directory->find(account->name, stop));
  const bool isTheirs = found && found->id == account->externalId;
  if (!isTheirs) SCRIM_CHECK_OK(withdraw(*account, ldap::kUnknownUser));
  if (isTheirs) SCRIM_CHECK_OK(keep(*provider, *found));
  return provider->refresh;
}

}  // namespace scrim::identity
