// SPDX-License-Identifier: Apache-2.0
// Identity providers in the catalog's database; the words that stand there for their choices are the words of apply
// files too. Errors: those of store::Link.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "server/catalog/model.h"
#include "server/catalog/writer.h"

namespace scrim::catalog {

// nullopt: there is no such word.
std::optional<ldap::Kind> directoryKindOf(std::string_view word);
std::optional<ldap::Transport> transportOf(std::string_view word);
std::optional<ldap::GroupLookup> groupLookupOf(std::string_view word);
std::optional<ldap::MemberValue> memberValueOf(std::string_view word);

std::string_view nameOf(ldap::Kind kind);
std::string_view nameOf(ldap::Transport transport);
std::string_view nameOf(ldap::GroupLookup lookup);
std::string_view nameOf(ldap::MemberValue value);

/// One whose password cannot be opened, or that holds a word of a newer program, comes without servers (and is logged):
/// it keeps its place and its accounts, and asking it is an error.
base::Result<std::vector<IdentityProvider>> loadIdentityProviders(store::Link& link, const store::SecretBox& box,
                                                                  const Selection& selection = {});
/// Inserts (id 0) or replaces; does nothing if nothing differs. Returns the id.
base::Result<base::IdentityProviderId> save(Writer& writer, const IdentityProvider& provider);
/// With the accounts that come from it.
base::Result<void> removeIdentityProvider(Writer& writer, base::IdentityProviderId id);

/// A digest of all fields but id, keyed for this process: equal digests, equal providers.
std::string digestOf(const IdentityProvider& provider);

}  // namespace scrim::catalog
