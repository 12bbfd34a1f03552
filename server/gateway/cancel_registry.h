// SPDX-License-Identifier: Apache-2.0
// CancelRegistry: the keys by which a client may cancel its statement from another connection. Any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace scrim::gateway {

class CancelRegistry {
 public:
  /// Called on the thread that asks; must only hand the request over.
  using Action = std::function<void()>;

  /// A session's key, as BackendKeyData tells it. Taken out of the registry when destroyed.
  class Key {
   public:
    Key(CancelRegistry& registry, std::uint32_t processId, std::string secret)
        : registry_(&registry), processId_(processId), secret_(std::move(secret)) {}
    ~Key() { registry_->forget(processId_); }
    Key(const Key&) = delete;
    Key& operator=(const Key&) = delete;
    std::uint32_t processId() const { return processId_; }
    const std::string& secret() const { return secret_; }

   private:
    CancelRegistry* registry_;
    std::uint32_t processId_;
    std::string secret_;
  };

  /// `secretBytes`: 4 for protocol 3.0, 32 for 3.2.
  std::unique_ptr<Key> add(std::size_t secretBytes, Action action);
  /// Whether there was such a session is told to nobody. Keys are compared in constant time.
  void cancel(std::uint32_t processId, std::string_view secret);

 private:
  struct Entry {
    std::string secret;
    Action action;
  };
  void forget(std::uint32_t processId);

  std::mutex mutex_;
  std::uint32_t next_ = 1;
  std::unordered_map<std::uint32_t, Entry> entries_;
};

}  // namespace scrim::gateway
