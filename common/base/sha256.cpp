// SPDX-License-Identifier: Apache-2.0
#include "common/base/sha256.h"

#include <openssl/evp.h>

#include <stdexcept>

namespace scrim::base {

struct Sha256::Context {
  EVP_MD* algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  EVP_MD_CTX* state = EVP_MD_CTX_new();
  ~Context() {
    EVP_MD_CTX_free(state);
    EVP_MD_free(algorithm);
  }
  void check(int outcome) const {
    if (outcome != 1) throw std::runtime_error("SHA-256 failed");
  }
  void begin() const { check(EVP_DigestInit_ex2(state, algorithm, nullptr)); }
};

Sha256::Sha256() : context_(std::make_unique<Context>()) {
  context_->check(context_->algorithm != nullptr && context_->state != nullptr ? 1 : 0);
  context_->begin();
}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::update(std::string_view bytes) {
  context_->check(EVP_DigestUpdate(context_->state, bytes.data(), bytes.size()));
}

Digest Sha256::finish() {
  Digest digest;
  unsigned int length = 0;
  context_->check(EVP_DigestFinal_ex(context_->state, digest.data(), &length));
  context_->begin();
  return digest;
}

}  // namespace scrim::base
