// SPDX-License-Identifier: Apache-2.0
#include "server/net/transport.h"

#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <asio/experimental/as_tuple.hpp>
#include <asio/use_awaitable.hpp>
#include <cerrno>

namespace scrim::net {
namespace {

constexpr int kMostUnreadBlocks = 256;
// A client that has vanished without a word is found out after two minutes; the system's own values take two hours.
constexpr int kSilentSeconds = 60;
constexpr int kProbeSeconds = 15;
constexpr int kProbes = 4;
constexpr auto kAwait = asio::experimental::as_tuple(asio::use_awaitable);

IoResult resultOf(ssize_t count, IoStatus blocked, bool zeroIsEnd) {
  if (count > 0 || (count == 0 && !zeroIsEnd)) return {IoStatus::done, static_cast<std::size_t>(count)};
  if (count == 0) return {IoStatus::closed, 0};
  if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) return {blocked, 0};
  return {IoStatus::failed, 0};
}

}  // namespace

Transport::Transport(asio::ip::tcp::socket socket) : socket_(std::move(socket)) {
  asio::error_code error;
  socket_.native_non_blocking(true, error);
  const int on = 1;
  ::setsockopt(socket_.native_handle(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  ::setsockopt(socket_.native_handle(), SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
  ::setsockopt(socket_.native_handle(), IPPROTO_TCP, TCP_KEEPIDLE, &kSilentSeconds, sizeof kSilentSeconds);
  ::setsockopt(socket_.native_handle(), IPPROTO_TCP, TCP_KEEPINTVL, &kProbeSeconds, sizeof kProbeSeconds);
  ::setsockopt(socket_.native_handle(), IPPROTO_TCP, TCP_KEEPCNT, &kProbes, sizeof kProbes);
  const asio::ip::tcp::endpoint remote = socket_.remote_endpoint(error);
  if (error) return;
  address_ = remote.address().to_string();
  peer_ = (remote.address().is_v6() ? "[" + address_ + "]" : address_) + ":" + std::to_string(remote.port());
}

IoResult Transport::tryRead(char* to, std::size_t size) {
  if (tls_) return tls_->read(to, size);
  return resultOf(::recv(socket_.native_handle(), to, size, 0), IoStatus::wantRead, true);
}

IoResult Transport::tryWrite(std::string_view bytes) {
  if (tls_) return tls_->write(bytes);
  return resultOf(::send(socket_.native_handle(), bytes.data(), bytes.size(), MSG_NOSIGNAL), IoStatus::wantWrite,
                  false);
}

IoResult Transport::peek(char* to) {
  return resultOf(::recv(socket_.native_handle(), to, 1, MSG_PEEK), IoStatus::wantRead, true);
}

bool Transport::isHungUp() {
  // Not by reading: a farewell that nobody has read yet may stand before the end.
  pollfd looked{socket_.native_handle(), POLLRDHUP, 0};
  return ::poll(&looked, 1, 0) > 0;
}

asio::awaitable<bool> Transport::waitFor(IoStatus wanted) {
  const auto direction = wanted == IoStatus::wantWrite ? asio::socket_base::wait_write : asio::socket_base::wait_read;
  const auto [error] = co_await socket_.async_wait(direction, kAwait);
  co_return !error;
}

asio::awaitable<bool> Transport::writeAll(std::string_view bytes) {
  while (!bytes.empty()) {
    const IoResult result = tryWrite(bytes);
    if (result.status == IoStatus::closed || result.status == IoStatus::failed) co_return false;
    if (result.status == IoStatus::done) {
      bytes.remove_prefix(result.bytes);
    } else if (!co_await waitFor(result.status)) {
      co_return false;
    }
  }
  co_return true;
}

asio::awaitable<bool> Transport::startTls(std::shared_ptr<const TlsContext> context) {
  context_ = std::move(context);
  auto stream = context_->accept(socket_.native_handle());
  while (true) {
    const IoStatus status = stream->handshake();
    if (status == IoStatus::done) break;
    if (status == IoStatus::closed || status == IoStatus::failed) co_return false;
    if (!co_await waitFor(status)) co_return false;
  }
  tls_ = std::move(stream);
  co_return true;
}

void Transport::cancelWait() {
  asio::error_code ignored;  // nothing to cancel is as good
  socket_.cancel(ignored);
}

void Transport::close() {
  const int descriptor = socket_.native_handle();
  asio::error_code ignored;  // a socket that cannot be closed is closed
  if (tls_) tls_->close();
  socket_.shutdown(asio::socket_base::shutdown_send, ignored);
  // Closing over bytes that nobody read would reset the connection, and the client would never see its last message.
  char unread[4096];
  for (int i = 0; i < kMostUnreadBlocks; ++i) {
    if (::recv(descriptor, unread, sizeof unread, MSG_DONTWAIT) <= 0) break;
  }
  socket_.close(ignored);
}

}  // namespace scrim::net
