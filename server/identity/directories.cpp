// SPDX-License-Identifier: Apache-2.0
#include "server/identity/directories.h"

#include <utility>

namespace scrim::identity {

base::Result<std::shared_ptr<ldap::Directory>> Directories::of(const catalog::IdentityProvider& provider) {
  const std::scoped_lock lock(mutex_);
  Known& known = known_[provider.id];
  if (known.directory == nullptr || known.digest != provider.digest) {
    SCRIM_TRY(std::shared_ptr<ldap::Directory> made, ldap::Directory::make(ldap::copyOf(provider.directory)));
    known = {provider.digest, std::move(made)};
  }
  return known.directory;
}

}  // namespace scrim::identity
