// SPDX-License-Identifier: Apache-2.0
#include "ldap/links.h"

#include <algorithm>
#include <numeric>

namespace scrim::ldap {
namespace {

using base::Error;
using base::ErrorCode;

base::MonotonicTime now() { return base::systemClock().monotonic(); }

}  // namespace

bool Links::isOver(const Call& call) { return call.stop.stop_requested() || now() >= call.deadline; }

bool Links::mayTryAgain(const Error& error, const Call& call) {
  return error.code == ErrorCode::sourceUnavailable && !isOver(call);
}

Error Links::unusable(Error last) const {
  if (last.code == ErrorCode::queryCanceled) return last;
  const std::string tried = last.message.empty() ? "the time was over before one was tried" : last.message;
  return {ErrorCode::sourceUnavailable, "No server of the directory can be used; the last one: " + tried};
}

std::optional<Link> Links::takeIdle() {
  const std::scoped_lock lock(mutex_);
  std::erase_if(idle_, [&](const Idle& idle) { return now() - idle.since > options_.keepIdle; });
  if (idle_.empty()) return std::nullopt;
  std::optional<Link> link(std::move(idle_.back().link));
  idle_.pop_back();
  return link;
}

void Links::keep(Link link) {
  if (link.broken()) return;
  const std::scoped_lock lock(mutex_);
  idle_.push_back({std::move(link), now()});
  if (idle_.size() > options_.idleConnections) idle_.pop_front();
}

void Links::forgetIdle() {
  const std::scoped_lock lock(mutex_);
  idle_.clear();
}

std::vector<std::size_t> Links::order() {
  std::vector<std::size_t> servers(options_.servers.size());
  std::iota(servers.begin(), servers.end(), 0);
  const std::scoped_lock lock(mutex_);
  const auto time = now();
  std::stable_partition(servers.begin(), servers.end(), [&](std::size_t server) { return health_[server] <= time; });
  return servers;
}

void Links::failed(std::size_t server) {
  const std::scoped_lock lock(mutex_);
  health_[server] = now() + options_.retryServerAfter;
}

std::uint64_t Links::opened() const {
  const std::scoped_lock lock(mutex_);
  return opened_;
}

base::Result<Link> Links::openOne(std::size_t server, const Call& call) {
  SCRIM_TRY(Link link, Link::open(options_, options_.servers[server], call));
  SCRIM_CHECK_OK(logIn(link, call));
  const std::scoped_lock lock(mutex_);
  health_[server] = {};
  ++opened_;
  return link;
}

base::Result<void> Links::logIn(Link& link, const Call& call) {
  if (role_ == Role::passwords || options_.bindDn.empty()) return {};
  auto bound = link.bind(options_.bindDn, options_.bindPassword, call);
  if (bound.ok() || bound.error().code != ErrorCode::invalidPassword) return bound;
  return Error{ErrorCode::configInvalid, link.url() + " refuses the service account (" + bound.error().message +
                                             "). Check bind_dn and bind_password."};
}

base::Result<Link> Links::open(const Call& call) {
  Error last = unusable({});
  for (const std::size_t server : order()) {
    if (isOver(call)) break;
    auto link = openOne(server, call);
    if (link.ok() || !mayTryAgain(link.error(), call)) return link;
    last = std::move(link).error();
    failed(server);
  }
  return unusable(std::move(last));
}

}  // namespace scrim::ldap
