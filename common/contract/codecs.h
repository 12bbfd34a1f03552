// SPDX-License-Identifier: Apache-2.0
// Codecs of parts, between Poco's values and ours. Internal to this room.
#pragma once

#include "common/contract/strict_json.h"
#include "common/policy/decision.h"
#include "common/policy/rule.h"
#include "common/policy/subject.h"

namespace scrim::contract {

using ObjectPtr = Poco::JSON::Object::Ptr;

ObjectPtr objectOf(const policy::Expression& expression);
ObjectPtr objectOf(const policy::Mask& mask);
ObjectPtr objectOf(const policy::Condition& condition);
ObjectPtr objectOf(const policy::Sentence& sentence);

base::Result<policy::ExpressionPtr> readExpression(const Json& json, const std::string& place);
base::Result<policy::Mask> readMask(const Json& json, const std::string& place);
base::Result<policy::ConditionPtr> readCondition(const Json& json, const std::string& place);
base::Result<policy::Sentence> readSentence(const Json& json, const std::string& place);

/// A literal's type and text, into an object; and back.
void setLiteral(ObjectPtr object, const policy::Literal& literal);
base::Result<policy::Literal> readLiteral(Fields& fields);

template <typename Texts>
Poco::JSON::Array::Ptr arrayOf(const Texts& texts) {
  Poco::JSON::Array::Ptr out(new Poco::JSON::Array);
  for (const auto& text : texts) out->add(text);
  return out;
}

}  // namespace scrim::contract
