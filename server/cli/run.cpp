// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>
#include <charconv>
#include <iostream>

#include "server/cli/body.h"
#include "server/cli/exit_codes.h"
#include "server/cli/lookup.h"
#include "server/cli/prompt.h"
#include "server/cli/request.h"
#include "server/cli/runs.h"

namespace scrim::cli::run {
namespace {

constexpr std::size_t kUsualLimit = 1'000;

base::Result<std::size_t> limitOf(const Given& given) {
  if (!given.has("--limit")) return kUsualLimit;
  const std::string text = given.text("--limit");
  std::size_t limit = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), limit);
  if (problem == std::errc() && end == text.data() + text.size()) return limit;
  return wrongCommandLine("--limit takes a whole number, not " + text + ".");
}

/// A list that comes as a whole.
base::Result<Json> wholeList(const Client& client, const Call& call) {
  SCRIM_TRY(const Reply reply, client.send(call));
  const ObjectPtr page = objectOf(reply.body);
  if (page && page->has("items")) return page->get("items");
  return refused("The server's answer is no list.");
}

/// A thing as it is now, before it is changed.
base::Result<Reply> present(const Client& client, const Call& call) {
  Call get = call;
  get.method = "GET";
  SCRIM_TRY(Reply reply, client.send(get));
  if (reply.etag.empty() || objectOf(reply.body).isNull()) {
    return refused("The server did not say which version this is.");
  }
  return reply;
}

bool anyFlagForBody(const Given& given) {
  for (const Flag& flag : given.verb->flags) {
    if (flag.goes == Goes::intoBody && given.has(std::string(flag.name))) return true;
  }
  return false;
}

base::Result<bool> confirmed(const Given& given, const ObjectPtr& what) {
  if (given.has("--yes")) return true;
  if (!isTerminal(STDIN_FILENO)) {
    return wrongCommandLine("Say --yes: nobody can be asked, as standard input is no terminal.");
  }
  const std::string name = fieldText(what, what->has("name") ? "name" : "sentence");
  const auto answer = ask("Remove " + std::string(given.verb->noun) + " " + name + "? [y/N]");
  if (!answer) return answer.error();
  return answer.value() == "y" || answer.value() == "Y" || answer.value() == "yes";
}

}  // namespace

base::Result<int> list(const Given& given) {
  SCRIM_TRY(const Client client, signedInClient());
  SCRIM_TRY(const Call call, callOf(client, given));
  if (flagNamed(*given.verb, "--limit") == nullptr) {
    SCRIM_TRY(const Json items, wholeList(client, call));
    return show(given, items);
  }
  SCRIM_TRY(const std::size_t limit, limitOf(given));
  bool more = false;
  SCRIM_TRY(const ArrayPtr items, allItems(client, call, limit, more));
  SCRIM_TRY(const int code, show(given, Json(items)));
  if (more) std::cerr << "scrim: there are more; --limit 0 shows all\n";
  return code;
}

base::Result<int> send(const Given& given) {
  SCRIM_TRY(const Client client, signedInClient());
  SCRIM_TRY(Call call, callOf(client, given));
  SCRIM_TRY(ObjectPtr body, bodyOf(client, given));
  if (body->size() > 0) call.body = body;
  SCRIM_TRY(const Reply reply, client.send(call));
  return show(given, reply.body);
}

base::Result<int> change(const Given& given) {
  if (!anyFlagForBody(given)) {
    return wrongCommandLine("Nothing is to be changed.", "scrim " + given.verb->typed() + " --help says what can be.");
  }
  SCRIM_TRY(const Client client, signedInClient());
  SCRIM_TRY(Call call, callOf(client, given));
  SCRIM_TRY(const Reply before, present(client, call));
  ObjectPtr body = kept(objectOf(before.body), given.verb->keeps);
  SCRIM_CHECK_OK(applyFlags(client, given, body));
  call.body = body;
  call.ifMatch = before.etag;
  SCRIM_TRY(const Reply reply, client.send(call));
  return show(given, reply.body);
}

base::Result<int> remove(const Given& given) {
  SCRIM_TRY(const Client client, signedInClient());
  SCRIM_TRY(Call call, callOf(client, given));
  SCRIM_TRY(const Reply before, present(client, call));
  SCRIM_TRY(const bool wanted, confirmed(given, objectOf(before.body)));
  if (!wanted) return refused("Nothing was removed.");
  call.ifMatch = before.etag;
  SCRIM_TRY(const Reply reply, client.send(call));
  return show(given, reply.body);
}

}  // namespace scrim::cli::run
