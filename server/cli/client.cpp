// SPDX-License-Identifier: Apache-2.0
#include "server/cli/client.h"

#include <Poco/Exception.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/Net/HTTPSClientSession.h>
#include <Poco/Net/NetException.h>
#include <Poco/Net/RejectCertificateHandler.h>
#include <Poco/Net/SSLException.h>
#include <Poco/Net/SSLManager.h>

#include <array>
#include <istream>
#include <ostream>

#include "server/cli/exit_codes.h"
#include "server/cli/problem.h"

namespace scrim::cli {
namespace {

constexpr long kConnectSeconds = 15;
constexpr long kAnswerSeconds = 300;  // verifying a long audit journal
constexpr std::size_t kLargestAnswer = 256U << 20U;

base::Result<Poco::URI> placeOf(const std::string& url) {
  try {
    Poco::URI place(url);
    const bool bare = place.getUserInfo().empty() && place.getRawQuery().empty() && place.getFragment().empty() &&
                      (place.getPath().empty() || place.getPath() == "/");
    if (place.getScheme() == "https" && !place.getHost().empty() && bare) return place;
  } catch (const Poco::Exception&) {  // told below
  }
  return wrongCommandLine(url + " is no address of the REST API.", "Write https://HOST:PORT.");
}

base::Result<Poco::Net::Context::Ptr> contextOf(const std::string& ca) {
  Poco::Net::Context::Params params;
  params.caLocation = ca;
  params.loadDefaultCAs = ca.empty();
  // Strict: relaxed mode would not look at the host name of loopback addresses.
  params.verificationMode = Poco::Net::Context::VERIFY_STRICT;
  params.cipherList = "HIGH:!aNULL:!MD5";
  try {
    Poco::Net::Context::Ptr context(new Poco::Net::Context(Poco::Net::Context::TLS_CLIENT_USE, params));
    context->requireMinimumProtocol(Poco::Net::Context::PROTO_TLSV1_2);
    context->enableExtendedCertificateVerification(true);
    Poco::Net::SSLManager::instance().initializeClient(nullptr, new Poco::Net::RejectCertificateHandler(false),
                                                       context);
    return context;
  } catch (const Poco::Exception& problem) {
    return notReached(
        "The certificates in " + (ca.empty() ? "the system's store" : ca) + " cannot be used: " + problem.displayText(),
        "Give the CA's file: scrim login --ca FILE, or SCRIM_CA.");
  }
}

std::string targetOf(const Call& call) {
  std::string target = call.path;
  char separator = '?';
  for (const auto& [name, value] : call.query) {
    target += separator + encodedPiece(name) + "=" + encodedPiece(value);
    separator = '&';
  }
  return target;
}

std::string readAll(std::istream& stream) {
  std::string text;
  std::array<char, 16U << 10U> chunk{};
  while (stream.read(chunk.data(), chunk.size()) || stream.gcount() > 0) {
    text.append(chunk.data(), static_cast<std::size_t>(stream.gcount()));
    if (text.size() > kLargestAnswer) throw Poco::IOException("the answer is too large");
  }
  return text;
}

/// Streams swallow exceptions: an answer that was cut off looks like one that ended.
void checkWhole(const Poco::Net::HTTPSClientSession& session, const Poco::Net::HTTPResponse& response,
                const std::string& text) {
  if (session.networkException() != nullptr) session.networkException()->rethrow();
  const bool known = response.getContentLength64() != Poco::Net::HTTPMessage::UNKNOWN_CONTENT_LENGTH;
  if (known && static_cast<std::size_t>(response.getContentLength64()) != text.size()) {
    throw Poco::IOException("the answer ended early");
  }
}

void sendRequest(Poco::Net::HTTPSClientSession& session, const Call& call, const base::Secret& token) {
  Poco::Net::HTTPRequest request(call.method, targetOf(call), Poco::Net::HTTPMessage::HTTP_1_1);
  request.set("Accept", "application/json");
  request.set("User-Agent", std::string("scrim/") + SCRIM_VERSION);
  if (!token.empty()) request.set("Authorization", "Bearer " + std::string(token.reveal()));
  if (!call.ifMatch.empty()) request.set("If-Match", call.ifMatch);
  const std::string body = call.body.isEmpty() ? "" : compactJson(call.body);
  if (!body.empty()) request.setContentType("application/json");
  if (call.method != "GET") request.setContentLength(static_cast<std::streamsize>(body.size()));
  std::ostream& out = session.sendRequest(request);
  out << body << std::flush;
}

base::Result<Reply> replyOf(const Poco::Net::HTTPResponse& response, const std::string& text) {
  Reply reply;
  reply.status = static_cast<int>(response.getStatus());
  reply.etag = response.get("ETag", "");
  const bool good = reply.status >= 200 && reply.status < 300;
  const std::string& type = response.getContentType();
  if (!text.empty() && (type.starts_with("application/json") || type.starts_with("application/problem+json"))) {
    SCRIM_TRY(reply.body, parseJson(text));
  } else if (!text.empty() && good) {
    return refused("The server answered with " + type + " where JSON belongs.",
                   "Is this the address of Scrim's REST API?");
  }
  if (!good) return problemOf(reply.status, reply.body);
  return reply;
}

}  // namespace

std::string encodedPiece(const std::string& piece) {
  std::string out;
  Poco::URI::encode(piece, "/?#[]@!$&'()*+,;=:%\"<>\\^`{|}", out);
  return out == "." ? "%2E" : out == ".." ? "%2E%2E" : out;
}

base::Result<Client> Client::open(Endpoint endpoint) {
  SCRIM_TRY(Poco::URI place, placeOf(endpoint.url));
  SCRIM_TRY(Poco::Net::Context::Ptr context, contextOf(endpoint.ca));
  return Client(std::move(endpoint), std::move(place), std::move(context));
}

base::Result<Reply> Client::send(const Call& call) const {
  try {
    Poco::Net::HTTPSClientSession session(place_.getHost(), place_.getPort(), context_);
    session.setTimeout({kConnectSeconds, 0}, {kAnswerSeconds, 0}, {kAnswerSeconds, 0});
    sendRequest(session, call, endpoint_.token);
    Poco::Net::HTTPResponse response;
    const std::string text = readAll(session.receiveResponse(response));
    checkWhole(session, response, text);
    return replyOf(response, text);
  } catch (const Poco::Net::SSLException& problem) {
    return notReached(
        "The connection to " + endpoint_.url + " is not trusted: " + problem.displayText(),
        "Give the file of the CA that signed the server's certificate: scrim login --ca FILE, or SCRIM_CA; "
        "and use a host name that the certificate carries.");
  } catch (const Poco::Exception& problem) {
    return notReached("There is no answer from " + endpoint_.url + ": " + problem.displayText(),
                      "Does the server run, and is the address right?");
  }
}

}  // namespace scrim::cli
