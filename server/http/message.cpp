// SPDX-License-Identifier: Apache-2.0
#include "server/http/message.h"

#include <Poco/Exception.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/String.h>
#include <Poco/URI.h>

#include <sstream>

#include "common/base/utf8.h"

namespace scrim::http {
namespace {

Refusal badTarget() { return {400, "The target cannot be decoded: it must be UTF-8, percent-encoded."}; }

bool isText(std::string_view text) { return base::isValidUtf8(text) && text.find('\0') == std::string_view::npos; }

/// A segment is decoded by itself, so that an encoded slash stays part of its name.
bool decodePath(const std::string& target, std::vector<std::string>& segments) {
  for (std::size_t at = 1; at <= target.size();) {
    const std::size_t end = std::min(target.find('/', at), target.size());
    std::string segment;
    Poco::URI::decode(target.substr(at, end - at), segment);
    if (!isText(segment)) return false;
    if (!segment.empty() || end < target.size()) segments.push_back(std::move(segment));
    at = end + 1;
  }
  return true;
}

}  // namespace

const std::string* Request::header(std::string_view name) const {
  for (const auto& [known, value] : headers) {
    if (Poco::icompare(known, std::string(name)) == 0) return &value;
  }
  return nullptr;
}

std::optional<Refusal> parseHead(std::string_view head, Request& request) {
  try {
    std::istringstream in{std::string(head)};
    Poco::Net::HTTPRequest parsed;
    parsed.setFieldLimit(0);  // checkHead() has counted them
    parsed.read(in);
    for (const auto& [name, value] : parsed) request.headers.emplace_back(name, value);
    request.method = parsed.getMethod();
    const std::string& target = parsed.getURI();
    request.target = target.substr(0, target.find('?'));
    if (!decodePath(request.target, request.path)) return badTarget();
    request.query = Poco::URI(target).getQueryParameters();
  } catch (const Poco::Exception&) {
    return badTarget();
  }
  for (const auto& [name, value] : request.query) {
    if (!isText(name) || !isText(value)) return badTarget();
  }
  return std::nullopt;
}

std::string rendered(const Response& response, bool keepAlive, bool headOnly) {
  Poco::Net::HTTPResponse out(Poco::Net::HTTPMessage::HTTP_1_1,
                              static_cast<Poco::Net::HTTPResponse::HTTPStatus>(response.status));
  if (response.status != 204) out.setContentLength64(static_cast<Poco::Int64>(response.body.size()));
  if (!response.body.empty()) out.setContentType(response.contentType);
  out.setKeepAlive(keepAlive);
  out.set("Cache-Control", "no-store");
  out.set("X-Content-Type-Options", "nosniff");
  out.setDate(Poco::Timestamp());
  for (const auto& [name, value] : response.headers) out.add(name, value);
  std::ostringstream text;
  out.write(text);
  return headOnly ? text.str() : text.str() + response.body;
}

}  // namespace scrim::http
