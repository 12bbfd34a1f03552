// SPDX-License-Identifier: Apache-2.0
#include "server/api/handlers.h"
#include "server/api/openapi.h"

namespace scrim::api::health {

base::Result<Answer> live(Call&) {
  Answer answer;
  answer.contentType = "text/plain; charset=utf-8";
  answer.text = "live\n";
  return answer;
}

base::Result<Answer> ready(Call& call) {
  const bool catalog = call.services.catalog->healthy();
  const auto journal = call.services.journal->failure();
  Answer answer;
  answer.body = contract::newObject();
  answer.body->set("catalog", catalog ? "ok" : "not heard from within the lease");
  answer.body->set("audit", journal ? journal->message : "ok");
  answer.status = catalog && !journal ? 200 : 503;
  return answer;
}

base::Result<Answer> metrics(Call& call) {
  Answer answer;
  answer.contentType = "text/plain; version=0.0.4; charset=utf-8";
  answer.text = call.metrics.text();
  answer.text += "# HELP scrim_catalog_version Version of the snapshot in use.\n# TYPE scrim_catalog_version gauge\n";
  answer.text += "scrim_catalog_version " + std::to_string(call.services.catalog->snapshot()->version().value) + "\n";
  answer.text += "# HELP scrim_catalog_healthy Whether the catalog was heard from within its lease.\n";
  answer.text += "# TYPE scrim_catalog_healthy gauge\n";
  answer.text += "scrim_catalog_healthy " + std::string(call.services.catalog->healthy() ? "1" : "0") + "\n";
  answer.text +=
      "# HELP scrim_audit_healthy Whether the audit journal can be written.\n# TYPE scrim_audit_healthy gauge\n";
  answer.text += "scrim_audit_healthy " + std::string(call.services.journal->failure() ? "0" : "1") + "\n";
  return answer;
}

base::Result<Answer> openapi(Call&) {
  Answer answer;
  answer.body = openapiDocument();
  return answer;
}

}  // namespace scrim::api::health
