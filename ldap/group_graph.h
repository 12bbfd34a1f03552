// SPDX-License-Identifier: Apache-2.0
// GroupGraph: all groups of a directory with their members, read once for a synchronisation, so that the groups of a
// hundred thousand users cost no further request. Members are matched by their DN as text (dn.h): an entry whose DN
// differs in the case of letters outside ASCII is missed, until its owner logs in. One thread.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "ldap/link.h"

namespace scrim::ldap {

class GroupGraph {
 public:
  explicit GroupGraph(const DirectoryOptions& options) : options_(options) {}

  /// Reads all groups. Errors: as Link::page(); sourceError: a group without a name; programLimit.
  base::Result<void> load(Link& link, const Call& call);
  /// The rest of load(), for tests: one group and its members.
  base::Result<void> add(const Entry& group, const std::vector<std::string>& members);

  /// Errors: tooComplex, programLimit: as groupsOf() in groups.h.
  base::Result<std::set<std::string>> groupsOf(const Entry& user) const;

  std::size_t groups() const { return names_.size(); }

 private:
  using Indexes = std::vector<std::uint32_t>;
  base::Result<Indexes> firstLevel(const Entry& user) const;
  const Indexes& above(const std::string& memberKey) const;
  std::string keyOf(const std::string& member) const;

  const DirectoryOptions& options_;
  std::vector<std::vector<std::string>> names_;     // by group
  std::vector<std::string> keys_;                   // by group: its key as a member
  std::unordered_map<std::string, Indexes> above_;  // by member: the groups that name it
  std::unordered_map<std::string, std::uint32_t> bySid_;
  std::size_t memberships_ = 0;
};

}  // namespace scrim::ldap
