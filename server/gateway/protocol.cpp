// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/protocol.h"

namespace scrim::gateway {
namespace {

using Row = std::array<MessageRule, 256>;
using Table = std::array<Row, kPhases>;

constexpr void put(Row& row, char type, Verdict verdict, SizeClass size) {
  row[static_cast<std::uint8_t>(type)] = {verdict, size};
}

constexpr Row queryMessages(Verdict verdict) {
  Row row{};
  put(row, 'Q', verdict, SizeClass::statement);
  put(row, 'P', verdict, SizeClass::statement);
  put(row, 'B', verdict, SizeClass::data);
  put(row, 'D', verdict, SizeClass::name);
  put(row, 'E', verdict, SizeClass::name);
  put(row, 'C', verdict, SizeClass::name);
  put(row, 'F', verdict, SizeClass::data);
  put(row, 'H', verdict, SizeClass::tiny);
  // A client that meant to copy in hears of the refusal when it has sent some of it already.
  put(row, 'd', Verdict::drop, SizeClass::data);
  put(row, 'f', Verdict::drop, SizeClass::statement);
  put(row, 'c', Verdict::drop, SizeClass::tiny);
  put(row, 'S', Verdict::accept, SizeClass::tiny);
  put(row, 'X', Verdict::accept, SizeClass::tiny);
  return row;
}

constexpr Row authMessages() {
  Row row{};
  put(row, 'p', Verdict::accept, SizeClass::auth);
  put(row, 'X', Verdict::accept, SizeClass::tiny);
  return row;
}

constexpr Table kTable = [] {
  Table table{};
  table[static_cast<std::size_t>(Phase::saslInitial)] = authMessages();
  table[static_cast<std::size_t>(Phase::saslResponse)] = authMessages();
  table[static_cast<std::size_t>(Phase::password)] = authMessages();
  table[static_cast<std::size_t>(Phase::ready)] = queryMessages(Verdict::accept);
  table[static_cast<std::size_t>(Phase::skipping)] = queryMessages(Verdict::drop);
  return table;
}();

}  // namespace

const MessageRule& ruleFor(Phase phase, std::uint8_t type) { return kTable[static_cast<std::size_t>(phase)][type]; }

std::size_t bodyLimit(SizeClass size, const MessageLimits& limits) {
  switch (size) {
    case SizeClass::none:
    case SizeClass::tiny:
      return 0;
    case SizeClass::name:
      return 1'024;
    case SizeClass::auth:
      return kMaxAuthBytes;
    case SizeClass::statement:
      return limits.statementBytes;
    case SizeClass::data:
      return limits.dataBytes;
  }
  return 0;
}

}  // namespace scrim::gateway
