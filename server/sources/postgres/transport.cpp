// SPDX-License-Identifier: Apache-2.0
#include "server/sources/postgres/transport.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <asio/experimental/as_tuple.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <asio/use_awaitable.hpp>
#include <cerrno>

namespace scrim::postgres {
namespace {

constexpr auto kAsTuple = asio::experimental::as_tuple(asio::use_awaitable);
using Wait = asio::posix::stream_descriptor::wait_type;

Transport::Step plainStep(ssize_t moved) {
  if (moved > 0) return {Transport::Status::done, static_cast<std::size_t>(moved)};
  if (moved < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) return {Transport::Status::wouldBlock};
  return {Transport::Status::closed};
}

asio::awaitable<bool> waitFor(asio::posix::stream_descriptor& descriptor, Wait what) {
  const auto [failure] = co_await descriptor.async_wait(what, kAsTuple);
  co_return !failure;
}

}  // namespace

Transport::Transport(asio::any_io_executor executor, int socket, ssl_st* tls)
    : descriptor_(std::move(executor), socket), tls_(tls) {
  if (tls_) SSL_set_mode(tls_, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
}

Transport::~Transport() { descriptor_.release(); }

Transport::Step Transport::read(char* into, std::size_t capacity) {
  if (!tls_) return plainStep(::recv(descriptor_.native_handle(), into, capacity, 0));
  ERR_clear_error();
  std::size_t bytes = 0;
  const int result = SSL_read_ex(tls_, into, capacity, &bytes);
  if (result == 1) return {Status::done, bytes};
  const int reason = SSL_get_error(tls_, result);
  readWantsWrite_ = reason == SSL_ERROR_WANT_WRITE;
  return {readWantsWrite_ || reason == SSL_ERROR_WANT_READ ? Status::wouldBlock : Status::closed};
}

Transport::Step Transport::write(const char* from, std::size_t size) {
  if (!tls_) return plainStep(::send(descriptor_.native_handle(), from, size, MSG_NOSIGNAL));
  ERR_clear_error();
  std::size_t bytes = 0;
  const int result = SSL_write_ex(tls_, from, size, &bytes);
  if (result == 1) return {Status::done, bytes};
  const int reason = SSL_get_error(tls_, result);
  return {reason == SSL_ERROR_WANT_READ || reason == SSL_ERROR_WANT_WRITE ? Status::wouldBlock : Status::closed};
}

asio::awaitable<std::tuple<asio::error_code>> Transport::waitToRead() {
  return descriptor_.async_wait(readWantsWrite_ ? Wait::wait_write : Wait::wait_read, kAsTuple);
}

asio::awaitable<bool> Transport::waitForEither() {
  using asio::experimental::awaitable_operators::operator||;
  const auto which = co_await (waitFor(descriptor_, Wait::wait_read) || waitFor(descriptor_, Wait::wait_write));
  co_return which.index() == 0 ? std::get<0>(which) : std::get<1>(which);
}

bool Transport::hasNews() {
  char byte;
  if (!tls_) {
    const ssize_t seen = ::recv(descriptor_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return seen >= 0 || (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR);
  }
  ERR_clear_error();  // TLS has records of its own (session tickets), so only what it passes on is news
  const int result = SSL_peek(tls_, &byte, 1);
  return result > 0 || SSL_get_error(tls_, result) != SSL_ERROR_WANT_READ;
}

void Transport::shutDown() { ::shutdown(descriptor_.native_handle(), SHUT_RDWR); }

}  // namespace scrim::postgres
