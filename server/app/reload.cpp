// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "common/base/log.h"
#include "server/app/settings.h"
#include "server/app/wiring.h"

namespace scrim::app {
namespace {

/// A thread that parses or plans is free again sooner.
constexpr std::chrono::seconds kPatience{5};

}  // namespace

gateway::Limits limitsOf(const LimitOptions& options) {
  using std::chrono::seconds;
  gateway::Limits limits;
  limits.connections = static_cast<std::size_t>(options.connections);
  limits.connectionsPerAddress = static_cast<std::size_t>(options.connectionsPerAddress);
  limits.connectionsPerUser = static_cast<std::size_t>(options.connectionsPerUser);
  limits.sourceSharePerUser = static_cast<int>(options.sourceSharePerUser);
  limits.memoryPerUser = static_cast<std::size_t>(options.memoryPerUser) << 20U;
  limits.preparedStatements = static_cast<std::size_t>(options.preparedStatements);
  limits.cursors = static_cast<std::size_t>(options.cursors);
  limits.loginTimeout = seconds(options.loginTimeoutSeconds);
  limits.idleTimeout = seconds(options.idleTimeoutSeconds);
  limits.idleInTransactionTimeout = seconds(options.idleInTransactionTimeoutSeconds);
  limits.statementTimeout = seconds(options.statementTimeoutSeconds);
  limits.drainTimeout = seconds(options.drainSeconds);
  return limits;
}

base::Result<Scrimd::Reloaded> Scrimd::reload(const Options& fresh) {
  Reloaded reloaded;
  Options next = options_;
  for (const Setting& setting : settings()) {
    const Values value = setting.get(fresh);
    if (value == setting.get(options_)) continue;
    (setting.live ? reloaded.changed : reloaded.needRestart).push_back(setting.key);
    if (setting.live) setting.set(next, value);
  }
  SCRIM_TRY(net::TlsSettings certificate, tlsSettings(next));
  certificate.protocol = gateway::kAlpnProtocol;
  SCRIM_TRY(auto sqlTls, net::TlsContext::load(certificate));
  certificate.protocol = http::kAlpnProtocol;
  SCRIM_TRY(auto apiTls, net::TlsContext::load(certificate));
  // From here on nothing can fail.
  options_ = std::move(next);
  base::setLogLevel(options_.logLevel);
  authenticator_->setLimits(options_.lockout, options_.addressLimits);
  apiServer_->setTls(std::move(apiTls));
  if (!server_->update(limitsOf(options_.limits), std::move(sqlTls), kPatience)) {
    base::logWarning("app", "a thread is busy and takes the new configuration over when it is free");
  }
  return reloaded;
}

std::chrono::milliseconds Scrimd::silence() const { return std::max(server_->silence(), apiServer_->silence()); }

}  // namespace scrim::app
