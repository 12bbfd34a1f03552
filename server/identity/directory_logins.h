// SPDX-License-Identifier: Apache-2.0
// DirectoryLogins: logging in with a directory's password, and keeping what is known of the users up to date: on worker
// threads, so that a slow directory holds none of the threads that serve clients. Each directory has threads of its
// own, and so have names that are nobody's yet. Waiting logins are bounded; more are refused. Any thread.
//
// While a directory user has a session here, the directory is asked about them every provider.refresh, and what has
// changed is in the catalog, and so with every instance, within provider.refresh + a round of questions + a second.
// When it does not answer, sessions keep their last known rights for provider.lease; then their statements are refused.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <string_view>
#include <unordered_map>

#include "common/base/clock.h"
#include "common/base/secret.h"
#include "server/catalog/catalog.h"
#include "server/identity/authenticator.h"
#include "server/identity/directories.h"
#include "server/identity/directory_accounts.h"
#include "server/identity/directory_presence.h"
#include "server/identity/directory_sync.h"
#include "server/identity/directory_watch.h"
#include "server/identity/lane.h"

namespace scrim::identity {

struct DirectoryLimits {
  // Of each directory, and once more for names that are nobody's yet.
  std::size_t threads = 4;    // that check logins
  std::size_t waiting = 256;  // logins that wait for one of these
  // Of each directory.
  std::size_t refreshing = 2;                          // threads that ask again about users with sessions
  std::chrono::milliseconds longestWait{15'000};       // for a thread; then the login is refused
  std::chrono::milliseconds sameTimeForRefusals{500};  // see refusalTime()
};

class DirectoryLogins {
 public:
  /// All of them outlive it.
  DirectoryLogins(catalog::Catalog& catalog, Authenticator& authenticator, DirectoryLimits limits = {},
                  const base::Clock& clock = base::systemClock());
  ~DirectoryLogins();
  DirectoryLogins(const DirectoryLogins&) = delete;
  DirectoryLogins& operator=(const DirectoryLogins&) = delete;

  /// Whether the password of that name is a directory's to check: it is no built-in user's, and there is a directory.
  static bool takes(const catalog::Snapshot& snapshot, std::string_view name);

  /// Called once, on a worker thread, or on the caller's when the login cannot wait here. A refusal should be told no
  /// sooner than refusalTime() after the password came: by then refusals of all kinds are the same.
  using Done = std::function<void(Authenticator::Checked)>;
  void check(std::string name, base::Secret password, Done done);
  std::chrono::milliseconds refusalTime() const { return limits_.sameTimeForRefusals; }

  /// check() for a thread that may block, two at once; a refusal takes refusalTime().
  Authenticator::Checked checkNow(const std::string& name, base::Secret password);

  /// For who comes with a token: as DirectoryPresence::of().
  base::Result<std::shared_ptr<const Confirmation>> confirm(const catalog::User& user) { return presence_.of(user); }

  /// Ends the threads; logins that wait are told. Nothing is taken afterwards.
  void stop();

 private:
  struct Login {
    std::string name;
    base::Secret password;
    Done done;
    base::MonotonicTime since;
  };
  /// A name as typed and as it is compared, and who has it.
  struct Claim {
    std::string typed;
    std::string name;
    catalog::UserPtr user;  // nullptr: no account yet
    Lockout* lockout;
  };

  /// The lane of the directory that has the name, or of those that are nobody's; nullptr: it has stopped.
  Lane* laneOf(std::string_view name);
  void serve(const Login& login, const std::stop_token& stop);
  Authenticator::Checked answer(const std::string& name, const base::Secret& password, const std::stop_token& stop);
  Authenticator::Checked ask(const Claim& claim, const catalog::Snapshot& snapshot, const base::Secret& password,
                             const std::stop_token& stop);
  static Authenticator::Checked refuse(const Claim& claim, std::string reason, bool counts = true);
  static Authenticator::Checked cannotSay(const Claim& claim, const base::Error& error);
  base::Result<Session> admit(const catalog::IdentityProvider& provider, const ldap::DirectoryUser& user,
                              base::MonotonicTime asked);

  catalog::Catalog& catalog_;
  Authenticator& authenticator_;
  const DirectoryLimits limits_;
  const base::Clock& clock_;
  Directories directories_;
  DirectoryAccounts accounts_;

  std::mutex mutex_;
  bool stopped_ = false;
  std::unordered_map<base::IdentityProviderId, std::unique_ptr<Lane>> lanes_;
  std::atomic<int> blocked_{0};  // callers of checkNow()
  // Last: their threads use the rest.
  DirectoryWatch watch_;
  DirectorySync sync_;
  DirectoryPresence presence_;
};

}  // namespace scrim::identity
