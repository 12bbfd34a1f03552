// SPDX-License-Identifier: Apache-2.0
// TokenWatch: asks the catalog again, several times a second, which of the tokens that sessions logged in with still
// stand. One thread, one question for all of them, none while there are none. Any thread.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "common/base/clock.h"
#include "common/base/result.h"
#include "server/identity/token_life.h"

namespace scrim::identity {

struct TokenWatchTimes {
  std::chrono::milliseconds every{200};
  std::chrono::milliseconds lease{10'000};  // that of the catalog: what is not heard of for longer is not served
};

class TokenWatch {
 public:
  /// Those of `ids` that stand; on the watch's thread.
  using Ask = std::function<base::Result<std::vector<std::int64_t>>(const std::vector<std::int64_t>& ids)>;

  TokenWatch(Ask ask, TokenWatchTimes times, const base::Clock& clock);
  ~TokenWatch();
  TokenWatch(const TokenWatch&) = delete;
  TokenWatch& operator=(const TokenWatch&) = delete;

  /// A session begins with a token that the catalog was `asked` about then; watched while the result is in use.
  std::shared_ptr<const TokenLife> watch(std::int64_t id, base::MonotonicTime asked, std::chrono::seconds left);
  void stop();

 private:
  using Lives = std::vector<std::shared_ptr<TokenLife>>;
  void work();
  void askAbout(const Lives& lives);
  /// Those in use; drops the others.
  Lives living();

  const Ask ask_;
  const TokenWatchTimes times_;
  const base::Clock& clock_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopped_ = false;
  std::vector<std::weak_ptr<TokenLife>> lives_;
  std::jthread thread_;  // last: it uses the rest
};

}  // namespace scrim::identity
