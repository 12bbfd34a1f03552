// SPDX-License-Identifier: Apache-2.0
#include "common/base/utf8.h"
#include "common/policy/parser.h"
#include "common/policy/regex_subset.h"

namespace scrim::policy {
namespace {

using base::Error;
using base::Result;

constexpr int kMostShown = 10000;  // characters

}  // namespace

Result<Mask> Parser::mask() {
  if (accept("HASHING")) return Mask{.method = MaskMethod::hashing};
  if (accept("NULL")) return Mask{.method = MaskMethod::null};
  if (accept("CONSTANT")) {
    SCRIM_TRY(ExpressionPtr constant, literalOperand());
    return Mask{.method = MaskMethod::constant, .constant = constant->literal};
  }
  if (at("REGEX")) return regexMask();
  if (at("ROUNDING")) return roundingMask();
  if (at("SHOWING")) return showingMask();
  return laterMask();
}

// Known to the language, not yet to the engines: said so, never taken for nonsense.
Result<Mask> Parser::laterMask() {
  const std::size_t position = peek().position;
  std::string method;
  if (at("REVERSIBLE") || at("NOISE")) method = peek().upper;
  if (at("FORMAT") && at("PRESERVING", 1)) method = "FORMAT PRESERVING";
  if (at("K") && atSign("-", 1) && at("ANONYMITY", 2)) method = "K-ANONYMITY";
  if (at("RANDOMIZED") && at("RESPONSE", 1)) method = "RANDOMIZED RESPONSE";
  if (method.empty()) return unexpected({"HASHING", "NULL", "CONSTANT", "REGEX", "ROUNDING", "SHOWING"});
  return Error{.code = base::ErrorCode::notSupported,
               .message = method + " is not supported yet",
               .hint = "Use HASHING, NULL, CONSTANT, REGEX, ROUNDING or SHOWING.",
               .position = position};
}

Result<Mask> Parser::regexMask() {
  SCRIM_CHECK_OK(expect("REGEX"));
  Mask mask{.method = MaskMethod::regex};
  const std::size_t patternPosition = peek().position;
  SCRIM_TRY(mask.pattern, nonEmptyString("a pattern in single quotes"));
  SCRIM_CHECK_OK(expect("REPLACED BY"));
  SCRIM_TRY(mask.replacement, string("a text in single quotes"));
  if (accept("CASE")) {
    SCRIM_CHECK_OK(expect("INSENSITIVE"));
    mask.caseInsensitive = true;
  }
  const auto portable = PortableRegex::compile(mask.pattern, mask.replacement, mask.caseInsensitive);
  if (!portable.ok()) return refused(patternPosition, portable.error().message, portable.error().hint);
  return mask;
}

Result<Mask> Parser::roundingMask() {
  SCRIM_CHECK_OK(expect("ROUNDING TO"));
  Mask mask{.method = MaskMethod::rounding};
  if (peek().kind == TokenKind::number) {
    const std::size_t position = peek().position;
    SCRIM_TRY(mask.step, number("a number"));
    if (mask.step.find_first_not_of("0.") == std::string::npos) return refused(position, "the step must be above 0");
    if (mask.step.ends_with(".0")) mask.step.resize(mask.step.size() - 2);
    return mask;
  }
  if (accept("HOUR")) return mask.unit = RoundingUnit::hour, mask;
  if (accept("DAY")) return mask.unit = RoundingUnit::day, mask;
  if (accept("MONTH")) return mask.unit = RoundingUnit::month, mask;
  if (accept("QUARTER")) return mask.unit = RoundingUnit::quarter, mask;
  if (accept("YEAR")) return mask.unit = RoundingUnit::year, mask;
  return unexpected({"a number", "HOUR", "DAY", "MONTH", "QUARTER", "YEAR"});
}

Result<Mask> Parser::showingMask() {
  SCRIM_CHECK_OK(expect("SHOWING"));
  Mask mask{.method = MaskMethod::showing};
  if (!at("FIRST") && !at("LAST")) return unexpected({"FIRST", "LAST"});
  mask.showFirst = take().upper == "FIRST";
  SCRIM_TRY(mask.shown, wholeNumber("how many characters", kMostShown));
  if (accept("WITH")) {
    const std::size_t position = peek().position;
    SCRIM_TRY(mask.filler, string("a character in single quotes"));
    if (base::charactersBefore(mask.filler, mask.filler.size()) != 1) {
      return refused(position, "the filler must be one character");
    }
  }
  return mask;
}

}  // namespace scrim::policy
