// SPDX-License-Identifier: Apache-2.0
#include "server/identity/scram_verifier.h"

#include <openssl/evp.h>

#include <charconv>
#include <stdexcept>

#include "common/base/secret.h"

namespace scrim::identity {
namespace {

constexpr std::string_view kScheme = "SCRAM-SHA-256$";
constexpr std::size_t kSaltBytes = 16;
constexpr int kMostIterations = 10'000'000;

base::Digest saltedPassword(std::string_view password, std::string_view salt, int iterations) {
  base::Digest salted{};
  int done = PKCS5_PBKDF2_HMAC(password.data(), static_cast<int>(password.size()),
                               reinterpret_cast<const unsigned char*>(salt.data()), static_cast<int>(salt.size()),
                               iterations, EVP_sha256(), static_cast<int>(salted.size()), salted.data());
  if (done != 1) throw std::runtime_error("OpenSSL cannot derive a key with PBKDF2");
  return salted;
}

std::optional<base::Digest> digestFrom(std::string_view base64) {
  auto raw = base::fromBase64(base64);
  base::Digest digest{};
  if (!raw || raw->size() != digest.size()) return std::nullopt;
  std::copy(raw->begin(), raw->end(), digest.begin());
  return digest;
}

/// The text before the separator, taken away from `rest`; nullopt: there is no separator.
std::optional<std::string_view> takeUntil(std::string_view& rest, char separator) {
  std::size_t at = rest.find(separator);
  if (at == std::string_view::npos) return std::nullopt;
  std::string_view head = rest.substr(0, at);
  rest.remove_prefix(at + 1);
  return head;
}

}  // namespace

ScramVerifier deriveVerifier(std::string_view password, std::string salt, int iterations) {
  base::Digest salted = saltedPassword(password, salt, iterations);
  base::Digest clientKey = base::hmacSha256(base::asBytes(salted), "Client Key");
  return {iterations, std::move(salt), base::sha256(base::asBytes(clientKey)),
          base::hmacSha256(base::asBytes(salted), "Server Key")};
}

ScramVerifier makeVerifier(std::string_view password, int iterations) {
  return deriveVerifier(password, base::randomBytes(kSaltBytes), iterations);
}

std::optional<ScramVerifier> parseVerifier(std::string_view text) {
  if (!text.starts_with(kScheme)) return std::nullopt;
  text.remove_prefix(kScheme.size());
  auto iterations = takeUntil(text, ':');
  auto salt = takeUntil(text, '$');
  auto stored = takeUntil(text, ':');
  if (!iterations || !salt || !stored) return std::nullopt;
  ScramVerifier verifier;
  auto [end, failure] =
      std::from_chars(iterations->data(), iterations->data() + iterations->size(), verifier.iterations);
  if (failure != std::errc() || end != iterations->data() + iterations->size()) return std::nullopt;
  if (verifier.iterations < 1 || verifier.iterations > kMostIterations) return std::nullopt;
  auto rawSalt = base::fromBase64(*salt);
  auto storedKey = digestFrom(*stored);
  auto serverKey = digestFrom(text);
  if (!rawSalt || rawSalt->size() < 8 || rawSalt->size() > 64 || !storedKey || !serverKey) return std::nullopt;
  verifier.salt = *std::move(rawSalt);
  verifier.storedKey = *storedKey;
  verifier.serverKey = *serverKey;
  return verifier;
}

std::string print(const ScramVerifier& verifier) {
  return std::string(kScheme) + std::to_string(verifier.iterations) + ":" + base::toBase64(verifier.salt) + "$" +
         base::toBase64(base::asBytes(verifier.storedKey)) + ":" + base::toBase64(base::asBytes(verifier.serverKey));
}

bool checkPassword(const ScramVerifier& verifier, std::string_view password) {
  ScramVerifier other = deriveVerifier(password, verifier.salt, verifier.iterations);
  return base::equalInConstantTime(base::asBytes(verifier.storedKey), base::asBytes(other.storedKey));
}

ScramVerifier mockVerifier(std::string_view userName, std::string_view serverSecret) {
  auto derived = [&](std::string_view purpose) {
    return base::hmacSha256(serverSecret, std::string(purpose) + std::string(userName));
  };
  base::Digest salt = derived("salt:");
  // Keys that come from no password: nobody knows the input of a hash that would give them.
  return {kScramIterations, std::string(base::asBytes(salt).substr(0, kSaltBytes)), derived("stored:"),
          derived("server:")};
}

}  // namespace scrim::identity
