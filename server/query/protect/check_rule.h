// SPDX-License-Identifier: Apache-2.0
// checkRule(): whether a data source's guard can hold a rule that policy::validate() found right: what it looks up in
// can be read there, and each column that it looks at can be looked at where the rule would stand. Asked before a rule
// is saved, so that its author hears why not, instead of its readers. Needs a deep stack, as parsing does. Any thread.
#pragma once

#include "common/policy/rule.h"
#include "server/query/protect/lookup.h"

namespace scrim::protect {

/// Errors: policyInvalid.
base::Result<void> checkRule(const policy::Sentence& sentence, const catalog::DataSource& source,
                             const DataSources& sources);

}  // namespace scrim::protect
