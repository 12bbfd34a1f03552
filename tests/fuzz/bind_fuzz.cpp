// SPDX-License-Identifier: Apache-2.0
// ROOMS: server/gateway/codec server/query/push/codec
// A client's Bind on its way to a source: the first byte says how many values the client owes, how many literals were
// lifted and how many values policy adds; the rest is the message. Whatever the client's counts and lengths say, each
// value ends up in its own place, and policy's in none of the client's.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "server/gateway/message_reader.h"
#include "server/query/push/bind.h"
#include "server/sources/postgres/wire.h"

namespace {

using namespace scrim;
using From = route::ParameterOrigin::From;

void demand(bool holds) {
  if (!holds) std::abort();
}

const std::vector<std::string_view> kLifted{"7", "it's", ""};

route::RoutedQuery queryFor(std::uint8_t counts) {
  route::RoutedQuery query;
  query.clientParameters = counts & 7;
  const int lifted = (counts >> 3) & 3;
  const int policy = (counts >> 5) & 3;
  for (int i = 0; i < query.clientParameters; ++i) query.parameters.push_back({From::client, i});
  for (int i = 0; i < lifted; ++i) query.parameters.push_back({From::lifted, i});
  // A parameter that stands in the text again behind the others.
  if ((counts & 0x80) != 0 && query.clientParameters > 0) query.parameters.push_back({From::client, 0});
  for (int i = 0; i < policy; ++i) query.parameters.push_back({From::policy, i});
  for (int i = 0; i < policy; ++i) query.policyValues.emplace_back(std::string("secret ") + std::to_string(i));
  return query;
}

std::int16_t formatOf(const gateway::BindMessage& message, std::size_t index) {
  const auto& formats = message.parameterFormats;
  if (formats.empty()) return 0;
  return formats.size() == 1 ? formats[0] : formats[index];
}

void checkValue(const route::RoutedQuery& query, const gateway::BindMessage& client, const gateway::BindMessage& sent,
                std::size_t i) {
  const auto [from, index] = query.parameters[i];
  const auto at = static_cast<std::size_t>(index);
  const auto& value = sent.parameters[i];
  if (from == From::client) {
    demand(value == client.parameters[at] && formatOf(sent, i) == formatOf(client, at));
  } else if (from == From::lifted) {
    demand(value == kLifted[at] && formatOf(sent, i) == 0);
  } else {
    demand(value == query.policyValues[at].reveal() && formatOf(sent, i) == 1);
  }
}

void check(const route::RoutedQuery& query, const gateway::BindMessage& client) {
  const push::Arguments arguments{.formats = client.rawParameterFormats,
                                  .values = client.rawParameters,
                                  .valueCount = static_cast<std::uint16_t>(client.parameters.size()),
                                  .resultFormats = client.rawResultFormats,
                                  .lifted = kLifted};
  if (!push::checkArguments(query, arguments).ok()) return;
  std::string out;
  push::appendBind(out, "p", "s1", query, arguments);
  const postgres::MessageView message = postgres::frontMessage(out);
  demand(message.type == 'B' && message.whole.size() == out.size());
  gateway::BindMessage sent;
  demand(gateway::readBind(message.body, sent).ok());
  demand(sent.portal == "p" && sent.statement == "s1" && sent.rawResultFormats == client.rawResultFormats);
  demand(sent.parameters.size() == query.parameters.size());
  for (std::size_t i = 0; i < query.parameters.size(); ++i) checkValue(query, client, sent, i);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  gateway::BindMessage client;
  const std::string_view body(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (gateway::readBind(body, client).ok()) check(queryFor(data[0]), client);
  return 0;
}
