// SPDX-License-Identifier: Apache-2.0
// Mask: how a column's values are shown. The methods, their result types and the order of strictness are those of
// docs/policy_model.md. Values; any thread.
#pragma once

#include <string>

#include "common/policy/expression.h"

namespace scrim::policy {

/// In the order of strictness, strictest first.
enum class MaskMethod { null, constant, hashing, regex, showing, rounding };

enum class RoundingUnit { number, hour, day, month, quarter, year };

struct Mask {
  MaskMethod method = MaskMethod::null;
  Literal constant = {};                     // constant
  std::string pattern = {};                  // regex (RE2 syntax, the subset every engine agrees on)
  std::string replacement = {};              // regex
  bool caseInsensitive = false;              // regex
  RoundingUnit unit = RoundingUnit::number;  // rounding
  std::string step = {};                     // rounding to a number: a positive decimal
  bool showFirst = true;                     // showing: first or last
  int shown = 0;                             // showing: how many characters
  std::string filler = "*";                  // showing: one character
  bool operator==(const Mask&) const = default;
};

}  // namespace scrim::policy
