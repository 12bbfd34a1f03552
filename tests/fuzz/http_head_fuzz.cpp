// SPDX-License-Identifier: Apache-2.0
// ROOMS: server/http_messages
// Heads of HTTP requests: whatever the strict check lets through, Poco parses without a fault, and both agree on what
// it is.
#include <cstdlib>
#include <string_view>

#include "server/http/message.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace scrim::http;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t head = headBytes(input);
  if (head == 0) return 0;
  Framing framing;
  if (checkHead(input.substr(0, head), HeadLimits{}, framing)) return 0;
  Request request;
  if (parseHead(input.substr(0, head), request)) return 0;
  // One request, one length, no chunks: what the body's end depends on is what was checked.
  const std::string* length = request.header("content-length");
  if (length == nullptr ? framing.bodyBytes != 0 : std::stoull(*length) != framing.bodyBytes) std::abort();
  if (request.header("transfer-encoding") != nullptr || request.method.empty() || request.target.empty()) std::abort();
  if (!input.starts_with(request.method + " " + request.target)) std::abort();
  return 0;
}
