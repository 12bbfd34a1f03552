// SPDX-License-Identifier: Apache-2.0
#include "common/policy/purposes.h"

#include <algorithm>
#include <vector>

#include "common/policy/suggest.h"
#include "common/schema/tag.h"

namespace scrim::policy {

base::Result<void> checkPurposes(const Sentence& sentence, const std::set<std::string>& known) {
  for (const std::string& name : purposesNamed(sentence)) {
    const auto isIt = [&](const std::string& each) { return schema::foldedTag(each) == schema::foldedTag(name); };
    if (std::any_of(known.begin(), known.end(), isIt)) continue;
    const std::vector<std::string> names(known.begin(), known.end());
    const std::string near = nearest(name, std::span<const std::string>(names));
    return base::Error{base::ErrorCode::policyInvalid,
                       "There is no purpose '" + name + "'" + (near.empty() ? "." : "; did you mean '" + near + "'?"),
                       {},
                       "Purposes are made by governors, before rules and projects name them."};
  }
  return {};
}

}  // namespace scrim::policy
