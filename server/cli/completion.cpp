// SPDX-License-Identifier: Apache-2.0
#include "server/cli/completion.h"

#include "server/cli/exit_codes.h"
#include "server/cli/request.h"
#include "server/cli/runs.h"

namespace scrim::cli {
namespace {

std::string joined(const std::vector<std::string>& words, const std::string& between = " ") {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : between) + word;
  return out;
}

std::vector<std::string> firstWords() {
  std::vector<std::string> words;
  for (const Verb& verb : verbs()) {
    if (verb.noun.empty()) words.emplace_back(verb.name);
  }
  for (const Noun& noun : nouns()) words.emplace_back(noun.name);
  return words;
}

std::vector<const Verb*> verbsOf(std::string_view noun) {
  std::vector<const Verb*> found;
  for (const Verb& verb : verbs()) {
    if (verb.noun == noun) found.push_back(&verb);
  }
  return found;
}

std::vector<std::string> flagWords(const Verb& verb) {
  std::vector<std::string> words{"--help"};
  for (const Flag& flag : flagsOf(verb)) words.emplace_back(flag.name);
  return words;
}

/// What may follow a flag: words, or a file.
std::string bashValues(const Flag& flag) {
  const auto choices = choicesOf(flag);
  if (!choices.empty()) return "COMPREPLY=($(compgen -W '" + joined(choices) + "' -- \"$word\"))";
  return flag.value == "FILE" ? "COMPREPLY=($(compgen -f -- \"$word\"))" : "COMPREPLY=()";
}

/// In single quotes of any of the three shells.
std::string quoted(std::string_view text, std::string_view quote) {
  std::string out;
  for (const char c : text) out += c == '\'' ? std::string(quote) : std::string(1, c);
  return "'" + out + "'";
}

std::string bashVerb(const Verb& verb) {
  std::string out = "    '" + verb.typed() + "')\n      case \"$before\" in\n";
  for (const Flag& flag : flagsOf(verb)) {
    if (!isSwitch(flag)) out += "        " + std::string(flag.name) + ") " + bashValues(flag) + " ;;\n";
  }
  const bool shells = verb.name == "completion";
  const std::string words = joined(flagWords(verb)) + (shells ? " bash zsh fish" : "");
  return out + "        *) COMPREPLY=($(compgen -W '" + words + "' -- \"$word\")) ;;\n      esac ;;\n";
}

std::string zshVerb(const Verb& verb) {
  std::string out = "    '" + verb.typed() + "')\n      _arguments \\\n";
  for (const Flag& flag : flagsOf(verb)) {
    std::string help;
    for (const char c : flag.help) help += c == '[' || c == ']' || c == ':' ? std::string("\\") + c : std::string(1, c);
    std::string spec = (isRepeated(flag) ? "*" : "") + std::string(flag.name) + "[" + help + "]";
    if (!isSwitch(flag)) {
      const auto choices = choicesOf(flag);
      spec += ":value:" + (!choices.empty() ? "(" + joined(choices) + ")" : flag.value == "FILE" ? "_files" : " ");
    }
    out += "        " + quoted(spec, "'\\''") + " \\\n";
  }
  return out + "        '*::argument: ' ;;\n";
}

std::string fishVerb(const Verb& verb) {
  const std::string at = "__scrim_at " + verb.typed();
  std::string out;
  for (const Flag& flag : flagsOf(verb)) {
    out += "complete -c scrim -n '" + at + "' -l " + std::string(flag.name.substr(2));
    const auto choices = choicesOf(flag);
    if (!isSwitch(flag)) out += flag.value == "FILE" ? " -r -F" : " -x";
    if (!choices.empty()) out += " -a '" + joined(choices) + "'";
    out += " -d " + quoted(flag.help, "\\'") + "\n";
  }
  return out;
}

}  // namespace

std::string bashCompletion() {
  std::string out =
      "# bash completion for scrim; use it with: source <(scrim completion bash)\n"
      "_scrim() {\n"
      "  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} first=${COMP_WORDS[1]} verb\n"
      "  COMPREPLY=()\n";
  out += "  if [ \"$COMP_CWORD\" -eq 1 ]; then COMPREPLY=($(compgen -W '" + joined(firstWords()) +
         "' -- \"$word\")); return; fi\n  verb=$first\n  case \"$first\" in\n";
  for (const Noun& noun : nouns()) {
    std::vector<std::string> words;
    for (const Verb* verb : verbsOf(noun.name)) words.emplace_back(verb->name);
    out += "    " + std::string(noun.name) + ")\n      if [ \"$COMP_CWORD\" -eq 2 ]; then COMPREPLY=($(compgen -W '" +
           joined(words) + "' -- \"$word\")); return; fi\n      verb=\"$first ${COMP_WORDS[2]}\" ;;\n";
  }
  out += "  esac\n  case \"$verb\" in\n";
  for (const Verb& verb : verbs()) out += bashVerb(verb);
  return out + "  esac\n}\ncomplete -F _scrim scrim\n";
}

std::string zshCompletion() {
  std::string out =
      "#compdef scrim\n# zsh completion for scrim; use it with: source <(scrim completion zsh)\n"
      "_scrim() {\n  local verb=$words[2]\n";
  out += "  if (( CURRENT == 2 )); then compadd -- " + joined(firstWords()) + "; return; fi\n  case $words[2] in\n";
  for (const Noun& noun : nouns()) {
    std::vector<std::string> words;
    for (const Verb* verb : verbsOf(noun.name)) words.emplace_back(verb->name);
    out += "    " + std::string(noun.name) + ")\n      if (( CURRENT == 3 )); then compadd -- " + joined(words) +
           "; return; fi\n      verb=\"$words[2] $words[3]\" ;;\n";
  }
  out += "  esac\n  case $verb in\n";
  for (const Verb& verb : verbs()) out += zshVerb(verb);
  return out + "  esac\n}\ncompdef _scrim scrim\n";
}

std::string fishCompletion() {
  std::string out =
      "# fish completion for scrim; use it with: scrim completion fish | source\n"
      "function __scrim_at\n  set -l words (commandline -opc)\n  set -e words[1]\n"
      "  test (count $words) -ge (count $argv); or return 1\n"
      "  for i in (seq (count $argv))\n    test $words[$i] = $argv[$i]; or return 1\n  end\nend\n"
      "function __scrim_first\n  test (count (commandline -opc)) -eq 1\nend\n"
      "function __scrim_second\n  set -l words (commandline -opc)\n"
      "  test (count $words) -eq 2; and test $words[2] = $argv[1]\nend\ncomplete -c scrim -f\n";
  for (const Verb& verb : verbs()) {
    const std::string when = verb.noun.empty() ? "__scrim_first" : "__scrim_second " + std::string(verb.noun);
    out +=
        "complete -c scrim -n '" + when + "' -a " + std::string(verb.name) + " -d " + quoted(verb.help, "\\'") + "\n";
  }
  for (const Noun& noun : nouns()) {
    out += "complete -c scrim -n __scrim_first -a " + std::string(noun.name) + " -d " + quoted(noun.help, "\\'") + "\n";
  }
  for (const Verb& verb : verbs()) out += fishVerb(verb);
  return out;
}

base::Result<int> own::completion(const Given& given) {
  const std::string shell = given.argument("SHELL");
  const std::string script = shell == "bash"   ? bashCompletion()
                             : shell == "zsh"  ? zshCompletion()
                             : shell == "fish" ? fishCompletion()
                                               : "";
  if (script.empty())
    return wrongCommandLine("There is no completion for " + shell + ".", "bash, zsh and fish are known.");
  SCRIM_CHECK_OK(print(script));
  return kDone;
}

}  // namespace scrim::cli
