// SPDX-License-Identifier: Apache-2.0
// Making and reading X.509 certificates with OpenSSL: what private_ca.h needs of it. Any thread.
#pragma once

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/clock.h"

namespace scrim::identity {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

/// A new ECDSA key on P-256.
Key newKey();
std::string pemOf(EVP_PKEY& key);
std::string pemOf(X509& certificate);
/// nullptr: it is none.
Key keyFrom(std::string_view pem);
Certificate certificateFrom(std::string_view pem);

struct CertificateRequest {
  std::string commonName;
  std::vector<std::string> names;  // subject alternative names: addresses or DNS names; empty: a CA
  base::WallTime from;
  std::chrono::hours lifetime;
  EVP_PKEY& key;
  X509* issuer = nullptr;  // nullptr: signs itself
  EVP_PKEY& issuerKey;
};
/// Throws std::runtime_error when OpenSSL fails, which has no cause in its input.
Certificate sign(const CertificateRequest& request);

/// Whether it is signed by that issuer, belongs to that key, and lasts until then.
bool isSound(X509& certificate, EVP_PKEY& key, EVP_PKEY& issuerKey, base::WallTime until);
/// Whether it names all of them.
bool isFor(X509& certificate, const std::vector<std::string>& names);

}  // namespace scrim::identity
