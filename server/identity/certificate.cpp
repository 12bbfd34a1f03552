// SPDX-License-Identifier: Apache-2.0
#include "server/identity/certificate.h"

#include <arpa/inet.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <stdexcept>

#include "common/base/hash.h"

namespace scrim::identity {
namespace {

void require(bool done) {
  if (!done) throw std::runtime_error("OpenSSL cannot make a certificate");
}

using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;
Bio memory() {
  Bio bio(BIO_new(BIO_s_mem()), &BIO_free);
  require(bio != nullptr);
  return bio;
}
Bio memory(std::string_view text) {
  Bio bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), &BIO_free);
  require(bio != nullptr);
  return bio;
}
std::string contents(BIO& bio) {
  char* data = nullptr;
  long size = BIO_get_mem_data(&bio, &data);
  return {data, static_cast<std::size_t>(size)};
}

bool isAddress(const std::string& name) {
  unsigned char buffer[sizeof(in6_addr)];
  return inet_pton(AF_INET, name.c_str(), buffer) == 1 || inet_pton(AF_INET6, name.c_str(), buffer) == 1;
}

void extend(X509& certificate, X509& issuer, int extension, const std::string& text) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, &issuer, &certificate, nullptr, nullptr, 0);
  X509_EXTENSION* made = X509V3_EXT_conf_nid(nullptr, &context, extension, text.c_str());
  require(made != nullptr);
  bool added = X509_add_ext(&certificate, made, -1) == 1;
  X509_EXTENSION_free(made);
  require(added);
}

void setSerial(X509& certificate) {
  std::string random = base::randomBytes(16);
  random[0] = static_cast<char>(random[0] & 0x7f);  // positive
  BIGNUM* number =
      BN_bin2bn(reinterpret_cast<const unsigned char*>(random.data()), static_cast<int>(random.size()), nullptr);
  require(number != nullptr);
  bool set = BN_to_ASN1_INTEGER(number, X509_get_serialNumber(&certificate)) != nullptr;
  BN_free(number);
  require(set);
}

void setSubject(X509& certificate, const std::string& commonName) {
  X509_NAME* name = X509_get_subject_name(&certificate);
  auto add = [&](const char* field, const std::string& text) {
    require(X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(text.data()),
                                       static_cast<int>(text.size()), -1, 0) == 1);
  };
  add("O", "Scrim");
  add("CN", commonName.substr(0, 64));
}

void setExtensions(X509& certificate, X509& issuer, const std::vector<std::string>& names) {
  extend(certificate, issuer, NID_subject_key_identifier, "hash");
  extend(certificate, issuer, NID_authority_key_identifier, "keyid:always");
  if (names.empty()) {
    extend(certificate, issuer, NID_basic_constraints, "critical,CA:TRUE,pathlen:0");
    extend(certificate, issuer, NID_key_usage, "critical,keyCertSign,cRLSign");
    return;
  }
  std::string list;
  for (const std::string& name : names) {
    list += (list.empty() ? "" : ",") + std::string(isAddress(name) ? "IP:" : "DNS:") + name;
  }
  extend(certificate, issuer, NID_basic_constraints, "critical,CA:FALSE");
  extend(certificate, issuer, NID_key_usage, "critical,digitalSignature");
  extend(certificate, issuer, NID_ext_key_usage, "serverAuth");
  extend(certificate, issuer, NID_subject_alt_name, list);
}

}  // namespace

Key newKey() {
  Key key(EVP_EC_gen("P-256"), &EVP_PKEY_free);
  require(key != nullptr);
  return key;
}

std::string pemOf(EVP_PKEY& key) {
  Bio bio = memory();
  require(PEM_write_bio_PrivateKey(bio.get(), &key, nullptr, nullptr, 0, nullptr, nullptr) == 1);
  return contents(*bio);
}

std::string pemOf(X509& certificate) {
  Bio bio = memory();
  require(PEM_write_bio_X509(bio.get(), &certificate) == 1);
  return contents(*bio);
}

Key keyFrom(std::string_view pem) {
  return {PEM_read_bio_PrivateKey(memory(pem).get(), nullptr, nullptr, nullptr), &EVP_PKEY_free};
}

Certificate certificateFrom(std::string_view pem) {
  return {PEM_read_bio_X509(memory(pem).get(), nullptr, nullptr, nullptr), &X509_free};
}

Certificate sign(const CertificateRequest& request) {
  Certificate certificate(X509_new(), &X509_free);
  require(certificate != nullptr && X509_set_version(certificate.get(), X509_VERSION_3) == 1);
  X509& issuer = request.issuer == nullptr ? *certificate : *request.issuer;
  setSerial(*certificate);
  setSubject(*certificate, request.commonName);
  require(X509_set_issuer_name(certificate.get(), X509_get_subject_name(&issuer)) == 1);
  // An hour back: clocks of clients differ.
  std::time_t from = std::chrono::system_clock::to_time_t(request.from - std::chrono::hours(1));
  std::time_t until = std::chrono::system_clock::to_time_t(request.from + request.lifetime);
  require(ASN1_TIME_set(X509_getm_notBefore(certificate.get()), from) != nullptr);
  require(ASN1_TIME_set(X509_getm_notAfter(certificate.get()), until) != nullptr);
  require(X509_set_pubkey(certificate.get(), &request.key) == 1);
  setExtensions(*certificate, issuer, request.names);
  require(X509_sign(certificate.get(), &request.issuerKey, EVP_sha256()) > 0);
  return certificate;
}

bool isSound(X509& certificate, EVP_PKEY& key, EVP_PKEY& issuerKey, base::WallTime until) {
  std::time_t when = std::chrono::system_clock::to_time_t(until);
  return X509_check_private_key(&certificate, &key) == 1 && X509_verify(&certificate, &issuerKey) == 1 &&
         X509_cmp_time(X509_get0_notAfter(&certificate), &when) > 0;
}

bool isFor(X509& certificate, const std::vector<std::string>& names) {
  return std::all_of(names.begin(), names.end(), [&](const std::string& name) {
    return (isAddress(name) ? X509_check_ip_asc(&certificate, name.c_str(), 0)
                            : X509_check_host(&certificate, name.c_str(), name.size(), 0, nullptr)) == 1;
  });
}

}  // namespace scrim::identity
