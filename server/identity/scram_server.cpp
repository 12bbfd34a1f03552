// SPDX-License-Identifier: Apache-2.0
#include "server/identity/scram_server.h"

#include <algorithm>
#include <utility>

#include "common/base/hash.h"
#include "common/base/secret.h"
#include "common/base/utf8.h"

namespace scrim::identity {
namespace {

using base::Error;
using base::ErrorCode;

constexpr std::size_t kNonceBytes = 18;  // 24 characters in base64, as PostgreSQL's
constexpr std::size_t kLongestMessage = 4096;
constexpr std::string_view kBindingName = "tls-server-end-point";

Error malformed(std::string_view what) {
  return {ErrorCode::protocolViolation, "malformed SCRAM message", std::string(what)};
}

/// RFC 5802 "printable": 0x21 to 0x7e without ','.
bool isNonce(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f && c != ','; });
}

/// A saslname: UTF-8 in which ',' and '=' only appear as =2C and =3D.
bool isSaslName(std::string_view name) {
  for (std::size_t at = name.find('='); at != std::string_view::npos; at = name.find('=', at + 1)) {
    std::string_view escape = name.substr(at, 3);
    if (escape != "=2C" && escape != "=3D") return false;
  }
  return base::isValidUtf8(name) && name.find('\0') == std::string_view::npos;
}

/// Reads "x=value" up to ',' or the end and moves past both; nullopt: another attribute is there.
std::optional<std::string_view> takeAttribute(std::string_view& rest, char name) {
  if (rest.size() < 2 || rest[0] != name || rest[1] != '=') return std::nullopt;
  std::size_t end = std::min(rest.find(','), rest.size());
  std::string_view value = rest.substr(2, end - 2);
  rest.remove_prefix(end == rest.size() ? end : end + 1);
  return value;
}

std::string exclusiveOr(std::string_view left, std::string_view right) {
  std::string result(left);
  for (std::size_t i = 0; i < result.size(); ++i) result[i] = static_cast<char>(result[i] ^ right[i]);
  return result;
}

}  // namespace

ScramServer::ScramServer(ScramOptions options) : options_(std::move(options)) {
  if (options_.nonce.empty()) options_.nonce = base::toBase64(base::randomBytes(kNonceBytes));
}

std::vector<std::string_view> ScramServer::mechanisms() const {
  if (options_.endPoint) return {kScramSha256Plus, kScramSha256};
  return {kScramSha256};
}

base::Result<std::string> ScramServer::start(std::string_view mechanism, std::string_view clientFirst) {
  if (std::exchange(state_, State::failed) != State::expectClientFirst) {
    return Error{ErrorCode::protocolViolation, "unexpected SASL message"};
  }
  auto answer = readClientFirst(mechanism, clientFirst);
  if (answer) state_ = State::expectClientFinal;
  return answer;
}

base::Result<std::string> ScramServer::finish(std::string_view clientFinal) {
  if (std::exchange(state_, State::failed) != State::expectClientFinal) {
    return Error{ErrorCode::protocolViolation, "unexpected SASL message"};
  }
  auto answer = readClientFinal(clientFinal);
  if (answer) state_ = State::authenticated;
  return answer;
}

/// The gs2-cbind-flag: what the client says of channel binding. Moves `at` behind its comma.
base::Result<std::string> ScramServer::readBindingFlag(std::string_view mechanism, std::string_view message,
                                                       std::size_t& at) {
  bool plus = mechanism == kScramSha256Plus;
  std::size_t comma = message.find(',');
  if (comma == std::string_view::npos) return malformed("The message has no channel-binding flag.");
  std::string_view flag = message.substr(0, comma);
  at = comma + 1;
  if (flag == "n" || flag == "y") {
    if (plus) return malformed("The client selected SCRAM-SHA-256-PLUS, but the message has no channel binding data.");
    if (flag == "y" && options_.endPoint) {
      // The client could bind and believes we cannot: somebody took -PLUS out of our list.
      return Error{
          ErrorCode::protocolViolation, "SCRAM channel binding negotiation error",
          "The client supports SCRAM channel binding but thinks the server does not. However, this server does "
          "support channel binding."};
    }
    return std::string(flag);
  }
  if (flag.starts_with("p=")) {
    if (!plus)
      return malformed("The client selected SCRAM-SHA-256 without channel binding, but the message includes it.");
    if (flag.substr(2) != kBindingName) {
      return Error{ErrorCode::protocolViolation, "unsupported SCRAM channel-binding type"};
    }
    return std::string(flag);
  }
  return malformed("Unexpected channel-binding flag.");
}

base::Result<std::string> ScramServer::readClientFirst(std::string_view mechanism, std::string_view message) {
  bool offered = mechanism == kScramSha256 || (mechanism == kScramSha256Plus && options_.endPoint);
  if (!offered) return Error{ErrorCode::protocolViolation, "client selected an invalid SASL authentication mechanism"};
  if (message.empty() || message.size() > kLongestMessage || message.find('\0') != std::string_view::npos) {
    return malformed("The message is empty, too long, or holds a zero byte.");
  }
  std::size_t at = 0;
  SCRIM_TRY(std::string flag, readBindingFlag(mechanism, message, at));
  std::string_view rest = message.substr(at);
  if (rest.starts_with("a=")) {
    return Error{ErrorCode::notSupported, "client uses authorization identity, but it is not supported"};
  }
  if (!rest.starts_with(",")) return malformed("Unexpected attribute in the client-first message.");
  rest.remove_prefix(1);
  gs2Header_ = flag + ",,";
  clientFirstBare_ = std::string(rest);
  if (rest.starts_with("m=")) {
    return Error{ErrorCode::notSupported, "client requires an unsupported SCRAM extension"};
  }
  // The name is ignored, as PostgreSQL ignores it: the start-up packet says who it is.
  auto name = takeAttribute(rest, 'n');
  if (!name || !isSaslName(*name)) return malformed("The user name is missing or malformed.");
  auto nonce = takeAttribute(rest, 'r');
  if (!nonce || !isNonce(*nonce)) return malformed("The nonce is missing or not printable.");
  // What follows are extensions, which may be ignored; they are part of what is signed.
  nonce_ = std::string(*nonce) + options_.nonce;
  serverFirst_ = "r=" + nonce_ + ",s=" + base::toBase64(options_.verifier.salt) +
                 ",i=" + std::to_string(options_.verifier.iterations);
  return serverFirst_;
}

base::Result<std::string> ScramServer::readClientFinal(std::string_view message) {
  if (message.empty() || message.size() > kLongestMessage || message.find('\0') != std::string_view::npos) {
    return malformed("The message is empty, too long, or holds a zero byte.");
  }
  std::size_t proofAt = message.rfind(",p=");
  if (proofAt == std::string_view::npos) return malformed("The proof is missing.");
  std::string_view withoutProof = message.substr(0, proofAt);
  std::string_view rest = withoutProof;
  auto binding = takeAttribute(rest, 'c');
  std::string expected = gs2Header_;
  if (gs2Header_.starts_with("p=")) expected += *options_.endPoint;
  if (!binding) return malformed("The channel-binding data is missing.");
  if (*binding != base::toBase64(expected)) {
    return Error{ErrorCode::protocolViolation,
                 gs2Header_.starts_with("p=") ? "SCRAM channel binding check failed"
                                              : "unexpected SCRAM channel-binding attribute in client-final-message"};
  }
  auto nonce = takeAttribute(rest, 'r');
  if (!nonce || !base::equalInConstantTime(*nonce, nonce_)) {
    return Error{ErrorCode::protocolViolation, "invalid SCRAM response", "Nonce does not match."};
  }
  auto proof = base::fromBase64(message.substr(proofAt + 3));
  if (!proof || proof->size() != base::Digest{}.size()) return malformed("The proof is not 32 bytes in base64.");
  std::string authMessage = clientFirstBare_ + "," + serverFirst_ + "," + std::string(withoutProof);
  if (!proofIsRight(*proof, authMessage)) return Error{ErrorCode::invalidPassword, "password authentication failed"};
  base::Digest signature = base::hmacSha256(base::asBytes(options_.verifier.serverKey), authMessage);
  return "v=" + base::toBase64(base::asBytes(signature));
}

bool ScramServer::proofIsRight(std::string_view proof, std::string_view authMessage) const {
  base::Digest signature = base::hmacSha256(base::asBytes(options_.verifier.storedKey), authMessage);
  base::Secret clientKey(exclusiveOr(proof, base::asBytes(signature)));
  base::Digest storedKey = base::sha256(clientKey.reveal());
  bool right = base::equalInConstantTime(base::asBytes(storedKey), base::asBytes(options_.verifier.storedKey));
  return right && options_.mayLogIn;
}

}  // namespace scrim::identity
