// SPDX-License-Identifier: Apache-2.0
#include "server/app/schema_watch.h"

#include <condition_variable>
#include <mutex>

#include "common/base/log.h"
#include "server/app/deep_stack.h"
#include "server/catalog/drift.h"

namespace scrim::app {

SchemaWatch::SchemaWatch(catalog::Catalog& catalog, catalog::ReferencedTables referencedTables,
                         std::chrono::minutes pause)
    : catalog_(catalog),
      referencedTables_(std::move(referencedTables)),
      pause_(pause),
      thread_([this](std::stop_token stop) { run(std::move(stop)); }) {}

void SchemaWatch::run(std::stop_token stop) {
  std::mutex mutex;
  std::condition_variable_any woken;
  while (!stop.stop_requested()) {
    runOnDeepStack([&] { lookAtAll(stop); });
    if (pause_.count() == 0) return;
    std::unique_lock lock(mutex);
    woken.wait_for(lock, stop, pause_, [] { return false; });
  }
}

void SchemaWatch::lookAtAll(const std::stop_token& stop) {
  for (const catalog::DataSourcePtr& source : catalog_.snapshot()->dataSources()) {
    if (stop.stop_requested()) return;
    auto drift = catalog::refreshRemoteSchema(catalog_, source->id, referencedTables_);
    if (drift) continue;
    base::logWarning(
        "app", "the tables behind a data source could not be looked at",
        {{"data_source", source->name.schema + "." + source->name.name}, {"reason", drift.error().message}});
  }
}

}  // namespace scrim::app
