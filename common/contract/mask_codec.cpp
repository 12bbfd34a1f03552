// SPDX-License-Identifier: Apache-2.0
#include "common/contract/codecs.h"
#include "common/contract/words.h"
#include "common/policy/language.h"

namespace scrim::contract {
namespace {

using base::Result;
using policy::Mask;

Result<void> readRegex(Fields& fields, Mask& out) {
  SCRIM_TRY(out.pattern, fields.text("pattern"));
  SCRIM_TRY(out.replacement, fields.text("replacement"));
  SCRIM_TRY(out.caseInsensitive, fields.flag("caseInsensitive"));
  return {};
}

Result<void> readRounding(Fields& fields, Mask& out) {
  SCRIM_TRY(const std::string unit, fields.text("unit"));
  const std::optional<RoundingUnit> known = valueOf(kUnitWords, unit);
  if (!known) return wrongAt(fields.placeOf("unit"), "there is no unit \"" + unit + "\"");
  out.unit = *known;
  if (out.unit == RoundingUnit::number) {
    SCRIM_TRY(out.step, fields.text("step"));
  }
  return {};
}

Result<void> readShowing(Fields& fields, Mask& out) {
  SCRIM_TRY(const std::string part, fields.text("part"));
  if (part != "first" && part != "last") return wrongAt(fields.placeOf("part"), "\"first\" or \"last\" is needed");
  out.showFirst = part == "first";
  SCRIM_TRY(const std::int64_t characters, fields.whole("characters"));
  if (characters < 0 || characters > 10000) return wrongAt(fields.placeOf("characters"), "0 to 10000 are possible");
  out.shown = static_cast<int>(characters);
  SCRIM_TRY(out.filler, fields.text("filler"));
  return {};
}

Result<void> readParts(Fields& fields, Mask& out) {
  switch (out.method) {
    case MaskMethod::constant: {
      SCRIM_TRY(const Json json, fields.any("value"));
      SCRIM_TRY(Fields value, Fields::of(json, fields.placeOf("value")));
      SCRIM_TRY(out.constant, readLiteral(value));
      return value.finish();
    }
    case MaskMethod::regex:
      return readRegex(fields, out);
    case MaskMethod::rounding:
      return readRounding(fields, out);
    case MaskMethod::showing:
      return readShowing(fields, out);
    case MaskMethod::null:
    case MaskMethod::hashing:
      break;
  }
  return {};
}

// What the language cannot say is no mask: one check for all limits on patterns, steps and fillers.
Result<Mask> sayable(Mask mask, const std::string& place) {
  const auto sentence = policy::parseSentence("MASK COLUMN c USING " + policy::print(mask) + " FOR EVERYONE");
  if (!sentence.ok()) return wrongAt(place, sentence.error().message);
  const auto* action = std::get_if<policy::MaskAction>(&sentence->action);
  if (action == nullptr || action->mask != mask || action->where) return wrongAt(place, "there is no such mask");
  return mask;
}

}  // namespace

ObjectPtr objectOf(const Mask& mask) {
  ObjectPtr out = newObject();
  out->set("method", std::string(wordOf(kMethodWords, mask.method)));
  if (mask.method == MaskMethod::constant) {
    ObjectPtr value = newObject();
    setLiteral(value, mask.constant);
    out->set("value", value);
  } else if (mask.method == MaskMethod::regex) {
    out->set("pattern", mask.pattern);
    out->set("replacement", mask.replacement);
    out->set("caseInsensitive", mask.caseInsensitive);
  } else if (mask.method == MaskMethod::rounding) {
    out->set("unit", std::string(wordOf(kUnitWords, mask.unit)));
    if (mask.unit == RoundingUnit::number) out->set("step", mask.step);
  } else if (mask.method == MaskMethod::showing) {
    out->set("part", mask.showFirst ? "first" : "last");
    out->set("characters", mask.shown);
    out->set("filler", mask.filler);
  }
  return out;
}

Result<Mask> readMask(const Json& json, const std::string& place) {
  SCRIM_TRY(Fields fields, Fields::of(json, place));
  SCRIM_TRY(const std::string method, fields.text("method"));
  const std::optional<MaskMethod> known = valueOf(kMethodWords, method);
  if (!known) return wrongAt(place, "there is no method \"" + method + "\"");
  Mask out{.method = *known};
  SCRIM_CHECK_OK(readParts(fields, out));
  SCRIM_CHECK_OK(fields.finish());
  return sayable(std::move(out), place);
}

}  // namespace scrim::contract
