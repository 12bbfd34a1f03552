// SPDX-License-Identifier: Apache-2.0
// The language of policy: text <-> Sentence. docs/policy_model.md holds the grammar.
// Canonical text round-trips byte for byte: print(parseSentence(t)) == t for every t that print() made, and
// parseSentence(print(s)) == s for every sentence the parser made. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "common/policy/rule.h"

namespace scrim::policy {

/// Errors: syntaxError (position at the offending word, what was expected, a hint where a near word would fit),
/// notSupported (a method of a later version), programLimit (too long, too deep).
base::Result<Sentence> parseSentence(std::string_view text);

/// A predicate or operand alone, as it stands after WHERE. Errors as above.
base::Result<ExpressionPtr> parseExpression(std::string_view text);

/// The canonical text.
std::string print(const Sentence& sentence);
std::string print(const Action& action);
std::string print(const Audience& audience);
std::string print(const Condition& condition);
std::string print(const Mask& mask);
/// Also prints what only a bound expression holds (an empty list, a sample), for explanations.
std::string print(const Expression& expression);

/// The tags after ON DATA SOURCES TAGGED of a text that may be no valid sentence otherwise: what a rule that is not
/// understood covers. nullopt: they cannot be made out. Empty: the text does not begin so.
std::optional<std::vector<std::string>> dataSourceTagsOf(std::string_view text);

}  // namespace scrim::policy
