// SPDX-License-Identifier: Apache-2.0
#include "common/policy/selector.h"

#include <algorithm>

#include "common/policy/name_pattern.h"
#include "common/schema/tag.h"

namespace scrim::policy {
namespace {

using base::Result;

Result<std::shared_ptr<const NamePattern>> patternOf(const ColumnSelector& selector) {
  if (selector.kind != ColumnSelector::Kind::pattern) return std::shared_ptr<const NamePattern>{};
  if (selector.compiled) return selector.compiled;
  return NamePattern::compile(selector.text);
}

bool selects(const ColumnSelector& selector, const NamePattern* pattern, const ResourceColumn& column) {
  switch (selector.kind) {
    case ColumnSelector::Kind::name:
      return column.name == selector.text;
    case ColumnSelector::Kind::tag:
      return std::any_of(column.tags.begin(), column.tags.end(),
                         [&](const std::string& tag) { return schema::tagCovers(selector.text, tag); });
    case ColumnSelector::Kind::pattern:
      break;
  }
  return pattern->matches(column.name);
}

}  // namespace

Result<std::vector<const ResourceColumn*>> selectedColumns(const ColumnSelector& selector,
                                                           const std::vector<ResourceColumn>& columns) {
  SCRIM_TRY(const std::shared_ptr<const NamePattern> pattern, patternOf(selector));
  std::vector<const ResourceColumn*> selected;
  for (const ResourceColumn& column : columns) {
    if (selects(selector, pattern.get(), column)) selected.push_back(&column);
  }
  return selected;
}

}  // namespace scrim::policy
