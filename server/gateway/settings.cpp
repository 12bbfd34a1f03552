// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/settings.h"

#include <algorithm>

#include "server/gateway/setting_table.h"
#include "server/gateway/setting_types.h"

namespace scrim::gateway {
namespace {

base::Error unknown(std::string_view name) {
  return {base::ErrorCode::undefinedObject, "unrecognized configuration parameter \"" + std::string(name) + "\""};
}

Settings::ValuesPtr initialValues() {
  static const Settings::ValuesPtr values = [] {
    Settings::Values made;
    for (const SettingRow& row : settingTable()) made.emplace_back(row.initial);
    return std::make_shared<const Settings::Values>(std::move(made));
  }();
  return values;
}

Settings::ValuesPtr with(const Settings::ValuesPtr& values, std::size_t index, const std::string& value) {
  if ((*values)[index] == value) return values;
  Settings::Values changed = *values;
  changed[index] = value;
  return std::make_shared<const Settings::Values>(std::move(changed));
}

std::int64_t millisecondsIn(const Settings::Values& values, std::string_view name) {
  return readMilliseconds(values[*findSetting(name)]).value_or(0);
}

}  // namespace

Settings::Settings() : current_(initialValues()), session_(current_), start_(current_) {}

void Settings::adopt(ValuesPtr values) {
  if (values == current_) return;
  current_ = std::move(values);
  ++revision_;
  statementTimeout_ = millisecondsIn(*current_, "statement_timeout");
  idleInTransactionTimeout_ = millisecondsIn(*current_, "idle_in_transaction_session_timeout");
}

void Settings::describeSession(std::string_view user, std::string_view project) {
  adopt(with(current_, *findSetting("session_authorization"), std::string(user)));
  adopt(with(current_, *findSetting("scrim.project"), std::string(project)));
  session_ = start_ = current_;
}

base::Result<void> Settings::setAtStart(std::string_view name, std::string_view value) {
  SCRIM_CHECK_OK(set(name, value, false));
  start_ = current_;
  return {};
}

base::Result<void> Settings::apply(std::size_t index, std::string value, bool local) {
  const std::string kept = std::move(value);
  if (!local) session_ = with(session_, index, kept);
  adopt(with(current_, index, kept));
  return {};
}

base::Result<void> Settings::set(std::string_view name, std::string_view value, bool local) {
  const std::optional<std::size_t> index = findSetting(name);
  if (!index) return unknown(name);
  SCRIM_TRY(std::string kept, canonicalValue(settingTable()[*index], value, (*current_)[*index]));
  return apply(*index, std::move(kept), local);
}

base::Result<void> Settings::reset(std::string_view name, bool local) {
  const std::optional<std::size_t> index = findSetting(name);
  if (!index) return unknown(name);
  if (settingTable()[*index].kind == SettingKind::fixed) return canonicalValue(settingTable()[*index], "", "").error();
  return apply(*index, (*start_)[*index], local);
}

void Settings::resetAll() {
  session_ = start_;
  adopt(start_);
}

base::Result<std::string> Settings::show(std::string_view name) const {
  const std::optional<std::size_t> index = findSetting(name);
  if (!index) return unknown(name);
  return (*current_)[*index];
}

std::string_view Settings::properName(std::string_view name) {
  const std::optional<std::size_t> index = findSetting(name);
  return index ? settingTable()[*index].name : name;
}

std::vector<Settings::Shown> Settings::showAll() const {
  std::vector<Shown> all;
  for (std::size_t i = 0; i < settingTable().size(); ++i) {
    all.push_back({settingTable()[i].name, (*current_)[i], settingTable()[i].description});
  }
  return all;
}

void Settings::begin() {
  if (!atBegin_) atBegin_ = session_;
}

void Settings::commit() {
  if (!atBegin_) return;
  atBegin_ = nullptr;
  savepoints_.clear();
  adopt(session_);
}

void Settings::rollback() {
  if (!atBegin_) return;
  session_ = std::move(atBegin_);
  atBegin_ = nullptr;
  savepoints_.clear();
  adopt(session_);
}

void Settings::savepoint(std::string_view name) { savepoints_.push_back({std::string(name), current_, session_}); }

void Settings::rollbackTo(std::string_view name) {
  const auto found =
      std::find_if(savepoints_.rbegin(), savepoints_.rend(), [&](const auto& s) { return s.name == name; });
  if (found == savepoints_.rend()) return;
  session_ = found->session;
  adopt(found->current);
  savepoints_.erase(found.base(), savepoints_.end());
}

void Settings::release(std::string_view name) {
  const auto found =
      std::find_if(savepoints_.rbegin(), savepoints_.rend(), [&](const auto& s) { return s.name == name; });
  if (found != savepoints_.rend()) savepoints_.erase(std::prev(found.base()), savepoints_.end());
}

std::vector<std::pair<std::string_view, std::string_view>> Settings::unreported() {
  std::vector<std::pair<std::string_view, std::string_view>> changes;
  if (reported_ == current_) return changes;
  for (std::size_t i = 0; i < settingTable().size(); ++i) {
    if (!settingTable()[i].reported) continue;
    if (!reported_ || (*reported_)[i] != (*current_)[i]) changes.emplace_back(settingTable()[i].name, (*current_)[i]);
  }
  reported_ = current_;
  return changes;
}

const std::string& Settings::value(std::string_view name) const { return (*current_)[*findSetting(name)]; }

}  // namespace scrim::gateway
