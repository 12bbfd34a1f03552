// SPDX-License-Identifier: Apache-2.0
// ROOMS: server/identity
// What a client says to log in: the first byte chooses how (its bits below), then client-first, a line break,
// client-final. Nobody is let in without the right proof; with it, whoever answers the challenge is.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "common/base/hash.h"
#include "server/identity/scram_server.h"

namespace {

using namespace scrim;

enum Choice : std::uint8_t {
  kTls = 1,
  kPlus = 2,
  kMayLogIn = 4,
  kKnowsThePassword = 8,  // the proof is made as a client makes it, and put behind what the input says
  kFinalTwice = 16,
};

constexpr std::string_view kClientKey = "0123456789abcdef0123456789abcdef";

void demand(bool holds) {
  if (!holds) std::abort();
}

identity::ScramOptions optionsFor(std::uint8_t choice) {
  identity::ScramOptions options;
  options.verifier.salt = "salt of 16 bytes";
  options.verifier.storedKey = base::sha256(kClientKey);
  options.mayLogIn = (choice & kMayLogIn) != 0;
  if ((choice & kTls) != 0) options.endPoint = "end point";
  options.nonce = "server";
  return options;
}

// RFC 5802: ClientProof = ClientKey XOR HMAC(StoredKey, client-first-bare "," server-first "," client-final).
std::string proofFor(std::string_view clientFirst, const std::string& serverFirst, std::string_view withoutProof) {
  const std::size_t bare = clientFirst.find(',', clientFirst.find(',') + 1) + 1;
  const std::string message =
      std::string(clientFirst.substr(bare)) + "," + serverFirst + "," + std::string(withoutProof);
  const base::Digest storedKey = base::sha256(kClientKey);
  const base::Digest signature = base::hmacSha256(base::asBytes(storedKey), message);
  std::string proof(kClientKey);
  for (std::size_t i = 0; i < proof.size(); ++i) proof[i] = static_cast<char>(proof[i] ^ base::asBytes(signature)[i]);
  return base::toBase64(proof);
}

// What a client that keeps to the RFC says last, without the proof.
std::string rightFinal(std::uint8_t choice, std::string_view clientFirst, const std::string& serverFirst) {
  std::string binding(clientFirst.substr(0, clientFirst.find(',', clientFirst.find(',') + 1) + 1));
  if ((choice & kPlus) != 0) binding += "end point";
  return "c=" + base::toBase64(binding) + "," + serverFirst.substr(0, serverFirst.find(",s="));
}

void logIn(std::uint8_t choice, std::string_view clientFirst, std::string_view clientFinal) {
  identity::ScramServer server(optionsFor(choice));
  const auto mechanism = (choice & kPlus) != 0 ? identity::kScramSha256Plus : identity::kScramSha256;
  const auto serverFirst = server.start(mechanism, clientFirst);
  demand(!server.authenticated());
  if (!serverFirst.ok()) {
    demand(!server.finish(clientFinal).ok() && !server.authenticated());
    return;
  }
  demand(serverFirst->starts_with("r=") && serverFirst->find("server,s=") != std::string::npos);
  const bool knows = (choice & kKnowsThePassword) != 0;
  std::string answer(clientFinal);
  if (knows) answer += ",p=" + proofFor(clientFirst, *serverFirst, clientFinal);
  const auto serverFinal = server.finish(answer);
  const bool allowed = knows && (choice & kMayLogIn) != 0;
  demand(serverFinal.ok() == server.authenticated());
  if (server.authenticated()) demand(allowed && serverFinal->starts_with("v="));
  if (allowed && clientFinal == rightFinal(choice, clientFirst, *serverFirst)) demand(server.authenticated());
  if ((choice & kFinalTwice) != 0) demand(!server.finish(answer).ok() && !server.authenticated());
}

void readVerifier(std::string_view text) {
  const auto verifier = identity::parseVerifier(text);
  if (!verifier) return;
  const auto again = identity::parseVerifier(identity::print(*verifier));
  demand(again && again->salt == verifier->salt && again->iterations == verifier->iterations);
  demand(again->storedKey == verifier->storedKey && again->serverKey == verifier->serverKey);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  readVerifier(text);
  const std::size_t end = std::min(text.find('\n'), text.size());
  logIn(data[0], text.substr(0, end), text.substr(std::min(end + 1, text.size())));
  return 0;
}
