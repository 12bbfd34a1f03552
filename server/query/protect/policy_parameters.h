// SPDX-License-Identifier: Apache-2.0
// PolicyParameters: values that policy needs in a statement and that never stand in its text (hash keys). They become
// the last parameters of the statement. One thread at a time.
#pragma once

#include <vector>

#include "common/base/secret.h"

namespace scrim::protect {

class PolicyParameters {
 public:
  /// `firstNumber`: the number of the first parameter that is policy's own ($firstNumber).
  explicit PolicyParameters(int firstNumber) : firstNumber_(firstNumber) {}

  struct HmacKeys {
    int inner;  // parameter numbers: bytea, the key padded to 64 bytes, xor 0x36.. (RFC 2104)
    int outer;  // xor 0x5c..
  };
  /// The two padded keys of HMAC-SHA-256 under `key`; one pair for one key.
  HmacKeys hmacKeys(const base::Secret& key);

  /// Another with the same numbers for the same keys; for verify, which must not need new ones.
  PolicyParameters copy() const;

  int firstNumber() const { return firstNumber_; }
  const std::vector<base::Secret>& values() const { return values_; }

 private:
  int add(base::Secret value);

  int firstNumber_;
  std::vector<base::Secret> values_;  // in pairs: inner, outer
};

}  // namespace scrim::protect
