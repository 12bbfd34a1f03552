// SPDX-License-Identifier: Apache-2.0
#include "server/query/push/transaction.h"

#include <algorithm>

#include "server/query/parse/print.h"

namespace scrim::push {
namespace {

std::string_view nameOf(Isolation isolation) {
  switch (isolation) {
    case Isolation::readCommitted:
      return "READ COMMITTED";
    case Isolation::repeatableRead:
      return "REPEATABLE READ";
    case Isolation::serializable:
      return "SERIALIZABLE";
  }
  return "SERIALIZABLE";
}

base::Error outside(std::string_view command) {
  return {base::ErrorCode::noActiveTransaction, std::string(command) + " can only be used in transaction blocks"};
}

}  // namespace

base::Result<void> Transaction::begin(Isolation isolation, bool deferrable) {
  if (open_) return base::Error{base::ErrorCode::activeTransaction, "there is already a transaction in progress"};
  end();
  open_ = true;
  beginCommand_ = "BEGIN ISOLATION LEVEL " + std::string(nameOf(isolation)) + " READ ONLY";
  if (deferrable) beginCommand_ += " DEFERRABLE";
  return {};
}

void Transaction::end() {
  open_ = failed_ = lost_ = false;
  savepoints_.clear();
}

base::Result<std::size_t> Transaction::find(std::string_view name) const {
  for (std::size_t i = savepoints_.size(); i-- > 0;) {
    if (savepoints_[i].name == name) return i;
  }
  base::Error error{base::ErrorCode::undefinedObject, "savepoint \"" + std::string(name) + "\" does not exist"};
  error.sqlstate = "3B001";
  return error;
}

base::Result<void> Transaction::savepoint(std::string_view name, const std::vector<TransactionShare*>& shares) {
  if (!open_) return outside("SAVEPOINT");
  if (savepoints_.size() >= kMaxSavepoints) {
    return base::Error{base::ErrorCode::programLimit, "too many savepoints in one transaction; release some"};
  }
  savepoints_.push_back({std::string(name), nextId_++});
  for (TransactionShare* share : shares) {
    share->pending_.push_back({TransactionShare::What::savepoint, std::string(name), savepoints_.back().id});
  }
  return {};
}

base::Result<void> Transaction::rollbackTo(std::string_view name, const std::vector<TransactionShare*>& shares) {
  if (!open_) return outside("ROLLBACK TO SAVEPOINT");
  if (lost_) {
    return base::Error{base::ErrorCode::connectionLost,
                       "the transaction's connection to the source was lost; use ROLLBACK"};
  }
  SCRIM_TRY(const std::size_t place, find(name));
  savepoints_.resize(place + 1);
  for (TransactionShare* share : shares) {
    using enum TransactionShare::What;
    auto& pending = share->pending_;
    // What was not told since the savepoint need not be told at all.
    const auto made =
        std::ranges::find(pending, TransactionShare::Command{savepoint, std::string(name), savepoints_[place].id});
    if (made != pending.end()) {
      pending.erase(made + 1, pending.end());
      continue;
    }
    const std::uint64_t id = savepoints_[place].id;
    std::erase_if(pending, [id](const auto& command) { return command.savepoint >= id; });
    pending.push_back({rollbackTo, std::string(name), id});
  }
  failed_ = false;
  return {};
}

base::Result<void> Transaction::release(std::string_view name, const std::vector<TransactionShare*>& shares) {
  if (!open_) return outside("RELEASE SAVEPOINT");
  SCRIM_TRY(const std::size_t place, find(name));
  const std::uint64_t id = savepoints_[place].id;
  savepoints_.resize(place);
  for (TransactionShare* share : shares) {
    using enum TransactionShare::What;
    auto& pending = share->pending_;
    const auto made = std::ranges::find(pending, TransactionShare::Command{savepoint, std::string(name), id});
    if (made != pending.end()) {
      pending.erase(made, pending.end());
    } else {
      std::erase_if(pending, [id](const auto& command) { return command.savepoint > id; });
      pending.push_back({release, std::string(name), id});
    }
  }
  return {};
}

std::string Transaction::takeCommands(TransactionShare& share) const {
  if (!open_) return {};
  std::string text;
  if (!share.joined_) {
    share.joined_ = true;
    text = beginCommand_;
    for (const Savepoint& savepoint : savepoints_) text += "; SAVEPOINT " + parse::quotedIdentifier(savepoint.name);
    return text;
  }
  for (const TransactionShare::Command& command : std::exchange(share.pending_, {})) {
    using enum TransactionShare::What;
    if (!text.empty()) text += "; ";
    text += command.what == savepoint    ? "SAVEPOINT "
            : command.what == rollbackTo ? "ROLLBACK TO SAVEPOINT "
                                         : "RELEASE SAVEPOINT ";
    text += parse::quotedIdentifier(command.name);
  }
  return text;
}

}  // namespace scrim::push
