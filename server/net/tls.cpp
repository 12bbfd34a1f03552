// SPDX-License-Identifier: Apache-2.0
#include "server/net/tls.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <algorithm>
#include <climits>
#include <cstring>

namespace scrim::net {
namespace {

base::Error tlsError(std::string what) {
  const unsigned long code = ERR_get_error();
  ERR_clear_error();
  if (code != 0) {
    const char* reason = ERR_reason_error_string(code);
    what += std::string(": ") + (reason != nullptr ? reason : "unknown reason");
  }
  return {base::ErrorCode::configInvalid, std::move(what)};
}

int chooseAlpn(SSL*, const unsigned char** out, unsigned char* length, const unsigned char* offered, unsigned size,
               void* wire) {
  const auto& ours = *static_cast<const std::string*>(wire);
  unsigned char* chosen = nullptr;
  if (SSL_select_next_proto(&chosen, length, reinterpret_cast<const unsigned char*>(ours.data()),
                            static_cast<unsigned>(ours.size()), offered, size) != OPENSSL_NPN_NEGOTIATED) {
    return SSL_TLSEXT_ERR_ALERT_FATAL;
  }
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

/// RFC 5929: the certificate's own signature hash, but SHA-256 for MD5 and SHA-1, and where there is none of its own.
std::string hashOf(X509* certificate) {
  int digestId = NID_undef;
  OBJ_find_sigid_algs(X509_get_signature_nid(certificate), &digestId, nullptr);
  if (digestId == NID_undef || digestId == NID_md5 || digestId == NID_sha1) digestId = NID_sha256;
  unsigned char hash[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  const EVP_MD* algorithm = EVP_get_digestbynid(digestId);
  if (algorithm == nullptr || X509_digest(certificate, algorithm, hash, &size) != 1) return {};
  return {reinterpret_cast<const char*>(hash), size};
}

base::Result<void> loadFiles(SSL_CTX* context, const TlsSettings& settings) {
  if (SSL_CTX_use_certificate_chain_file(context, settings.certificateFile.c_str()) != 1) {
    return tlsError("cannot use the certificate in " + settings.certificateFile);
  }
  if (SSL_CTX_use_PrivateKey_file(context, settings.keyFile.c_str(), SSL_FILETYPE_PEM) != 1) {
    return tlsError("cannot use the private key in " + settings.keyFile);
  }
  if (SSL_CTX_check_private_key(context) != 1) {
    return tlsError("the private key in " + settings.keyFile + " does not belong to the certificate");
  }
  if (settings.clientCaFile.empty()) return {};
  if (SSL_CTX_load_verify_locations(context, settings.clientCaFile.c_str(), nullptr) != 1) {
    return tlsError("cannot use the client CA in " + settings.clientCaFile);
  }
  SSL_CTX_set_client_CA_list(context, SSL_load_client_CA_file(settings.clientCaFile.c_str()));
  SSL_CTX_set_verify(
      context, SSL_VERIFY_PEER | (settings.requireClientCertificate ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0), nullptr);
  return {};
}

}  // namespace

base::Result<std::shared_ptr<const TlsContext>> TlsContext::load(const TlsSettings& settings) {
  SSL_CTX* raw = SSL_CTX_new(TLS_server_method());
  if (raw == nullptr) return tlsError("cannot start TLS");
  std::shared_ptr<TlsContext> context(new TlsContext(raw));
  SSL_CTX_set_min_proto_version(raw, TLS1_2_VERSION);
  SSL_CTX_set_options(raw, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_mode(raw, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_read_ahead(raw, 1);  // a record's header and body with one system call
  // A resumed session would skip the client's certificate; a login costs a full handshake.
  SSL_CTX_set_session_cache_mode(raw, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(raw, 0);
  if (!settings.protocol.empty()) {
    context->alpn_ = static_cast<char>(settings.protocol.size()) + settings.protocol;
    SSL_CTX_set_alpn_select_cb(raw, chooseAlpn, &context->alpn_);
  }
  SCRIM_CHECK_OK(loadFiles(raw, settings));
  context->endPoint_ = hashOf(SSL_CTX_get0_certificate(raw));
  return std::shared_ptr<const TlsContext>(std::move(context));
}

TlsContext::~TlsContext() { SSL_CTX_free(context_); }

std::unique_ptr<TlsStream> TlsContext::accept(int descriptor) const {
  return std::make_unique<TlsStream>(context_, descriptor);
}

TlsStream::TlsStream(ssl_ctx_st* context, int descriptor) : ssl_(SSL_new(context)) {
  if (ssl_ == nullptr) throw std::bad_alloc();
  SSL_set_fd(ssl_, descriptor);
  SSL_set_accept_state(ssl_);
}

TlsStream::~TlsStream() { SSL_free(ssl_); }

IoStatus TlsStream::statusOf(int result) const {
  switch (SSL_get_error(ssl_, result)) {
    case SSL_ERROR_NONE:
      return IoStatus::done;
    case SSL_ERROR_WANT_READ:
      return IoStatus::wantRead;
    case SSL_ERROR_WANT_WRITE:
      return IoStatus::wantWrite;
    case SSL_ERROR_ZERO_RETURN:
      return IoStatus::closed;
    default:
      return IoStatus::failed;
  }
}

IoStatus TlsStream::handshake() {
  ERR_clear_error();
  return statusOf(SSL_do_handshake(ssl_));
}

IoResult TlsStream::read(char* to, std::size_t size) {
  ERR_clear_error();
  const int count = SSL_read(ssl_, to, static_cast<int>(std::min<std::size_t>(size, INT_MAX)));
  if (count > 0) return {IoStatus::done, static_cast<std::size_t>(count)};
  return {statusOf(count), 0};
}

IoResult TlsStream::write(std::string_view bytes) {
  ERR_clear_error();
  const int count = SSL_write(ssl_, bytes.data(), static_cast<int>(std::min<std::size_t>(bytes.size(), INT_MAX)));
  if (count > 0) return {IoStatus::done, static_cast<std::size_t>(count)};
  return {statusOf(count), 0};
}

bool TlsStream::pending() const { return SSL_has_pending(ssl_) == 1; }

void TlsStream::close() {
  ERR_clear_error();
  SSL_shutdown(ssl_);
}

std::string_view TlsStream::protocol() const {
  const unsigned char* name = nullptr;
  unsigned length = 0;
  SSL_get0_alpn_selected(ssl_, &name, &length);
  return {reinterpret_cast<const char*>(name), length};
}

std::string TlsStream::clientName() const {
  X509* certificate = SSL_get0_peer_certificate(ssl_);
  if (certificate == nullptr || SSL_get_verify_result(ssl_) != X509_V_OK) return {};
  char name[256];
  const int length = X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, name, sizeof name);
  // A zero byte inside a name is an old trick to be taken for somebody else.
  if (length <= 0 || std::strlen(name) != static_cast<std::size_t>(length)) return {};
  return {name, static_cast<std::size_t>(length)};
}

}  // namespace scrim::net
