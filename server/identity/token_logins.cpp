// SPDX-License-Identifier: Apache-2.0
#include "server/identity/token_logins.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "common/base/log.h"
#include "server/catalog/token_store.h"
#include "server/identity/session_factory.h"

namespace scrim::identity {
namespace {

using base::Error;
using base::ErrorCode;
using Checked = Authenticator::Checked;

Error tooBusy() { return {ErrorCode::tooManyConnections, "too many logins are waiting", {}, "Try again in a moment."}; }

Error cannotSay() {
  return {ErrorCode::catalogUnavailable,
          "the catalog that checks this login cannot be reached",
          {},
          "Try again later; the administrator finds the reason in the log."};
}

Error notForThis(std::string reason) { return {ErrorCode::invalidAuthorization, std::move(reason)}; }

bool allowsSql(const catalog::AccessToken& token) {
  const auto& scopes = token.scopes;
  return scopes.empty() || std::find(scopes.begin(), scopes.end(), "sql") != scopes.end();
}

TokenWatch::Ask askerOf(catalog::Catalog& catalog) {
  return [&catalog](const std::vector<std::int64_t>& ids) -> base::Result<std::vector<std::int64_t>> {
    std::vector<std::int64_t> standing;
    SCRIM_CHECK_OK(catalog.run("", [&](catalog::Writer& writer) -> base::Result<void> {
      SCRIM_TRY(standing, catalog::standingTokens(writer.link(), ids));
      return {};
    }));
    return standing;
  };
}

}  // namespace

TokenLogins::TokenLogins(catalog::Catalog& catalog, AccessTokens& tokens, Authenticator& authenticator,
                         TokenLoginLimits limits, const base::Clock& clock)
    : catalog_(catalog),
      tokens_(tokens),
      authenticator_(authenticator),
      limits_(limits),
      clock_(clock),
      watch_(askerOf(catalog), limits.watch, clock),
      lane_(limits.threads, limits.waiting) {}

TokenLogins::~TokenLogins() { stop(); }

void TokenLogins::stop() { lane_.stop(); }

std::optional<std::string_view> TokenLogins::accountIn(std::string_view loginName) {
  if (!loginName.starts_with(kTokenLoginPrefix)) return std::nullopt;
  return loginName.substr(kTokenLoginPrefix.size());
}

void TokenLogins::check(std::string name, base::Secret token, Done done) {
  auto attempt =
      std::make_shared<const Attempt>(Attempt{std::move(name), std::move(token), std::move(done), clock_.monotonic()});
  const bool taken =
      lane_.add([this, attempt](const std::stop_token& stop) { serve(*attempt, stop.stop_requested()); });
  if (!taken) attempt->done({std::nullopt, tooBusy(), "too many logins are waiting"});
}

void TokenLogins::serve(const Attempt& attempt, bool stopping) {
  if (stopping) {
    return attempt.done({std::nullopt, {ErrorCode::shuttingDown, "the server is stopping"}, "stopping"});
  }
  const bool late = clock_.monotonic() - attempt.since > limits_.longestWait;
  attempt.done(late ? Checked{std::nullopt, tooBusy(), "waited too long"} : answer(attempt));
}

Checked TokenLogins::answer(const Attempt& attempt) {
  const auto snapshot = catalog_.current();
  if (!snapshot.ok()) return {std::nullopt, snapshot.error(), "no catalog"};
  const std::string name = catalog::normalisedUserName(attempt.name);
  const Error refused = loginRefused(std::string(kTokenLoginPrefix) + attempt.name);
  Lockout& lockout = authenticator_.lockoutOf((*snapshot)->user(name) != nullptr);
  if (lockout.isLocked(name)) return {std::nullopt, refused, "locked out"};
  auto session = prove(attempt);
  if (!session.ok() && session.error().code != ErrorCode::invalidAuthorization) {
    const bool catalog = session.error().code == ErrorCode::catalogUnavailable;
    base::logWarning("identity", "it cannot be said whether a token is right", {{"reason", session.error().message}});
    return {std::nullopt, catalog ? cannotSay() : session.error(), session.error().message};
  }
  // Logins that began before the name was locked do not get past the lock side by side.
  if (lockout.isLocked(name)) return {std::nullopt, refused, "locked out"};
  if (!session.ok()) {
    lockout.failed(name);
    return {std::nullopt, refused, session.error().message};
  }
  lockout.succeeded(name);
  return {std::move(session).value(), {}, {}};
}

base::Result<Session> TokenLogins::prove(const Attempt& attempt) {
  const base::MonotonicTime asked = clock_.monotonic();
  SCRIM_TRY(const AccessTokens::Proof proof, tokens_.check(attempt.token.reveal()));
  const std::string id = std::to_string(proof.token.id);
  if (proof.session.user() != catalog::normalisedUserName(attempt.name)) {
    return notForThis("token " + id + " is another user's");
  }
  if (!allowsSql(proof.token)) return notForThis("token " + id + " lacks the scope sql");
  const catalog::UserPtr user = proof.snapshot->user(proof.session.user());
  if (user == nullptr || user->id != proof.token.user) return notForThis("the account of token " + id + " is gone");
  auto life = watch_.watch(proof.token.id, asked, std::chrono::seconds(proof.token.secondsLeft));
  return SessionFactory::makeByToken(*user, clock_, std::move(life), proof.confirmation);
}

}  // namespace scrim::identity
