// SPDX-License-Identifier: Apache-2.0
#include "server/catalog/access_request_store.h"

#include <array>
#include <map>

namespace scrim::catalog {
namespace {

constexpr std::array<std::string_view, 5> kStates{"pending", "approved", "denied", "withdrawn", "ended"};

std::string isoText(const char* column) {
  return std::string("coalesce(to_char(") + column + " AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'), '')";
}

const std::string& select() {
  static const std::string text =
      "SELECT r.id, r.data_source_id, d.schema_name || '.' || d.name, r.account_id, a.name, r.reason,"
      " r.lifetime_seconds, r.state, " +
      isoText("r.made_at") + ", " + isoText("r.settled_at") + ", r.settled_by, r.settled_reason, " +
      isoText("s.expires_at") +
      " FROM scrim.access_request r JOIN scrim.data_source d ON d.id = r.data_source_id"
      " JOIN scrim.account a ON a.id = r.account_id"
      " LEFT JOIN scrim.subscription s ON r.state = 'approved' AND s.data_source_id = r.data_source_id"
      " AND s.user_name = a.name";
  return text;
}

base::Result<AccessRequest> requestFrom(const store::Rows& rows, int row) {
  const auto state = requestStateNamed(rows.text(row, 7));
  if (!state) return base::Error{base::ErrorCode::internal, "A request for access is in a state that is not known."};
  AccessRequest request;
  request.id = rows.integer(row, 0);
  request.dataSource = {rows.integer(row, 1)};
  request.dataSourceName = rows.string(row, 2);
  request.user = {rows.integer(row, 3)};
  request.userName = rows.string(row, 4);
  request.reason = rows.string(row, 5);
  request.lifetimeSeconds = rows.integer(row, 6);
  request.state = *state;
  request.madeAt = rows.string(row, 8);
  request.settledAt = rows.string(row, 9);
  request.settledBy = rows.string(row, 10);
  request.settledReason = rows.string(row, 11);
  request.accessUntil = rows.string(row, 12);
  return request;
}

base::Result<void> addApprovals(store::Link& link, std::vector<AccessRequest>& requests) {
  std::map<std::int64_t, AccessRequest*> byId;
  Ids ids;
  for (AccessRequest& request : requests) {
    byId[request.id] = &request;
    ids.push_back(request.id);
  }
  SCRIM_TRY(store::Rows rows,
            link.run("SELECT p.access_request_id, a.name, p.role, " + isoText("p.approved_at") +
                         " FROM scrim.access_approval p JOIN scrim.account a ON a.id = p.approver_id"
                         " WHERE p.access_request_id = ANY ($1::bigint[]) ORDER BY p.approved_at, a.name",
                     {store::array(ids)}));
  for (int row = 0; row < rows.size(); ++row) {
    byId.at(rows.integer(row, 0))->approvals.push_back({rows.string(row, 1), rows.string(row, 2), rows.string(row, 3)});
  }
  return {};
}

base::Result<std::vector<AccessRequest>> requestsFrom(store::Link& link, const store::Rows& rows) {
  std::vector<AccessRequest> found;
  for (int row = 0; row < rows.size(); ++row) {
    SCRIM_TRY(AccessRequest request, requestFrom(rows, row));
    found.push_back(std::move(request));
  }
  if (!found.empty()) SCRIM_CHECK_OK(addApprovals(link, found));
  return found;
}

}  // namespace

std::string_view nameOf(RequestState state) { return kStates.at(static_cast<std::size_t>(state)); }

std::optional<RequestState> requestStateNamed(std::string_view name) {
  for (std::size_t i = 0; i < kStates.size(); ++i) {
    if (kStates[i] == name) return static_cast<RequestState>(i);
  }
  return std::nullopt;
}

base::Result<std::vector<AccessRequest>> loadRequests(store::Link& link, const RequestFilter& filter) {
  const store::Value state = filter.state ? store::Value(std::string(nameOf(*filter.state))) : store::Value();
  SCRIM_TRY(
      store::Rows rows,
      link.run(select() +
                   " WHERE ($1::boolean OR r.account_id = $2::bigint OR r.data_source_id = ANY ($3::bigint[]))"
                   " AND ($4::text IS NULL OR r.state = $4) AND ($5::bigint = 0 OR r.data_source_id = $5::bigint)"
                   " AND r.id > $6::bigint ORDER BY r.id LIMIT $7::bigint",
               {store::value(filter.everybody), store::value(filter.user.value), store::array(filter.dataSources),
                state, store::value(filter.about.value), store::value(filter.after), store::value(filter.limit)}));
  return requestsFrom(link, rows);
}

base::Result<std::optional<AccessRequest>> findRequest(store::Link& link, std::int64_t id) {
  SCRIM_TRY(store::Rows rows, link.run(select() + " WHERE r.id = $1::bigint", {store::value(id)}));
  SCRIM_TRY(auto found, requestsFrom(link, rows));
  if (found.empty()) return std::optional<AccessRequest>();
  return std::optional<AccessRequest>(std::move(found.front()));
}

base::Result<std::int64_t> insertRequest(Writer& writer, const AccessRequest& request) {
  SCRIM_TRY(store::Rows rows,
            writer.link().run("INSERT INTO scrim.access_request (data_source_id, account_id, reason, lifetime_seconds,"
                              " state) VALUES ($1::bigint, $2::bigint, $3, $4::bigint, 'pending') RETURNING id",
                              {store::value(request.dataSource.value), store::value(request.user.value), request.reason,
                               store::value(request.lifetimeSeconds)}));
  return rows.integer(0, 0);
}

base::Result<void> addApproval(Writer& writer, std::int64_t request, base::UserId approver, const std::string& role) {
  SCRIM_CHECK_OK(
      writer.link().run("INSERT INTO scrim.access_approval (access_request_id, approver_id, role)"
                        " VALUES ($1::bigint, $2::bigint, $3)",
                        {store::value(request), store::value(approver.value), role}));
  return {};
}

base::Result<void> settleRequest(Writer& writer, std::int64_t request, RequestState state, const std::string& reason) {
  SCRIM_CHECK_OK(
      writer.link().run("UPDATE scrim.access_request SET state = $2, settled_at = now(), settled_by = $3,"
                        " settled_reason = $4 WHERE id = $1::bigint",
                        {store::value(request), std::string(nameOf(state)), writer.author(), reason}));
  return {};
}

}  // namespace scrim::catalog
