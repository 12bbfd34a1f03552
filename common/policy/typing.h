// SPDX-License-Identifier: Apache-2.0
// Types of expressions: what may meet what, so that every engine gives the same answer and no row can make a rule fail
// (a cast that may fail is refused). docs/policy_model.md lists it. Pure; any thread.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "common/base/result.h"
#include "common/policy/decide.h"
#include "common/policy/expression.h"

namespace scrim::policy {

/// The data source of a look-up, as its author may use it; nullopt: there is none.
using LookupSources = std::function<std::optional<Resource>(const schema::QualifiedName&)>;

struct TypeScope {
  const std::vector<ResourceColumn>& columns;
  const LookupSources* lookups = nullptr;  // nullptr: what a look-up reads is not checked
  bool insideLookup = false;
  const std::vector<HiddenColumn>* hidden = nullptr;  // columns that may be read besides
};

/// nullopt: the literal NULL. Errors: undefinedColumn, undefinedTable, datatypeMismatch, notSupported.
using ValueType = std::optional<schema::DataType>;
base::Result<ValueType> typeOf(const Expression& expression, const TypeScope& scope);

/// The expression is a predicate over the scope.
base::Result<void> checkPredicate(const Expression& expression, const TypeScope& scope);

/// As many children, and of the kinds, as the kind needs: trees do not only come from the parser.
bool hasRightShape(const Expression& expression);

/// nullptr: none of exactly this name.
const ResourceColumn* findColumn(const std::vector<ResourceColumn>& columns, std::string_view name);
/// nullptr: none of exactly this name.
const HiddenColumn* findHidden(const std::vector<HiddenColumn>& columns, std::string_view name);
/// "there is no column ...", with the name that was probably meant.
base::Error noSuchColumn(const std::vector<ResourceColumn>& columns, std::string_view name);
/// One that differs in letter case only; nullptr: none.
const ResourceColumn* findIgnoringCase(const std::vector<ResourceColumn>& columns, std::string_view name);

/// Whether values of the family have a canonical text that HASHING and samples are defined on.
bool isHashable(schema::TypeFamily family);

}  // namespace scrim::policy
