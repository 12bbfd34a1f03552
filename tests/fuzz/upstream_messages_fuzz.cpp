// SPDX-License-Identifier: Apache-2.0
// ROOMS: server/query/push/codec
// What a source may send once libpq has logged in. The first byte says in what pieces it arrives: however it is cut,
// the same messages come out, and of protected data no word of an error but its SQLSTATE and place reaches the client.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/query/push/description.h"
#include "server/query/push/source_errors.h"
#include "server/sources/postgres/input_buffer.h"
#include "server/sources/postgres/wire.h"

namespace {

using namespace scrim;
namespace reply = postgres::reply;

void demand(bool holds) {
  if (!holds) std::abort();
}

struct Received {
  std::vector<std::string> messages;
  std::uint64_t rows = 0;
  bool malformed = false;
  bool operator==(const Received&) const = default;
};

// Takes what is there, as a connection does: runs of rows, then one message.
bool takeOne(postgres::InputBuffer& in, Received& received) {
  const std::string_view rows = postgres::frontRows(in.view(), received.rows);
  for (std::string_view rest = rows; !rest.empty();) {
    const postgres::MessageView row = postgres::frontMessage(rest);
    demand(row.type == reply::kDataRow);
    received.messages.emplace_back(row.whole);
    rest.remove_prefix(row.whole.size());
  }
  in.consume(rows.size());
  const postgres::MessageView message = postgres::frontMessage(in.view());
  received.malformed = message.type == reply::kMalformed;
  if (message.type == 0 || received.malformed) return false;
  demand(message.whole.size() == message.body.size() + postgres::kHeaderBytes);
  if (message.type == reply::kDataRow) ++received.rows;
  received.messages.emplace_back(message.whole);
  in.consume(message.whole.size());
  return true;
}

Received receive(std::string_view bytes, std::size_t piece) {
  postgres::InputBuffer in;
  Received received;
  while (!bytes.empty() && !received.malformed) {
    const std::size_t whole = postgres::frontMessageSize(in.view());
    if (whole > bytes.size() + in.size()) break;  // no room is made for what the input cannot fill
    in.makeRoom(std::max(in.size() + 1, whole), false);
    const std::size_t count = std::min({piece, bytes.size(), in.freeBytes()});
    demand(count > 0);
    bytes.copy(in.freeSpace(), count);
    in.filled(count);
    bytes.remove_prefix(count);
    while (takeOne(in, received)) {
    }
  }
  return received;
}

void checkDescription(std::string_view parameters, std::optional<std::string_view> columns) {
  for (const int clientParameters : {0, 1, 3}) {
    const auto description = push::Description::decode(parameters, columns, clientParameters);
    if (!description.ok()) continue;
    demand(description->returnsRows() == columns.has_value());
    demand(static_cast<int>(description->parameterTypes().size()) == clientParameters);
    for (const push::ColumnDescription& column : description->columns()) demand(column.type < 10'000);
    std::string out;
    description->appendRowDescription(out, std::string_view("\0\1", 2));
    const postgres::MessageView message = postgres::frontMessage(out);
    demand(message.whole.size() == out.size());
    if (!columns) continue;
    const auto again = push::Description::decode(description->parameterDescription().substr(postgres::kHeaderBytes),
                                                 message.body, clientParameters);
    demand(again.ok() && *again == *description);
  }
}

// Two errors that differ only in what may hold data must look the same.
void checkError(std::string_view body) {
  const postgres::SourceMessage message = postgres::parseSourceMessage(body);
  demand(message.sqlstate.size() == 5 && !message.severity.empty() && !message.full().empty());
  postgres::SourceMessage other;
  other.severity = message.severity;
  other.sqlstate = message.sqlstate;
  other.position = message.position;
  other.message = "other words";
  route::RoutedQuery query;
  query.sql = "SELECT a FROM t WHERE é = 1";
  query.positions = {{0, 8, 3}, {14, 27, 40}};
  query.touchesProtected = true;
  const push::ErrorContext context{query, push::ErrorPhase::execute, 5, "7"};
  const base::Error shown = push::clientError(message, context);
  const base::Error otherwise = push::clientError(other, context);
  const bool timeout = message.message == "canceling statement due to statement timeout";
  demand(shown.position == otherwise.position && (timeout || shown.message == otherwise.message));
  demand(shown.detail.empty() && shown.hint.empty());
  demand(push::commandError(message).message == push::commandError(other).message);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const Received whole = receive(bytes, bytes.size());
  demand(receive(bytes, std::size_t{data[0]} + 1) == whole);
  std::string parameters;
  for (const std::string& text : whole.messages) {
    const postgres::MessageView message = postgres::frontMessage(text);
    if (message.type == reply::kParameterDescription) parameters = message.body;
    if (message.type == reply::kRowDescription) checkDescription(parameters, message.body);
    if (message.type == reply::kNoData) checkDescription(parameters, std::nullopt);
    if (message.type == reply::kError || message.type == reply::kNotice) checkError(message.body);
  }
  return 0;
}
