// SPDX-License-Identifier: Apache-2.0
#include "server/catalog/follower.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "common/base/log.h"
#include "server/catalog/loader.h"

namespace scrim::catalog {
namespace {

std::int64_t now() { return std::chrono::steady_clock::now().time_since_epoch().count(); }

}  // namespace

Catalog::Follower::Follower(const CatalogOptions& options, store::LinkOptions link, const store::SecretBox& box,
                            Target target)
    : options_(options),
      linkOptions_(std::move(link)),
      box_(box),
      target_(target),
      wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  linkOptions_.connectTimeout = options_.connectTimeout;
  linkOptions_.answerTimeout = std::max(options_.lease / 2, std::chrono::milliseconds(500));
}

Catalog::Follower::~Follower() {
  thread_.request_stop();
  eventfd_write(wake_, 1);
  if (thread_.joinable()) thread_.join();
  close(wake_);
}

void Catalog::Follower::run() {
  thread_ = std::jthread([this](std::stop_token stop) { follow(std::move(stop)); });
}

base::Result<void> Catalog::Follower::connect() {
  SCRIM_TRY(store::Link link, store::Link::open(linkOptions_));
  SCRIM_CHECK_OK(link.script("LISTEN scrim_catalog"));
  link_.emplace(std::move(link));
  return {};
}

base::Result<void> Catalog::Follower::load() {
  SCRIM_CHECK_OK(connect());
  return refresh();
}

base::Result<void> Catalog::Follower::raiseVersion(std::int64_t known) {
  base::logWarning("catalog", "the database is older than what was served: its version is raised past it",
                   {{"version", std::to_string(known)}});
  auto raised = link_->run("UPDATE scrim.catalog_version SET version = $1::bigint + 1 WHERE version < $1::bigint",
                           {store::value(known)});
  if (!raised) return std::move(raised).error();
  return {};
}

base::Result<void> Catalog::Follower::refresh() {
  // Counted from before the question: an answer says how things were at some time after it was asked.
  std::int64_t asked = now();
  SnapshotPtr known = target_.snapshot.load();
  SCRIM_TRY(store::Rows rows, link_->run("SELECT version FROM scrim.catalog_version"));
  std::int64_t version = rows.size() == 1 ? rows.integer(0, 0) : -1;
  if (version < 0)
    return base::Error{base::ErrorCode::configInvalid, "The catalog has no version: its tables are damaged."};
  if (known != nullptr && version < known->version().value) {
    // A fail-over or a restored backup lost commits. A number must never stand for two contents: plans are cached by
    // it.
    SCRIM_CHECK_OK(raiseVersion(known->version().value));
    version = -1;
  }
  if (known == nullptr || version != known->version().value) {
    SCRIM_TRY(Loaded loaded, loadSnapshot(*link_, box_, known));
    publish(std::move(loaded.snapshot), loaded.everything);
  }
  target_.heardAt = asked;
  count();
  return {};
}

void Catalog::Follower::publish(SnapshotPtr snapshot, bool everything) {
  target_.snapshot.store(snapshot);
  std::function<void(const SnapshotPtr&)> listener;
  {
    std::scoped_lock lock(mutex_);
    ++(everything ? statistics_.fullLoads : statistics_.partialLoads);
    listener = listener_;
  }
  published_.notify_all();
  if (listener) listener(snapshot);
}

void Catalog::Follower::count() {
  std::scoped_lock lock(mutex_);
  statistics_.rowsRead = earlier_.rowsRead + link_->rowsRead();
  statistics_.statements = earlier_.statements + link_->statements();
}

void Catalog::Follower::follow(std::stop_token stop) {
  constexpr std::chrono::milliseconds kPause{200};
  bool troubled = false;
  while (!stop.stop_requested()) {
    base::Result<void> done;
    if (!link_) done = connect();
    if (done && link_) done = refresh();
    if (done) {
      if (std::exchange(troubled, false)) base::logInfo("catalog", "the catalog is back");
      auto noted = link_->waitForNotification(options_.poll, wake_);
      if (!noted) done = std::move(noted).error();
    }
    eventfd_t ignored = 0;
    eventfd_read(wake_, &ignored);
    if (done) continue;
    if (!std::exchange(troubled, true)) {
      base::logError("catalog", "the catalog does not answer", {{"reason", done.error().message}});
    }
    if (link_) {
      std::scoped_lock lock(mutex_);
      earlier_ = {0, 0, statistics_.rowsRead, statistics_.statements};
    }
    link_.reset();
    std::unique_lock lock(mutex_);
    std::condition_variable_any pause;
    pause.wait_for(lock, stop, kPause, [] { return false; });
  }
}

bool Catalog::Follower::waitFor(base::SnapshotVersion version, std::chrono::milliseconds limit) {
  eventfd_write(wake_, 1);
  std::unique_lock lock(mutex_);
  return published_.wait_for(lock, limit, [&] { return target_.snapshot.load()->version() >= version; });
}

void Catalog::Follower::onChange(std::function<void(const SnapshotPtr&)> listener) {
  std::scoped_lock lock(mutex_);
  listener_ = std::move(listener);
}

FollowStatistics Catalog::Follower::statistics() const {
  std::scoped_lock lock(mutex_);
  return statistics_;
}

}  // namespace scrim::catalog
