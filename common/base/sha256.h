// SPDX-License-Identifier: Apache-2.0
// Sha256: SHA-256 over pieces, for who hashes many short texts: one context is kept, which saves what the one-shot
// sha256() of hash.h spends on looking the algorithm up (0.35 us a call). One thread at a time. Failures as in hash.h.
#pragma once

#include <memory>
#include <string_view>

#include "common/base/hash.h"

namespace scrim::base {

class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;

  void update(std::string_view bytes);
  /// The digest of everything since construction or the last finish(); starts anew.
  Digest finish();

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

}  // namespace scrim::base
