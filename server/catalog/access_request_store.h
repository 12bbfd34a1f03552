// SPDX-License-Identifier: Apache-2.0
// Requests for access in the catalog's database. They are no part of a snapshot; the subscription that an approved one
// gives is. Errors: those of store::Link.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/base/id.h"
#include "server/catalog/writer.h"

namespace scrim::catalog {

enum class RequestState { pending, approved, denied, withdrawn, ended };
std::string_view nameOf(RequestState state);
std::optional<RequestState> requestStateNamed(std::string_view name);

/// One person's yes, in one of the roles that a rule asks for.
struct Approval {
  std::string user;
  std::string role;  // OWNER, GOVERNOR
  std::string at;    // ISO 8601, UTC
};

struct AccessRequest {
  std::int64_t id = 0;
  base::DataSourceId dataSource;
  std::string dataSourceName;  // read only
  base::UserId user;
  std::string userName;  // read only
  std::string reason;
  std::int64_t lifetimeSeconds = 0;  // of the access, from its approval; 0: no end
  RequestState state = RequestState::pending;
  std::string madeAt;  // read only, like all below
  std::vector<Approval> approvals;
  std::string settledAt;
  std::string settledBy;
  std::string settledReason;
  std::string accessUntil;  // empty: no end, or no access by it
};

/// Which requests: of one user, or about one of the data sources, or everybody's; ids above `after`, so many at most.
struct RequestFilter {
  bool everybody = false;
  base::UserId user;
  Ids dataSources;
  std::optional<RequestState> state;
  base::DataSourceId about;  // 0: any
  std::int64_t after = 0;
  std::int64_t limit = 100;
};

base::Result<std::vector<AccessRequest>> loadRequests(store::Link& link, const RequestFilter& filter);
base::Result<std::optional<AccessRequest>> findRequest(store::Link& link, std::int64_t id);
/// The id. Errors: duplicateObject when one of that user for that data source is pending or approved.
base::Result<std::int64_t> insertRequest(Writer& writer, const AccessRequest& request);
base::Result<void> addApproval(Writer& writer, std::int64_t request, base::UserId approver, const std::string& role);
base::Result<void> settleRequest(Writer& writer, std::int64_t request, RequestState state, const std::string& reason);

}  // namespace scrim::catalog
