// SPDX-License-Identifier: Apache-2.0
// directory_probe: reads commands, one a line, words percent-encoded and separated by spaces; answers each with one
// line of JSON. "option NAME VALUE" (options first), "open", "authenticate LOGIN PASSWORD", "find LOGIN", "sync", "test
// LOGIN [PASSWORD]", "opened", "crowd THREADS TIMES LOGIN PASSWORD"; "start LOGIN PASSWORD" authenticates in the
// background, "stop" asks that to stop and answers its outcome.
#include <atomic>
#include <chrono>
#include <iostream>
#include <optional>
#include <sstream>
#include <thread>

#include "common/base/hash.h"
#include "common/base/log.h"
#include "ldap/directory.h"
#include "probe_options.h"

namespace scrim::tests {
namespace {

using base::quotedJson;
using ldap::DirectoryUser;
using Words = std::vector<std::string>;

/// "%" alone is the empty word.
std::string decoded(const std::string& word) {
  if (word == "%") return "";
  std::string text;
  for (std::size_t at = 0; at < word.size(); ++at) {
    const auto byte = word[at] == '%' ? base::fromHex(word.substr(at + 1, 2)) : std::nullopt;
    text += byte ? *byte : std::string(1, word[at]);
    if (byte) at += 2;
  }
  return text;
}

template <typename Texts>
std::string listOf(const Texts& texts) {
  std::string json = "[";
  for (const std::string& text : texts) json += (json.size() > 1 ? "," : "") + quotedJson(text);
  return json + "]";
}

std::string jsonOf(const DirectoryUser& user) {
  std::string attributes = "{";
  for (const auto& [name, values] : user.attributes) {
    attributes += (attributes.size() > 1 ? "," : "") + quotedJson(name) + ":" + listOf(values);
  }
  return "{\"id\":" + quotedJson(user.id) + ",\"login\":" + quotedJson(user.login) + ",\"dn\":" + quotedJson(user.dn) +
         ",\"state\":" + quotedJson(nameOf(user.state)) + ",\"groups\":" + listOf(user.groups) +
         ",\"attributes\":" + attributes + "}}";
}

std::string jsonOf(const base::Error& error) {
  return "{\"error\":" + quotedJson(base::nameOf(error.code)) + ",\"message\":" + quotedJson(error.message) + "}";
}

std::string jsonOf(const base::Result<DirectoryUser>& user) { return user.ok() ? jsonOf(*user) : jsonOf(user.error()); }

class Probe {
 public:
  std::string run(const Words& words);

 private:
  std::string open();
  std::string sync();
  std::string test(const Words& words);
  std::string crowd(const Words& words);
  void start(const Words& words);
  std::string stop();

  ldap::DirectoryOptions options_;
  std::unique_ptr<ldap::Directory> directory_;
  std::jthread background_;
  base::Result<DirectoryUser> outcome_ = base::Error{};
};

std::string Probe::open() {
  auto made = ldap::Directory::make(std::move(options_));
  if (!made.ok()) return jsonOf(made.error());
  directory_ = std::move(made).value();
  return "{}";
}

std::string Probe::sync() {
  // What tests compare: every member of a few groups would be long, so the users are counted by group.
  std::map<std::string, std::size_t> sizes;
  std::map<std::string, std::size_t> states;
  std::size_t pages = 0;
  const auto summary = directory_->sync([&](const std::vector<DirectoryUser>& users) {
    ++pages;
    for (const DirectoryUser& user : users) {
      ++states[std::string(nameOf(user.state))];
      for (const std::string& group : user.groups) ++sizes[group];
    }
    return base::Result<void>();
  });
  if (!summary.ok()) return jsonOf(summary.error());
  const auto counts = [](const std::map<std::string, std::size_t>& map) {
    std::string json = "{";
    for (const auto& [name, count] : map)
      json += (json.size() > 1 ? "," : "") + quotedJson(name) + ":" + std::to_string(count);
    return json + "}";
  };
  return "{\"users\":" + std::to_string(summary->users) + ",\"skipped\":" + std::to_string(summary->skipped) +
         ",\"why\":" + quotedJson(summary->firstSkipped) + ",\"groups\":" + std::to_string(summary->groups) +
         ",\"pages\":" + std::to_string(pages) + ",\"sizes\":" + counts(sizes) + ",\"states\":" + counts(states) + "}";
}

std::string Probe::test(const Words& words) {
  std::string json = "[";
  for (const ldap::Step& step : directory_->test(words.at(1), base::Secret(words.size() > 2 ? words[2] : ""))) {
    json += (json.size() > 1 ? "," : "") + std::string("{\"name\":") + quotedJson(step.name) +
            ",\"ok\":" + (step.ok ? "true" : "false") + ",\"text\":" + quotedJson(step.text) + "}";
  }
  return json + "]";
}

std::string Probe::crowd(const Words& words) {
  std::atomic<int> good = 0;
  const auto begin = std::chrono::steady_clock::now();
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < std::stoi(words.at(1)); ++i) {
      threads.emplace_back([&] {
        for (int j = 0; j < std::stoi(words.at(2)); ++j) {
          if (directory_->authenticate(words.at(3), base::Secret(words.at(4))).ok()) ++good;
        }
      });
    }
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  return "{\"good\":" + std::to_string(good) + ",\"seconds\":" + std::to_string(took.count()) + "}";
}

void Probe::start(const Words& words) {
  background_ = std::jthread([this, words](const std::stop_token& stop) {
    outcome_ = directory_->authenticate(words.at(1), base::Secret(words.at(2)), stop);
  });
}

std::string Probe::stop() {
  background_.request_stop();
  background_.join();
  return jsonOf(outcome_);
}

std::string Probe::run(const Words& words) {
  const std::string& verb = words.at(0);
  if (verb == "option") return setOption(options_, words.at(1), words.at(2)) ? "{}" : "{\"error\":\"no such option\"}";
  if (verb == "open") return open();
  if (verb == "authenticate") return jsonOf(directory_->authenticate(words.at(1), base::Secret(words.at(2))));
  if (verb == "find") {
    auto found = directory_->find(words.at(1));
    if (!found.ok()) return jsonOf(found.error());
    return *found ? jsonOf(**found) : "null";
  }
  if (verb == "sync") return sync();
  if (verb == "test") return test(words);
  if (verb == "crowd") return crowd(words);
  if (verb == "opened") return std::to_string(directory_->opened());
  if (verb == "stop") return stop();
  if (verb == "start") {
    start(words);
    return "{}";
  }
  return "{\"error\":\"no such command\"}";
}

}  // namespace
}  // namespace scrim::tests

int main() {
  scrim::tests::Probe probe;
  std::string line;
  while (std::getline(std::cin, line)) {
    scrim::tests::Words words;
    std::istringstream parts(line);
    for (std::string word; std::getline(parts, word, ' ');) words.push_back(scrim::tests::decoded(word));
    std::cout << probe.run(words) << std::endl;
  }
  return 0;
}
