// SPDX-License-Identifier: Apache-2.0
// The whole catalog as a document: exported, and applied, all or nothing.
#include <map>

#include "server/api/change.h"
#include "server/api/handlers.h"
#include "server/api/json.h"
#include "server/apply/apply.h"
#include "server/catalog/user_store.h"

namespace scrim::api::configuration {
namespace {

using base::Error;
using base::ErrorCode;

constexpr std::size_t kMostFiles = 10'000;
constexpr std::size_t kChangesInRecord = 50;

using Passwords = std::map<std::string, base::Secret>;

struct Wanted {
  std::vector<apply::File> files;
  bool dryRun = false;
  Passwords environment;  // by what password_env names
  Passwords fromFiles;    // by what password_file names
};

base::Result<apply::File> readFile(const contract::Json& item, const std::string& place) {
  SCRIM_TRY(contract::Fields fields, contract::Fields::of(item, place));
  apply::File file;
  SCRIM_TRY(file.name, fields.text("name"));
  SCRIM_CHECK_OK(checkText(file.name, kLongestDescription, fields.placeOf("name")));
  SCRIM_TRY(file.text, fields.text("text"));
  SCRIM_CHECK_OK(fields.finish());
  return file;
}

base::Result<Passwords> readPasswords(contract::Fields& fields, const std::string& name) {
  Passwords passwords;
  if (!fields.has(name)) return passwords;
  SCRIM_TRY(const contract::Json value, fields.any(name));
  SCRIM_TRY(contract::Fields inside, contract::Fields::of(value, fields.placeOf(name)));
  for (const std::string& key : inside.names()) {
    SCRIM_TRY(std::string password, inside.text(key));
    SCRIM_CHECK_OK(checkPasswordText(password, inside.placeOf(key)));
    passwords.emplace(key, base::Secret(std::move(password)));
  }
  return passwords;
}

base::Result<Wanted> readWanted(contract::Fields& fields) {
  Wanted wanted;
  SCRIM_TRY(wanted.files, contract::readList<apply::File>(fields, "files", readFile));
  if (wanted.files.empty()) return contract::wrongAt(fields.placeOf("files"), "at least one file is needed");
  if (wanted.files.size() > kMostFiles) return contract::wrongAt(fields.placeOf("files"), "these are too many files");
  SCRIM_TRY(wanted.dryRun, optionalFlag(fields, "dryRun", false));
  SCRIM_TRY(wanted.environment, readPasswords(fields, "environmentPasswords"));
  SCRIM_TRY(wanted.fromFiles, readPasswords(fields, "filePasswords"));
  return wanted;
}

/// Only what was sent: neither this process's environment nor its files are the caller's to read.
apply::PasswordReader passwordsOf(const Wanted& wanted) {
  return [&wanted](const apply::PasswordSource& source) -> base::Result<base::Secret> {
    const bool variable = source.kind == apply::PasswordSource::Kind::environment;
    const Passwords& passwords = variable ? wanted.environment : wanted.fromFiles;
    const auto found = passwords.find(source.name);
    if (found != passwords.end()) return found->second.clone();
    return Error{ErrorCode::configInvalid,
                 std::string(variable ? "the password of the environment variable " : "the password in the file ") +
                     source.name + " was not sent"};
  };
}

Error invalid(const apply::Problems& problems) {
  std::string all;
  for (const std::string& line : problems.lines()) all += (all.empty() ? "" : "\n") + line;
  const std::size_t count = problems.list().size();
  return {ErrorCode::configInvalid,
          count == 1 ? "There is a problem; nothing was changed."
                     : "There are " + std::to_string(count) + " problems; nothing was changed.",
          all};
}

std::string_view nameOf(apply::Change::Action action) {
  switch (action) {
    case apply::Change::Action::create:
      return "create";
    case apply::Change::Action::update:
      return "update";
    case apply::Change::Action::remove:
      break;
  }
  return "remove";
}

ObjectPtr show(const apply::Change& change) {
  ObjectPtr out = contract::newObject();
  out->set("action", std::string(nameOf(change.action)));
  out->set("kind", change.kind);
  out->set("name", change.name);
  ArrayPtr differences(new Poco::JSON::Array);
  for (const apply::Difference& each : change.differences) {
    ObjectPtr item = contract::newObject();
    item->set("field", each.field);
    if (each.before) item->set("from", *each.before);
    if (each.after) item->set("to", *each.after);
    differences->add(item);
  }
  out->set("differences", differences);
  return out;
}

Answer answerOf(const apply::Attempt& attempt, bool applied) {
  Answer answer;
  answer.body = contract::newObject();
  answer.body->set("applied", applied);
  ArrayPtr changes(new Poco::JSON::Array);
  for (const apply::Change& each : attempt.changes) changes->add(show(each));
  answer.body->set("changes", changes);
  answer.body->set("warnings", textArray(attempt.warnings));
  return answer;
}

/// So many at a time as a record of the journal holds.
base::Result<void> recordChanges(const Call& call, const std::vector<apply::Change>& changes) {
  std::string text;
  for (std::size_t i = 0; i < changes.size(); ++i) {
    text += (text.empty() ? "configuration: " : "; ") + std::string(nameOf(changes[i].action)) + " " + changes[i].kind +
            " " + changes[i].name;
    if (i + 1 < changes.size() && (i + 1) % kChangesInRecord != 0) continue;
    SCRIM_CHECK_OK(recordAct(call, text));
    text.clear();
  }
  return {};
}

/// Nobody shuts themselves out by a file.
base::Result<void> checkStaysIn(const Call& call, catalog::Writer& writer) {
  SCRIM_TRY(const auto users, catalog::loadUsers(writer.link(), {false, {call.caller->session.userId().value}}));
  const bool stays = users.size() == 1 && users.front().mayLogIn() && users.front().permissions.contains("ADMIN");
  if (stays) return {};
  return Error{ErrorCode::invalidValue,
               "You would no longer be an administrator after this; nothing was changed.",
               {},
               "Keep your own account in the files, enabled and with the permission ADMIN."};
}

/// What would change; the transaction is ended without a commit.
base::Result<Answer> plan(const Call& call, const apply::Document& document, apply::ShapeCache& shapes,
                          apply::Problems& problems) {
  std::optional<apply::Attempt> attempt;
  const auto ended = call.services.catalog->run("", [&](catalog::Writer& writer) -> base::Result<void> {
    attempt.reset();
    SCRIM_TRY(auto made, apply::attempt(document, writer, shapes, problems));
    SCRIM_CHECK_OK(checkStaysIn(call, writer));
    attempt = std::move(made);
    return Error{ErrorCode::queryCanceled, "only the plan was asked for"};
  });
  if (attempt) return answerOf(*attempt, false);
  return ended.error();
}

base::Result<Answer> carryOut(Call& call, const apply::Document& document, apply::ShapeCache& shapes,
                              apply::Problems& problems) {
  return change(call, [&](catalog::Writer& writer) -> base::Result<Outcome> {
    SCRIM_TRY(const apply::Attempt attempt, apply::attempt(document, writer, shapes, problems));
    SCRIM_CHECK_OK(checkStaysIn(call, writer));
    SCRIM_CHECK_OK(recordChanges(call, attempt.changes));
    return Outcome{answerOf(attempt, true),
                   "configuration applied, " + std::to_string(attempt.changes.size()) + " changes"};
  });
}

}  // namespace

base::Result<Answer> get(Call& call) {
  apply::Written entries;
  SCRIM_CHECK_OK(call.services.catalog->run("", [&](catalog::Writer& writer) -> base::Result<void> {
    SCRIM_TRY(entries, apply::writeDown(writer));
    return {};
  }));
  Answer answer;
  answer.body = contract::newObject();
  answer.body->set("text", apply::printed(entries));
  return answer;
}

base::Result<Answer> write(Call& call) {
  SCRIM_TRY(const Wanted wanted, readBody<Wanted>(call, readWanted));
  apply::Problems problems;
  apply::Document document = apply::readDocument(wanted.files, call.caller->subject.user, problems);
  if (problems.empty()) apply::fetchPasswords(document, passwordsOf(wanted), problems);
  if (!problems.empty()) return invalid(problems);
  apply::ShapeCache shapes(call.services.referencedTables);
  auto answer = wanted.dryRun ? plan(call, document, shapes, problems) : carryOut(call, document, shapes, problems);
  if (!answer && !problems.empty()) return invalid(problems);
  return answer;
}

}  // namespace scrim::api::configuration
