// SPDX-License-Identifier: Apache-2.0
// SecretBox: secrets at rest (passwords of sources, hash keys), each sealed with AES-256-GCM under the key of the key
// file. Sealed form: 0x01 | first 8 bytes of the key's id | 12 random bytes | ciphertext | 16 bytes of tag. The place a
// secret belongs to is authenticated with it, so that one cannot be moved to another row. Immutable; any thread.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "common/base/result.h"
#include "common/base/secret.h"

namespace scrim::store {

inline constexpr std::size_t kKeyBytes = 32;

class SecretBox {
 public:
  /// `key`: kKeyBytes bytes.
  explicit SecretBox(base::Secret key);

  std::string seal(std::string_view plain, std::string_view place) const;
  /// Errors: configInvalid (another key, another place, or damaged).
  base::Result<base::Secret> open(std::string_view sealed, std::string_view place) const;

  /// Tells keys apart without giving anything of them away; kept in the catalog.
  const std::string& keyId() const { return keyId_; }

 private:
  base::Secret key_;
  std::string keyId_;  // 8 bytes
};

}  // namespace scrim::store
