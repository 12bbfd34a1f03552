// SPDX-License-Identifier: Apache-2.0
#include "ldap/answers.h"

#include <memory>
#include <optional>

#include "ldap/text.h"

namespace scrim::ldap {
namespace {

using base::Error;
using base::ErrorCode;

ErrorCode codeOf(int code) {
  if (isUnavailable(code)) return ErrorCode::sourceUnavailable;
  switch (code) {
    case LDAP_NO_SUCH_OBJECT:
      return ErrorCode::undefinedObject;
    case LDAP_FILTER_ERROR:
    case LDAP_INVALID_DN_SYNTAX:
    case LDAP_STRONG_AUTH_REQUIRED:
    case LDAP_CONFIDENTIALITY_REQUIRED:
      return ErrorCode::configInvalid;
    case LDAP_SIZELIMIT_EXCEEDED:
    case LDAP_TIMELIMIT_EXCEEDED:
    case LDAP_ADMINLIMIT_EXCEEDED:
      return ErrorCode::programLimit;
    default:
      return ErrorCode::sourceError;
  }
}

std::string_view adviceFor(int code) {
  switch (code) {
    case LDAP_NO_SUCH_OBJECT:
      return " Check the base, and what the service account may see.";
    case LDAP_FILTER_ERROR:
      return " Check the filter.";
    case LDAP_REFERRAL:
      return " It refers to another server, which is not followed: name that server, or a base that this one holds.";
    case LDAP_STRONG_AUTH_REQUIRED:
    case LDAP_CONFIDENTIALITY_REQUIRED:
      return " It wants TLS: set the transport to ldaps or start-tls.";
    case LDAP_SIZELIMIT_EXCEEDED:
    case LDAP_TIMELIMIT_EXCEEDED:
    case LDAP_ADMINLIMIT_EXCEEDED:
      return " Raise the directory's limits for the service account, or make the base or filter narrower.";
    case LDAP_INSUFFICIENT_ACCESS:
    case LDAP_OPERATIONS_ERROR:  // Active Directory's answer to an anonymous search
      return " Check what the service account may see.";
    case LDAP_SERVER_DOWN:
    case LDAP_CONNECT_ERROR:
      return " Check that it runs, its name, and that its certificate names it and comes from an authority in ca_file.";
    default:
      return "";
  }
}

/// The code in "..., data 533, v1db1" of Active Directory's refusals.
std::optional<std::string_view> dataOf(std::string_view diagnostic) {
  constexpr std::string_view kMark = ", data ";
  const std::size_t at = diagnostic.find(kMark);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view rest = diagnostic.substr(at + kMark.size());
  return rest.substr(0, rest.find(','));
}

std::vector<std::string> textsOf(berval** values) {
  std::vector<std::string> texts;
  for (berval** value = values; value != nullptr && *value != nullptr; ++value) {
    texts.emplace_back((*value)->bv_val, (*value)->bv_len);
  }
  return texts;
}

}  // namespace

bool isUnavailable(int code) {
  return code < 0 ? code != LDAP_FILTER_ERROR : code == LDAP_BUSY || code == LDAP_UNAVAILABLE;
}

Error errorOf(const Outcome& outcome, std::string_view doing, const std::string& url) {
  std::string sentence = std::string(doing) + " at " + url + ": " + ldap_err2string(outcome.code);
  if (!outcome.diagnostic.empty()) sentence += " (" + outcome.diagnostic + ")";
  return {codeOf(outcome.code), sentence + "." + std::string(adviceFor(outcome.code))};
}

std::string refusalOf(const Outcome& outcome) {
  // [MS-ADTS] 5.1.1.5 and the Windows error codes it carries.
  static constexpr std::pair<std::string_view, std::string_view> kReasons[] = {{"525", "unknown user"},
                                                                               {"52e", "wrong password"},
                                                                               {"530", "not at this hour"},
                                                                               {"531", "not from this machine"},
                                                                               {"532", "password expired"},
                                                                               {"533", "disabled"},
                                                                               {"701", "expired"},
                                                                               {"773", "password must be changed"},
                                                                               {"775", "locked"}};
  const auto data = dataOf(outcome.diagnostic);
  for (const auto& [code, reason] : kReasons) {
    if (data == code) return std::string(reason);
  }
  if (outcome.code == LDAP_INVALID_CREDENTIALS) return "wrong password";
  return std::string("refused by the directory: ") + ldap_err2string(outcome.code);
}

base::Result<Entry> entryOf(LDAP* handle, LDAPMessage* message, std::size_t mostValues) {
  const Error undecodable{ErrorCode::sourceUnavailable, "The directory sent an entry that cannot be decoded."};
  const std::unique_ptr<char, decltype(&ldap_memfree)> dn(ldap_get_dn(handle, message), ldap_memfree);
  if (dn == nullptr) return undecodable;
  Entry entry{dn.get(), {}};
  BerElement* position = nullptr;
  for (char* name = ldap_first_attribute(handle, message, &position); name != nullptr;
       name = ldap_next_attribute(handle, message, position)) {
    const std::unique_ptr<char, decltype(&ldap_memfree)> nameOwner(name, ldap_memfree);
    berval** values = ldap_get_values_len(handle, message, name);
    const std::unique_ptr<berval*, decltype(&ldap_value_free_len)> owner(values, ldap_value_free_len);
    auto texts = textsOf(values);
    if (texts.size() > mostValues) {
      ber_free(position, 0);
      return Error{ErrorCode::programLimit, "The directory sent an attribute with too many values."};
    }
    entry.attributes[lowerCase(name)] = std::move(texts);
  }
  ber_free(position, 0);
  return entry;
}

std::size_t sizeOf(const Entry& entry) {
  constexpr std::size_t kOverhead = 64;
  std::size_t size = entry.dn.size() + kOverhead;
  for (const auto& [name, values] : entry.attributes) {
    size += name.size() + kOverhead;
    for (const std::string& value : values) size += value.size() + kOverhead;
  }
  return size;
}

}  // namespace scrim::ldap
