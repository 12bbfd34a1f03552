// SPDX-License-Identifier: Apache-2.0
// Idempotency: a creation that is sent again with the same Idempotency-Key gets the answer of the first time. Keys are
// the caller's own, last a day, and belong to one request: another body under the same key is refused. One call.
#pragma once

#include <optional>

#include "server/api/call.h"

namespace scrim::api {

class Idempotency {
 public:
  /// Errors: invalidValue (a key that is empty, too long or not printable).
  static base::Result<Idempotency> of(const Call& call);

  /// The earlier answer. Errors: invalidValue when the key stands for another request.
  base::Result<std::optional<Answer>> find(catalog::Writer& writer) const;
  base::Result<void> keep(catalog::Writer& writer, const Answer& answer) const;

 private:
  explicit Idempotency(const Call& call) : user_(call.caller->session.userId()) {}
  base::UserId user_;
  std::string key_;  // empty: none was sent
  std::string requestHash_;
};

}  // namespace scrim::api
