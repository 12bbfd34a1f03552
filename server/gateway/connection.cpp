// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/connection.h"

#include <exception>
#include <optional>

#include "common/base/log.h"
#include "server/catalog/project.h"
#include "server/gateway/greeting.h"
#include "server/gateway/login.h"
#include "server/gateway/session.h"
#include "server/gateway/worker.h"

namespace scrim::gateway {
namespace {

/// A client for whom there is no place is told so after its startup packet; it gets this long for it.
constexpr std::chrono::milliseconds kTurnAwayTimeout{5'000};

class Connection : public Watched {
 public:
  Connection(Worker& worker, asio::ip::tcp::socket socket)
      : worker_(worker), channel_(std::move(socket), worker.buffers()), watch_(worker, *this) {}

  asio::awaitable<void> run();
  void onTick(Ticks now) override;
  void onStop(bool force) override;

 private:
  asio::awaitable<void> welcome(Introduction introduction);
  /// The project that the database names; empty: none. Errors: undefinedObject (3D000): it names nothing of theirs.
  base::Result<std::string> projectNamed(const StartupRequest& request, const identity::Session& identity) const;
  base::Result<void> begin(const StartupRequest& request, identity::Session identity, std::uint64_t id);
  void sendAway(const base::Error& error) { writeError(channel_.out(), error, Severity::fatal); }

  Worker& worker_;
  Channel channel_;
  std::unique_ptr<Admission::Place> place_;
  std::optional<Session> session_;
  Worker::Watch watch_;  // last: nobody is looked at who is not whole
};

asio::awaitable<void> Connection::run() {
  place_ = worker_.shared().admission.enter(channel_.transport().peerAddress());
  channel_.deadline = worker_.deadlineIn(place_ ? worker_.limits().loginTimeout : kTurnAwayTimeout);
  std::optional<Introduction> introduction = co_await Greeting(worker_, channel_).meet();
  if (introduction && !place_) {
    sendAway(tooManyClients());
  } else if (introduction) {
    co_await welcome(std::move(*introduction));
  }
  channel_.tryFlush();
  channel_.transport().close();
}

base::Result<std::string> Connection::projectNamed(const StartupRequest& request,
                                                   const identity::Session& identity) const {
  if (request.database.empty() || request.database == catalog::kNoProject) return std::string();
  SCRIM_TRY(const catalog::SnapshotPtr snapshot, worker_.services().snapshot());
  SCRIM_TRY(const catalog::UserPtr user, identity.account(*snapshot));
  const catalog::ProjectPtr project = snapshot->project(request.database);
  if (project != nullptr && catalog::isMember(*project, *user)) return project->name;
  base::Error error{base::ErrorCode::undefinedObject,
                    "database \"" + std::string(request.database) + "\" does not exist"};
  error.sqlstate = "3D000";
  return error;
}

base::Result<void> Connection::begin(const StartupRequest& request, identity::Session identity, std::uint64_t id) {
  SCRIM_CHECK_OK(place_->loggedIn(identity.user()));
  SCRIM_TRY(const std::string project, projectNamed(request, identity));
  session_.emplace(worker_, channel_, std::move(identity), place_->memory(), id, project);
  return session_->applyStartup(request);
}

asio::awaitable<void> Connection::welcome(Introduction introduction) {
  const StartupRequest& request = introduction.request;
  const std::uint64_t id = worker_.shared().nextSession.fetch_add(1, std::memory_order_relaxed);
  std::optional<identity::Session> identity = co_await LoginExchange(worker_, channel_, request, id).run();
  if (!identity) co_return;
  if (const auto begun = begin(request, std::move(*identity), id); !begun.ok()) {
    sendAway(begun.error());
    co_return;
  }
  const std::uint32_t version = negotiatedVersion(request.version);
  introduction.bytes.reset();
  channel_.deadline = kNever;
  co_await session_->serve(version);
}

void Connection::onTick(Ticks now) {
  if (session_) {
    session_->onTick(now);
  } else if (now > channel_.deadline) {
    channel_.interrupt();
  }
}

void Connection::onStop(bool force) {
  if (session_) {
    session_->onStop(force);
  } else {
    channel_.interrupt();
  }
}

}  // namespace

asio::awaitable<void> serveClient(Worker& worker, asio::ip::tcp::socket socket) {
  try {
    Connection connection(worker, std::move(socket));
    co_await connection.run();
  } catch (const std::exception& failure) {
    // Memory ran out, or a library gave up: this session ends, the server goes on.
    base::logError("gateway", "a session ended by an exception", {{"reason", failure.what()}});
  }
}

}  // namespace scrim::gateway
