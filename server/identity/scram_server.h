// SPDX-License-Identifier: Apache-2.0
// ScramServer: the server's side of SCRAM-SHA-256 and SCRAM-SHA-256-PLUS (RFC 5802, RFC 7677; channel binding
// tls-server-end-point, RFC 5929) as a pure state machine: bytes in, bytes out, no I/O. One exchange, one thread.
//
//   start(mechanism, client-first) -> server-first;  finish(client-final) -> server-final, then authenticated()
//
// Any error ends the exchange: the object then answers nothing more. Errors: protocolViolation (malformed, out of
// order, downgrade) in words that are safe for the client; invalidPassword when the proof is wrong.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "server/identity/scram_verifier.h"

namespace scrim::identity {

inline constexpr std::string_view kScramSha256 = "SCRAM-SHA-256";
inline constexpr std::string_view kScramSha256Plus = "SCRAM-SHA-256-PLUS";

struct ScramOptions {
  ScramVerifier verifier;
  /// False: the verifier is a mock or the account may not log in; the proof is checked in the same time, and refused.
  bool mayLogIn = true;
  /// The hash of the server's certificate, under TLS: offers -PLUS. nullopt: no TLS.
  std::optional<std::string> endPoint;
  /// The server's part of the nonce, printable ASCII without ','; empty: a random one of 18 bytes in base64.
  std::string nonce;
};

class ScramServer {
 public:
  explicit ScramServer(ScramOptions options);

  /// Strongest first; what AuthenticationSASL lists.
  std::vector<std::string_view> mechanisms() const;

  base::Result<std::string> start(std::string_view mechanism, std::string_view clientFirst);
  base::Result<std::string> finish(std::string_view clientFinal);

  bool authenticated() const { return state_ == State::authenticated; }

 private:
  enum class State {
    expectClientFirst,  // nothing was said
    expectClientFinal,  // both nonces are known, the server's challenge is out
    authenticated,      // the proof was right
    failed,             // nothing will be accepted any more
  };

  base::Result<std::string> readClientFirst(std::string_view mechanism, std::string_view message);
  base::Result<std::string> readBindingFlag(std::string_view mechanism, std::string_view message, std::size_t& at);
  base::Result<std::string> readClientFinal(std::string_view message);
  bool proofIsRight(std::string_view proof, std::string_view authMessage) const;

  ScramOptions options_;
  State state_ = State::expectClientFirst;
  std::string gs2Header_;  // as the client sent it: "n,,", "y,," or "p=tls-server-end-point,,"
  std::string clientFirstBare_;
  std::string serverFirst_;
  std::string nonce_;  // the client's and then ours
};

}  // namespace scrim::identity
