// SPDX-License-Identifier: Apache-2.0
// Directories: the client of each identity provider, kept with its connections for as long as its settings stay as they
// are. Any thread.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "common/base/result.h"
#include "ldap/directory.h"
#include "server/catalog/model.h"

namespace scrim::identity {

class Directories {
 public:
  /// Errors: configInvalid, also for a provider that could not be read from the catalog.
  base::Result<std::shared_ptr<ldap::Directory>> of(const catalog::IdentityProvider& provider);

 private:
  struct Known {
    std::string digest;
    std::shared_ptr<ldap::Directory> directory;
  };

  std::mutex mutex_;
  std::unordered_map<base::IdentityProviderId, Known> known_;
};

}  // namespace scrim::identity
