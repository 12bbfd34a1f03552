// SPDX-License-Identifier: Apache-2.0
#include "server/catalog/count.h"

#include "server/catalog/introspect.h"

namespace scrim::catalog {

using base::Error;
using base::ErrorCode;
using store::Link;

base::Result<std::int64_t> readCount(const Connection& connection, const std::string& sql,
                                     const std::vector<base::Secret>& values, std::chrono::milliseconds limit) {
  auto link = Link::open(linkOptionsOf(connection));
  if (!link) {
    return Error{ErrorCode::sourceUnavailable, "The source of connection " + connection.name + " cannot be reached."};
  }
  link->setAnswerTimeout(limit + std::chrono::seconds(5));
  SCRIM_CHECK_OK(
      link->run("SELECT pg_catalog.set_config('statement_timeout', $1, false),"
                " pg_catalog.set_config('default_transaction_read_only', 'on', false)",
                {std::to_string(limit.count())}));
  std::vector<store::Value> parameters;
  for (const base::Secret& each : values) parameters.push_back(store::bytes(each.reveal()));
  auto rows = link->run(sql, parameters);
  if (rows && rows->size() == 1) return rows->integer(0, 0);
  Error error{ErrorCode::sourceError, "The source did not count the rows."};
  if (!rows) error.sqlstate = rows.error().sqlstate;
  return error;
}

}  // namespace scrim::catalog
