// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <algorithm>
#include <deque>
#include <iostream>

#include "common/yaml/problems.h"
#include "server/cli/exit_codes.h"
#include "server/cli/given.h"
#include "server/cli/text.h"

namespace scrim::cli {
namespace {

/// -f *.yaml: files may follow each other where no argument could be meant.
bool verbHasOnlyFiles(const Verb& verb, const Flag& flag) { return verb.arguments.empty() && flag.value == "FILE"; }

/// CLI11's tree, made of the table of verbs; what is typed lands in `slots_`.
class Grammar {
 public:
  Grammar() : app_("scrim: the command line of Scrim. It talks to the REST API of scrimd.", "scrim") {
    app_.set_version_flag("--version", std::string("scrim ") + SCRIM_VERSION);
    app_.require_subcommand(1);
    app_.footer("Exit codes, variables and files: scrim help exit-codes, scrim help environment.");
    for (const Noun& noun : nouns()) {
      CLI::App* app = app_.add_subcommand(std::string(noun.name), std::string(noun.help));
      app->require_subcommand(1);
      nouns_[std::string(noun.name)] = app;
    }
    for (const Verb& verb : verbs()) addVerb(verb);
  }

  CLI::App& app() { return app_; }
  /// Null: there is no such noun or verb.
  CLI::App* find(const std::vector<std::string>& words) {
    CLI::App* found = &app_;
    for (const std::string& word : words) {
      const auto named = found->get_subcommands([&](const CLI::App* each) { return each->get_name() == word; });
      if (named.empty()) return nullptr;
      found = named.front();
    }
    return found;
  }
  Given given() const;

 private:
  struct Slot {
    const Verb* verb;
    CLI::App* app;
    std::vector<std::pair<std::string, CLI::Option*>> arguments;
    std::vector<std::pair<std::string, CLI::Option*>> flags;
  };

  void addVerb(const Verb& verb) {
    CLI::App* parent = verb.noun.empty() ? &app_ : nouns_.at(std::string(verb.noun));
    Slot& slot = slots_.emplace_back();
    slot.verb = &verb;
    slot.app = parent->add_subcommand(std::string(verb.name), std::string(verb.help));
    for (const Argument& argument : verb.arguments) {
      CLI::Option* option =
          slot.app->add_option(std::string(argument.name), texts_.emplace_back(), std::string(argument.help));
      option->required(!argument.optional)->type_name("");
      slot.arguments.emplace_back(argument.name, option);
    }
    for (const Flag& flag : flagsOf(verb)) addFlag(flag, slot);
  }

  void addFlag(const Flag& flag, Slot& slot) {
    const std::string name(flag.name);
    const std::string typed = (flag.letter.empty() ? "" : std::string(flag.letter) + ",") + name;
    const std::string help(flag.help);
    CLI::Option* option = nullptr;
    if (isSwitch(flag)) {
      option = slot.app->add_flag(typed, help);
    } else if (isRepeated(flag)) {
      option = slot.app->add_option(typed, lists_.emplace_back(), help)
                   ->allow_extra_args(verbHasOnlyFiles(*slot.verb, flag));
    } else {
      option = slot.app->add_option(typed, texts_.emplace_back(), help);
    }
    // A password may also be asked for on the terminal, so that the parser does not insist on it.
    if (flag.required && flag.kind != Kind::secret) option->required();
    const std::vector<std::string> choices = choicesOf(flag);
    if (!choices.empty()) option->check(CLI::Validator(CLI::IsMember(choices)).description(""));
    if (flag.kind == Kind::number || flag.kind == Kind::numbers) {
      option->check(CLI::Validator(CLI::NonNegativeNumber).description(""));
    }
    if (!isSwitch(flag)) option->type_name(std::string(flag.value));
    slot.flags.emplace_back(name, option);
  }

  CLI::App app_;
  std::map<std::string, CLI::App*> nouns_;
  std::deque<Slot> slots_;
  std::deque<std::string> texts_;
  std::deque<std::vector<std::string>> lists_;
};

Given Grammar::given() const {
  Given given;
  for (const Slot& slot : slots_) {
    if (!slot.app->parsed()) continue;
    given.verb = slot.verb;
    for (const auto& [name, option] : slot.arguments) {
      if (option->count() > 0) given.arguments[name] = option->results().front();
    }
    for (const auto& [name, option] : slot.flags) {
      if (option->count() > 0) given.flags[name] = option->results();
    }
  }
  const std::string output = given.text("--output");
  given.format = output == "json"   ? Format::json
                 : output == "yaml" ? Format::yaml
                 : output == "csv"  ? Format::csv
                                    : Format::table;
  return given;
}

}  // namespace

std::string Given::text(const std::string& flag) const {
  const auto found = flags.find(flag);
  return found == flags.end() || found->second.empty() ? "" : found->second.front();
}

std::string Given::argument(const std::string& name) const {
  const auto found = arguments.find(name);
  return found == arguments.end() ? "" : found->second;
}

namespace {

std::string nearest(const std::string& word, const std::vector<std::string>& words) {
  const std::string found = yaml::suggestion(word, words);
  return found.empty() ? "." : found;
}

/// "There is no command logn; did you mean login?"; empty: the words name one, or none is typed.
std::string unknownWord(int count, const char* const* words) {
  const std::string first = count > 1 ? words[1] : "";
  const std::string second = count > 2 ? words[2] : "";
  if (first.empty() || first.starts_with('-')) return "";
  std::vector<std::string> beginnings;
  std::vector<std::string> followers;
  bool alone = false;
  for (const Verb& verb : verbs()) {
    beginnings.emplace_back(verb.noun.empty() ? verb.name : verb.noun);
    alone = alone || (verb.noun.empty() && verb.name == first);
    if (verb.noun == first) followers.emplace_back(verb.name);
  }
  if (alone) return "";
  if (followers.empty()) {
    return "There is no command " + first + nearest(first, beginnings) + " scrim help lists them.";
  }
  if (second.starts_with('-') || std::find(followers.begin(), followers.end(), second) != followers.end()) return "";
  const std::string what =
      second.empty() ? "Say what to do with " + first + "." : "There is no " + first + " " + second;
  std::string all;
  for (const std::string& each : followers) all += (all.empty() ? "" : ", ") + each;
  return what + (second.empty() ? "" : nearest(second, followers)) + " There are: " + all + ".";
}

}  // namespace

std::variant<Given, int> readCommandLine(int count, const char* const* words) {
  if (const std::string wrong = unknownWord(count, words); !wrong.empty()) {
    std::cerr << "scrim: " << printable(wrong) << "\n";
    return kWrongCommandLine;
  }
  Grammar grammar;
  try {
    grammar.app().parse(count, words);
  } catch (const CLI::ParseError& stop) {
    return grammar.app().exit(stop) == 0 ? kDone : kWrongCommandLine;
  }
  return grammar.given();
}

std::string helpOf(const std::vector<std::string>& words) {
  Grammar grammar;
  CLI::App* found = grammar.find(words);
  if (found == nullptr) return "";
  std::string above = words.empty() ? "" : "scrim";
  for (std::size_t i = 0; i + 1 < words.size(); ++i) above += " " + words[i];
  return found->help(above);
}

}  // namespace scrim::cli
