// SPDX-License-Identifier: Apache-2.0
#include "server/api/handlers.h"
#include "server/api/json.h"
#include "server/query/explain/explain.h"
#include "server/query/parse/parse.h"

namespace scrim::api::plans {
namespace {

struct Wanted {
  std::string sql;
  std::string user;     // empty: the caller
  std::string project;  // empty: none
};

base::Result<Wanted> read(contract::Fields& fields) {
  Wanted wanted;
  SCRIM_TRY(wanted.sql, fields.text("sql"));
  SCRIM_TRY(wanted.user, optionalText(fields, "user"));
  SCRIM_TRY(wanted.project, optionalText(fields, "project"));
  return wanted;
}

std::string quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? "''" : std::string(1, c);
  return out + "'";
}

/// EXPLAIN is what says who may see what of a plan; this is the same statement under another name.
std::string prefix(const Wanted& wanted) {
  std::string options = "FORMAT JSON, VERBOSE";
  if (!wanted.user.empty()) options += ", AS_USER " + quoted(wanted.user);
  if (!wanted.project.empty()) options += ", AS_PROJECT " + quoted(wanted.project);
  return "EXPLAIN (" + options + ") ";
}

/// A position in the statement as it was explained, in the text as it was sent.
base::Error inOwnText(base::Error error, const Wanted& wanted) {
  const std::size_t before = prefix(wanted).size();
  if (error.position) error.position = *error.position < before ? 0 : *error.position - before;
  return error;
}

}  // namespace

base::Result<Answer> create(Call& call) {
  SCRIM_TRY(const Wanted wanted, readBody<Wanted>(call, read));
  SCRIM_CHECK_OK(parse::parseOne(wanted.sql));  // errors at their places in the text as it was sent
  SCRIM_TRY(const auto statement, parse::parseOne(prefix(wanted) + wanted.sql));
  resolve::SessionFacts facts;
  facts.database = "scrim";
  facts.user = call.caller->subject.user;
  auto explained = explain::explain({call.snapshot, call.caller->subject, facts}, statement);
  if (!explained) return inOwnText(std::move(explained).error(), wanted);
  const explain::Explanation explanation = std::move(explained).value();
  std::string text;
  for (const std::string& line : explanation.lines) text += line + "\n";
  SCRIM_TRY(const contract::Json document, documentOf(text));
  Answer answer;
  answer.body = contract::newObject();
  answer.body->set("snapshot", call.snapshot->version().value);
  answer.body->set("plan", document);
  return answer;
}

}  // namespace scrim::api::plans
