// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <deque>
#include <iostream>

#include "server/cli/exit_codes.h"
#include "server/cli/given.h"

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

std::variant<Given, int> readCommandLine(int count, const char* const* words) {
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
