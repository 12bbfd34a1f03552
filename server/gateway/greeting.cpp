// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/greeting.h"

#include "server/gateway/message_reader.h"
#include "server/gateway/worker.h"

namespace scrim::gateway {
namespace {

constexpr char kTlsHandshakeRecord = 0x16;

}  // namespace

void Greeting::sendAway(const base::Error& error) { writeError(channel_.out(), error, Severity::fatal); }

asio::awaitable<std::optional<Introduction>> Greeting::meet() {
  if (!co_await directTls()) co_return std::nullopt;
  while (true) {
    auto result = readStartup(channel_.input());
    if (!result.ok()) {
      sendAway(result.error());
      co_return std::nullopt;
    }
    if (!result->packet) {
      if (!co_await channel_.fill(result->wanted)) co_return std::nullopt;
      continue;
    }
    const StartupPacket& packet = *result->packet;
    if (const auto* cancel = std::get_if<CancelRequest>(&packet)) {
      worker_.shared().cancels.cancel(cancel->processId, cancel->key);
      co_return std::nullopt;
    }
    if (std::holds_alternative<StartupRequest>(packet)) {
      auto introduction = introduce(result->size);
      if (introduction.ok()) co_return std::move(introduction).value();
      sendAway(introduction.error());
      co_return std::nullopt;
    }
    const bool ssl = std::holds_alternative<SslRequest>(packet);
    channel_.consume(result->size);
    bool goOn = false;
    if (ssl) {
      goOn = co_await answerSslRequest();
    } else {
      goOn = co_await declineGss();
    }
    if (!goOn) co_return std::nullopt;
  }
}

asio::awaitable<bool> Greeting::directTls() {
  char first = 0;
  while (true) {
    const IoResult result = channel_.transport().peek(&first);
    if (result.status == IoStatus::done) break;
    if (result.status != IoStatus::wantRead) co_return false;
    if (channel_.wasInterrupted()) co_return false;
    if (!co_await channel_.transport().waitFor(IoStatus::wantRead)) co_return false;
  }
  if (first != kTlsHandshakeRecord) co_return true;
  if (worker_.tls() == nullptr) co_return false;
  if (!co_await startTls()) co_return false;
  // Without ALPN a browser could be talked into speaking to us (PostgreSQL 17 demands it as well).
  co_return channel_.transport().tls()->protocol() == kAlpnProtocol;
}

asio::awaitable<bool> Greeting::startTls() {
  askedForSsl_ = true;
  return channel_.transport().startTls(worker_.tls());
}

asio::awaitable<bool> Greeting::answerSslRequest() {
  if (askedForSsl_ || channel_.transport().isEncrypted()) {
    sendAway(protocolError("unexpected SSL request"));
    co_return false;
  }
  askedForSsl_ = true;
  if (!channel_.input().empty()) {
    sendAway(protocolError("received unencrypted data after SSL request"));
    co_return false;
  }
  const bool offered = worker_.tls() != nullptr;
  channel_.out() += offered ? 'S' : 'N';
  if (!co_await channel_.flush()) co_return false;
  if (!offered) co_return true;
  co_return co_await startTls();
}

asio::awaitable<bool> Greeting::declineGss() {
  if (askedForGss_ || channel_.transport().isEncrypted()) {
    sendAway(protocolError("unexpected GSSAPI encryption request"));
    co_return false;
  }
  askedForGss_ = true;
  if (!channel_.input().empty()) {
    sendAway(protocolError("received unencrypted data after GSSAPI encryption request"));
    co_return false;
  }
  channel_.out() += 'N';
  co_return co_await channel_.flush();
}

base::Result<Introduction> Greeting::introduce(std::size_t size) {
  if (!channel_.transport().isEncrypted() && !worker_.shared().options.allowPlainText) {
    return base::Error{base::ErrorCode::invalidAuthorization, "this server accepts connections with TLS only", "",
                       "Connect with sslmode=require or stronger."};
  }
  auto bytes = std::make_unique<std::string>(channel_.input().substr(0, size));
  channel_.consume(size);
  SCRIM_TRY(StartupResult again, readStartup(*bytes));
  return Introduction{std::move(bytes), std::get<StartupRequest>(std::move(*again.packet))};
}

}  // namespace scrim::gateway
