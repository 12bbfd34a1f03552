// SPDX-License-Identifier: Apache-2.0
#include "server/api/call.h"

#include <Poco/String.h>

#include "common/base/hash.h"

namespace scrim::api {

std::optional<std::string> Call::query(const std::string& name) const {
  for (const auto& [known, value] : request.query) {
    if (known == name) return value;
  }
  return std::nullopt;
}

std::string etagOf(const ObjectPtr& representation) {
  return base::toHex(base::sha256(contract::written(representation))).substr(0, 32);
}

base::Error asRequestError(base::Error error) {
  if (error.code == base::ErrorCode::policyInvalid) error.code = base::ErrorCode::invalidValue;
  // "$.name: a text is needed" names the field first.
  const std::size_t colon = error.message.find(": ");
  if (error.message.starts_with("$") && colon != std::string::npos) {
    error.detail = error.message.substr(0, colon);
    error.message = "The body is not what is expected: " + error.message;
  }
  return error;
}

base::Result<contract::Fields> bodyFields(const Call& call) {
  const std::string* type = call.request.header("Content-Type");
  if (type == nullptr || !Poco::toLower(*type).starts_with("application/json")) {
    return base::Error{base::ErrorCode::notSupported, "The body must be JSON: send Content-Type: application/json."};
  }
  auto json = contract::parseJson(call.request.body);
  if (!json) return asRequestError(std::move(json).error());
  auto fields = contract::Fields::of(*json, "$");
  if (!fields) return asRequestError(std::move(fields).error());
  return fields;
}

}  // namespace scrim::api
