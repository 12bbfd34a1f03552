// SPDX-License-Identifier: Apache-2.0
#include "ldap/user_entry.h"

#include "common/base/hash.h"
#include "ldap/range.h"
#include "ldap/text.h"

namespace scrim::ldap {
namespace {

using base::Error;
using base::ErrorCode;

constexpr std::size_t kLongestLogin = 256;
constexpr std::size_t kLongestId = 128;
constexpr std::size_t kLongestValue = 1024;
constexpr std::size_t kMostValues = 1000;

/// Active Directory keeps these as bytes.
bool isBinary(const std::string& lowerCaseName) {
  return lowerCaseName == "objectguid" || lowerCaseName == "objectsid";
}

base::Result<std::string> onlyValue(const Entry& entry, const std::string& name, std::size_t longest) {
  const std::string key = lowerCase(name);
  const auto& values = entry.values(key);
  if (values.size() != 1) {
    return Error{ErrorCode::sourceError, "A user's entry has " + std::string(values.empty() ? "no" : "several") +
                                             " values of " + name + "; it needs one."};
  }
  const std::string value = isBinary(key) ? base::toHex(values.front()) : values.front();
  if (!isText(value, longest)) return Error{ErrorCode::sourceError, "A user's " + name + " is not text."};
  return value;
}

base::Result<std::set<std::string>> textsOf(const std::vector<std::string>& values, const std::string& name) {
  std::set<std::string> texts;
  for (const std::string& value : values) {
    if (!isText(value, kLongestValue)) {
      return Error{ErrorCode::sourceError, "A value of " + name + " is not text, empty, or longer than 1024 bytes."};
    }
    texts.insert(value);
  }
  if (texts.size() > kMostValues) return Error{ErrorCode::sourceError, "A user has too many values of " + name + "."};
  return texts;
}

}  // namespace

bool isLogin(std::string_view login) { return isText(login, kLongestLogin); }

std::vector<std::string> userAttributes(const DirectoryOptions& options) {
  std::vector<std::string> names = accountAttributes(options.kind);
  names.push_back(options.users.login);
  names.push_back(options.users.id);
  for (const AttributeMapping& mapping : options.users.attributes) names.push_back(mapping.from);
  if (options.groups.lookup == GroupLookup::memberOf) names.push_back(firstPiece(options, "memberOf"));
  if (options.kind == Kind::activeDirectory) names.insert(names.end(), {"objectSid", "primaryGroupID"});
  return names;
}

std::string userFilter(const DirectoryOptions& options, std::string_view login) {
  return "(&" + options.users.filter + "(" + options.users.login + "=" + escapeFilterValue(login) + "))";
}

base::Result<std::optional<Entry>> findEntry(Link& link, const DirectoryOptions& options, std::string_view login,
                                             const Call& call) {
  const SearchRequest request{options.users.base, Scope::subtree, userFilter(options, login), userAttributes(options),
                              2};
  SCRIM_TRY(auto entries, link.search(request, call));
  if (entries.empty()) return std::optional<Entry>();
  if (entries.size() > 1) {
    return Error{ErrorCode::sourceError,
                 "The directory has several entries for one login. Make the base or the filter of users narrower."};
  }
  const auto& spellings = entries.front().values(lowerCase(options.users.login));
  if (spellings.size() == 1 && lowerCase(spellings.front()) != lowerCase(login)) return std::optional<Entry>();
  return std::optional<Entry>(std::move(entries.front()));
}

base::Result<DirectoryUser> userOf(Link& link, const DirectoryOptions& options, const Entry& entry, base::WallTime now,
                                   const Call& call) {
  DirectoryUser user;
  user.dn = entry.dn;
  user.state = accountState(options.kind, entry, now);
  SCRIM_TRY(const std::string login, onlyValue(entry, options.users.login, kLongestLogin));
  user.login = lowerCase(login);
  SCRIM_TRY(user.id, onlyValue(entry, options.users.id, kLongestId));
  for (const AttributeMapping& mapping : options.users.attributes) {
    SCRIM_TRY(const auto values, allValues(link, options, entry, mapping.from, call));
    SCRIM_TRY(auto texts, textsOf(values, mapping.from));
    if (!texts.empty()) user.attributes[mapping.to].merge(texts);
  }
  return user;
}

}  // namespace scrim::ldap
