// SPDX-License-Identifier: Apache-2.0
// scrim apply and scrim export.
#include <unistd.h>

#include "server/cli/colours.h"
#include "server/cli/configuration_files.h"
#include "server/cli/exit_codes.h"
#include "server/cli/prompt.h"
#include "server/cli/request.h"
#include "server/cli/runs.h"
#include "server/cli/sink.h"
#include "server/cli/text.h"

namespace scrim::cli::own {
namespace {

/// The changes, as people read them: one paragraph each.
class Changes {
 public:
  explicit Changes(bool colours) : colours_(colours) {}

  std::string of(const ArrayPtr& changes) {
    for (const Json& each : *changes) add(objectOf(each));
    return std::move(text_);
  }

 private:
  void line(std::string_view colour, const std::string& text) {
    const std::string safe = printable(text);
    text_ += (colours_ ? std::string(colour) + safe + std::string(kPlain) : safe) + "\n";
  }

  void add(const ObjectPtr& change) {
    const std::string action = fieldText(change, "action");
    const std::string what = fieldText(change, "kind") + " " + fieldText(change, "name");
    if (action == "remove") return line(kRed, "- " + what);
    line(action == "create" ? kGreen : kYellow, (action == "create" ? "+ " : "~ ") + what);
    const ArrayPtr differences = arrayOf(change->get("differences"));
    for (const Json& each : *differences) addDifference(objectOf(each), action == "create");
  }

  void addDifference(const ObjectPtr& difference, bool isNew) {
    const std::string field = fieldText(difference, "field") + ": ";
    const std::string from = fieldText(difference, "from");
    const std::string to = fieldText(difference, "to");
    if (isNew) return line("", "    " + field + to);
    if (from.empty()) return line(kGreen, "    + " + field + to);
    if (to.empty()) return line(kRed, "    - " + field + from);
    line(kYellow, "    ~ " + field + from + " -> " + to);
  }

  bool colours_;
  std::string text_;
};

ObjectPtr bodyOf(const ConfigurationFiles& read, bool dryRun) {
  ObjectPtr body = newObject();
  ArrayPtr files(new Poco::JSON::Array);
  for (const ConfigurationFiles::File& file : read.files) {
    ObjectPtr item = newObject();
    item->set("name", file.name);
    item->set("text", file.text);
    files->add(item);
  }
  body->set("files", files);
  body->set("dryRun", dryRun);
  for (const auto& [name, passwords] : {std::pair{"environmentPasswords", &read.environmentPasswords},
                                        std::pair{"filePasswords", &read.filePasswords}}) {
    ObjectPtr all = newObject();
    for (const auto& [key, password] : *passwords) all->set(key, password);
    body->set(name, all);
  }
  return body;
}

base::Result<void> tell(const Given& given, const ObjectPtr& result) {
  if (given.format != Format::table) return print(rendered(Json(result), given.format, {}));
  const ArrayPtr changes = arrayOf(result->get("changes"));
  std::string text = Changes(wantsColours()).of(changes);
  for (const std::string& warning : textsOf(result->get("warnings"))) text += printable("warning: " + warning) + "\n";
  const std::string count = std::to_string(changes->size()) + (changes->size() == 1 ? " change" : " changes");
  const bool applied = fieldText(result, "applied") == "true";
  text += changes->empty() ? "Nothing changes.\n" : count + (applied ? " made.\n" : " to make.\n");
  return print(text);
}

base::Result<bool> agreed(const Given& given) {
  if (given.has("--yes")) return true;
  if (!isTerminal(STDIN_FILENO)) {
    return wrongCommandLine("Nobody can be asked whether to make these changes.", "Say --yes, or --dry-run.");
  }
  const auto answer = ask("Make these changes? [y/N]");
  if (!answer) return answer.error();
  return *answer == "y" || *answer == "Y" || *answer == "yes";
}

}  // namespace

base::Result<int> applyFiles(const Given& given) {
  SCRIM_TRY(const ConfigurationFiles read, readConfigurationFiles(given.flags.at("--file")));
  SCRIM_TRY(const Client client, signedInClient());
  SCRIM_TRY(Call call, callOf(client, given));
  if (!given.has("--yes") || given.has("--dry-run")) {
    call.body = Json(bodyOf(read, true));
    SCRIM_TRY(const Reply planned, client.send(call));
    const ObjectPtr plan = objectOf(planned.body);
    SCRIM_CHECK_OK(tell(given, plan));
    if (given.has("--dry-run") || arrayOf(plan->get("changes"))->empty()) return kDone;
    SCRIM_TRY(const bool wanted, agreed(given));
    if (!wanted) return refused("Nothing was changed.");
  }
  call.body = Json(bodyOf(read, false));
  SCRIM_TRY(const Reply done, client.send(call));
  SCRIM_CHECK_OK(tell(given, objectOf(done.body)));
  return kDone;
}

base::Result<int> exportConfiguration(const Given& given) {
  SCRIM_TRY(const Client client, signedInClient());
  SCRIM_TRY(const Call call, callOf(client, given));
  SCRIM_TRY(Sink sink, Sink::open(given.text("--file")));
  SCRIM_TRY(const Reply reply, client.send(call));
  SCRIM_CHECK_OK(sink.write(fieldText(objectOf(reply.body), "text")));
  SCRIM_CHECK_OK(sink.keep());
  return kDone;
}

}  // namespace scrim::cli::own
