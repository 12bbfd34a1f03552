// SPDX-License-Identifier: Apache-2.0
// OpenSSL is used here besides the rooms in the architecture's table: secrets at rest are its purpose in this room.
#include "server/store/secret_box.h"

#include <openssl/evp.h>

#include <memory>
#include <stdexcept>

#include "common/base/hash.h"

namespace scrim::store {
namespace {

constexpr char kVersion = 1;
constexpr std::size_t kIdBytes = 8;
constexpr std::size_t kNonceBytes = 12;
constexpr std::size_t kTagBytes = 16;
constexpr std::size_t kHeadBytes = 1 + kIdBytes;

using Context = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

Context newContext() {
  Context context(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
  if (context == nullptr) throw std::runtime_error("OpenSSL has no memory for a cipher");
  return context;
}

void require(int status) {
  if (status != 1) throw std::runtime_error("OpenSSL cannot encrypt with AES-256-GCM");
}

const unsigned char* in(std::string_view bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }
unsigned char* out(std::string& bytes, std::size_t at = 0) {
  return reinterpret_cast<unsigned char*>(bytes.data()) + at;
}

}  // namespace

SecretBox::SecretBox(base::Secret key) : key_(std::move(key)) {
  if (key_.reveal().size() != kKeyBytes) throw std::invalid_argument("a key has 32 bytes");
  base::Digest id = base::hmacSha256(key_.reveal(), "scrim key id");
  keyId_ = std::string(base::asBytes(id).substr(0, kIdBytes));
}

std::string SecretBox::seal(std::string_view plain, std::string_view place) const {
  std::string sealed(1, kVersion);
  sealed += keyId_;
  std::string bound = sealed + std::string(place);
  std::string nonce = base::randomBytes(kNonceBytes);
  sealed += nonce;
  std::size_t at = sealed.size();
  sealed.resize(at + plain.size() + kTagBytes);
  Context context = newContext();
  int written = 0;
  require(EVP_EncryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, in(key_.reveal()), in(nonce)));
  require(EVP_EncryptUpdate(context.get(), nullptr, &written, in(bound), static_cast<int>(bound.size())));
  require(EVP_EncryptUpdate(context.get(), out(sealed, at), &written, in(plain), static_cast<int>(plain.size())));
  require(EVP_EncryptFinal_ex(context.get(), out(sealed, at + plain.size()), &written));
  require(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, kTagBytes, out(sealed, at + plain.size())));
  return sealed;
}

base::Result<base::Secret> SecretBox::open(std::string_view sealed, std::string_view place) const {
  base::Error refused{
      base::ErrorCode::configInvalid,
      "A secret in the catalog cannot be read with this key file: it was sealed with another key, or was "
      "changed since. Start with the key file that belongs to this catalog."};
  if (sealed.size() < kHeadBytes + kNonceBytes + kTagBytes || sealed[0] != kVersion) return refused;
  if (sealed.substr(1, kIdBytes) != keyId_) return refused;
  std::string bound = std::string(sealed.substr(0, kHeadBytes)) + std::string(place);
  std::string_view nonce = sealed.substr(kHeadBytes, kNonceBytes);
  std::string_view cipher = sealed.substr(kHeadBytes + kNonceBytes);
  std::string tag(cipher.substr(cipher.size() - kTagBytes));
  cipher.remove_suffix(kTagBytes);
  std::string plain(cipher.size(), '\0');
  Context context = newContext();
  int written = 0;
  require(EVP_DecryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, in(key_.reveal()), in(nonce)));
  require(EVP_DecryptUpdate(context.get(), nullptr, &written, in(bound), static_cast<int>(bound.size())));
  require(EVP_DecryptUpdate(context.get(), out(plain), &written, in(cipher), static_cast<int>(cipher.size())));
  require(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, kTagBytes, out(tag)));
  base::Secret result(std::move(plain));
  unsigned char none = 0;
  if (EVP_DecryptFinal_ex(context.get(), &none, &written) != 1) return refused;
  return result;
}

}  // namespace scrim::store
