// SPDX-License-Identifier: Apache-2.0
// SessionFactory: what makes sessions (law 2). For the authenticators of this room only.
#pragma once

#include <memory>
#include <string_view>
#include <utility>

#include "common/base/clock.h"
#include "server/identity/session.h"

namespace scrim::identity {

class SessionFactory {
 public:
  static Session make(const catalog::User& user, const base::Clock& clock, std::string_view method) {
    return {user.name, user.id, clock.wall(), method};
  }
  static Session makeByToken(const catalog::User& user, const base::Clock& clock, std::shared_ptr<const TokenLife> life,
                             std::shared_ptr<const Confirmation> confirmation) {
    Session session = make(user, clock, "token", std::move(confirmation));
    session.token_ = std::move(life);
    return session;
  }
  static Session make(const catalog::User& user, const base::Clock& clock, std::string_view method,
                      std::shared_ptr<const Confirmation> confirmation) {
    Session session = make(user, clock, method);
    session.confirmation_ = std::move(confirmation);
    return session;
  }
};

}  // namespace scrim::identity
