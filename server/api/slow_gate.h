// SPDX-License-Identifier: Apache-2.0
// SlowGate: routes that may hold a handling thread for long (a source or directory that does not answer, a large
// journal) run one for each caller and two in all, so that the others always find a thread. Any thread.
#pragma once

#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace scrim::api {

class SlowGate {
 public:
  static bool isSlow(std::string_view operation);

  /// A place, while it lives.
  class Place {
   public:
    Place(SlowGate& gate, std::string caller);
    ~Place();
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    bool admitted() const { return admitted_; }

   private:
    SlowGate& gate_;
    std::string caller_;
    bool admitted_;
  };

 private:
  std::mutex mutex_;
  std::set<std::string> running_;
};

}  // namespace scrim::api
