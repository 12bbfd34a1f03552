// SPDX-License-Identifier: Apache-2.0
// The text of floating-point numbers as PostgreSQL prints them (extra_float_digits = 1): the shortest digits that read
// back the same, with an exponent below 1e-4 and from 1e15 (double precision) or 1e6 (real) on. Pure; any thread.
#pragma once

#include <string>

#include "common/schema/data_type.h"

namespace scrim::policy {

std::string realText(double value, const schema::DataType& type);

}  // namespace scrim::policy
