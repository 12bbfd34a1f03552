// SPDX-License-Identifier: Apache-2.0
// ScramVerifier: what the catalog keeps instead of a password, in the form PostgreSQL uses:
// SCRAM-SHA-256$<iterations>:<salt, base64>$<stored key, base64>:<server key, base64> (RFC 5802, RFC 7677).
// Values; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/base/hash.h"

namespace scrim::identity {

struct ScramVerifier {
  int iterations = 4096;
  std::string salt;  // raw bytes
  base::Digest storedKey{};
  base::Digest serverKey{};
};

inline constexpr int kScramIterations = 4096;  // PostgreSQL's own default: clients compute it on every login

/// A verifier for a password, with a fresh salt of 16 bytes. The password's bytes are used as they are: for ASCII that
/// is what SASLprep yields, and for anything else what PostgreSQL does when SASLprep fails.
ScramVerifier makeVerifier(std::string_view password, int iterations = kScramIterations);
/// The verifier for a known salt (a client computes this; tests and checkPassword do too).
ScramVerifier deriveVerifier(std::string_view password, std::string salt, int iterations);

/// nullopt: not in the form above, or with limits broken (1 to 10,000,000 iterations; salt of 8 to 64 bytes).
std::optional<ScramVerifier> parseVerifier(std::string_view text);
std::string print(const ScramVerifier& verifier);

/// Whether the password is the verifier's; the comparison takes the same time either way.
bool checkPassword(const ScramVerifier& verifier, std::string_view password);

/// The verifier of a user who does not exist: the same salt each time for one name, from a secret of the server, and
/// keys that no password has. An exchange with it looks and lasts like one with a wrong password.
ScramVerifier mockVerifier(std::string_view userName, std::string_view serverSecret);

}  // namespace scrim::identity
