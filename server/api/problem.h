// SPDX-License-Identifier: Apache-2.0
// Problems: errors as application/problem+json (RFC 9457). `code` is stable; `field` and `position` say where.
#pragma once

#include "common/base/error.h"
#include "server/http/message.h"

namespace scrim::api {

http::Response problem(const http::Request& request, const base::Error& error);
/// With a status that no code has.
http::Response problem(const http::Request& request, int status, std::string_view code, const std::string& sentence);

}  // namespace scrim::api
