// SPDX-License-Identifier: Apache-2.0
#include "common/policy/applying.h"

#include <algorithm>

#include "common/policy/audience.h"
#include "common/policy/language.h"

namespace scrim::policy {

bool covers(const Rule& rule, const Resource& resource) {
  if (rule.dataSource) return rule.dataSource == resource.id;
  if (isUnderstood(rule)) return coversTags(rule.sentence->dataSourceTags, resource.tags);
  const std::vector<std::string> tags = tagsCovered(rule);
  return tags.empty() || coversTags(tags, resource.tags);
}

std::vector<std::string> tagsCovered(const Rule& rule) {
  if (isUnderstood(rule)) return rule.sentence->dataSourceTags;
  return dataSourceTagsOf(rule.text).value_or(std::vector<std::string>());
}

bool isUnderstood(const Rule& rule) {
  return rule.sentence && rule.sentence->dataSourceTags.empty() == static_cast<bool>(rule.dataSource);
}

std::vector<const Rule*> rulesCovering(const Resource& resource, std::span<const std::shared_ptr<const Rule>> rules) {
  std::vector<const Rule*> out;
  for (const std::shared_ptr<const Rule>& rule : rules) {
    if (rule && rule->state == RuleState::active && covers(*rule, resource)) out.push_back(rule.get());
  }
  std::sort(out.begin(), out.end(), [](const Rule* a, const Rule* b) { return a->id < b->id; });
  return out;
}

}  // namespace scrim::policy
