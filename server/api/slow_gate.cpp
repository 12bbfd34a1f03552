// SPDX-License-Identifier: Apache-2.0
#include "server/api/slow_gate.h"

#include <algorithm>
#include <array>

namespace scrim::api {
namespace {

constexpr std::size_t kAtOnce = 2;
constexpr std::array<std::string_view, 9> kSlow{"registerTables",   "testIdentityProvider", "testConnection",
                                                "browseTables",     "createDataSource",     "refreshDataSource",
                                                "listAuditRecords", "verifyAudit",          "ruleImpact"};

}  // namespace

bool SlowGate::isSlow(std::string_view operation) {
  return std::find(kSlow.begin(), kSlow.end(), operation) != kSlow.end();
}

SlowGate::Place::Place(SlowGate& gate, std::string caller) : gate_(gate), caller_(std::move(caller)) {
  const std::lock_guard lock(gate_.mutex_);
  admitted_ = gate_.running_.size() < kAtOnce && gate_.running_.insert(caller_).second;
}

SlowGate::Place::~Place() {
  if (!admitted_) return;
  const std::lock_guard lock(gate_.mutex_);
  gate_.running_.erase(caller_);
}

}  // namespace scrim::api
