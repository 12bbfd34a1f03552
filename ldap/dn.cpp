// SPDX-License-Identifier: Apache-2.0
#include "ldap/dn.h"

#include <ldap.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "ldap/text.h"

namespace scrim::ldap {
namespace {

constexpr std::size_t kLongestDn = 8192;

/// Spaces at the ends do not count, and several in a row count as one.
std::string squeezed(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == ' ' && (result.empty() || result.back() == ' ')) continue;
    result += c;
  }
  if (!result.empty() && result.back() == ' ') result.pop_back();
  return result;
}

std::string_view viewOf(const berval& value) { return {value.bv_val, value.bv_len}; }

std::string partOf(const LDAPAVA& part) {
  const std::string value = (part.la_flags & LDAP_AVA_BINARY) != 0 ? "#" + std::string(viewOf(part.la_value))
                                                                   : squeezed(lowerCase(viewOf(part.la_value)));
  return lowerCase(viewOf(part.la_attr)) + "=" + escapeDnValue(value);
}

std::string rdnOf(LDAPRDN rdn) {
  std::vector<std::string> parts;
  for (LDAPAVA** part = rdn; *part != nullptr; ++part) parts.push_back(partOf(**part));
  std::sort(parts.begin(), parts.end());
  std::string joined;
  for (const std::string& part : parts) joined += (joined.empty() ? "" : "+") + part;
  return joined;
}

}  // namespace

std::optional<std::string> normalisedDn(std::string_view dn) {
  if (dn.size() > kLongestDn || dn.find('\0') != std::string_view::npos) return std::nullopt;
  LDAPDN parsed = nullptr;
  if (ldap_str2dn(std::string(dn).c_str(), &parsed, LDAP_DN_FORMAT_LDAPV3) != LDAP_SUCCESS) return std::nullopt;
  const std::unique_ptr<LDAPRDN, decltype(&ldap_dnfree)> owner(parsed, ldap_dnfree);
  std::string result;
  for (LDAPDN rdn = parsed; rdn != nullptr && *rdn != nullptr; ++rdn) {
    result += (result.empty() ? "" : ",") + rdnOf(*rdn);
  }
  return result;
}

bool isUnder(std::string_view normalised, std::string_view normalisedBase) {
  if (normalised == normalisedBase) return true;
  return normalised.size() > normalisedBase.size() && normalised.ends_with(normalisedBase) &&
         normalised[normalised.size() - normalisedBase.size() - 1] == ',';
}

}  // namespace scrim::ldap
