// SPDX-License-Identifier: Apache-2.0
// Admission: how many connections there are, in all, by address and by user. Any thread; one short lock a connection.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "common/base/result.h"
#include "server/gateway/limits.h"
#include "server/gateway/user_memory.h"

namespace scrim::gateway {

/// One for the process; outlives its places.
class Admission {
 public:
  explicit Admission(const Limits& limits) : limits_(limits) {}

  /// A connection's place: taken when accepted, given back when destroyed.
  class Place {
   public:
    Place(Admission& admission, std::string address) : admission_(&admission), address_(std::move(address)) {}
    ~Place();
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

    /// The login succeeded. Errors: tooManyConnections.
    base::Result<void> loggedIn(const std::string& user);
    /// After loggedIn(): what the sessions of that user hold.
    std::shared_ptr<UserMemory> memory() const { return memory_; }

   private:
    Admission* admission_;
    std::string address_;
    std::string user_;
    std::shared_ptr<UserMemory> memory_;
    bool loggedIn_ = false;
  };

  /// nullptr: there is no place; the error to send is tooManyClients().
  std::unique_ptr<Place> enter(const std::string& address);
  std::size_t connections() const;
  /// Who has a place keeps it.
  void setLimits(const Limits& limits);

 private:
  using Counts = std::unordered_map<std::string, std::size_t>;
  struct OfUser {
    std::size_t connections = 0;
    std::shared_ptr<UserMemory> memory = std::make_shared<UserMemory>(0);
  };
  static void decrement(Counts& counts, const std::string& key);

  mutable std::mutex mutex_;
  Limits limits_;
  std::size_t connections_ = 0;
  std::size_t loggingIn_ = 0;
  Counts byAddress_;
  std::unordered_map<std::string, OfUser> byUser_;
};

base::Error tooManyClients();

}  // namespace scrim::gateway
