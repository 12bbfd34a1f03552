// SPDX-License-Identifier: Apache-2.0
#include "server/http/server.h"

#include <pthread.h>

#include <algorithm>
#include <cstring>

#include "server/http/loop.h"

namespace scrim::http {
namespace {

/// Parsing statements recurses over trees; untouched pages cost nothing.
constexpr std::size_t kStackBytes = 64U << 20U;
constexpr int kBacklog = 4096;

base::Error cannotListen(const ServerOptions::Address& address, const std::string& reason) {
  return {base::ErrorCode::configInvalid,
          "cannot listen on " + address.host + ":" + std::to_string(address.port) + ": " + reason};
}

base::Result<asio::ip::tcp::acceptor> listenOn(asio::io_context& io, const ServerOptions::Address& address) {
  asio::error_code error;
  const asio::ip::address ip = asio::ip::make_address(address.host, error);
  if (error) return cannotListen(address, "not an address");
  const asio::ip::tcp::endpoint endpoint(ip, address.port);
  asio::ip::tcp::acceptor acceptor(io);
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(asio::socket_base::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(kBacklog, error);
  if (error) return cannotListen(address, error.message());
  return acceptor;
}

}  // namespace

class Server::Impl {
 public:
  Impl(ServerOptions options, Handler handler, RefusalRenderer refuse)
      : loop_(std::move(options), std::move(handler), std::move(refuse)) {}
  ~Impl() { stop(); }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  base::Result<void> start();
  void stop();
  const std::vector<std::uint16_t>& ports() const { return ports_; }
  std::size_t connections() const { return loop_.connections(); }
  Loop& loop() { return loop_; }

 private:
  base::Result<void> startThread(void* (*body)(void*));

  Loop loop_;
  std::vector<pthread_t> threads_;
  std::vector<std::uint16_t> ports_;
};

base::Result<void> Server::Impl::start() {
  for (const ServerOptions::Address& address : loop_.options().listen) {
    SCRIM_TRY(asio::ip::tcp::acceptor acceptor, listenOn(loop_.io(), address));
    ports_.push_back(acceptor.local_endpoint().port());
    loop_.listen(std::move(acceptor));
  }
  SCRIM_CHECK_OK(startThread([](void* loop) -> void* {
    static_cast<Loop*>(loop)->run();
    return nullptr;
  }));
  for (unsigned i = 0; i < std::max(1U, loop_.options().threads); ++i) {
    SCRIM_CHECK_OK(startThread([](void* loop) -> void* {
      static_cast<Loop*>(loop)->work();
      return nullptr;
    }));
  }
  return {};
}

base::Result<void> Server::Impl::startThread(void* (*body)(void*)) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, kStackBytes);
  pthread_t thread{};
  const int problem = pthread_create(&thread, &attributes, body, &loop_);
  pthread_attr_destroy(&attributes);
  if (problem != 0)
    return base::Error{base::ErrorCode::outOfMemory, std::string("cannot start a thread: ") + std::strerror(problem)};
  threads_.push_back(thread);
  return {};
}

void Server::Impl::stop() {
  if (threads_.empty()) return;
  loop_.stop();
  for (const pthread_t thread : threads_) pthread_join(thread, nullptr);
  threads_.clear();
}

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Server::~Server() = default;

base::Result<std::unique_ptr<Server>> Server::start(ServerOptions options, Handler handler, RefusalRenderer refuse) {
  auto impl = std::make_unique<Impl>(std::move(options), std::move(handler), std::move(refuse));
  SCRIM_CHECK_OK(impl->start());
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

const std::vector<std::uint16_t>& Server::ports() const { return impl_->ports(); }
std::size_t Server::connections() const { return impl_->connections(); }
void Server::setTls(std::shared_ptr<const net::TlsContext> tls) { impl_->loop().setTls(std::move(tls)); }
std::chrono::milliseconds Server::silence() const {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(now) -
         std::chrono::milliseconds(impl_->loop().lastTurn());
}
void Server::stop() { impl_->stop(); }

}  // namespace scrim::http
