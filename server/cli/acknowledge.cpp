// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <algorithm>
#include <iostream>

#include "server/cli/exit_codes.h"
#include "server/cli/prompt.h"
#include "server/cli/request.h"
#include "server/cli/runs.h"
#include "server/cli/text.h"

namespace scrim::cli::own {
namespace {

/// Line by line: what it says may stand in several.
void showText(const std::string& text) {
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    std::cerr << printable(text.substr(at, end - at)) << '\n';
    at = end + 1;
  }
}

base::Result<bool> agreed(const Given& given, const ObjectPtr& project) {
  showText(fieldText(project, "acknowledgement"));
  if (given.has("--yes")) return true;
  if (!isTerminal(STDIN_FILENO)) {
    return wrongCommandLine("Say --yes: nobody can be asked, as standard input is no terminal.");
  }
  const auto answer = ask("Do you agree to this for project " + fieldText(project, "name") + "? [y/N]");
  if (!answer) return answer.error();
  return answer.value() == "y" || answer.value() == "Y" || answer.value() == "yes";
}

}  // namespace

base::Result<int> acknowledge(const Given& given) {
  SCRIM_TRY(const Client client, signedInClient());
  SCRIM_TRY(Call call, callOf(client, given));
  Call get = call;
  get.method = "GET";
  get.path = call.path.substr(0, call.path.rfind('/'));
  SCRIM_TRY(const Reply before, client.send(get));
  const ObjectPtr project = objectOf(before.body);
  if (project.isNull()) return refused("The server's answer is no project.");
  if (fieldText(project, "acknowledgement").empty()) {
    std::cerr << "scrim: the project asks for no agreement\n";
    return show(given, before.body);
  }
  SCRIM_TRY(const bool yes, agreed(given, project));
  if (!yes) return refused("Nothing was acknowledged.");
  // The version that was shown: a text that changed meanwhile is refused.
  ObjectPtr body = newObject();
  body->set("version", project->get("acknowledgementVersion"));
  call.body = body;
  SCRIM_TRY(const Reply reply, client.send(call));
  return show(given, reply.body);
}

}  // namespace scrim::cli::own
