// SPDX-License-Identifier: Apache-2.0
#include "server/http/connection.h"

#include <asio/co_spawn.hpp>
#include <asio/use_awaitable.hpp>
#include <exception>
#include <optional>

#include "common/base/hash.h"
#include "common/base/log.h"
#include "server/http/loop.h"
#include "server/net/transport.h"

namespace scrim::http {
namespace {

constexpr std::size_t kReadBytes = 16U << 10U;
using net::IoResult;
using net::IoStatus;

/// A large body's share of the memory that all of them have together. On the loop's thread.
class BodyShare {
 public:
  BodyShare(Loop& loop, std::size_t bytes) : loop_(loop) {
    const Limits& limits = loop.options().limits;
    if (bytes <= limits.smallBody) return;
    admitted_ = loop.largeBodies + bytes <= limits.largeBodies;
    if (admitted_) loop.largeBodies += (bytes_ = bytes);
  }
  ~BodyShare() { loop_.largeBodies -= bytes_; }
  BodyShare(const BodyShare&) = delete;
  BodyShare& operator=(const BodyShare&) = delete;
  bool admitted() const { return admitted_; }

 private:
  Loop& loop_;
  std::size_t bytes_ = 0;
  bool admitted_ = true;
};

class Connection : public Watched {
 public:
  Connection(Loop& loop, asio::ip::tcp::socket socket)
      : loop_(loop), transport_(std::move(socket)), place_(loop, *this, transport_.peerAddress()) {}

  asio::awaitable<void> run();
  void interrupt() override;

 private:
  asio::awaitable<bool> readMore();
  asio::awaitable<bool> serveOne();
  asio::awaitable<bool> readHead();
  asio::awaitable<bool> handle(Request request, const Framing& framing, std::optional<Refusal> refusal);
  asio::awaitable<Response> respondTo(const Request& request);
  Request newRequest() const;

  Loop& loop_;
  net::Transport transport_;
  std::string input_;
  bool interrupted_ = false;
  Loop::Place place_;  // last: nobody is looked at who is not whole
};

void Connection::interrupt() {
  interrupted_ = true;
  transport_.cancelWait();
}

asio::awaitable<void> Connection::run() {
  deadline = loop_.deadlineIn(loop_.options().limits.headTimeout);
  const auto tls = loop_.tls();
  if (place_.admitted() && (tls == nullptr || co_await transport_.startTls(tls))) {
    while (co_await serveOne()) {
      deadline = loop_.deadlineIn(loop_.options().limits.idleTimeout);
      idle = true;
    }
  }
  transport_.close();
}

/// False: the client is gone, or took too long.
asio::awaitable<bool> Connection::readMore() {
  const std::size_t held = input_.size();
  while (!interrupted_) {
    input_.resize(held + kReadBytes);
    const IoResult result = transport_.tryRead(input_.data() + held, kReadBytes);
    input_.resize(held + result.bytes);
    if (result.status == IoStatus::done) co_return true;
    if (result.status == IoStatus::closed || result.status == IoStatus::failed) co_return false;
    if (!co_await transport_.waitFor(result.status)) co_return false;
  }
  co_return false;
}

asio::awaitable<bool> Connection::readHead() {
  const std::size_t most = loop_.options().limits.head.bytes;
  if (input_.empty() && !co_await readMore()) co_return false;
  idle = false;
  deadline = loop_.deadlineIn(loop_.options().limits.headTimeout);
  while (headBytes(input_) == 0 && input_.size() <= most) {
    if (!co_await readMore()) co_return false;
  }
  co_return true;
}

Request Connection::newRequest() const {
  Request request;
  request.peer = transport_.peer();
  request.address = transport_.peerAddress();
  request.encrypted = transport_.isEncrypted();
  if (request.encrypted) request.certificateName = transport_.tls()->clientName();
  request.id = base::toHex(base::randomBytes(8));
  return request;
}

asio::awaitable<bool> Connection::serveOne() {
  if (!co_await readHead()) co_return false;
  const HeadLimits& limits = loop_.options().limits.head;
  const std::size_t size = headBytes(input_);
  Request request = newRequest();
  Framing framing;
  std::optional<Refusal> refusal = size == 0 ? Refusal{431, "The head of the request is too large."}
                                             : checkHead(std::string_view(input_).substr(0, size), limits, framing);
  if (!refusal) refusal = parseHead(std::string_view(input_).substr(0, size), request);
  const BodyShare share(loop_, refusal ? 0 : framing.bodyBytes);
  if (!share.admitted()) refusal = Refusal{503, "Too many large bodies wait already; try again in a moment."};
  if (!refusal) {
    input_.erase(0, size);
    deadline = loop_.deadlineIn(loop_.options().limits.bodyTimeout);
    while (input_.size() < framing.bodyBytes) {
      if (!co_await readMore()) co_return false;
    }
    request.body = input_.substr(0, framing.bodyBytes);
    input_.erase(0, framing.bodyBytes);
  }
  co_return co_await handle(std::move(request), framing, std::move(refusal));
}

asio::awaitable<bool> Connection::handle(Request request, const Framing& framing, std::optional<Refusal> refusal) {
  deadline = kNever;
  Response response;
  if (refusal) {
    response = loop_.refuse()(request, *refusal);
  } else {
    response = co_await respondTo(request);
  }
  // After a refused head nobody knows where the next request begins.
  const bool keep = framing.keepAlive && !refusal && !response.close && !loop_.stopping() && !interrupted_;
  deadline = loop_.deadlineIn(loop_.options().limits.writeTimeout);
  interrupted_ = false;  // a request that ran is answered even if the server stops meanwhile
  const bool sent = co_await transport_.writeAll(rendered(response, keep, request.method == "HEAD"));
  co_return sent&& keep;
}

asio::awaitable<Response> Connection::respondTo(const Request& request) {
  const auto& atOnce = loop_.options().atOnce;
  if (atOnce && atOnce(request)) co_return loop_.handler()(request);
  if (loop_.waiting.fetch_add(1) >= loop_.options().limits.waitingRequests) {
    --loop_.waiting;
    Response busy = loop_.refuse()(request, {503, "Too many requests wait already; try again in a moment."});
    busy.headers.emplace_back("Retry-After", "1");
    co_return busy;
  }
  const auto work = [this, &request]() -> asio::awaitable<Response> {
    --loop_.waiting;
    co_return loop_.handler()(request);
  };
  co_return co_await asio::co_spawn(loop_.handling(), work, asio::use_awaitable);
}

}  // namespace

asio::awaitable<void> serveClient(Loop& loop, asio::ip::tcp::socket socket) {
  try {
    Connection connection(loop, std::move(socket));
    co_await connection.run();
  } catch (const std::exception& trouble) {
    base::logError("http", "a connection ended by an unexpected failure", {{"reason", trouble.what()}});
  }
}

}  // namespace scrim::http
