// SPDX-License-Identifier: Apache-2.0
#include "server/sources/postgres/upstream_connection.h"

#include <algorithm>
#include <array>
#include <asio/this_coro.hpp>
#include <charconv>
#include <cstring>
#include <utility>

namespace scrim::postgres {
namespace {

void appendNumber(std::string& out, std::uint64_t number) {
  std::array<char, 24> digits;
  out.append(digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr);
}

void appendName(std::string& out, const PreparedKey& key) {
  static const std::uint64_t first = SessionSettings::defaults()->ordinal();
  out.push_back('s');
  appendNumber(out, key.statement);
  if (key.settings == first) return;
  out.push_back('_');
  appendNumber(out, key.settings);
}

/// A buffer that held a large message is not kept at that size.
constexpr std::size_t kKeptOutput = 16 * 1024;

void emptied(std::string& buffer, bool wipe) {
  if (wipe) explicit_bzero(buffer.data(), buffer.size());
  buffer.clear();
  if (buffer.capacity() > kKeptOutput) buffer.shrink_to_fit();
}

}  // namespace

UpstreamConnection::UpstreamConnection(asio::any_io_executor executor, ConnectOptionsPtr options, LibpqSession session)
    : options_(std::move(options)),
      session_(std::move(session)),
      transport_(std::move(executor), session_.socket(), session_.tls()) {}

UpstreamConnection::~UpstreamConnection() {
  // libpq's goodbye would block on a socket that takes no bytes, and would break into a half-sent message.
  if (!clean()) transport_.shutDown();
}

asio::awaitable<base::Result<std::unique_ptr<UpstreamConnection>>> UpstreamConnection::connect(
    ConnectOptionsPtr options) {
  auto session = co_await LibpqSession::connect(options);
  if (!session.ok()) co_return session.error();
  co_return std::unique_ptr<UpstreamConnection>(
      new UpstreamConnection(co_await asio::this_coro::executor, std::move(options), std::move(*session)));
}

base::Error UpstreamConnection::lost() {
  broken_ = true;
  return {base::ErrorCode::connectionLost,
          "the connection to data source connection \"" + options_->name + "\" was lost; run the statement again"};
}

bool UpstreamConnection::trySend(bool wipe) {
  while (sent_ < out_.size()) {
    const auto step = transport_.write(out_.data() + sent_, out_.size() - sent_);
    if (step.status == Transport::Status::closed) broken_ = true;
    if (step.status != Transport::Status::done) return false;
    sent_ += step.bytes;
  }
  sent_ = 0;
  emptied(out_, wipe);
  return true;
}

asio::awaitable<base::Result<void>> UpstreamConnection::send(bool wipe) {
  while (!trySend(wipe)) {
    if (broken_) co_return lost();
    const bool ready = co_await transport_.waitForEither();
    if (!ready) co_return lost();
    in_.makeRoom(in_.size() + InputBuffer::kSmallest, false);
    const auto step = transport_.read(in_.freeSpace(), in_.freeBytes());
    if (step.status == Transport::Status::done) in_.filled(step.bytes);
    if (step.status == Transport::Status::closed) co_return lost();
  }
  co_return base::Result<void>();
}

base::Error UpstreamConnection::malformed() {
  broken_ = true;
  return {base::ErrorCode::protocolViolation,
          "data source connection \"" + options_->name + "\" sent a message that is no PostgreSQL message"};
}

base::Result<void> UpstreamConnection::makeRoomForNext() {
  const std::size_t whole = frontMessageSize(in_.view());
  if (whole == 0) return malformed();
  in_.makeRoom(std::max(in_.size() + 1, whole), lastFilled_);
  return {};
}

base::Result<bool> UpstreamConnection::tryReceive() {
  // A wait that ends is followed by a read; a read in vain costs more than a wait.
  if (!std::exchange(worthReading_, false) && !transport_.mustReadFirst()) return false;
  SCRIM_CHECK_OK(makeRoomForNext());
  const std::size_t room = in_.freeBytes();
  const auto step = transport_.read(in_.freeSpace(), room);
  if (step.status == Transport::Status::closed) return lost();
  if (step.status == Transport::Status::wouldBlock) return false;
  in_.filled(step.bytes);
  lastFilled_ = worthReading_ = step.bytes == room;
  return true;
}

asio::awaitable<std::tuple<asio::error_code>> UpstreamConnection::waitToRead() {
  worthReading_ = true;
  return transport_.waitToRead();
}

asio::awaitable<base::Result<void>> UpstreamConnection::receive() {
  while (true) {
    auto received = tryReceive();
    if (!received.ok()) co_return received.error();
    if (*received) co_return base::Result<void>();
    co_await waitToRead();
  }
}

MessageView UpstreamConnection::next() {
  const MessageView message = frontMessage(in_.view());
  if (message.type == reply::kMalformed) broken_ = true;
  if (message.type == reply::kReady && message.body.size() == 1) transactionStatus_ = message.body[0];
  in_.consume(message.whole.size());
  return message;
}

std::string_view UpstreamConnection::nextRows(std::uint64_t& rowsSeen) {
  const std::string_view rows = frontRows(in_.view(), rowsSeen);
  in_.consume(rows.size());
  return rows;
}

bool UpstreamConnection::clean() const {
  return !broken_ && !cancelled_ && transactionStatus_ == 'I' && out_.empty() && in_.size() == 0;
}

void UpstreamConnection::shrink() { in_.shrink(); }

void UpstreamConnection::rememberSettings(SessionSettingsPtr settings) {
  settings_ = std::move(settings);
  settingsOrdinal_ = settings_ == nullptr ? SessionSettings::nextOrdinal() : settings_->ordinal();
}

bool UpstreamConnection::isPrepared(std::uint64_t statementId) {
  const auto found = prepared_.find({statementId, settingsOrdinal_});
  if (found == prepared_.end()) return false;
  if (found->second != recency_.begin()) recency_.splice(recency_.begin(), recency_, found->second);
  return true;
}

bool UpstreamConnection::notePrepared(std::uint64_t statementId) {
  recency_.push_front({statementId, settingsOrdinal_});
  prepared_[recency_.front()] = recency_.begin();
  if (prepared_.size() <= kMaxPreparedStatements) return false;
  std::string name;
  appendName(name, recency_.back());
  writer().closeStatement(name);
  prepared_.erase(recency_.back());
  recency_.pop_back();
  return true;
}

void UpstreamConnection::forgetPrepared(const PreparedKey& key) {
  const auto found = prepared_.find(key);
  if (found == prepared_.end()) return;
  recency_.erase(found->second);
  prepared_.erase(found);
}

void UpstreamConnection::appendStatementName(std::string& out, std::uint64_t statementId) const {
  appendName(out, {statementId, settingsOrdinal_});
}

void UpstreamConnection::appendFirstName(std::string& out, std::uint64_t statementId) {
  appendName(out, {statementId, SessionSettings::defaults()->ordinal()});
}

void UpstreamConnection::cancel() {
  cancelled_ = true;
  session_.cancel();
}

void UpstreamConnection::abort() {
  broken_ = true;
  transport_.shutDown();
}

bool UpstreamConnection::looksDead() { return broken_ || in_.size() != 0 || transport_.hasNews(); }

}  // namespace scrim::postgres
