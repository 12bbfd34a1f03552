// SPDX-License-Identifier: Apache-2.0
// All verbs, in the order of their nouns. What is not here cannot be typed.
#include "server/cli/runs.h"

namespace scrim::cli {
namespace {

using G = Goes;
using K = Kind;

const Flag kLimit{"--limit", K::number, "limit", "at most so many; 0: all; 1000 when not given", "N", G::nowhere};
const Flag kMatch{"--match", K::text, "q", "only those with this in their names", "TEXT", G::intoQuery};
const Flag kYes{"--yes", K::yes, "", "do not ask first", {}, G::nowhere};
const Flag kPassword{"--password-stdin", K::secret, "password",
                     "read the password from standard input; from a terminal it is asked for without echo"};
constexpr std::string_view kPermissions = "ADMIN|GOVERNOR|USER_ADMIN|CREATE_DATA_SOURCE|AUDIT";
constexpr std::string_view kTlsModes = "disable|require|verify-ca|verify-full";
constexpr std::string_view kRequestStates = "pending|approved|denied|withdrawn|ended";
constexpr std::string_view kStates = "staged|active|disabled";

const Argument kUser{"USER", "user", "the user's name"};
const Argument kConnection{"CONNECTION", "connection", "its name or id", Names::connection};
const Argument kSource{"SOURCE", "dataSource", "its name, schema.name, or id", Names::dataSource};
const Argument kProvider{"IDP", "identityProvider", "its id"};
const Argument kRequest{"REQUEST", "accessRequest", "its id"};
const Argument kRule{"POLICY", "rule", "its id"};

void add(std::vector<Verb>& all, std::vector<Verb> more) {
  for (Verb& verb : more) all.push_back(std::move(verb));
}

const std::vector<Flag> kUserFlags{
    {"--group", K::texts, "groups", "the groups, all of them; may be repeated", "GROUP"},
    {"--attribute", K::pairs, "attributes", "a value of an attribute; may be repeated", "NAME=VALUE"},
    {"--permission", K::texts, "permissions", "the permissions, all of them; may be repeated", kPermissions},
    {"--disable", K::yes, "disabled", "may not sign in"},
};

const std::vector<Flag> kUserSetFlags{
    {"--add-group", K::adds, "groups", "one group more", "GROUP"},
    {"--drop-group", K::takes, "groups", "one group less", "GROUP"},
    {"--add-permission", K::adds, "permissions", "one permission more", kPermissions},
    {"--drop-permission", K::takes, "permissions", "one permission less", kPermissions},
    {"--enable", K::no, "disabled", "may sign in again"},
    kPassword,
};

const std::vector<Flag> kConnectionFlags{
    {"--host", K::texts, "hosts", "a host, address or socket folder; may be repeated", "HOST"},
    {"--port", K::numbers, "ports", "one for all hosts, or one for each; 5432 when not given", "PORT"},
    {"--database", K::text, "database", "the database", "NAME"},
    {"--user", K::text, "user", "the account at the source", "NAME"},
    kPassword,
    {"--tls", K::text, "tls", "how the source is trusted; verify-full when not given", kTlsModes},
    {"--ca-file", K::text, "caFile", "certificates that sign the source's, a file on the server", "FILE"},
    {"--max-connections", K::number, "maxConnections", "open at once, at most", "N"},
    {"--statement-timeout", K::number, "statementTimeoutSeconds", "seconds a statement may take; 0: any", "SECONDS"},
};

const std::vector<Flag> kSourceFlags{
    {"--comment", K::text, "comment", "what it is", "TEXT"},
    {"--owner", K::texts, "owners", "its owners, all of them; may be repeated", "USER"},
    {"--tag", K::texts, "tags", "its tags, all of them; may be repeated", "TAG"},
    {"--event-time", K::text, "eventTimeColumn", "the column that says when a row happened", "COLUMN"},
    {"--column-tag", K::columnTags, "columns", "a tag of a column; those named get these and no others", "COLUMN=TAG"},
    {"--column-comment", K::columnComments, "columns", "what a column is", "COLUMN=TEXT"},
    {"--hide", K::hidesColumns, "columns", "a column that nobody sees; may be repeated", "COLUMN"},
};

const std::vector<Flag> kRuleFlags{
    {"--state", K::text, "state", "staged: looked at, not enforced; active when not given", kStates},
    {"--reason", K::text, "reason", "why, for those who read its history", "TEXT"},
};

std::vector<Flag> joined(std::vector<Flag> first, const std::vector<Flag>& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

std::vector<Verb> signingIn() {
  return {
      {"",
       "login",
       own::login,
       "POST",
       "/api/v1/sessions",
       "Sign in: asks for the password, keeps a token for twelve hours.",
       {},
       {{"--url", K::text, "", "address of the REST API, https://HOST:PORT", "URL", G::nowhere},
        {"--ca", K::text, "", "certificates that sign the server's; the system's when not given", "FILE", G::nowhere},
        {"--user", K::text, "user", "who signs in; asked for when not given", "NAME", G::nowhere},
        {"--password-stdin", K::secret, "password", "read the password from standard input", {}, G::nowhere}}},
      {"", "logout", own::logout, "DELETE", "/api/v1/sessions/current",
       "Sign out: the token that login kept is worth nothing from now on."},
      {"", "whoami", run::send, "GET", "/api/v1/me", "Who is signed in, with groups, attributes and permissions."},
      {"",
       "passwd",
       own::changePassword,
       "PUT",
       "/api/v1/me/password",
       "Change your own password.",
       {},
       {{"--password-stdin",
         K::secret,
         "",
         "read two lines from standard input: the present one, the new one",
         {},
         G::nowhere}}},
      {"token",
       "list",
       run::list,
       "GET",
       "/api/v1/tokens",
       "Your personal access tokens.",
       {},
       {kLimit},
       {"id", "name", "scopes", "createdAt", "expiresAt", "lastUsedAt"}},
      {"token",
       "create",
       run::send,
       "POST",
       "/api/v1/tokens",
       "A token for programs; it is shown this once.",
       {{"NAME", "name", "what it is for"}},
       {{"--expires-in", K::duration, "expiresInSeconds", "how long it lives: 12h, 30d; 30 days when not given",
         "TIME"},
        {"--scope", K::texts, "scopes", "what it may do; everything when not given; may be repeated",
         "read|write|sql"}}},
      {"token",
       "revoke",
       run::send,
       "DELETE",
       "/api/v1/tokens/{token}",
       "The token is worth nothing from now on.",
       {{"TOKEN", "token", "its id or name", Names::token}},
       {},
       {},
       {},
       "The token is revoked."},
  };
}

std::vector<Verb> people() {
  return {
      {"user",
       "list",
       run::list,
       "GET",
       "/api/v1/users",
       "Users.",
       {},
       {kMatch, {"--group", K::text, "group", "only its members", "GROUP", G::intoQuery}, kLimit},
       {"name", "groups", "attributes", "permissions", "disabled"}},
      {"user", "show", run::send, "GET", "/api/v1/users/{user}", "One user.", {kUser}},
      {"user",
       "create",
       run::send,
       "POST",
       "/api/v1/users",
       "Make a user who signs in with a password.",
       {{"NAME", "name", "the new user's name"}},
       joined(kUserFlags, {{kPassword.name, K::secret, "password", kPassword.help, {}, G::intoBody, true}})},
      {"user",
       "set",
       run::change,
       "PUT",
       "/api/v1/users/{user}",
       "Change a user.",
       {kUser},
       joined(kUserFlags, kUserSetFlags),
       {},
       {"groups", "attributes", "permissions", "disabled"}},
      {"user",
       "remove",
       run::remove,
       "DELETE",
       "/api/v1/users/{user}",
       "Remove a user.",
       {kUser},
       {kYes},
       {},
       {},
       "The user is removed."},
  };
}

std::vector<Verb> identityProviders() {
  return {
      {"idp",
       "list",
       run::list,
       "GET",
       "/api/v1/identity-providers",
       "Directories that people come from.",
       {},
       {kLimit},
       {"id", "name", "kind", "position", "servers"}},
      {"idp",
       "show",
       run::send,
       "GET",
       "/api/v1/identity-providers/{identityProvider}",
       "One directory; its password never leaves the server.",
       {kProvider}},
      {"idp",
       "remove",
       run::remove,
       "DELETE",
       "/api/v1/identity-providers/{identityProvider}",
       "Remove a directory, and the accounts that came from it.",
       {kProvider},
       {kYes},
       {},
       {},
       "The directory is removed."},
      {"idp",
       "test",
       run::send,
       "POST",
       "/api/v1/identity-providers/{identityProvider}/test",
       "Walk through bind, search, account, attributes and groups of one user; exit code 1 when a step fails.",
       {kProvider, {"USER", "user", "who is looked for"}},
       {kPassword},
       {},
       {},
       {},
       "ok"},
  };
}

std::vector<Verb> connections() {
  return {
      {"connection",
       "list",
       run::list,
       "GET",
       "/api/v1/connections",
       "Connections to databases.",
       {},
       {kMatch, kLimit},
       {"id", "name", "hosts", "ports", "database", "user", "tls"}},
      {"connection",
       "show",
       run::send,
       "GET",
       "/api/v1/connections/{connection}",
       "One connection; its password never leaves the server.",
       {kConnection}},
      {"connection",
       "create",
       run::send,
       "POST",
       "/api/v1/connections",
       "Make a connection to a database.",
       {{"NAME", "name", "what it is called"}},
       kConnectionFlags},
      {"connection",
       "set",
       run::change,
       "PUT",
       "/api/v1/connections/{connection}",
       "Change a connection; without a password it keeps its own.",
       {kConnection},
       joined(kConnectionFlags, {{"--name", K::text, "name", "another name", "NAME"}}),
       {},
       {"name", "kind", "hosts", "ports", "database", "user", "tls", "caFile", "maxConnections",
        "statementTimeoutSeconds"}},
      {"connection",
       "remove",
       run::remove,
       "DELETE",
       "/api/v1/connections/{connection}",
       "Remove a connection that no data source uses.",
       {kConnection},
       {kYes},
       {},
       {},
       "The connection is removed."},
      {"connection",
       "test",
       run::send,
       "POST",
       "/api/v1/connections/{connection}/test",
       "Connect, and say how it went; exit code 1 when it cannot be reached.",
       {kConnection},
       {},
       {},
       {},
       {},
       "reachable"},
      {"connection",
       "browse",
       run::list,
       "GET",
       "/api/v1/connections/{connection}/tables",
       "Tables of the database, with their columns.",
       {kConnection},
       {{"--schema", K::text, "schema", "only of this schema", "SCHEMA", G::intoQuery}, kMatch, kLimit},
       {"schema", "name", "columns"}},
  };
}

std::vector<Verb> sources() {
  const Flag subscribedUser{"--user", K::adds, "users", "a user; may be repeated", "USER"};
  const Flag subscribedGroup{"--group", K::adds, "groups", "a group; may be repeated", "GROUP"};
  return {
      {"source",
       "list",
       run::list,
       "GET",
       "/api/v1/data-sources",
       "Data sources that exist for you.",
       {},
       {kMatch, {"--tag", K::text, "tag", "only those with this tag", "TAG", G::intoQuery}, kLimit},
       {"id", "name", "owners", "tags", "health", "comment"}},
      {"source",
       "show",
       run::send,
       "GET",
       "/api/v1/data-sources/{dataSource}",
       "One data source, with its columns.",
       {kSource}},
      {"source",
       "register",
       run::send,
       "POST",
       "/api/v1/data-sources",
       "Register a table, or a definition in SQL; it is yours unless owners are named.",
       {{"NAME", "name", "what it is called, schema.name"}},
       joined({{"--connection", K::connection, "connection", "where its data is", "CONNECTION", G::intoBody, true},
               {"--table", K::text, "table", "the table there, schema.name", "TABLE"},
               {"--definition", K::text, "definition", "instead of a table: a SELECT", "SQL"},
               {"--definition-file", K::file, "definition", "the same, from a file", "FILE"}},
              kSourceFlags)},
      {"source",
       "set",
       run::change,
       "PUT",
       "/api/v1/data-sources/{dataSource}",
       "Change a data source.",
       {kSource},
       joined(kSourceFlags, {{"--add-owner", K::adds, "owners", "one owner more", "USER"},
                             {"--drop-owner", K::takes, "owners", "one owner less", "USER"},
                             {"--add-tag", K::adds, "tags", "one tag more", "TAG"},
                             {"--drop-tag", K::takes, "tags", "one tag less", "TAG"},
                             {"--expose", K::showsColumns, "columns", "a column that is seen again", "COLUMN"}}),
       {},
       {"comment", "owners", "tags", "eventTimeColumn", "columns"}},
      {"source",
       "remove",
       run::remove,
       "DELETE",
       "/api/v1/data-sources/{dataSource}",
       "Remove it, with its policies and subscriptions.",
       {kSource},
       {kYes},
       {},
       {},
       "The data source is removed."},
      {"source",
       "refresh",
       run::send,
       "POST",
       "/api/v1/data-sources/{dataSource}/refresh",
       "Compare it with the tables behind it.",
       {kSource}},
      {"source",
       "decision",
       run::send,
       "GET",
       "/api/v1/data-sources/{dataSource}/decision",
       "What a user may see of it, and why.",
       {kSource},
       {{"--user", K::text, "user", "whose decision; your own when not given", "USER", G::intoQuery}},
       {"user", "visible", "allowed", "reason", "sentences", "snapshot"}},
      {"source",
       "subscribers",
       run::send,
       "GET",
       "/api/v1/data-sources/{dataSource}/subscribers",
       "Who was given standing access.",
       {kSource}},
      {"source",
       "subscribe",
       run::change,
       "PUT",
       "/api/v1/data-sources/{dataSource}/subscribers",
       "Give users and groups standing access.",
       {kSource},
       {subscribedUser, subscribedGroup},
       {},
       {"users", "groups"}},
      {"source",
       "unsubscribe",
       run::change,
       "PUT",
       "/api/v1/data-sources/{dataSource}/subscribers",
       "Take standing access away.",
       {kSource},
       {{"--user", K::takes, "users", subscribedUser.help, "USER"},
        {"--group", K::takes, "groups", subscribedGroup.help, "GROUP"}},
       {},
       {"users", "groups"}},
  };
}

std::vector<Verb> accessRequests() {
  const Flag reason{"--reason", K::text, "reason", "why, for those who read it", "TEXT"};
  constexpr std::string_view decision = "/api/v1/access-requests/{accessRequest}/decision";
  const auto decide = [&](std::string_view verb, std::string_view help) {
    Verb made{"request", verb, run::send, "POST", decision, help, {kRequest}, {reason}};
    made.fixed = {"decision", verb};
    return made;
  };
  return {
      {"request",
       "list",
       run::list,
       "GET",
       "/api/v1/access-requests",
       "Your requests for access, and those that you may answer.",
       {},
       {{"--source", K::dataSource, "dataSource", "only those for this data source", "SOURCE", G::intoQuery},
        {"--state", K::text, "state", "only those in this state", kRequestStates, G::intoQuery},
        kLimit},
       {"id", "dataSourceName", "user", "state", "needs", "reason", "accessUntil"}},
      {"request", "show", run::send, "GET", "/api/v1/access-requests/{accessRequest}", "One request.", {kRequest}},
      {"request",
       "available",
       run::list,
       "GET",
       "/api/v1/requestable-data-sources",
       "Data sources that you have no access to and may ask for.",
       {},
       {kMatch, kLimit},
       {"id", "name", "approvers", "comment"}},
      {"request",
       "create",
       run::send,
       "POST",
       "/api/v1/access-requests",
       "Ask for access to a data source.",
       {{"SOURCE", "dataSource", "its name or id, as request available says", Names::requestable}},
       {{"--reason", K::text, "reason", "what the data is needed for", "TEXT", G::intoBody, true},
        {"--expires-in", K::duration, "expiresInSeconds", "how long, from the approval on; no end when not given",
         "DURATION"}}},
      decide("approve", "Say yes, in the first role of yours that it waits for."),
      decide("deny", "Say no."),
      decide("revoke", "End the access that it gave."),
      decide("withdraw", "Take back your own request, or give up the access that it gave."),
  };
}

std::vector<Verb> policies() {
  const Argument sentence{"SENTENCE", "sentence",
                          "the policy as a sentence: 'MASK COLUMN ssn USING NULL FOR EVERYONE'"};
  const Flag source{"--source", K::dataSource, "dataSource", "the data source it is for; a global one has none",
                    "SOURCE"};
  return {
      {"policy",
       "list",
       run::list,
       "GET",
       "/api/v1/rules",
       "Policies of your data sources; all of them for governors.",
       {},
       {{"--source", K::dataSource, "dataSource", "only those of this data source", "SOURCE", G::intoQuery},
        {"--state", K::text, "state", "only those in this state", kStates, G::intoQuery},
        kMatch,
        kLimit},
       {"id", "scope", "dataSource", "state", "author", "sentence"}},
      {"policy", "show", run::send, "GET", "/api/v1/rules/{rule}", "One policy.", {kRule}},
      {"policy",
       "impact",
       run::send,
       "POST",
       "/api/v1/rules/impact",
       "Who would gain or lose what, if a policy were made, changed or removed; nothing is saved.",
       {},
       {{"--sentence", K::text, "sentence", "the policy as a sentence", "SENTENCE"},
        source,
        {"--policy", K::number, "rule", "the policy that would be changed; a new one when not given", "POLICY"},
        {"--state", K::text, "state", "in this state; active when not given", kStates},
        {"--remove", K::yes, "remove", "it would be removed"},
        {"--row-shares", K::yes, "rowShares", "count at the source which share of the rows is seen"}}},
      {"policy",
       "create",
       run::send,
       "POST",
       "/api/v1/rules",
       "Make a policy.",
       {sentence},
       joined({source}, kRuleFlags)},
      {"policy",
       "set",
       run::change,
       "PUT",
       "/api/v1/rules/{rule}",
       "Change a policy's sentence or state.",
       {kRule},
       joined({{"--sentence", K::text, "sentence", "another sentence", "SENTENCE"}}, kRuleFlags),
       {},
       {"sentence", "state", "reason"}},
      {"policy",
       "remove",
       run::remove,
       "DELETE",
       "/api/v1/rules/{rule}",
       "Remove a policy; its history stays.",
       {kRule},
       {kYes},
       {},
       {},
       "The policy is removed."},
      {"policy",
       "history",
       run::list,
       "GET",
       "/api/v1/rules/{rule}/history",
       "Every version that the policy had.",
       {kRule},
       {},
       {"version", "state", "author", "changedAt", "sentence", "reason"}},
      {"policy",
       "check",
       run::send,
       "POST",
       "/api/v1/rules/check",
       "Whether a sentence could be saved, how it reads, and what it warns of.",
       {sentence},
       {source}},
  };
}

const std::vector<Flag> kGatewayFlags{
    {"--sql", K::text, "", "address of the SQL gateway; the API's host, one port below it, when not given", "HOST:PORT",
     G::nowhere},
    {"--ca", K::text, "", "certificates that sign the server's; as login has it when not given", "FILE", G::nowhere},
};

std::vector<Verb> outcomes() {
  const Flag user{"--user", K::text, "user", "only of this user", "USER", G::intoQuery};
  const Flag before{"--before", K::text, "before", "before this time", "TIME", G::intoQuery};
  const Flag kind{
      "--kind",    K::text, "kind", "only of this kind", "started|finished|refused|login|policy|server|recovered",
      G::intoQuery};
  const Flag part{"--match", K::text, "q", "only those with this somewhere in them", "TEXT", G::intoQuery};
  const Flag from{"--from", K::text, "from", "from this time on: 2026-11-24T12:00:00Z", "TIME", G::intoQuery};
  return {
      {"",
       "explain",
       own::explain,
       "POST",
       "/api/v1/plans",
       "The plan of a SELECT as written and after policy, with the sentences behind it.",
       {{"SQL", "sql", "the statement"}},
       {{"--as", K::text, "user", "the plan of this user; for governors and auditors", "USER"}}},
      {"",
       "query",
       own::query,
       "",
       "",
       "Run one statement as yourself over the SQL gateway; Ctrl-C cancels it there.",
       {{"SQL", "sql", "the statement; from standard input when neither it nor --file is given", Names::text, true}},
       joined({{"--file", K::file, "", "the statement, from a file", "FILE", G::nowhere, false, "-f"},
               {"--output", K::text, "", "how rows are written; a table when not given", "table|json|csv|yaml",
                G::nowhere},
               {"--user", K::text, "", "who asks; who signed in when not given", "NAME", G::nowhere},
               {"--password-stdin", K::secret, "", "read the password from standard input", {}, G::nowhere}},
              kGatewayFlags)},
      {"",
       "test",
       own::test,
       "",
       "",
       "Run policy tests: as this user, this statement gives these rows, or is refused; exit code 1 when one fails.",
       {},
       joined({{"--file", K::texts, "", "a file of tests in YAML; may be repeated", "FILE", G::nowhere, true, "-f"}},
              kGatewayFlags)},
      {"audit",
       "list",
       run::list,
       "GET",
       "/api/v1/audit/records",
       "Records of the audit journal, oldest first.",
       {},
       {user, from, before, kind, part, kLimit},
       {"n:number", "t:time", "k:kind", "user", "outcome", "text"}},
      {"audit",
       "verify",
       run::send,
       "POST",
       "/api/v1/audit/verify",
       "Prove that the journal is whole; exit code 1 when it is not.",
       {},
       {},
       {},
       {},
       {},
       "intact"},
      {"audit",
       "export",
       own::auditExport,
       "GET",
       "/api/v1/audit/records",
       "All records that match, one JSON document a line, to standard output or a file that is not there yet.",
       {},
       {user, from, before, kind, part, {"--file", K::text, "", "write to this new file", "FILE", G::nowhere}}},
      {"audit",
       "tail",
       own::auditTail,
       "GET",
       "/api/v1/audit/records",
       "The newest records, one JSON document a line.",
       {},
       {user,
        {"--from", K::text, "from", "looks no further back; an hour when not given", "TIME", G::nowhere},
        {"--lines", K::number, "", "so many; 10 when not given", "N", G::nowhere},
        {"--follow", K::yes, "", "go on with what comes, until Ctrl-C", {}, G::nowhere}}},
  };
}

std::vector<Verb> aboutItself() {
  return {
      {"",
       "completion",
       own::completion,
       "",
       "",
       "A script that teaches a shell to complete scrim's words.",
       {{"SHELL", "shell", "bash, zsh or fish"}}},
      {"", "man", own::man, "", "", "The manual page, as roff: scrim man | man -l -"},
      {"",
       "help",
       own::help,
       "",
       "",
       "Help about a command, or about exit-codes, environment, routes.",
       {{"TOPIC", "topic", "a topic, a noun or a verb", Names::text, true},
        {"VERB", "verb", "a verb of the noun", Names::text, true}}},
  };
}

std::vector<Verb> everyVerb() {
  std::vector<Verb> all;
  for (auto* part :
       {signingIn, people, identityProviders, connections, sources, accessRequests, policies, outcomes, aboutItself})
    add(all, part());
  return all;
}

}  // namespace

const std::vector<Noun>& nouns() {
  static const std::vector<Noun> all{
      {"token", "personal access tokens"},
      {"user", "people"},
      {"idp", "directories that people come from"},
      {"connection", "where data is"},
      {"source", "what is governed"},
      {"request", "access that is asked for"},
      {"policy", "the rules"},
      {"audit", "what was asked and decided"},
  };
  return all;
}

const std::vector<Verb>& verbs() {
  static const std::vector<Verb> all = everyVerb();
  return all;
}

}  // namespace scrim::cli
