// SPDX-License-Identifier: Apache-2.0
// Verb: one line of the command line: what is typed, which route of the REST API it calls, what it sends and shows.
// verbs.cpp lists them all; parsing, help texts, completion, man page and the tests read the same list.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/result.h"

namespace scrim::cli {

struct Given;

/// What a flag does with its value.
enum class Kind {
  text,
  number,
  duration,        // 90s, 15m, 12h, 30d: as seconds
  texts,           // may be repeated; together they replace the list
  numbers,         // likewise
  adds,            // into the list that is there
  takes,           // out of it
  pairs,           // NAME=VALUE; the values of a name replace those that are there, NAME= takes them away
  mapping,         // FROM=TO, one text each; FROM= takes it away
  servers,         // HOST or HOST:PORT; [ADDRESS]:PORT with IPv6; may be repeated; together they replace the list
  yes,             // no value: the field becomes true
  no,              // no value: false
  secret,          // no value: read from standard input; from a terminal without echo
  file,            // the content of a file
  connection,      // a connection's name or id: as its id
  dataSource,      // a data source's name or id: as its id
  columnTags,      // COLUMN=TAG
  columnComments,  // COLUMN=TEXT
  hidesColumns,
  showsColumns,
};

enum class Goes { intoBody, intoQuery, nowhere };

struct Flag {
  std::string_view name;  // "--group"
  Kind kind;
  std::string_view field;  // of the body or query; "users.base": base in the object users of the body
  std::string_view help;
  std::string_view value = {};  // "NAME", or what it may be: "read|write|sql"
  Goes goes = Goes::intoBody;
  bool required = false;
  std::string_view letter = {};  // "-f", which may be typed instead
};

/// Ids may be given by name; `requestable`: a data source that may be asked for.
enum class Names { text, connection, dataSource, token, requestable, project, purpose, group, tag };

struct Argument {
  std::string_view name;   // "USER"
  std::string_view field;  // {field} of the path; if the path has none, a field of the body
  std::string_view help;
  Names names = Names::text;
  bool optional = false;
};

/// Carries a verb out; the exit code. Errors: see exit_codes.h.
using Run = base::Result<int> (*)(const Given& given);

struct Verb {
  std::string_view noun;  // empty: the verb stands alone
  std::string_view name;
  Run run;
  std::string_view method;   // empty: it calls no route
  std::string_view pattern;  // "/api/v1/users/{user}"
  std::string_view help;     // one sentence
  std::vector<Argument> arguments = {};
  std::vector<Flag> flags = {};
  std::vector<std::string_view> columns = {};                // of tables; empty: every field
  std::vector<std::string_view> keeps = {};                  // of what is there, what PUT takes
  std::string_view says = {};                                // when it is done and the server says nothing
  std::string_view mustBe = {};                              // a field of the answer that says whether all is well
  std::pair<std::string_view, std::string_view> fixed = {};  // a field of the body that the verb itself stands for

  std::string typed() const { return std::string(noun) + (noun.empty() ? "" : " ") + std::string(name); }
};

struct Noun {
  std::string_view name;
  std::string_view help;
};

const std::vector<Noun>& nouns();
const std::vector<Verb>& verbs();
/// With those that every verb has.
std::vector<Flag> flagsOf(const Verb& verb);
/// Whether it takes no value.
bool isSwitch(const Flag& flag);
/// Whether it may be repeated.
bool isRepeated(const Flag& flag);
/// "read|write" as words; empty when anything may be given.
std::vector<std::string> choicesOf(const Flag& flag);
const Flag* flagNamed(const Verb& verb, std::string_view name);

}  // namespace scrim::cli
