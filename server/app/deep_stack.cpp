// SPDX-License-Identifier: Apache-2.0
#include "server/app/deep_stack.h"

#include <pthread.h>

#include <stdexcept>

#include "server/query/parse/parse.h"

namespace scrim::app {

void runOnDeepStack(const std::function<void()>& work) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, 2 * parse::kParseStackBytes);
  pthread_t thread{};
  auto run = [](void* given) -> void* {
    (*static_cast<const std::function<void()>*>(given))();
    return nullptr;
  };
  int failed = pthread_create(&thread, &attributes, run, const_cast<std::function<void()>*>(&work));
  pthread_attr_destroy(&attributes);
  if (failed != 0) throw std::runtime_error("no thread can be started");
  pthread_join(thread, nullptr);
}

}  // namespace scrim::app
