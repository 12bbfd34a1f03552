// SPDX-License-Identifier: Apache-2.0
// ROOMS: server/gateway/codec
// What a logged-in (or half logged-in) client may send: the first byte chooses the phase, the rest is the stream.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "server/gateway/message_reader.h"

namespace {

using namespace scrim::gateway;

void demand(bool holds) {
  if (!holds) std::abort();
}

bool isWithin(std::string_view part, std::string_view whole) {
  return part.empty() || (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

void readBody(const Frame& frame, BindMessage& bind) {
  const std::string_view body = frame.body;
  switch (frame.type) {
    case 'Q': {
      const auto text = readQuery(body);
      demand(!text.ok() || text->size() + 1 == body.size());
      break;
    }
    case 'P': {
      const auto parse = readParse(body);
      demand(!parse.ok() || (isWithin(parse->text, body) && 2 + 4 * parse->types.size() < body.size()));
      break;
    }
    case 'B':
      if (readBind(body, bind).ok()) {
        demand(isWithin(bind.rawParameters, body) && isWithin(bind.rawResultFormats, body));
        demand(bind.rawParameterFormats.size() == 2 * bind.parameterFormats.size());
        for (const auto& value : bind.parameters) demand(!value || isWithin(*value, bind.rawParameters));
      }
      break;
    case 'D':
    case 'C':
      demand(!readNamed(body).ok() || body.size() >= 2);
      break;
    case 'E':
      demand(!readExecute(body).ok() || body.size() >= 5);
      break;
    case 'p': {
      const auto sasl = readSaslInitial(body);
      demand(!sasl.ok() || sasl->mechanism.size() + sasl->response.size() + 5 == body.size());
      break;
    }
    default:
      break;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto phase = static_cast<Phase>(data[0] % kPhases);
  std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
  const MessageLimits limits{4096, 65536};
  BindMessage bind;
  while (true) {
    const auto result = readFrame(input, phase, limits);
    if (!result.ok()) break;
    if (!result->frame) {
      demand(result->wanted > input.size() && result->wanted <= limits.dataBytes + 5);
      break;
    }
    demand(result->frame->verdict != Verdict::refuse);
    if (result->frame->verdict == Verdict::skip) {
      demand(result->frame->body.empty() && result->frame->size <= kMaxSkippedBytes + 5);
      input.remove_prefix(std::min(input.size(), result->frame->size));
      if (input.empty()) break;
      continue;
    }
    demand(result->frame->size <= input.size() && result->frame->size == result->frame->body.size() + 5);
    readBody(*result->frame, bind);
    input.remove_prefix(result->frame->size);
  }
  return 0;
}
