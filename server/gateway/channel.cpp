// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/channel.h"

#include <algorithm>

namespace scrim::gateway {
namespace {

/// What an idle session keeps for its next answer.
constexpr std::size_t kKeptOutputBytes = 1024;

}  // namespace

asio::awaitable<bool> Channel::fill(std::size_t wanted) {
  // A client answers after it was answered: looking before waiting would find nothing nearly every time.
  bool look = transport_.hasBuffered() || !input_.empty();
  while (input_.view().size() < wanted) {
    if (!look) {
      input_.release();
      if (interrupted_) co_return false;
      if (!co_await transport_.waitFor(IoStatus::wantRead)) co_return false;
    }
    input_.reserve(wanted);
    const IoResult result = transport_.tryRead(input_.room(), input_.roomBytes());
    if (result.status == IoStatus::done) {
      input_.filled(result.bytes);
      look = true;
    } else if (result.status == IoStatus::wantRead) {
      look = false;
    } else if (result.status == IoStatus::wantWrite) {
      if (!co_await transport_.waitFor(IoStatus::wantWrite)) co_return false;
    } else {
      co_return false;
    }
  }
  co_return true;
}

asio::awaitable<bool> Channel::discard(std::size_t count) {
  while (count > 0) {
    if (input_.view().empty() && !co_await fill(1)) co_return false;
    const std::size_t held = std::min(count, input_.view().size());
    input_.consume(held);
    count -= held;
  }
  co_return true;
}

bool Channel::tryFlush() {
  if (out_.size() == sent_) return true;
  const IoResult result = transport_.tryWrite(std::string_view(out_).substr(sent_));
  if (result.status != IoStatus::done) return false;
  sent_ += result.bytes;
  if (sent_ < out_.size()) return false;
  out_.clear();
  sent_ = 0;
  return true;
}

asio::awaitable<bool> Channel::flush() {
  while (!tryFlush()) {
    // tryFlush() does not say why it stopped: a write of the rest does.
    const IoResult result = transport_.tryWrite(std::string_view(out_).substr(sent_));
    if (result.status == IoStatus::done) {
      sent_ += result.bytes;
    } else if (result.status == IoStatus::closed || result.status == IoStatus::failed) {
      co_return false;
    } else {
      if (interrupted_) co_return false;
      if (!co_await transport_.waitFor(result.status)) co_return false;
    }
  }
  co_return true;
}

void Channel::releaseOutput() {
  if (out_.empty() && out_.capacity() > kKeptOutputBytes) out_.shrink_to_fit();
}

void Channel::interrupt() {
  interrupted_ = true;
  transport_.cancelWait();
}

}  // namespace scrim::gateway
