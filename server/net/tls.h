// SPDX-License-Identifier: Apache-2.0
// TLS for clients: OpenSSL on the connection's own non-blocking descriptor. TLS 1.2 and newer, the server's certificate
// from files, one ALPN protocol, client certificates if a CA for them is given.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/result.h"

struct ssl_ctx_st;
struct ssl_st;

namespace scrim::net {

struct TlsSettings {
  std::string certificateFile;  // PEM, the chain, our own certificate first
  std::string keyFile;          // PEM
  std::string clientCaFile;     // empty: client certificates are not asked for
  bool requireClientCertificate = false;
  std::string protocol;  // ALPN: the one that is spoken; a client that offers only others is turned away
};

/// What an operation on a non-blocking connection came to.
enum class IoStatus { done, wantRead, wantWrite, closed, failed };
struct IoResult {
  IoStatus status = IoStatus::failed;
  std::size_t bytes = 0;
};

/// One connection's TLS. One thread at a time; does not own the descriptor.
class TlsStream {
 public:
  TlsStream(ssl_ctx_st* context, int descriptor);
  ~TlsStream();
  TlsStream(const TlsStream&) = delete;
  TlsStream& operator=(const TlsStream&) = delete;

  IoStatus handshake();
  IoResult read(char* to, std::size_t size);
  IoResult write(std::string_view bytes);
  /// Bytes that have left the socket and wait for read(), which may still find that they are no whole record.
  bool pending() const;
  /// Says goodbye to the client; never waits.
  void close();
  /// What the client agreed on by ALPN; empty: it did not offer any.
  std::string_view protocol() const;
  /// The subject of a verified client certificate; empty: none.
  std::string clientName() const;

 private:
  IoStatus statusOf(int result) const;
  ssl_st* ssl_;
};

/// Immutable once made; any thread.
class TlsContext {
 public:
  /// Errors: configInvalid, with the file and what is wrong with it.
  static base::Result<std::shared_ptr<const TlsContext>> load(const TlsSettings& settings);
  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  std::unique_ptr<TlsStream> accept(int descriptor) const;
  /// The hash of our certificate for channel binding tls-server-end-point (RFC 5929).
  const std::string& endPoint() const { return endPoint_; }

 private:
  explicit TlsContext(ssl_ctx_st* context) : context_(context) {}
  ssl_ctx_st* context_;
  std::string alpn_;  // as on the wire: a length byte, then the name
  std::string endPoint_;
};

}  // namespace scrim::net
