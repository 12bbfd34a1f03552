// SPDX-License-Identifier: Apache-2.0
// Directory::test(): the same steps as a login takes, each told.
#include "ldap/directory_state.h"
#include "ldap/groups.h"
#include "ldap/text.h"
#include "ldap/user_entry.h"

namespace scrim::ldap {
namespace {

class Walk {
 public:
  Walk(const DirectoryOptions& options, Call call) : options_(options), call_(std::move(call)) {}

  /// nullopt: no server can be used.
  std::optional<Link> servers() {
    std::optional<Link> usable;
    for (const Server& server : options_.servers) {
      auto link = Link::open(options_, server, call_);
      if (!link.ok()) {
        note("connect", false, link.error().message);
        continue;
      }
      note("connect", true, link->url() + ": " + link->protection());
      if (!usable) usable = std::move(link).value();
    }
    return usable;
  }

  bool logIn(Link& link) {
    if (options_.bindDn.empty()) return note("bind", true, "anonymous");
    const auto bound = link.bind(options_.bindDn, options_.bindPassword, call_);
    return note("bind", bound.ok(), options_.bindDn + (bound.ok() ? "" : ": " + bound.error().message));
  }

  std::optional<Entry> search(Link& link, std::string_view login) {
    auto entry = findEntry(link, options_, login, call_);
    if (!entry.ok()) note("search", false, entry.error().message);
    if (!entry.ok()) return std::nullopt;
    const std::string where = userFilter(options_, login) + " under " + options_.users.base;
    note("search", entry->has_value(), where + ": " + (*entry ? (*entry)->dn : "nobody"));
    return *std::move(entry);
  }

  bool account(Link& link, const Entry& entry, base::WallTime now) {
    auto user = userOf(link, options_, entry, now, call_);
    if (!user.ok()) {
      note("attributes", false, user.error().message);
      return false;
    }
    note("account", user->state == AccountState::active, std::string(nameOf(user->state)));
    std::string text = "login = " + user->login + ", id = " + user->id;
    for (const auto& [name, values] : user->attributes) {
      for (const std::string& value : values) text.append(", ").append(name).append(" = ").append(value);
    }
    return note("attributes", true, text);
  }

  void groups(Link& link, const Entry& entry) {
    const auto found = groupsOf(link, options_, entry, call_);
    if (!found.ok()) {
      note("groups", false, found.error().message);
      return;
    }
    std::string text = std::to_string(found->size()) + (found->size() == 1 ? " group" : " groups");
    for (const std::string& name : *found) text += (name == *found->begin() ? ": " : ", ") + name;
    note("groups", true, text);
  }

  bool note(std::string name, bool ok, std::string text) {
    report_.push_back({std::move(name), ok, std::move(text)});
    return ok;
  }

  Report take() { return std::move(report_); }

 private:
  const DirectoryOptions& options_;
  const Call call_;
  Report report_;
};

}  // namespace

Report Directory::test(std::string_view login, const base::Secret& password, std::stop_token stop) {
  const Call call = state_->call(std::move(stop));
  Walk walk(state_->options, call);
  if (!isLogin(login)) {
    walk.note("search", false, "this cannot be a login");
    return walk.take();
  }
  auto link = walk.servers();
  if (!link || !walk.logIn(*link)) return walk.take();
  const auto entry = walk.search(*link, login);
  if (!entry) return walk.take();
  if (!walk.account(*link, *entry, state_->clock.wall())) return walk.take();
  walk.groups(*link, *entry);
  if (password.empty()) return walk.take();
  const auto right = state_->checkPassword(entry->dn, password, call);
  walk.note("password", right.ok(), right.ok() ? "right" : right.error().message);
  return walk.take();
}

}  // namespace scrim::ldap
