// SPDX-License-Identifier: Apache-2.0
// Api: REST, as a handler for server/http. From a request to a response: route, sign-in, right, handler; every failure
// becomes a problem document, every request one line of the log and one count of the metrics. Any thread.
#pragma once

#include <memory>

#include "server/api/metrics.h"
#include "server/api/route.h"
#include "server/api/slow_gate.h"
#include "server/http/message.h"

namespace scrim::api {

class Api {
 public:
  /// `services` outlive the Api.
  explicit Api(const Services& services) : services_(services) {}

  http::Response handle(const http::Request& request);
  /// Whether handle() does without the catalog, files and other threads: probes of health must not wait for what hangs.
  static bool answersAtOnce(const http::Request& request);
  /// What the protocol alone refused.
  http::Response refuse(const http::Request& request, const http::Refusal& refusal);

 private:
  base::Result<Answer> answer(const http::Request& request, const Route*& route);
  base::Result<void> signIn(Call& call, const Route& route);
  http::Response finish(const http::Request& request, const Route* route, http::Response response,
                        std::chrono::steady_clock::time_point begun);

  const Services& services_;
  Metrics metrics_;
  SlowGate slow_;
};

}  // namespace scrim::api
