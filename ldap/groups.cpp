// SPDX-License-Identifier: Apache-2.0
#include "ldap/groups.h"

#include <charconv>
#include <cstdint>

#include "ldap/dn.h"
#include "ldap/pages.h"
#include "ldap/range.h"
#include "ldap/text.h"

namespace scrim::ldap {
namespace {

using base::Error;
using base::ErrorCode;
using Entries = std::vector<Entry>;

constexpr std::size_t kLongestGroupName = 256;
constexpr std::size_t kMembersInOneFilter = 50;
constexpr std::size_t kShortestSid = 12;  // revision, count, authority, one number of four bytes
// [MS-ADTS] 3.1.1.3.4.4.3: LDAP_MATCHING_RULE_TRANSITIVE_EVAL.
constexpr const char* kInChain = ":1.2.840.113556.1.4.1941:";

/// One look-up. Levels: the user's groups are level 1, the groups that hold those level 2, ...
class Climb {
 public:
  Climb(Link& link, const DirectoryOptions& options, const Call& call)
      : link_(link), options_(options), groups_(options.groups), call_(call) {}

  base::Result<std::set<std::string>> from(const Entry& user);

 private:
  base::Result<Entries> firstLevel(const Entry& user);
  /// The groups right above: not yet seen, noted as seen, their names taken.
  base::Result<Entries> above(const Entries& members);
  base::Result<Entries> naming(const Entries& members, const std::string& rule);
  base::Result<Entries> listedBy(const Entry& member);
  base::Result<Entries> primaryGroup(const Entry& user);
  base::Result<Entries> matching(const std::string& condition);
  base::Result<Entries> admit(Entries found);
  std::vector<std::string> attributes() const;

  Link& link_;
  const DirectoryOptions& options_;
  const Groups& groups_;
  const Call& call_;
  std::set<std::string> seen_;  // normalised DNs
  std::set<std::string> names_;
};

Error tooMany() {
  return {ErrorCode::programLimit, "A user is in more groups than are taken. Make the filter of groups narrower."};
}

void append(Entries& to, Entries from) {
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

std::vector<std::string> Climb::attributes() const {
  std::vector<std::string> names{groups_.name};
  if (groups_.lookup == GroupLookup::memberOf) names.push_back(firstPiece(options_, "memberOf"));
  return names;
}

base::Result<Entries> Climb::admit(Entries found) {
  Entries fresh;
  for (Entry& group : found) {
    auto key = normalisedDn(group.dn);
    if (!key) return Error{ErrorCode::sourceError, "The directory sent a group whose DN cannot be read."};
    if (!seen_.insert(*std::move(key)).second) continue;
    SCRIM_TRY(const auto names, groupNames(options_, group));
    names_.insert(names.begin(), names.end());
    fresh.push_back(std::move(group));
  }
  if (seen_.size() > options_.mostGroups) return tooMany();
  return fresh;
}

base::Result<Entries> Climb::matching(const std::string& condition) {
  const SearchRequest request{groups_.base, Scope::subtree, "(&" + groups_.filter + condition + ")", attributes()};
  Entries found;
  SCRIM_CHECK_OK(forEachPage(link_, options_, request, call_, [&](const Page& page) -> base::Result<void> {
    append(found, page.entries);
    if (found.size() > options_.mostGroups) return tooMany();
    return {};
  }));
  return found;
}

base::Result<Entries> Climb::naming(const Entries& members, const std::string& rule) {
  Entries found;
  for (std::size_t at = 0; at < members.size(); at += kMembersInOneFilter) {
    std::string condition = "(|";
    for (std::size_t i = at; i < members.size() && i < at + kMembersInOneFilter; ++i) {
      condition += "(" + groups_.member + rule + "=" + escapeFilterValue(members[i].dn) + ")";
    }
    SCRIM_TRY(Entries some, matching(condition + ")"));
    append(found, std::move(some));
  }
  return found;
}

/// The groups in the member's own list that stand under the base and match the filter.
base::Result<Entries> Climb::listedBy(const Entry& member) {
  SCRIM_TRY(const auto listed, allValues(link_, options_, member, "memberOf", call_));
  const std::string base = normalisedDn(groups_.base).value_or("");
  Entries found;
  for (const std::string& dn : listed) {
    const auto key = normalisedDn(dn);
    if (!key) return Error{ErrorCode::sourceError, "The directory lists a group whose DN cannot be read."};
    if (!isUnder(*key, base) || seen_.contains(*key)) continue;
    auto group = link_.search({dn, Scope::base, groups_.filter, attributes(), 1}, call_);
    if (!group.ok() && group.error().code == ErrorCode::undefinedObject) continue;  // it went away meanwhile
    if (!group.ok()) return group;
    append(found, std::move(group).value());
  }
  return found;
}

base::Result<Entries> Climb::primaryGroup(const Entry& user) {
  if (options_.kind != Kind::activeDirectory) return Entries();
  SCRIM_TRY(const auto sid, primaryGroupSid(user));
  if (!sid) return Entries();
  return matching("(objectSid=" + escapeFilterValue(*sid) + ")");
}

base::Result<Entries> Climb::above(const Entries& members) {
  if (groups_.lookup != GroupLookup::memberOf) {
    SCRIM_TRY(Entries found, naming(members, groups_.lookup == GroupLookup::inChain ? kInChain : ""));
    return admit(std::move(found));
  }
  Entries fresh;
  for (const Entry& member : members) {
    SCRIM_TRY(Entries found, listedBy(member));
    SCRIM_TRY(Entries some, admit(std::move(found)));
    append(fresh, std::move(some));
  }
  return fresh;
}

base::Result<Entries> Climb::firstLevel(const Entry& user) {
  SCRIM_TRY(Entries primary, primaryGroup(user));
  SCRIM_TRY(Entries fresh, admit(std::move(primary)));
  if (groups_.memberValue == MemberValue::login) {
    SCRIM_TRY(Entries found,
              matching("(" + groups_.member + "=" + escapeFilterValue(memberValueOf(options_, user)) + ")"));
    SCRIM_TRY(Entries some, admit(std::move(found)));
    append(fresh, std::move(some));
    return fresh;
  }
  Entries starts{user};
  // The in-chain rule climbs by itself, but not from the primary group.
  if (groups_.lookup == GroupLookup::inChain) starts.insert(starts.end(), fresh.begin(), fresh.end());
  SCRIM_TRY(Entries some, above(starts));
  append(fresh, std::move(some));
  return fresh;
}

base::Result<std::set<std::string>> Climb::from(const Entry& user) {
  SCRIM_TRY(Entries level, firstLevel(user));
  const bool climbs = groups_.nested && groups_.lookup != GroupLookup::inChain;
  for (int depth = 1; climbs && !level.empty(); ++depth) {
    SCRIM_TRY(level, above(level));
    if (depth >= groups_.depth && !level.empty()) {
      return Error{ErrorCode::tooComplex, "Groups are nested deeper than groups.depth allows."};
    }
  }
  return std::move(names_);
}

}  // namespace

base::Result<std::set<std::string>> groupsOf(Link& link, const DirectoryOptions& options, const Entry& user,
                                             const Call& call) {
  if (options.groups.lookup == GroupLookup::none) return std::set<std::string>();
  return Climb(link, options, call).from(user);
}

std::string memberValueOf(const DirectoryOptions& options, const Entry& user) {
  if (options.groups.memberValue == MemberValue::dn) return user.dn;
  const auto& logins = user.values(lowerCase(options.users.login));
  return logins.empty() ? std::string() : logins.front();
}

base::Result<std::vector<std::string>> groupNames(const DirectoryOptions& options, const Entry& group) {
  const auto& names = group.values(lowerCase(options.groups.name));
  if (names.empty()) return Error{ErrorCode::sourceError, "A group has no value of " + options.groups.name + "."};
  for (const std::string& name : names) {
    if (!isText(name, kLongestGroupName)) {
      return Error{ErrorCode::sourceError, "The name of a group is not text, or longer than 256 bytes."};
    }
  }
  return names;
}

base::Result<std::optional<std::string>> primaryGroupSid(const Entry& user) {
  const auto& sids = user.values("objectsid");
  const auto& numbers = user.values("primarygroupid");
  if (sids.empty() || numbers.empty()) return std::optional<std::string>();
  std::uint32_t number = 0;
  const std::string& text = numbers.front();
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (sids.front().size() < kShortestSid || failure != std::errc() || end != text.data() + text.size()) {
    return Error{ErrorCode::sourceError, "The directory sent a primary group that cannot be read."};
  }
  // The group is of the user's domain: the same SID but for its last number.
  std::string sid = sids.front().substr(0, sids.front().size() - sizeof(number));
  for (unsigned shift = 0; shift < 32; shift += 8) sid += static_cast<char>(number >> shift & 0xff);
  return std::optional<std::string>(std::move(sid));
}

}  // namespace scrim::ldap
