// SPDX-License-Identifier: Apache-2.0
#include "ldap/group_graph.h"

#include <algorithm>

#include "ldap/dn.h"
#include "ldap/groups.h"
#include "ldap/pages.h"
#include "ldap/range.h"

namespace scrim::ldap {
namespace {

using base::Error;
using base::ErrorCode;

constexpr int kGroupsInOnePage = 20;  // each may hold a hundred thousand members
constexpr std::size_t kMostMemberships = 20'000'000;

}  // namespace

std::string GroupGraph::keyOf(const std::string& member) const {
  if (options_.groups.memberValue == MemberValue::login) return member;
  return normalisedDn(member).value_or("");
}

base::Result<void> GroupGraph::add(const Entry& group, const std::vector<std::string>& members) {
  SCRIM_TRY(auto names, groupNames(options_, group));
  const auto index = static_cast<std::uint32_t>(names_.size());
  memberships_ += members.size();
  if (index >= options_.mostEntries || memberships_ > kMostMemberships) {
    return Error{ErrorCode::programLimit, "The directory has more groups, or members of groups, than are taken."};
  }
  names_.push_back(std::move(names));
  keys_.push_back(normalisedDn(group.dn).value_or(""));
  for (const std::string& member : members) above_[keyOf(member)].push_back(index);
  for (const std::string& sid : group.values("objectsid")) bySid_.emplace(sid, index);
  return {};
}

base::Result<void> GroupGraph::load(Link& link, const Call& call) {
  const Groups& groups = options_.groups;
  std::vector<std::string> attributes{groups.name, firstPiece(options_, groups.member)};
  if (options_.kind == Kind::activeDirectory) attributes.emplace_back("objectSid");
  const SearchRequest request{groups.base, Scope::subtree, groups.filter, attributes, 0, kGroupsInOnePage};
  return forEachPage(link, options_, request, call, [&](const Page& page) -> base::Result<void> {
    for (const Entry& group : page.entries) {
      SCRIM_TRY(const auto members, allValues(link, options_, group, groups.member, call));
      SCRIM_CHECK_OK(add(group, members));
    }
    return {};
  });
}

const GroupGraph::Indexes& GroupGraph::above(const std::string& memberKey) const {
  static const Indexes kNone;
  const auto found = above_.find(memberKey);
  return memberKey.empty() || found == above_.end() ? kNone : found->second;
}

base::Result<GroupGraph::Indexes> GroupGraph::firstLevel(const Entry& user) const {
  Indexes level = above(keyOf(memberValueOf(options_, user)));
  if (options_.kind != Kind::activeDirectory) return level;
  SCRIM_TRY(const auto sid, primaryGroupSid(user));
  const auto primary = sid ? bySid_.find(*sid) : bySid_.end();
  if (primary != bySid_.end()) level.push_back(primary->second);
  return level;
}

base::Result<std::set<std::string>> GroupGraph::groupsOf(const Entry& user) const {
  SCRIM_TRY(Indexes level, firstLevel(user));
  const bool bounded = options_.groups.lookup != GroupLookup::inChain;
  const bool climbs = options_.groups.nested || !bounded;
  std::set<std::uint32_t> seen;
  std::set<std::string> names;
  for (int depth = 1; !level.empty(); ++depth) {
    Indexes next;
    for (const std::uint32_t group : level) {
      if (!seen.insert(group).second) continue;
      if (bounded && depth > options_.groups.depth) {
        return Error{ErrorCode::tooComplex, "Groups are nested deeper than groups.depth allows."};
      }
      names.insert(names_[group].begin(), names_[group].end());
      const Indexes& more = above(keys_[group]);
      if (climbs) next.insert(next.end(), more.begin(), more.end());
    }
    if (seen.size() > options_.mostGroups) {
      return Error{ErrorCode::programLimit,
                   "A user is in more groups than are taken. Make the filter of groups narrower."};
    }
    level = std::move(next);
  }
  return names;
}

}  // namespace scrim::ldap
