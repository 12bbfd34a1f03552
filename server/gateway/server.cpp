// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/server.h"

#include <pthread.h>
#include <sys/socket.h>

#include <algorithm>
#include <asio/ip/tcp.hpp>
#include <condition_variable>
#include <cstring>
#include <mutex>

#include "common/base/log.h"
#include "server/gateway/worker.h"

namespace scrim::gateway {
namespace {

/// Parsing and the stages after it recurse over trees (parse.h wants 16 MiB); untouched pages cost nothing.
constexpr std::size_t kStackBytes = 64U << 20U;
constexpr int kBacklog = 4096;

base::Error cannotListen(const ListenAddress& address, const std::string& reason) {
  return {base::ErrorCode::configInvalid,
          "cannot listen on " + address.host + ":" + std::to_string(address.port) + ": " + reason};
}

base::Result<asio::ip::tcp::acceptor> listenOn(asio::io_context& io, const ListenAddress& address) {
  asio::error_code error;
  const asio::ip::address ip = asio::ip::make_address(address.host, error);
  if (error) return cannotListen(address, "not an address");
  const asio::ip::tcp::endpoint endpoint(ip, address.port);
  asio::ip::tcp::acceptor acceptor(io);
  const int on = 1;
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(asio::socket_base::reuse_address(true), error);
  if (!error) ::setsockopt(acceptor.native_handle(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(kBacklog, error);
  if (error) return cannotListen(address, error.message());
  return acceptor;
}

}  // namespace

class Server::Impl {
 public:
  Impl(ServerOptions options, Services services)
      : shared_(std::move(options), std::move(services)), tls_(shared_.options.tls) {}
  ~Impl() { stop(); }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  base::Result<void> start();
  void stop();
  const std::vector<std::uint16_t>& ports() const { return ports_; }
  std::size_t connections() const { return shared_.admission.connections(); }
  bool update(const Limits& limits, const std::shared_ptr<const TlsContext>& tls, std::chrono::milliseconds patience);
  std::chrono::milliseconds silence() const;

 private:
  base::Result<void> bindAll();
  base::Result<void> startThread(Worker& worker);

  Shared shared_;
  std::shared_ptr<const TlsContext> tls_;  // for new clients
  std::vector<std::unique_ptr<Worker>> workers_;
  std::vector<pthread_t> threads_;
  std::vector<std::uint16_t> ports_;
};

base::Result<void> Server::Impl::bindAll() {
  for (ListenAddress address : shared_.options.listen) {
    for (const auto& worker : workers_) {
      SCRIM_TRY(asio::ip::tcp::acceptor acceptor, listenOn(worker->io(), address));
      address.port = acceptor.local_endpoint().port();  // the other workers share the port that was found
      worker->listen(std::move(acceptor));
    }
    ports_.push_back(address.port);
  }
  return {};
}

base::Result<void> Server::Impl::start() {
  const unsigned count = std::max(1U, shared_.options.threads);
  for (unsigned i = 0; i < count; ++i) workers_.push_back(std::make_unique<Worker>(shared_));
  SCRIM_CHECK_OK(bindAll());
  for (const auto& worker : workers_) SCRIM_CHECK_OK(startThread(*worker));
  return {};
}

base::Result<void> Server::Impl::startThread(Worker& worker) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, kStackBytes);
  pthread_t thread{};
  const auto body = [](void* argument) -> void* {
    static_cast<Worker*>(argument)->run();
    return nullptr;
  };
  const int problem = pthread_create(&thread, &attributes, body, &worker);
  pthread_attr_destroy(&attributes);
  if (problem != 0)
    return base::Error{base::ErrorCode::outOfMemory, std::string("cannot start a thread: ") + std::strerror(problem)};
  threads_.push_back(thread);
  return {};
}

bool Server::Impl::update(const Limits& limits, const std::shared_ptr<const TlsContext>& tls,
                          std::chrono::milliseconds patience) {
  struct Count {
    std::mutex mutex;
    std::condition_variable changed;
    std::size_t missing = 0;
  };
  const auto count = std::make_shared<Count>();
  count->missing = workers_.size();
  if (tls) tls_ = tls;
  shared_.admission.setLimits(limits);
  for (const auto& worker : workers_) {
    worker->update(limits, tls_, [count] {
      const std::scoped_lock lock(count->mutex);
      --count->missing;
      count->changed.notify_all();
    });
  }
  std::unique_lock lock(count->mutex);
  return count->changed.wait_for(lock, patience, [&] { return count->missing == 0; });
}

std::chrono::milliseconds Server::Impl::silence() const {
  const auto now =
      std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now().time_since_epoch());
  std::chrono::milliseconds longest{0};
  for (const auto& worker : workers_) longest = std::max(longest, now - std::chrono::milliseconds(worker->lastTurn()));
  return longest;
}

void Server::Impl::stop() {
  for (const auto& worker : workers_) worker->stop();
  for (const pthread_t thread : threads_) pthread_join(thread, nullptr);
  threads_.clear();
}

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Server::~Server() = default;

base::Result<std::unique_ptr<Server>> Server::start(ServerOptions options, Services services) {
  if (!options.tls && !options.allowPlainText) {
    return base::Error{base::ErrorCode::configInvalid, "there is no TLS certificate and plain text is not allowed"};
  }
  auto impl = std::make_unique<Impl>(std::move(options), std::move(services));
  SCRIM_CHECK_OK(impl->start());
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

const std::vector<std::uint16_t>& Server::ports() const { return impl_->ports(); }
std::size_t Server::connections() const { return impl_->connections(); }
bool Server::update(const Limits& limits, std::shared_ptr<const TlsContext> tls, std::chrono::milliseconds patience) {
  return impl_->update(limits, tls, patience);
}
std::chrono::milliseconds Server::silence() const { return impl_->silence(); }
void Server::stop() { impl_->stop(); }

}  // namespace scrim::gateway
