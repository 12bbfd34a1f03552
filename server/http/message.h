// SPDX-License-Identifier: Apache-2.0
// Request and Response: HTTP/1.1 messages as handlers see them. Values.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/result.h"

namespace scrim::http {

using NamedText = std::pair<std::string, std::string>;

struct Request {
  std::string method;
  std::vector<std::string> path;  // decoded segments; "/": none
  std::string target;             // as it was sent, without the query
  std::vector<NamedText> query;   // decoded, in order
  std::vector<NamedText> headers;
  std::string body;
  std::string peer;             // address:port of the client
  std::string certificateName;  // of a client certificate that was verified; empty: none
  std::string address;          // its address alone
  std::string id;               // of this request: for the log and for problem documents
  bool encrypted = false;

  /// Names are compared without regard to case; nullptr: it was not sent.
  const std::string* header(std::string_view name) const;
};

struct Response {
  int status = 200;
  std::string contentType = "application/json";
  std::string body;
  std::vector<NamedText> headers;
  bool close = false;  // the connection ends after it
};

/// What the head says about the bytes that follow it.
struct Framing {
  std::size_t bodyBytes = 0;
  bool keepAlive = true;
};

struct HeadLimits {
  std::size_t bytes = 16U << 10U;
  std::size_t headers = 100;
  std::size_t bodyBytes = 8U << 20U;
};

/// A refusal by the protocol alone: the status and one sentence.
struct Refusal {
  int status = 400;
  std::string reason;
};

/// The bytes of the head, with the empty line that ends it; 0: it is not all there yet.
std::size_t headBytes(std::string_view input);
/// Whether the head is exactly what RFC 9112 says, without what servers have been fooled by: bare line feeds, folded
/// lines, spaces before colons, control bytes, doubled or doubtful lengths, any Transfer-Encoding. nullopt: it is good.
std::optional<Refusal> checkHead(std::string_view head, const HeadLimits& limits, Framing& framing);
/// A head that checkHead() found good. Refusals: a target that cannot be decoded.
std::optional<Refusal> parseHead(std::string_view head, Request& request);
/// As it goes over the wire. `headOnly`: the answer to HEAD.
std::string rendered(const Response& response, bool keepAlive, bool headOnly);

}  // namespace scrim::http
