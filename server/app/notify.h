// SPDX-License-Identifier: Apache-2.0
// Notifier: tells a service manager how we are, by sd_notify(3)'s protocol: lines of NAME=value in one datagram to the
// UNIX socket of NOTIFY_SOCKET. Without that variable it says nothing. One thread at a time.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace scrim::app {

class Notifier {
 public:
  Notifier() = default;
  /// Takes NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID and removes them from the environment, so that no child speaks
  /// for us. Before any thread is started. What cannot be used is logged, and does without.
  static Notifier fromEnvironment();
  Notifier(Notifier&& other) noexcept;
  Notifier& operator=(Notifier&& other) noexcept;
  ~Notifier();

  void ready(std::string_view status) const;
  /// Another ready() ends it.
  void reloading() const;
  void stopping() const;
  void alive() const;
  /// alive() is expected at least this often; nullopt: not at all.
  std::optional<std::chrono::microseconds> watchdog() const { return watchdog_; }

 private:
  void send(const std::string& lines) const;

  int socket_ = -1;
  std::string address_;  // as the kernel takes it: an abstract one begins with a zero byte
  std::optional<std::chrono::microseconds> watchdog_;
};

}  // namespace scrim::app
