// SPDX-License-Identifier: Apache-2.0
// Transport: bytes over a socket that libpq opened, plain or through libpq's TLS session. Both stay libpq's: they are
// borrowed and must outlive this. Reads and writes never block; waiting is done on the io_context. One thread.
#pragma once

#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>
#include <asio/posix/stream_descriptor.hpp>
#include <cstddef>
#include <tuple>

struct ssl_st;

namespace scrim::postgres {

class Transport {
 public:
  enum class Status { done, wouldBlock, closed };
  struct Step {
    Status status = Status::closed;
    std::size_t bytes = 0;
  };

  Transport(asio::any_io_executor executor, int socket, ssl_st* tls);
  ~Transport();
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;

  Step read(char* into, std::size_t capacity);
  Step write(const char* from, std::size_t size);
  /// Until a read that would have blocked may go on; if the descriptor failed, the read will tell.
  asio::awaitable<std::tuple<asio::error_code>> waitToRead();
  /// Until a read or a write may go on. False: the descriptor failed or was closed.
  asio::awaitable<bool> waitForEither();
  /// A wait costs less than a read in vain, except that TLS may hold bytes that the socket no longer has.
  bool mustReadFirst() const { return tls_ != nullptr; }
  /// Closed by the other side, or bytes have come unasked.
  bool hasNews();
  /// Makes every read and write fail at once; nothing waits for the other side any more.
  void shutDown();

 private:
  asio::posix::stream_descriptor descriptor_;
  ssl_st* tls_;
  bool readWantsWrite_ = false;
};

}  // namespace scrim::postgres
