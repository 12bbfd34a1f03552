// SPDX-License-Identifier: Apache-2.0
// What a Link remembers between calls, and about the one statement it is running. Private to the room.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "server/query/push/link.h"
#include "server/query/push/source_errors.h"

namespace scrim::push {

/// A source that the session has used, and the connection that is tied to the session, if one is.
struct Link::Upstream {
  base::ConnectionId id;
  postgres::ConnectOptionsPtr options = {};
  std::shared_ptr<postgres::Pool> pool = {};
  postgres::BudgetPtr places = {};  // how many connections of it this user's sessions may hold
  postgres::Lease lease = {};
  TransactionShare share = {};
  bool unsynced = false;           // a batch of the client is open: no Sync has been sent since
  bool skipping = false;           // the batch has failed: the source ignores everything up to Sync
  bool settingsSetInside = false;  // settings were sent inside the transaction: a rollback takes them back
  int heldCursors = 0;             // WITH HOLD cursors that have outlived their transaction

  bool tied() const { return share.joined() || unsynced || heldCursors > 0; }
};

struct Link::Portal {
  Upstream* upstream = nullptr;  // nullptr: finished, there are no more rows
  StatementPtr statement = {};
  std::string remoteName = {};
};

struct Link::Cursor {
  Upstream* upstream = nullptr;
  StatementPtr statement = {};
  std::string remoteName = {};
  bool hold = false;
  bool binary = false;
  bool ofThisTransaction = true;
};

/// One statement on its way: what is sent, and how far the reply has come.
struct Link::Exchange {
  enum class What { prepared, resume, oneOff, describe };

  What what = What::prepared;
  Upstream* upstream = nullptr;
  StatementPtr statement = {};           // whose rows come, and whose errors
  const Arguments* arguments = nullptr;  // the caller's; oneOff: nullptr without any
  std::string remotePortal = {};
  std::string sql = {};                 // oneOff: a DECLARE, FETCH, MOVE or CLOSE of our own making
  std::size_t sqlPrefix = 0;            // oneOff: bytes in front of the statement's own text
  std::string_view resultFormats = {};  // oneOff
  std::uint32_t maxRows = 0;
  bool sync = true;
  bool wantsDescription = false;
  DescriptionPtr described = {};
  bool holdsCursor = false;  // a WITH HOLD cursor outside a transaction: ties the connection at once
  bool namesPortal = false;  // what is left of it stays reachable under clientPortal
  std::string clientPortal = {};
  std::string auditId = {};  // where there is no sink to ask

  postgres::Turn* turn = nullptr;  // it shares its connection with statements of others
  postgres::Pace::Time begun = {};
  bool newlyLeased = false;               // nothing at the source depends on this connection: another one will do
  int preliminaries = 0;                  // ReadyForQuery still to come for what was sent in front
  bool parsing = false;                   // Parse and Describe were sent
  postgres::PreparedKey preparedAs = {};  // while parsing
  bool discarding = false;                // rows are not handed over any more
  bool admitted = false;
  bool handedOver = false;  // the sink has been given something
  ErrorPhase phase = ErrorPhase::preliminary;
  std::string parameterBody = {};  // of ParameterDescription, until the columns are known
  std::unique_ptr<postgres::SourceMessage> sourceFailure = {};
  ErrorPhase failurePhase = ErrorPhase::preliminary;
  std::optional<base::Error> ownFailure = {};  // ours, or the connection's
  bool lost = false;                           // the connection failed
  bool finished = false;
  Outcome outcome = {};

  postgres::UpstreamConnection& connection() const { return turn != nullptr ? turn->connection() : *upstream->lease; }
  /// It ends as it began, and nothing of it stays at the source.
  bool standsAlone() const { return what == What::prepared && sync && maxRows == 0 && !namesPortal; }
};

}  // namespace scrim::push
