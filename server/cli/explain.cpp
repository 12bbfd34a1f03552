// SPDX-License-Identifier: Apache-2.0
#include "server/cli/colours.h"
#include "server/cli/exit_codes.h"
#include "server/cli/plan_tree.h"
#include "server/cli/request.h"
#include "server/cli/runs.h"

namespace scrim::cli::own {
base::Result<int> explain(const Given& given) {
  SCRIM_TRY(const Client client, signedInClient());
  SCRIM_TRY(Call call, callOf(client, given));
  SCRIM_TRY(ObjectPtr body, bodyOf(client, given));
  call.body = body;
  SCRIM_TRY(const Reply reply, client.send(call));
  if (given.format != Format::table) return show(given, reply.body);
  SCRIM_CHECK_OK(print(planText(objectOf(reply.body), wantsColours())));
  return kDone;
}

}  // namespace scrim::cli::own
