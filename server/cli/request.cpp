// SPDX-License-Identifier: Apache-2.0
#include "server/cli/request.h"

#include <iostream>

#include "server/cli/body.h"
#include "server/cli/exit_codes.h"
#include "server/cli/lookup.h"

namespace scrim::cli {
namespace {

std::string placeholderOf(const Argument& argument) { return "{" + std::string(argument.field) + "}"; }

bool isInPath(const Verb& verb, const Argument& argument) {
  return verb.pattern.find(placeholderOf(argument)) != std::string_view::npos;
}

}  // namespace

base::Result<Client> signedInClient() {
  SCRIM_TRY(Endpoint endpoint, signedInEndpoint());
  return Client::open(std::move(endpoint));
}

base::Result<Call> callOf(const Client& client, const Given& given) {
  const Verb& verb = *given.verb;
  Call call{std::string(verb.method), std::string(verb.pattern), {}, {}, {}};
  for (const Argument& argument : verb.arguments) {
    if (!isInPath(verb, argument)) continue;
    SCRIM_TRY(const std::string id, idOf(client, argument.names, given.argument(std::string(argument.name))));
    if (id.empty()) return wrongCommandLine(std::string(argument.name) + " must not be empty.");
    const std::string hole = placeholderOf(argument);
    call.path.replace(call.path.find(hole), hole.size(), encodedPiece(id));
  }
  for (const Flag& flag : verb.flags) {
    const std::string name(flag.name);
    if (flag.goes != Goes::intoQuery || !given.has(name)) continue;
    SCRIM_TRY(std::string text, queryText(client, flag, given.text(name)));
    call.query.emplace_back(flag.field, std::move(text));
  }
  return call;
}

base::Result<ObjectPtr> bodyOf(const Client& client, const Given& given) {
  ObjectPtr body = newObject();
  for (const Argument& argument : given.verb->arguments) {
    const std::string name(argument.name);
    if (isInPath(*given.verb, argument)) continue;
    SCRIM_TRY(const std::string id, idOf(client, argument.names, given.argument(name)));
    if (argument.names == Names::text) {
      body->set(std::string(argument.field), id);
      continue;
    }
    SCRIM_TRY(const std::int64_t number, wholeOf(id, argument.name));
    body->set(std::string(argument.field), number);
  }
  const auto& [field, text] = given.verb->fixed;
  if (!field.empty()) body->set(std::string(field), std::string(text));
  SCRIM_CHECK_OK(applyFlags(client, given, body));
  return body;
}

base::Result<void> print(const std::string& text) {
  std::cout << text << std::flush;
  if (std::cout) return {};
  return refused("Standard output cannot be written to.");
}

base::Result<int> show(const Given& given, const Json& answer) {
  const Verb& verb = *given.verb;
  if (answer.isEmpty()) {
    if (given.format == Format::table && !verb.says.empty()) SCRIM_CHECK_OK(print(std::string(verb.says) + "\n"));
    return kDone;
  }
  SCRIM_CHECK_OK(print(rendered(answer, given.format, verb.columns)));
  if (verb.mustBe.empty()) return kDone;
  return fieldText(objectOf(answer), std::string(verb.mustBe)) == "true" ? kDone : kRefused;
}

}  // namespace scrim::cli
