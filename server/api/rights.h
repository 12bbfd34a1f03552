// SPDX-License-Identifier: Apache-2.0
// Rights: the one place that says who may use a route. Pure but for the snapshot; any thread.
#pragma once

#include "server/api/route.h"

namespace scrim::api {

/// `call.caller` is there. Errors: permissionDenied, in words that say what is needed; undefinedObject for a thing that
/// does not exist for the caller, in the same words as for one that does not exist at all.
base::Result<void> checkRight(const Call& call, Right right);

bool owns(const Caller& caller, const catalog::DataSource& source);
bool sees(const Call& call, const catalog::DataSource& source);
/// The data source that the path names. Errors: undefinedObject.
base::Result<catalog::DataSourcePtr> dataSourceOf(const Call& call);
base::Result<catalog::RulePtr> ruleOf(const Call& call);
/// Its member, or a governor.
bool seesProject(const Call& call, const catalog::Project& project);
base::Result<catalog::ProjectPtr> projectOf(const Call& call);
/// For a name in a body or query. Errors: invalidValue: it is no project that the caller sees; empty is well.
base::Result<void> checkProject(const Call& call, const std::string& name);
/// A path's id. Errors: undefinedObject: it names nothing.
base::Result<std::int64_t> idOf(const Call& call, const std::string& parameter, std::string_view noun);
base::Error noSuch(std::string_view noun, std::string_view name);

}  // namespace scrim::api
