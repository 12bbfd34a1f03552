// SPDX-License-Identifier: Apache-2.0
// The tables behind typing.h: which types compare, add, are cast and go into which function. Internal to this room.
#pragma once

#include <string>
#include <vector>

#include "common/policy/typing.h"

namespace scrim::policy {

bool isText(const ValueType& type);
std::string nameOf(const ValueType& type);
base::Result<ValueType> literalType(const Literal& literal);
base::Result<void> checkComparable(const Expression& left, const schema::DataType& leftType, const Expression& right,
                                   const schema::DataType& rightType, bool ordered);
base::Result<void> checkLikePattern(const Expression& pattern);
base::Result<ValueType> arithmeticType(const std::string& sign, const ValueType& left, const ValueType& right);
base::Result<ValueType> callType(const Expression& call, const std::vector<ValueType>& types);
base::Result<void> checkCast(const ValueType& from, const schema::DataType& to);

}  // namespace scrim::policy
