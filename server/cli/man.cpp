// SPDX-License-Identifier: Apache-2.0
#include "server/cli/about.h"
#include "server/cli/exit_codes.h"
#include "server/cli/request.h"
#include "server/cli/runs.h"

namespace scrim::cli {
namespace {

/// Text of roff: no character of its own language left.
std::string roff(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (out.empty() && (c == '.' || c == '\'')) out += "\\&";
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else if (c == '\'') {
      out += "\\(aq";
    } else {
      out += c;
    }
  }
  return out;
}

std::string term(std::string_view name, std::string_view means) {
  return ".TP\n\\fB" + roff(name) + "\\fR\n" + roff(means) + "\n";
}

std::string flagTerm(const Flag& flag) {
  std::string value = flag.value.empty() ? "" : " \\fI" + roff(flag.value) + "\\fR";
  const std::string letter = flag.letter.empty() ? "" : roff(flag.letter) + "\\fR, \\fB";
  return ".TP\n\\fB" + letter + roff(flag.name) + "\\fR" + value + "\n" + roff(flag.help) + "\n";
}

std::string section(const Verb& verb) {
  std::string out = ".SS " + roff(synopsisOf(verb)) + "\n" + roff(verb.help) + "\n";
  for (const Argument& argument : verb.arguments) out += term(argument.name, argument.help);
  for (const Flag& flag : verb.flags) out += flagTerm(flag);
  return out;
}

std::string terms(const std::vector<Term>& all) {
  std::string out;
  for (const Term& each : all) out += term(each.name, each.means);
  return out;
}

}  // namespace

std::string synopsisOf(const Verb& verb) {
  std::string out = "scrim " + verb.typed();
  for (const Argument& argument : verb.arguments) {
    out += argument.optional ? " [" + std::string(argument.name) + "]" : " " + std::string(argument.name);
  }
  for (const Flag& flag : verb.flags) {
    if (flag.required && !isSwitch(flag)) out += " " + std::string(flag.name) + " " + std::string(flag.value);
  }
  return out;
}

std::string manPage() {
  std::string out = ".TH SCRIM 1 \"\" \"scrim " + std::string(SCRIM_VERSION) + "\" \"Scrim\"\n";
  out += ".SH NAME\nscrim \\- the command line of Scrim, which governs access to data\n";
  out += ".SH SYNOPSIS\n\\fBscrim\\fR \\fINOUN\\fR \\fIVERB\\fR [arguments] [flags]\n";
  out +=
      ".SH DESCRIPTION\nTalks to the REST API of scrimd, always with TLS and only to a server whose certificate is "
      "trusted and carries the name that was asked for.\n";
  out += "Names may stand where the server wants ids; what is all digits is an id.\n";
  out += ".SH COMMANDS\n";
  for (const Verb& verb : verbs()) out += section(verb);
  out += ".SH OPTIONS OF EVERY COMMAND\n";
  out += term("--output table|json|yaml", "How the answer is written; a table when not given.");
  out += term("--help", "Help about the command.");
  out += ".SH ENVIRONMENT\n" + terms(variables()) + ".SH FILES\n" + terms(files()) + ".SH EXIT STATUS\n";
  for (const ExitCode& each : exitCodes()) out += term(std::to_string(each.code), each.means);
  return out;
}

base::Result<int> own::man(const Given&) {
  SCRIM_CHECK_OK(print(manPage()));
  return kDone;
}

}  // namespace scrim::cli
