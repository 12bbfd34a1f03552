// SPDX-License-Identifier: Apache-2.0
// The OpenAPI 3.1 document, made from the routes and the schemas in schemas.json: it cannot say what is not so.
#pragma once

#include "server/api/call.h"

namespace scrim::api {

/// Made once; shared. Any thread that only reads.
ObjectPtr openapiDocument();

}  // namespace scrim::api
