// SPDX-License-Identifier: Apache-2.0
// Work that parses SQL needs more stack than a thread usually has (server/query/parse says how much).
#pragma once

#include <functional>

namespace scrim::app {

/// Runs the work on a thread with such a stack and waits for it.
void runOnDeepStack(const std::function<void()>& work);

}  // namespace scrim::app
