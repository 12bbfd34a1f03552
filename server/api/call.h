// SPDX-License-Identifier: Apache-2.0
// Call: one request on its way to its handler, after routing, signing in and the check of rights; Answer: what the
// handler says. One thread each.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "common/contract/strict_json.h"
#include "common/policy/subject.h"
#include "server/api/metrics.h"
#include "server/api/services.h"
#include "server/http/message.h"

namespace scrim::api {

using ObjectPtr = Poco::JSON::Object::Ptr;
using ArrayPtr = Poco::JSON::Array::Ptr;

/// Who calls.
struct Caller {
  identity::Session session;
  policy::Subject subject;  // in the call's snapshot
  catalog::AccessToken token;
  bool has(std::string_view permission) const { return subject.permissions.contains(std::string(permission)); }
};

struct Call {
  const Services& services;
  const http::Request& request;
  catalog::SnapshotPtr snapshot;
  std::map<std::string, std::string> path;  // what stands for {..} in the route's pattern
  std::optional<Caller> caller;             // always there but for routes that anyone may call
  const Metrics& metrics;

  const std::string& parameter(const std::string& name) const { return path.at(name); }
  /// nullopt: not given.
  std::optional<std::string> query(const std::string& name) const;
};

struct Answer {
  int status = 200;
  ObjectPtr body;    // null: none, or `text`
  std::string text;  // another content, of `contentType`
  std::string contentType = "application/json";
  std::string etag;      // without quotes; empty: none
  std::string location;  // of what was made
};

/// The strong ETag of a representation.
std::string etagOf(const ObjectPtr& representation);

/// Reads the body strictly: every field known, none doubled. Errors: invalidValue, with the field in `detail`.
template <typename T>
base::Result<T> readBody(const Call& call, base::Result<T> (*read)(contract::Fields&));
base::Result<contract::Fields> bodyFields(const Call& call);
/// An error of the contract as one of a request.
base::Error asRequestError(base::Error error);

}  // namespace scrim::api

namespace scrim::api {

template <typename T>
base::Result<T> readBody(const Call& call, base::Result<T> (*read)(contract::Fields&)) {
  SCRIM_TRY(contract::Fields fields, bodyFields(call));
  base::Result<T> value = read(fields);
  if (!value) return asRequestError(std::move(value).error());
  if (auto rest = fields.finish(); !rest) return asRequestError(std::move(rest).error());
  return value;
}

}  // namespace scrim::api
