// SPDX-License-Identifier: Apache-2.0
// Tree values: constants and type names in the parse trees of utility statements, as plain values. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "common/base/result.h"
#include "server/query/parse/node.h"

namespace scrim::gateway {

/// A constant, or a bare word as option lists have them, as text; nullopt: something else, or nothing.
std::optional<std::string> constantText(const PgQuery__Node* node);
/// An argument of EXECUTE: a constant, perhaps negative or with a cast to a built-in type; nullopt: NULL.
base::Result<std::optional<std::string>> argumentValue(const PgQuery__Node* node);
/// The OID of a built-in type by its TypeName node.
base::Result<std::uint32_t> typeOidOf(const PgQuery__Node* node);

}  // namespace scrim::gateway
