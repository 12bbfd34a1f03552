// SPDX-License-Identifier: Apache-2.0
// Arithmetic, functions and LIKE of the reference interpreter, over canonical text. Internal to this room.
#pragma once

#include <string>
#include <vector>

#include "common/policy/evaluate.h"

namespace scrim::policy {

/// left sign right, of the type `type`. Errors: invalidValue, if it does not fit.
base::Result<Cell> calculated(const std::string& sign, const schema::DataType& type, const std::string& left,
                              const std::string& right);
base::Result<Cell> called(const std::string& function, const schema::DataType& type,
                          const std::vector<Cell>& arguments);
/// % any characters, _ one, \ makes the next one plain.
bool isLike(const std::string& text, const std::string& pattern);

}  // namespace scrim::policy
