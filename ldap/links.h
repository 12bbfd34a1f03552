// SPDX-License-Identifier: Apache-2.0
// Links: the connections to a directory, kept open and used again, over all of its servers: those that failed a short
// while ago are tried last. Any thread; each link is used by one at a time.
#pragma once

#include <list>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "ldap/link.h"

namespace scrim::ldap {

enum class Role {
  search,     // logged in as the service account, or anonymous
  passwords,  // logged in as whoever was last checked: nothing but bind() is ever called on these
};

class Links {
 public:
  /// `options` outlive it.
  Links(const DirectoryOptions& options, Role role) : options_(options), role_(role), health_(options.servers.size()) {}

  /// A new link to the first server that can be used. Errors: sourceUnavailable: none can; queryCanceled;
  /// configInvalid: the service account is refused, or a setting is of no use.
  base::Result<Link> open(const Call& call);

  /// Runs `work` on a link that is open, or else on a new one; when a server fails, again on the next. `work` may
  /// therefore run several times and starts afresh each time.
  template <typename Work>
  auto with(const Call& call, Work work) -> decltype(work(std::declval<Link&>())) {
    base::Error last = unusable({});
    if (auto idle = takeIdle()) {
      auto result = work(*idle);
      if (result.ok() || !mayTryAgain(result.error(), call)) {
        keep(std::move(*idle));
        return result;
      }
      forgetIdle();  // most likely the server ended all of them
    }
    for (const std::size_t server : order()) {
      if (isOver(call)) break;
      auto link = openOne(server, call);
      if (!link.ok()) {
        last = std::move(link).error();
      } else {
        auto result = work(*link);
        if (result.ok() || !mayTryAgain(result.error(), call)) {
          keep(std::move(*link));
          return result;
        }
        last = std::move(result).error();
      }
      if (!mayTryAgain(last, call)) return last;
      failed(server);
    }
    return unusable(std::move(last));
  }

  /// Connections opened since the start: tests and reports look at it.
  std::uint64_t opened() const;

 private:
  struct Idle {
    Link link;
    base::MonotonicTime since;
  };

  std::optional<Link> takeIdle();
  void keep(Link link);
  void forgetIdle();
  base::Result<Link> openOne(std::size_t server, const Call& call);
  base::Result<void> logIn(Link& link, const Call& call);
  /// Indexes of servers: those in good health first, else as configured.
  std::vector<std::size_t> order();
  void failed(std::size_t server);
  static bool isOver(const Call& call);
  static bool mayTryAgain(const base::Error& error, const Call& call);
  base::Error unusable(base::Error last) const;

  const DirectoryOptions& options_;
  const Role role_;
  mutable std::mutex mutex_;
  std::list<Idle> idle_;                     // least recently used first
  std::vector<base::MonotonicTime> health_;  // until when a server is tried last
  std::uint64_t opened_ = 0;
};

}  // namespace scrim::ldap
