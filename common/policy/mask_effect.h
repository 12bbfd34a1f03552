// SPDX-License-Identifier: Apache-2.0
// What a mask does to a column of a type: the table "Masks" of docs/policy_model.md as code. Every enforcer asks here,
// so that all agree on result types and fallbacks. Pure; any thread.
#pragma once

#include <cstdint>
#include <string>

#include "common/policy/mask.h"
#include "common/schema/data_type.h"

namespace scrim::policy {

struct MaskEffect {
  bool applies = false;     // false: the method cannot express this type; the column shows NULL
  schema::DataType result;  // of the masked column
  std::string reason;       // of a fallback: a sentence for the author
};

/// HASHING: text -> text (64 hex digits), integers -> bigint, uuid -> uuid, else NULL.
/// NULL, CONSTANT: the column's type. REGEX, SHOWING: text -> text, else NULL.
/// ROUNDING: numbers, or dates and timestamps; the column's type (numeric without its modifier), else NULL. An integer
/// whose bucket starts below the type's range shows the type's least value.
MaskEffect effectOf(const Mask& mask, const schema::DataType& column);

/// The type of the masked column.
schema::DataType maskResultType(const Mask& mask, const schema::DataType& column);

/// The least value of an integer type.
std::int64_t leastOf(const schema::DataType& integer);

/// Whether a constant is a value of the type: of its family, in its range, within its length.
bool constantFits(const Literal& constant, const schema::DataType& type);

}  // namespace scrim::policy
