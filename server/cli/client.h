// SPDX-License-Identifier: Apache-2.0
// Client: requests to the REST API. Always TLS, and always to a server whose certificate is trusted and carries the
// name that was asked for; there is no way to turn that off. Redirects are not followed. One thread.
#pragma once

#include <Poco/Net/Context.h>
#include <Poco/URI.h>

#include <string>
#include <utility>
#include <vector>

#include "common/base/result.h"
#include "server/cli/endpoint.h"
#include "server/cli/json.h"

namespace scrim::cli {

struct Call {
  std::string method;
  std::string path;                                        // "/api/v1/users", its pieces already encoded
  std::vector<std::pair<std::string, std::string>> query;  // encoded here
  Json body;                                               // empty: none
  std::string ifMatch;                                     // empty: none
};

struct Reply {
  int status = 0;
  Json body;  // empty: none
  std::string etag;
};

class Client {
 public:
  /// Errors: wrongCommandLine: no https URL; notReached: the CA's file cannot be used.
  static base::Result<Client> open(Endpoint endpoint);

  /// Errors: notReached; notSignedIn: 401; refused: every other problem that the server tells.
  base::Result<Reply> send(const Call& call) const;
  const Endpoint& endpoint() const { return endpoint_; }

 private:
  Client(Endpoint endpoint, Poco::URI place, Poco::Net::Context::Ptr context)
      : endpoint_(std::move(endpoint)), place_(std::move(place)), context_(std::move(context)) {}
  Endpoint endpoint_;
  Poco::URI place_;
  Poco::Net::Context::Ptr context_;
};

/// One piece of a path.
std::string encodedPiece(const std::string& piece);

}  // namespace scrim::cli
