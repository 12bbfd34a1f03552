// SPDX-License-Identifier: Apache-2.0
// SchemaWatch: a thread that compares the tables behind every data source with what is known of them, at start and then
// now and again (catalog::refreshRemoteSchema says what follows from a difference). Its end waits for the thread.
#pragma once

#include <chrono>
#include <thread>

#include "server/catalog/catalog.h"
#include "server/catalog/introspect.h"

namespace scrim::app {

class SchemaWatch {
 public:
  /// `pause` zero: once only. The catalog outlives this.
  SchemaWatch(catalog::Catalog& catalog, catalog::ReferencedTables referencedTables, std::chrono::minutes pause);

 private:
  void run(std::stop_token stop);
  void lookAtAll(const std::stop_token& stop);

  catalog::Catalog& catalog_;
  catalog::ReferencedTables referencedTables_;
  std::chrono::minutes pause_;
  std::jthread thread_;  // last: it uses the rest
};

}  // namespace scrim::app
