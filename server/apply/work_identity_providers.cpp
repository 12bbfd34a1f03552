// SPDX-License-Identifier: Apache-2.0
// Work: identity providers, and the accounts that come from them.
#include <algorithm>

#include "ldap/options.h"
#include "server/apply/work.h"
#include "server/catalog/identity_provider_store.h"
#include "server/catalog/user_store.h"

namespace scrim::apply {
namespace {

catalog::IdentityProvider copyOf(const catalog::IdentityProvider& from) {
  catalog::IdentityProvider copy;
  copy.name = from.name;
  copy.position = from.position;
  copy.groupPrefix = from.groupPrefix;
  copy.refresh = from.refresh;
  copy.lease = from.lease;
  copy.sync = from.sync;
  copy.directory = ldap::copyOf(from.directory);
  return copy;
}

}  // namespace

base::Result<void> Work::loadIdentityProviders() {
  SCRIM_TRY(const auto providers, catalog::loadIdentityProviders(writer_.link(), writer_.box()));
  for (const auto& each : providers) {
    providers_.emplace(each.name, each.id);
    bindPasswords_.emplace(each.name, each.directory.bindPassword.clone());
  }
  return {};
}

base::Result<void> Work::applyIdentityProviders() {
  for (const IdentityProviderEntry& entry : document_.identityProviders) {
    catalog::IdentityProvider provider = copyOf(entry.provider);
    provider.directory.bindPassword = entry.password.literal.clone();
    const auto known = bindPasswords_.find(provider.name);
    const bool keeps = entry.password.kind == PasswordSource::Kind::none && !provider.directory.bindDn.empty();
    if (keeps && known != bindPasswords_.end()) provider.directory.bindPassword = known->second.clone();
    if (keeps && provider.directory.bindPassword.empty()) {
      problems_.add(entry.at, "give bind_dn and password together, or neither to search anonymously");
      continue;
    }
    if (const auto valid = ldap::check(provider.directory); !valid.ok()) {
      problems_.add(entry.at, "identity provider " + provider.name + ": " + valid.error().message);
      continue;
    }
    const auto present = providers_.find(provider.name);
    if (present != providers_.end()) provider.id = present->second;
    SCRIM_CHECK_OK(save(writer_, provider));
  }
  return {};
}

/// What is ours of an account that comes from a directory: its permissions, and whether it is disabled.
base::Result<void> Work::applyDirectoryUser(const UserEntry& entry, catalog::User present) {
  const bool tellsMore =
      entry.password.kind != PasswordSource::Kind::none || !entry.user.groups.empty() || !entry.user.attributes.empty();
  if (tellsMore) {
    problems_.add(entry.at, "user " + present.name +
                                " comes from a directory, which has the password, the groups and the attributes: give "
                                "only permissions and disabled");
    return {};
  }
  present.permissions = entry.user.permissions;
  present.disabled = entry.user.disabled;
  SCRIM_CHECK_OK(save(writer_, present));
  return {};
}

base::Result<void> Work::pruneIdentityProviders() {
  for (const auto& present : providers_) {
    const bool named =
        std::any_of(document_.identityProviders.begin(), document_.identityProviders.end(),
                    [&](const IdentityProviderEntry& entry) { return entry.provider.name == present.first; });
    if (!named) SCRIM_CHECK_OK(removeIdentityProvider(writer_, present.second));
  }
  return {};
}

}  // namespace scrim::apply
