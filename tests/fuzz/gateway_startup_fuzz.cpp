// SPDX-License-Identifier: Apache-2.0
// ROOMS: server/gateway/codec
// What a client may send before it has logged in: start-up packets one after the other, with their options and the
// settings in them taken as a session takes them.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "server/gateway/settings.h"
#include "server/gateway/startup.h"

namespace {

using namespace scrim::gateway;

void demand(bool holds) {
  if (!holds) std::abort();
}

void take(const StartupRequest& request) {
  demand(!request.user.empty() && request.version >> 16U == 3);
  demand(negotiatedVersion(request.version) == kProtocol30 || negotiatedVersion(request.version) == kProtocol32);
  Settings settings;
  settings.describeSession(request.user);
  const auto options = readOptions(request.options);
  if (options.ok()) {
    for (const auto& [name, value] : *options) {
      if (settings.setAtStart(name, value).ok()) demand(settings.show(name).ok());
    }
  }
  for (const auto& [name, value] : request.settings) {
    const auto taken = settings.setAtStart(name, value);
    demand(taken.ok() || !taken.error().message.empty());
  }
  settings.resetAll();
  demand(*settings.show("is_superuser") == "off" && *settings.show("session_authorization") == request.user);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view input(reinterpret_cast<const char*>(data), size);
  while (true) {
    const auto result = readStartup(input);
    if (!result.ok()) break;
    if (!result->packet) {
      demand(result->wanted > input.size() && result->wanted <= kMaxStartupBytes);
      break;
    }
    demand(result->size >= 8 && result->size <= input.size());
    if (const auto* request = std::get_if<StartupRequest>(&*result->packet)) take(*request);
    if (const auto* cancel = std::get_if<CancelRequest>(&*result->packet)) {
      demand(cancel->key.size() >= 4 && cancel->key.size() <= 256);
    }
    input.remove_prefix(result->size);
  }
  return 0;
}
