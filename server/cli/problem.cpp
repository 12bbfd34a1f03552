// SPDX-License-Identifier: Apache-2.0
#include "server/cli/problem.h"

#include "server/cli/exit_codes.h"

namespace scrim::cli {
namespace {

constexpr int kUnauthorized = 401;
constexpr int kPreconditionFailed = 412;

std::string linesOf(const ObjectPtr& problem) {
  std::string lines;
  for (const auto& [name, label] : {std::pair{"field", "field"},
                                    {"detail", "detail"},
                                    {"position", "position"},
                                    {"sqlstate", "sqlstate"},
                                    {"requestId", "request"}}) {
    const std::string text = fieldText(problem, name);
    if (text.empty()) continue;
    const bool isOne = text.find('\n') == std::string::npos;
    lines += (isOne ? std::string(label) + ": " : std::string()) + text + "\n";
  }
  return lines;
}

}  // namespace

base::Error problemOf(int status, const Json& body) {
  const ObjectPtr problem = objectOf(body);
  if (problem.isNull() || fieldText(problem, "title").empty()) {
    return refused("The server answered " + std::to_string(status) + " without saying why.",
                   "Is this the address of Scrim's REST API?");
  }
  std::string title = fieldText(problem, "title");
  std::string hint = fieldText(problem, "hint");
  if (status == kPreconditionFailed) {
    title = "It was changed by somebody else meanwhile, so nothing was done. (" + title + ")";
    hint = "Look at what it is now, then run the command again if you still want it.";
  }
  base::Error error = status == kUnauthorized ? notSignedIn(title, hint) : refused(title, hint);
  error.detail = linesOf(problem);
  return error;
}

}  // namespace scrim::cli
