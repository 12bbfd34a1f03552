// SPDX-License-Identifier: Apache-2.0
// JSON of policy values, as common/contract/schemas/ says. Reading is strict, writing deterministic. Pure; any thread.
// Errors of reading: policyInvalid, with the place in the document.
#pragma once

#include <string>
#include <string_view>

#include "common/base/result.h"
#include "common/policy/decision.h"
#include "common/policy/rule.h"
#include "common/policy/subject.h"

namespace scrim::contract {

std::string toJson(const policy::Subject& subject);
std::string toJson(const policy::Expression& expression);
std::string toJson(const policy::Mask& mask);
std::string toJson(const policy::Sentence& sentence);
/// A rule whose text is not understood has "sentence": null.
std::string toJson(const policy::Rule& rule);
std::string toJson(const policy::Decision& decision);

base::Result<policy::Subject> subjectFromJson(std::string_view json);
/// Bound or written.
base::Result<policy::ExpressionPtr> expressionFromJson(std::string_view json);
base::Result<policy::Mask> maskFromJson(std::string_view json);
/// Only what the language can say.
base::Result<policy::Sentence> sentenceFromJson(std::string_view json);
/// The sentence is parsed from the text; a structured one must be equal to it.
base::Result<policy::Rule> ruleFromJson(std::string_view json);
base::Result<policy::Decision> decisionFromJson(std::string_view json);

}  // namespace scrim::contract
