// SPDX-License-Identifier: Apache-2.0
#include "server/cli/about.h"
#include "server/cli/exit_codes.h"
#include "server/cli/given.h"
#include "server/cli/request.h"
#include "server/cli/runs.h"
#include "server/cli/text.h"

namespace scrim::cli {
namespace {

std::string termsText(const std::vector<Term>& terms) {
  std::string out;
  for (const Term& term : terms) out += padded(term.name, 26) + std::string(term.means) + "\n";
  return out;
}

std::string exitCodesText() {
  std::string out;
  for (const ExitCode& each : exitCodes()) out += std::to_string(each.code) + "  " + std::string(each.means) + "\n";
  return out;
}

}  // namespace

const std::vector<Term>& variables() {
  static const std::vector<Term> all{
      {"SCRIM_API_URL", "Address of the REST API, https://HOST:PORT. Wins over what login kept."},
      {"SCRIM_CA", "File of the certificates that sign the server's. Wins over what login kept."},
      {"SCRIM_TOKEN", "A token, as token create gives it. Wins over what login kept."},
      {"SCRIM_SQL_HOST", "Host of the SQL gateway, for query and test; the API's when not set."},
      {"SCRIM_SQL_PORT", "Its port; one below the API's when not set."},
      {"NO_COLOR", "When set and not empty, explain and apply use no colours."},
      {"XDG_CONFIG_HOME", "The folder that stands for ~/.config."},
  };
  return all;
}

const std::vector<Term>& files() {
  static const std::vector<Term> all{
      {"~/.config/scrim/credentials.json",
       "Address, CA and token of the last login, mode 0600; not used when others may read it. The token goes to the "
       "server that gave it and to no other."},
  };
  return all;
}

std::string routesText() {
  std::string out;
  for (const Verb& verb : verbs()) {
    if (!verb.method.empty()) out += padded(verb.method, 8) + padded(verb.pattern, 56) + verb.typed() + "\n";
  }
  return out;
}

base::Result<int> own::help(const Given& given) {
  const std::string topic = given.argument("TOPIC");
  std::vector<std::string> words;
  for (const std::string& word : {topic, given.argument("VERB")}) {
    if (!word.empty()) words.push_back(word);
  }
  std::string text = topic == "exit-codes"    ? exitCodesText()
                     : topic == "environment" ? termsText(variables()) + "\n" + termsText(files())
                     : topic == "routes"      ? routesText()
                                              : helpOf(words);
  if (text.empty()) return wrongCommandLine("There is no help about " + topic + ".", "scrim help shows what there is.");
  SCRIM_CHECK_OK(print(text));
  return kDone;
}

}  // namespace scrim::cli
