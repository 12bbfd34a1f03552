// SPDX-License-Identifier: Apache-2.0
// ROOMS: common/contract
// JSON of policy values: the first byte chooses the kind of document. What is read is written so that it reads back as
// the same value and is written the same; whatever else is refused with the place of the fault.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "common/contract/contract.h"

namespace {

using namespace scrim;

void demand(bool holds) {
  if (!holds) std::abort();
}

template <typename T>
std::string textOf(const T& value) {
  return contract::toJson(value);
}
std::string textOf(const policy::ExpressionPtr& value) { return contract::toJson(*value); }

template <typename T>
bool same(const T& left, const T& right) {
  if constexpr (requires { left == right; }) return left == right;
  return textOf(left) == textOf(right);
}
bool same(const policy::ExpressionPtr& left, const policy::ExpressionPtr& right) { return policy::equal(left, right); }

template <typename T>
void check(std::string_view json, base::Result<T> (*read)(std::string_view)) {
  const auto value = read(json);
  if (!value.ok()) {
    demand(value.error().code == base::ErrorCode::policyInvalid && value.error().message.starts_with("$"));
    return;
  }
  const std::string written = textOf(*value);
  const auto again = read(written);
  demand(again.ok() && same(*again, *value) && textOf(*again) == written);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view json(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0]) {
    case 'd':
      check(json, contract::decisionFromJson);
      break;
    case 'e':
      check(json, contract::expressionFromJson);
      break;
    case 'm':
      check(json, contract::maskFromJson);
      break;
    case 'r':
      check(json, contract::ruleFromJson);
      break;
    case 's':
      check(json, contract::sentenceFromJson);
      break;
    case 'u':
      check(json, contract::subjectFromJson);
      break;
    default:
      break;
  }
  return 0;
}
