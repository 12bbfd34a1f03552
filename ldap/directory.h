// SPDX-License-Identifier: Apache-2.0
// Directory: users, their passwords and their groups in an LDAP directory, OpenLDAP or Active Directory. Calls block,
// for options.callTimeout at most (sync(): options.operationTimeout for each request) and about a tenth of a second
// after `stop` was asked for (connecting: connectTimeout), so callers use worker threads. Any thread.
//
// What comes back is checked text; whatever cannot be understood is an error, never left out. Errors:
// sourceUnavailable: no server can be used; queryCanceled; configInvalid: a setting, the service account; sourceError,
// programLimit, tooComplex: what the directory holds cannot be taken as it is. Their messages are for the operator.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string_view>
#include <vector>

#include "common/base/clock.h"
#include "common/base/result.h"
#include "common/base/secret.h"
#include "ldap/options.h"
#include "ldap/user.h"

namespace scrim::ldap {

/// What authenticate() says of a login that is nobody's: another directory may know it.
inline constexpr std::string_view kUnknownUser = "unknown user";

struct SyncSummary {
  std::size_t users = 0;
  std::size_t skipped = 0;  // entries that cannot be a user as they are
  std::size_t groups = 0;
  std::string firstSkipped;  // why
};

/// What test() did, step by step, for an administrator's eyes: it names groups and values of attributes.
struct Step {
  std::string name;
  bool ok = false;
  std::string text;
};
using Report = std::vector<Step>;

class Directory {
 public:
  /// Errors: configInvalid. Nothing is connected yet.
  static base::Result<std::unique_ptr<Directory>> make(DirectoryOptions options,
                                                       const base::Clock& clock = base::systemClock());
  ~Directory();
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;

  /// The user behind a login and its password. Errors: invalidPassword for every refusal; the message is the reason
  /// ("unknown user", "wrong password", "disabled", ..) and never for the client. An unknown user costs the directory
  /// the same kinds of request as a wrong password.
  base::Result<DirectoryUser> authenticate(std::string_view login, const base::Secret& password,
                                           std::stop_token stop = {});

  /// The user behind a login as the directory has them now, whatever their account's state; nullopt: nobody.
  base::Result<std::optional<DirectoryUser>> find(std::string_view login, std::stop_token stop = {});

  /// All users, a page at a time, on the calling thread. An error of `page` ends it and is returned. When a server
  /// fails in between, it ends with an error, and may be begun again.
  using OnPage = std::function<base::Result<void>(std::vector<DirectoryUser>)>;
  base::Result<SyncSummary> sync(const OnPage& page, std::stop_token stop = {});

  /// Walks through each server, the service account, search, account, attributes and groups of one user, and the
  /// password if there is one. Ends at the first step that fails and leaves nothing to go on with.
  Report test(std::string_view login, const base::Secret& password, std::stop_token stop = {});

  /// Connections opened since the start.
  std::uint64_t opened() const;

 private:
  struct State;
  explicit Directory(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace scrim::ldap
