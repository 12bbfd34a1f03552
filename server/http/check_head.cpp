// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <charconv>
#include <set>
#include <string>

#include "server/http/message.h"

namespace scrim::http {
namespace {

constexpr std::string_view kEnd = "\r\n\r\n";
constexpr std::string_view kTokenMarks = "!#$%&'*+-.^_`|~";

bool isTokenByte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         kTokenMarks.find(c) != std::string_view::npos;
}
bool isToken(std::string_view text) { return !text.empty() && std::all_of(text.begin(), text.end(), isTokenByte); }
bool isVisible(char c) { return c > ' ' && c < 0x7F; }
bool isFieldByte(char c) { return c == '\t' || static_cast<unsigned char>(c) >= ' '; }

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  return out;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

/// Reads one head line by line; the first thing that is wrong ends it.
class HeadCheck {
 public:
  HeadCheck(const HeadLimits& limits, Framing& framing) : limits_(limits), framing_(framing) {}

  std::optional<Refusal> requestLine(std::string_view line);
  std::optional<Refusal> field(std::string_view line);
  std::optional<Refusal> whole() const;

 private:
  std::optional<Refusal> contentLength(std::string_view value);
  void connection(std::string_view value);

  const HeadLimits& limits_;
  Framing& framing_;
  std::size_t fields_ = 0;
  int hosts_ = 0;
  std::set<std::string> seen_;  // of those that may be sent once
  bool hasLength_ = false;
  bool isOld_ = false;
};

std::optional<Refusal> HeadCheck::requestLine(std::string_view line) {
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  if (first == std::string_view::npos || first == last) return Refusal{400, "The request line is malformed."};
  const std::string_view target = line.substr(first + 1, last - first - 1);
  const std::string_view version = line.substr(last + 1);
  if (!isToken(line.substr(0, first))) return Refusal{400, "The method is malformed."};
  if (!target.starts_with('/') || !std::all_of(target.begin(), target.end(), isVisible)) {
    return Refusal{400, "The target must be a path: /like/this?and=that."};
  }
  if (version != "HTTP/1.1" && version != "HTTP/1.0") return Refusal{505, "HTTP/1.1 is spoken here."};
  isOld_ = version == "HTTP/1.0";
  framing_.keepAlive = !isOld_;
  return std::nullopt;
}

std::optional<Refusal> HeadCheck::field(std::string_view line) {
  if (++fields_ > limits_.headers) return Refusal{431, "There are too many header fields."};
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || !isToken(line.substr(0, colon))) {
    return Refusal{400, "A header field is malformed."};
  }
  const std::string_view value = trimmed(line.substr(colon + 1));
  if (!std::all_of(value.begin(), value.end(), isFieldByte) || value.find('\x7F') != std::string_view::npos) {
    return Refusal{400, "A header field holds a control character."};
  }
  const std::string name = lower(line.substr(0, colon));
  if (name == "content-length") return contentLength(value);
  if (name == "transfer-encoding") return Refusal{411, "Send the body with a Content-Length, not in chunks."};
  if (name == "expect") return Refusal{417, "Send the body without Expect."};
  if (name == "upgrade" && lower(value) != "h2c") return Refusal{400, "No other protocol is spoken here."};
  if (name == "connection") connection(value);
  if (name == "host") ++hosts_;
  // Whoever looks at another one of two would see another request.
  constexpr std::array kOnce{"authorization", "if-match", "if-none-match", "idempotency-key", "content-type"};
  const bool once = std::find(kOnce.begin(), kOnce.end(), name) != kOnce.end();
  if (once && !seen_.insert(name).second) return Refusal{400, "The header field " + name + " was sent twice."};
  return std::nullopt;
}

std::optional<Refusal> HeadCheck::contentLength(std::string_view value) {
  if (std::exchange(hasLength_, true)) return Refusal{400, "Content-Length was sent twice."};
  const auto isDigit = [](char c) { return c >= '0' && c <= '9'; };
  if (value.empty() || value.size() > 18 || !std::all_of(value.begin(), value.end(), isDigit)) {
    return Refusal{400, "Content-Length is not a number."};
  }
  std::from_chars(value.data(), value.data() + value.size(), framing_.bodyBytes);
  if (framing_.bodyBytes <= limits_.bodyBytes) return std::nullopt;
  return Refusal{413, "The body is larger than the " + std::to_string(limits_.bodyBytes) + " bytes that are taken."};
}

void HeadCheck::connection(std::string_view value) {
  const std::string words = lower(value);
  if (words.find("close") != std::string::npos) framing_.keepAlive = false;
  if (isOld_ && words == "keep-alive") framing_.keepAlive = true;
}

std::optional<Refusal> HeadCheck::whole() const {
  if (hosts_ == 1 || (isOld_ && hosts_ == 0)) return std::nullopt;
  return Refusal{400, "There must be exactly one Host."};
}

}  // namespace

std::size_t headBytes(std::string_view input) {
  const std::size_t end = input.find(kEnd);
  return end == std::string_view::npos ? 0 : end + kEnd.size();
}

std::optional<Refusal> checkHead(std::string_view head, const HeadLimits& limits, Framing& framing) {
  framing = {};
  if (head.size() > limits.bytes) return Refusal{431, "The head of the request is too large."};
  HeadCheck check(limits, framing);
  bool first = true;
  for (std::string_view rest = head.substr(0, head.size() - 2); !rest.empty();) {
    const std::size_t end = rest.find("\r\n");
    const std::string_view line = rest.substr(0, end);
    if (line.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos) {
      return Refusal{400, "Lines end with CR LF; neither stands alone."};
    }
    auto refusal = first ? check.requestLine(line) : check.field(line);
    if (refusal) return refusal;
    first = false;
    rest.remove_prefix(end + 2);
  }
  return check.whole();
}

}  // namespace scrim::http
