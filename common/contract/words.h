// SPDX-License-Identifier: Apache-2.0
// The words of the contract for the values of enumerations: one table each, read both ways. Internal to this room.
#pragma once

#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "common/policy/rule.h"

namespace scrim::contract {

template <typename Enum, std::size_t N>
using Words = std::array<std::pair<Enum, std::string_view>, N>;

template <typename Enum, std::size_t N>
std::string_view wordOf(const Words<Enum, N>& words, Enum value) {
  for (const auto& [known, word] : words) {
    if (known == value) return word;
  }
  return {};
}

template <typename Enum, std::size_t N>
std::optional<Enum> valueOf(const Words<Enum, N>& words, std::string_view text) {
  for (const auto& [known, word] : words) {
    if (word == text) return known;
  }
  return std::nullopt;
}

using policy::ExpressionKind;
inline constexpr Words<ExpressionKind, 22> kExpressionWords{{
    {ExpressionKind::column, "column"},
    {ExpressionKind::literal, "literal"},
    {ExpressionKind::now, "now"},
    {ExpressionKind::userName, "userName"},
    {ExpressionKind::userAttribute, "userAttribute"},
    {ExpressionKind::userGroups, "userGroups"},
    {ExpressionKind::userPurposes, "userPurposes"},
    {ExpressionKind::compare, "compare"},
    {ExpressionKind::between, "between"},
    {ExpressionKind::inList, "inList"},
    {ExpressionKind::matchesUserSet, "matchesUserSet"},
    {ExpressionKind::hasMember, "hasMember"},
    {ExpressionKind::inLookup, "inLookup"},
    {ExpressionKind::like, "like"},
    {ExpressionKind::isNull, "isNull"},
    {ExpressionKind::logicalAnd, "and"},
    {ExpressionKind::logicalOr, "or"},
    {ExpressionKind::logicalNot, "not"},
    {ExpressionKind::arithmetic, "arithmetic"},
    {ExpressionKind::call, "call"},
    {ExpressionKind::cast, "cast"},
    {ExpressionKind::sample, "sample"},
}};  // and "truth", which has its own form

using policy::LiteralType;
inline constexpr Words<LiteralType, 8> kLiteralWords{{
    {LiteralType::null, "null"},
    {LiteralType::boolean, "boolean"},
    {LiteralType::integer, "integer"},
    {LiteralType::decimal, "decimal"},
    {LiteralType::text, "text"},
    {LiteralType::date, "date"},
    {LiteralType::timestamp, "timestamp"},
    {LiteralType::interval, "interval"},
}};

using policy::MaskMethod;
inline constexpr Words<MaskMethod, 6> kMethodWords{{
    {MaskMethod::null, "null"},
    {MaskMethod::constant, "constant"},
    {MaskMethod::hashing, "hashing"},
    {MaskMethod::regex, "regex"},
    {MaskMethod::showing, "showing"},
    {MaskMethod::rounding, "rounding"},
}};

using policy::RoundingUnit;
inline constexpr Words<RoundingUnit, 6> kUnitWords{{
    {RoundingUnit::number, "number"},
    {RoundingUnit::hour, "hour"},
    {RoundingUnit::day, "day"},
    {RoundingUnit::month, "month"},
    {RoundingUnit::quarter, "quarter"},
    {RoundingUnit::year, "year"},
}};

using policy::ConditionKind;
inline constexpr Words<ConditionKind, 8> kConditionWords{{
    {ConditionKind::everyone, "everyone"},
    {ConditionKind::memberOfGroup, "memberOfGroup"},
    {ConditionKind::hasAttribute, "hasAttribute"},
    {ConditionKind::actsUnderPurpose, "actsUnderPurpose"},
    {ConditionKind::isUser, "isUser"},
    {ConditionKind::both, "and"},
    {ConditionKind::either, "or"},
    {ConditionKind::negation, "not"},
}};

using policy::ColumnSelector;
inline constexpr Words<ColumnSelector::Kind, 3> kSelectorWords{{
    {ColumnSelector::Kind::name, "name"},
    {ColumnSelector::Kind::tag, "tag"},
    {ColumnSelector::Kind::pattern, "pattern"},
}};

using policy::SubscriptionAction;
inline constexpr Words<SubscriptionAction::Kind, 4> kSubscriptionWords{{
    {SubscriptionAction::Kind::anyone, "anyone"},
    {SubscriptionAction::Kind::condition, "condition"},
    {SubscriptionAction::Kind::approval, "approval"},
    {SubscriptionAction::Kind::invitation, "invitation"},
}};

using policy::RuleState;
inline constexpr Words<RuleState, 3> kStateWords{{
    {RuleState::staged, "staged"},
    {RuleState::active, "active"},
    {RuleState::disabled, "disabled"},
}};

}  // namespace scrim::contract
