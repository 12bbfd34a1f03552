// SPDX-License-Identifier: Apache-2.0
// Subject: the person (or service) a decision is about. Made from an identity provider, never from the client.
// Immutable once made; any thread.
#pragma once

#include <map>
#include <set>
#include <string>

namespace scrim::policy {

struct Subject {
  std::string user;                                         // the normalised login name
  std::set<std::string> groups;                             // nested groups flattened
  std::map<std::string, std::set<std::string>> attributes;  // name -> values
  std::string project;                                      // acted under; empty: none
  std::set<std::string> purposes;                           // acted under
  std::set<std::string> permissions;                        // system permissions: ADMIN, GOVERNOR, ...
};

/// A digest of everything a decision may depend on: equal digests, equal decisions (in one snapshot).
std::string digestOf(const Subject& subject);

}  // namespace scrim::policy
