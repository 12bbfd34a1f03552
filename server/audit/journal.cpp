// SPDX-License-Identifier: Apache-2.0
#include "server/audit/journal.h"

#include "server/audit/core.h"
#include "server/audit/render.h"

namespace scrim::audit {
namespace {

// Rendering happens outside all locks, in memory that each thread keeps.
std::string& scratch() {
  static thread_local std::string members;
  return members;
}

}  // namespace

Journal::Journal(std::unique_ptr<Core> core) : core_(std::move(core)) {}
Journal::~Journal() = default;

base::Result<std::unique_ptr<Journal>> Journal::open(JournalOptions options) {
  SCRIM_TRY(auto core, Core::open(std::move(options)));
  return std::unique_ptr<Journal>(new Journal(std::move(core)));
}

base::Result<Ticket> Journal::started(const Started& record) {
  render(scratch(), record);
  return core_->append(scratch(), WhileBroken::refuse);
}

base::Result<Ticket> Journal::finished(const Finished& record) {
  render(scratch(), record);
  return core_->append(scratch(), WhileBroken::keep);
}

base::Result<Ticket> Journal::refused(const Refused& record) {
  render(scratch(), record);
  return core_->append(scratch(), WhileBroken::refuse);
}

base::Result<Ticket> Journal::login(const Login& record) {
  render(scratch(), record);
  return core_->append(scratch(), WhileBroken::refuse);
}

base::Result<Ticket> Journal::policyChanged(const PolicyChange& record) {
  render(scratch(), record);
  return core_->append(scratch(), WhileBroken::refuse);
}

base::Result<Ticket> Journal::server(ServerEvent event, std::string_view version) {
  render(scratch(), event, version);
  return core_->append(scratch(), WhileBroken::refuse);
}

base::Result<void> Journal::flush() { return core_->flush(); }
base::Result<void> Journal::flush(Ticket ticket) { return core_->flush(ticket); }
bool Journal::written(Ticket ticket) const { return core_->writtenUpTo() >= ticket.sequence; }
bool Journal::durable(Ticket ticket) const { return core_->durableUpTo() >= ticket.sequence; }
void Journal::whenDurable(Ticket ticket, DurableCallback callback) { core_->whenDurable(ticket, std::move(callback)); }
std::optional<base::Error> Journal::failure() const { return core_->failure(); }
base::Result<void> Journal::repair() { return core_->repair(); }
const std::string& Journal::name() const { return core_->name(); }

std::string Journal::auditId(Ticket ticket) const { return core_->name() + "-" + std::to_string(ticket.sequence); }

}  // namespace scrim::audit
