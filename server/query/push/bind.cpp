// SPDX-License-Identifier: Apache-2.0
#include "server/query/push/bind.h"

#include "server/sources/postgres/wire.h"

namespace scrim::push {
namespace {

using From = route::ParameterOrigin::From;
constexpr std::uint16_t kText = 0;
constexpr std::uint16_t kBinary = 1;

base::Error violation(std::string message) { return {base::ErrorCode::protocolViolation, std::move(message)}; }

/// The client's value `index` with its length in front. `values` has been checked.
std::string_view clientValue(std::string_view values, int index) {
  std::size_t at = 0;
  for (int i = 0;; ++i) {
    const auto length = static_cast<std::int32_t>(postgres::readU32(values.data() + at));
    const std::size_t whole = 4 + (length < 0 ? 0 : static_cast<std::size_t>(length));
    if (i == index) return values.substr(at, whole);
    at += whole;
  }
}

/// Lengths must cover the bytes exactly: a wrong one would shift what follows, which are the policy's values.
bool fitsExactly(std::string_view values, int count) {
  for (int i = 0; i < count; ++i) {
    if (values.size() < 4) return false;
    const auto length = static_cast<std::int32_t>(postgres::readU32(values.data()));
    if (length < -1) return false;
    const std::size_t whole = 4 + (length < 0 ? 0 : static_cast<std::size_t>(length));
    if (values.size() < whole) return false;
    values.remove_prefix(whole);
  }
  return values.empty();
}

std::uint16_t formatOf(const route::ParameterOrigin& origin, const Arguments& arguments) {
  if (origin.from == From::policy) return kBinary;
  if (origin.from == From::lifted || arguments.formats.empty()) return kText;
  const std::size_t place = arguments.formats.size() == 2 ? 0 : 2 * static_cast<std::size_t>(origin.index);
  return postgres::readU16(arguments.formats.data() + place);
}

void appendFormats(postgres::MessageWriter& writer, const route::RoutedQuery& query, const Arguments& arguments) {
  if (arguments.formats.empty() && query.policyValues.empty()) return writer.u16(0);
  writer.u16(static_cast<std::uint16_t>(query.parameters.size()));
  for (const route::ParameterOrigin& origin : query.parameters) writer.u16(formatOf(origin, arguments));
}

void appendSized(postgres::MessageWriter& writer, std::string_view value) {
  writer.u32(static_cast<std::uint32_t>(value.size()));
  writer.bytes(value);
}

void appendValues(postgres::MessageWriter& writer, const route::RoutedQuery& query, const Arguments& arguments) {
  writer.u16(static_cast<std::uint16_t>(query.parameters.size()));
  writer.bytes(arguments.values);  // the client's come first, in their order
  for (std::size_t i = arguments.valueCount; i < query.parameters.size(); ++i) {
    const route::ParameterOrigin& origin = query.parameters[i];
    switch (origin.from) {
      case From::client:
        writer.bytes(clientValue(arguments.values, origin.index));
        break;
      case From::lifted:
        appendSized(writer, arguments.lifted[static_cast<std::size_t>(origin.index)]);
        break;
      case From::policy:
        appendSized(writer, query.policyValues[static_cast<std::size_t>(origin.index)].reveal());
        break;
    }
  }
}

bool clientValuesComeFirst(const route::RoutedQuery& query) {
  if (query.parameters.size() < static_cast<std::size_t>(query.clientParameters)) return false;
  for (int i = 0; i < query.clientParameters; ++i) {
    const route::ParameterOrigin& origin = query.parameters[static_cast<std::size_t>(i)];
    if (origin.from != From::client || origin.index != i) return false;
  }
  return true;
}

}  // namespace

base::Result<void> checkArguments(const route::RoutedQuery& query, const Arguments& arguments) {
  if (arguments.valueCount != query.clientParameters) {
    return violation("bind message supplies " + std::to_string(arguments.valueCount) +
                     " parameters, but prepared statement requires " + std::to_string(query.clientParameters));
  }
  const std::size_t formats = arguments.formats.size() / 2;
  if (arguments.formats.size() % 2 != 0 || arguments.resultFormats.size() % 2 != 0 ||
      (formats > 1 && formats != arguments.valueCount)) {
    return violation("bind message has " + std::to_string(formats) + " parameter formats but " +
                     std::to_string(arguments.valueCount) + " parameters");
  }
  if (!clientValuesComeFirst(query)) {
    return base::Error{base::ErrorCode::internal, "a statement's parameters are out of order"};
  }
  if (!fitsExactly(arguments.values, arguments.valueCount)) return violation("insufficient data left in message");
  for (const route::ParameterOrigin& origin : query.parameters) {
    const std::size_t available = origin.from == From::client   ? arguments.valueCount
                                  : origin.from == From::lifted ? arguments.lifted.size()
                                                                : query.policyValues.size();
    if (static_cast<std::size_t>(origin.index) >= available) {
      return base::Error{base::ErrorCode::internal, "a statement's parameter has no value"};
    }
  }
  return {};
}

void appendBind(std::string& out, std::string_view portal, std::string_view statement, const route::RoutedQuery& query,
                const Arguments& arguments) {
  postgres::MessageWriter writer(out);
  writer.begin('B');
  writer.text(portal);
  writer.text(statement);
  appendFormats(writer, query, arguments);
  appendValues(writer, query, arguments);
  writer.u16(static_cast<std::uint16_t>(arguments.resultFormats.size() / 2));
  writer.bytes(arguments.resultFormats);
  writer.end();
}

}  // namespace scrim::push
