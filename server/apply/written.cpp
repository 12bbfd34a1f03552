// SPDX-License-Identifier: Apache-2.0
#include "server/apply/written.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

namespace scrim::apply {
namespace {

struct Section {
  const char* key;
  const char* noun;
};
constexpr std::array kSections{Section{"connections", "connection"},
                               Section{"identity_providers", "identity provider"},
                               Section{"users", "user"},
                               Section{"purposes", "purpose"},
                               Section{"data_sources", "data source"},
                               Section{"projects", "project"},
                               Section{"rules", "rule"}};
constexpr const char* kHidden = "********";

std::string nounOf(const std::string& section) {
  for (const Section& each : kSections) {
    if (section == each.key) return each.noun;
  }
  return section;
}

std::string shown(const WrittenField& field, const std::string& value) { return field.isSecret ? kHidden : value; }

/// Values of `left` that `right` does not have.
std::vector<std::string> without(const WrittenField* left, const WrittenField* right) {
  std::vector<std::string> out;
  if (left == nullptr) return out;
  for (const std::string& value : left->values) {
    const bool has =
        right != nullptr && std::find(right->values.begin(), right->values.end(), value) != right->values.end();
    if (!has) out.push_back(value);
  }
  return out;
}

void compareField(const WrittenField* before, const WrittenField* after, std::vector<Difference>& differences) {
  const WrittenField& field = before != nullptr ? *before : *after;
  const std::vector<std::string> gone = without(before, after);
  const std::vector<std::string> come = without(after, before);
  if (!field.isList && gone.size() == 1 && come.size() == 1) {
    differences.push_back({field.key, shown(field, gone[0]), shown(field, come[0])});
    return;
  }
  for (const std::string& each : gone) differences.push_back({field.key, shown(field, each), std::nullopt});
  for (const std::string& each : come) differences.push_back({field.key, std::nullopt, shown(field, each)});
}

const WrittenField* fieldOf(const WrittenEntry& entry, const std::string& key) {
  const auto found =
      std::find_if(entry.fields.begin(), entry.fields.end(), [&](const auto& each) { return each.key == key; });
  return found == entry.fields.end() ? nullptr : &*found;
}

std::vector<Difference> compare(const WrittenEntry& before, const WrittenEntry& after) {
  std::vector<Difference> differences;
  for (const WrittenField& field : before.fields) compareField(&field, fieldOf(after, field.key), differences);
  for (const WrittenField& field : after.fields) {
    if (fieldOf(before, field.key) == nullptr) compareField(nullptr, &field, differences);
  }
  return differences;
}

void print(const WrittenField& field, bool first, std::string& out) {
  out += std::string(first ? "  - " : "    ") + field.key + ":";
  if (!field.isList) {
    out += " " + field.values.front() + "\n";
    return;
  }
  out += "\n";
  for (const std::string& value : field.values) out += "      - " + value + "\n";
}

}  // namespace

std::string printed(const Written& entries) {
  std::string out;
  std::string section;
  for (const WrittenEntry& entry : entries) {
    if (std::exchange(section, entry.section) != entry.section) out += (out.empty() ? "" : "\n") + section + ":\n";
    bool first = true;
    for (const WrittenField& field : entry.fields) {
      if (!field.isSecret) print(field, std::exchange(first, false), out);
    }
  }
  return out.empty() ? "{}\n" : out;
}

std::vector<Change> changesBetween(const Written& before, const Written& after) {
  std::map<std::pair<std::string, std::string>, const WrittenEntry*> left;
  for (const WrittenEntry& entry : before) left.emplace(std::pair(entry.section, entry.name), &entry);
  std::vector<Change> changes;
  for (const WrittenEntry& entry : after) {
    const auto found = left.find({entry.section, entry.name});
    const bool isNew = found == left.end();
    const WrittenEntry nothing;
    std::vector<Difference> differences = compare(isNew ? nothing : *found->second, entry);
    if (!isNew) left.erase(found);
    if (differences.empty()) continue;
    changes.push_back({isNew ? Change::Action::create : Change::Action::update, nounOf(entry.section), entry.name,
                       std::move(differences)});
  }
  for (const auto& [key, entry] : left) {
    changes.push_back({Change::Action::remove, nounOf(entry->section), entry->name, {}});
  }
  return changes;
}

}  // namespace scrim::apply
