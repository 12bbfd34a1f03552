// SPDX-License-Identifier: Apache-2.0
#include "server/app/notify.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "common/base/log.h"

namespace scrim::app {
namespace {

std::string taken(const char* variable) {
  const char* value = std::getenv(variable);
  std::string text = value == nullptr ? "" : value;
  unsetenv(variable);
  return text;
}

std::optional<long> numberOf(const std::string& text) {
  long number = 0;
  auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = failure == std::errc() && end == text.data() + text.size() && number > 0;
  return whole ? std::optional(number) : std::nullopt;
}

void warn(const std::string& reason) {
  base::logWarning("app", "the service manager cannot be told how we are", {{"reason", reason}});
}

}  // namespace

Notifier Notifier::fromEnvironment() {
  Notifier notifier;
  std::string address = taken("NOTIFY_SOCKET");
  const std::string period = taken("WATCHDOG_USEC");
  const std::string process = taken("WATCHDOG_PID");
  if (address.empty()) return notifier;
  const bool known = address.size() > 1 && (address[0] == '/' || address[0] == '@');
  if (!known || address.size() >= sizeof(sockaddr_un::sun_path)) {
    warn("NOTIFY_SOCKET is neither a path nor an abstract name that fits");
    return notifier;
  }
  if (address[0] == '@') address[0] = '\0';
  notifier.socket_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (notifier.socket_ < 0) {
    warn(std::strerror(errno));
    return notifier;
  }
  const timeval patience{5, 0};
  ::setsockopt(notifier.socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  notifier.address_ = std::move(address);
  const bool ours = process.empty() || numberOf(process) == static_cast<long>(getpid());
  if (const auto number = numberOf(period); number && ours) notifier.watchdog_ = std::chrono::microseconds(*number);
  if (!period.empty() && !numberOf(period)) warn("WATCHDOG_USEC is no number of microseconds");
  return notifier;
}

Notifier::Notifier(Notifier&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)), address_(std::move(other.address_)), watchdog_(other.watchdog_) {}

Notifier& Notifier::operator=(Notifier&& other) noexcept {
  std::swap(socket_, other.socket_);
  std::swap(address_, other.address_);
  std::swap(watchdog_, other.watchdog_);
  return *this;
}

Notifier::~Notifier() {
  if (socket_ >= 0) ::close(socket_);
}

void Notifier::send(const std::string& lines) const {
  if (socket_ < 0) return;
  sockaddr_un to{};
  to.sun_family = AF_UNIX;
  std::memcpy(to.sun_path, address_.data(), address_.size());
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + address_.size());
  if (::sendto(socket_, lines.data(), lines.size(), MSG_NOSIGNAL, reinterpret_cast<const sockaddr*>(&to), size) < 0) {
    warn(std::strerror(errno));
  }
}

void Notifier::ready(std::string_view status) const { send("READY=1\nSTATUS=" + std::string(status)); }

void Notifier::reloading() const {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  const long micros = now.tv_sec * 1'000'000 + now.tv_nsec / 1'000;
  send("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(micros) + "\nSTATUS=Reading the configuration again");
}

void Notifier::stopping() const { send("STOPPING=1\nSTATUS=Ending sessions"); }

void Notifier::alive() const { send("WATCHDOG=1"); }

}  // namespace scrim::app
