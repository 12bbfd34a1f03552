// SPDX-License-Identifier: Apache-2.0
// Services: what the API needs from the rest of the server; made by the wiring, outlives the Api. Any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "common/base/result.h"
#include "common/base/secret.h"
#include "server/audit/journal.h"
#include "server/catalog/catalog.h"
#include "server/catalog/introspect.h"
#include "server/identity/access_tokens.h"
#include "server/identity/authenticator.h"

namespace scrim::identity {
class DirectoryLogins;
}  // namespace scrim::identity

namespace scrim::api {

struct Services {
  catalog::Catalog* catalog = nullptr;
  identity::Authenticator* authenticator = nullptr;
  bool certificateLogin = false;  // a client certificate takes the place of the password
  std::string sqlHost;            // where clients reach the gateway; empty: where they reach the API
  std::uint16_t sqlPort = 0;      // there
  identity::DirectoryLogins* directories = nullptr;
  identity::AccessTokens* tokens = nullptr;
  audit::Journal* journal = nullptr;
  std::string auditFolder;
  base::Secret checkpointKey;  // of the journal
  catalog::ReferencedTables referencedTables;
};

}  // namespace scrim::api
