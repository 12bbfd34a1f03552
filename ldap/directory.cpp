// SPDX-License-Identifier: Apache-2.0
#include "ldap/directory.h"

#include <csignal>

#include "ldap/directory_state.h"
#include "ldap/group_graph.h"
#include "ldap/groups.h"
#include "ldap/pages.h"
#include "ldap/text.h"
#include "ldap/user_entry.h"

namespace scrim::ldap {
namespace {

using base::Error;
using base::ErrorCode;

constexpr std::size_t kLongestPassword = 1024;

/// libldap writes to sockets that may be closed at the other end; unless somebody wants the signal, the process must
/// not end by it.
void ignoreBrokenPipes() {
  struct sigaction now {};
  if (sigaction(SIGPIPE, nullptr, &now) == 0 && now.sa_handler == SIG_DFL) std::signal(SIGPIPE, SIG_IGN);
}

Error refused(std::string_view reason) { return {ErrorCode::invalidPassword, std::string(reason)}; }

}  // namespace

base::Result<std::unique_ptr<Directory>> Directory::make(DirectoryOptions options, const base::Clock& clock) {
  SCRIM_CHECK_OK(check(options));
  ignoreBrokenPipes();
  return std::unique_ptr<Directory>(new Directory(std::make_unique<State>(std::move(options), clock)));
}

Directory::Directory(std::unique_ptr<State> state) : state_(std::move(state)) {}
Directory::~Directory() = default;

std::uint64_t Directory::opened() const { return state_->searching.opened() + state_->passwords.opened(); }

Call Directory::State::call(std::stop_token stop) const {
  return {std::move(stop), base::systemClock().monotonic() + options.callTimeout};
}

base::Result<std::optional<DirectoryUser>> Directory::State::find(std::string_view login, const Call& call) {
  using Found = base::Result<std::optional<DirectoryUser>>;
  return searching.with(call, [&](Link& link) -> Found {
    SCRIM_TRY(const auto entry, findEntry(link, options, login, call));
    if (!entry) return std::optional<DirectoryUser>();
    SCRIM_TRY(DirectoryUser user, userOf(link, options, *entry, clock.wall(), call));
    SCRIM_TRY(user.groups, groupsOf(link, options, *entry, call));
    return std::optional<DirectoryUser>(std::move(user));
  });
}

base::Result<void> Directory::State::checkPassword(const std::string& dn, const base::Secret& password,
                                                   const Call& call) {
  return passwords.with(call, [&](Link& link) { return link.bind(dn, password, call); });
}

base::Result<DirectoryUser> Directory::authenticate(std::string_view login, const base::Secret& password,
                                                    std::stop_token stop) {
  // Before anything is sent: a server answers a bind without a password with success (RFC 4513, 5.1.2).
  if (password.empty()) return refused("empty password");
  if (password.reveal().size() > kLongestPassword) return refused("password too long");
  if (!isLogin(login)) return refused("not a login");
  const Call call = state_->call(std::move(stop));
  SCRIM_TRY(auto user, state_->find(login, call));
  const DirectoryOptions& options = state_->options;
  // Nobody's password is checked too, so that it takes as long.
  const std::string nobody = options.users.login + "=" + escapeDnValue(login) + "," + options.users.base;
  const auto right = state_->checkPassword(user ? user->dn : nobody, password, call);
  if (!right.ok() && right.error().code != ErrorCode::invalidPassword) return right.error();
  if (!user) return refused(kUnknownUser);
  if (!right.ok()) return right.error();
  // The server has just said yes: a lock that the entry showed before has run out.
  if (user->state == AccountState::locked) user->state = AccountState::active;
  if (user->state != AccountState::active) return refused(nameOf(user->state));
  return *std::move(user);
}

base::Result<std::optional<DirectoryUser>> Directory::find(std::string_view login, std::stop_token stop) {
  if (!isLogin(login)) return std::optional<DirectoryUser>();
  return state_->find(login, state_->call(std::move(stop)));
}

namespace {

/// One entry of a page; nullopt: it was skipped.
std::optional<DirectoryUser> take(const Entry& entry, base::Result<DirectoryUser> user, const GroupGraph& graph,
                                  SyncSummary& summary) {
  auto groups = user.ok() ? graph.groupsOf(entry) : base::Result<std::set<std::string>>(user.error());
  if (groups.ok()) {
    ++summary.users;
    user->groups = std::move(groups).value();
    return std::move(user).value();
  }
  if (summary.skipped++ == 0) summary.firstSkipped = groups.error().message;
  return std::nullopt;
}

}  // namespace

base::Result<SyncSummary> Directory::sync(const OnPage& page, std::stop_token stop) {
  const DirectoryOptions& options = state_->options;
  const Call call = state_->endless(std::move(stop));
  SCRIM_TRY(Link link, state_->searching.open(call));
  GroupGraph graph(options);
  if (options.groups.lookup != GroupLookup::none) SCRIM_CHECK_OK(graph.load(link, call));
  SyncSummary summary{0, 0, graph.groups(), {}};
  const SearchRequest request{options.users.base, Scope::subtree, options.users.filter, userAttributes(options)};
  SCRIM_CHECK_OK(forEachPage(link, options, request, call, [&](const Page& found) -> base::Result<void> {
    std::vector<DirectoryUser> users;
    for (const Entry& entry : found.entries) {
      auto user = userOf(link, options, entry, state_->clock.wall(), call);
      if (!user.ok() && link.broken()) return user.error();
      if (auto taken = take(entry, std::move(user), graph, summary)) users.push_back(*std::move(taken));
    }
    return page(std::move(users));
  }));
  return summary;
}

}  // namespace scrim::ldap
