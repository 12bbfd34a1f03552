// SPDX-License-Identifier: Apache-2.0
// Identity providers as documents. Pure; any thread.
#pragma once

#include "server/api/call.h"
#include "server/catalog/model.h"

namespace scrim::api::identity_providers {

struct Wanted {
  catalog::IdentityProvider provider;  // without id; its password only if one was given
  bool hasPassword = false;
};

/// Without the password.
ObjectPtr show(const catalog::IdentityProvider& provider);
/// What is missing gets the defaults of its kind of directory.
base::Result<Wanted> read(contract::Fields& fields);
/// A copy, its secret too.
catalog::IdentityProvider copyOf(const catalog::IdentityProvider& provider);

}  // namespace scrim::api::identity_providers
