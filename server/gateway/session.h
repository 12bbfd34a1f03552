// SPDX-License-Identifier: Apache-2.0
// Session: a logged-in client. It reads messages, plans and runs statements through its Link, and writes what
// PostgreSQL would. One coroutine; one thread; nothing here blocks.
//
// Always true: a statement's `started` record is with the operating system (strict: on the disk) before a byte of its
// rows is handed to the transport; nothing is planned with a snapshot older than the statement's own beginning.
#pragma once

#include <asio/awaitable.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "server/gateway/channel.h"
#include "server/gateway/command.h"
#include "server/gateway/copy_encoder.h"
#include "server/gateway/message_reader.h"
#include "server/gateway/settings.h"
#include "server/gateway/startup.h"
#include "server/gateway/statement_planner.h"
#include "server/gateway/user_memory.h"
#include "server/gateway/worker.h"
#include "server/query/push/link.h"

namespace scrim::gateway {

class Session : public push::ResultSink {
 public:
  /// `project`: the name of the one that the client begins under; empty: none.
  Session(Worker& worker, Channel& channel, identity::Session identity, std::shared_ptr<UserMemory> memory,
          std::uint64_t id, std::string project);
  ~Session() override;

  /// Project and settings of the startup packet. Errors go to the client as FATAL.
  base::Result<void> applyStartup(const StartupRequest& request);
  /// ParameterStatus, BackendKeyData, ReadyForQuery, and then messages until the end.
  asio::awaitable<void> serve(std::uint32_t protocolVersion);

  /// From the watchdog.
  void onTick(Ticks now);
  void onStop(bool force);

  // push::ResultSink
  bool mustAdmit() const override { return worker_.services().strictAudit; }
  asio::awaitable<base::Result<void>> admit() override;
  base::Result<void> stillValid() override;
  void describe(const push::Description& description) override;
  bool rows(std::string_view messages, std::uint64_t count) override;
  asio::awaitable<base::Result<void>> drain() override;
  void notice(const postgres::SourceMessage& message) override;
  std::string auditId() override;

 private:
  /// A named or unnamed prepared statement, of the protocol or of SQL.
  struct Prepared {
    std::string text;
    std::vector<std::uint32_t> types;
    std::string contextKey;  // with `version`: what `planned` was made under
    base::SnapshotVersion version;
    Planned planned;                             // a SELECT, or what a PREPARE holds
    std::optional<resolve::StatementKind> kind;  // nullopt: an empty text
    std::optional<Command> command;              // a utility statement
    push::DescriptionPtr described;              // what the client was told
    bool isShared = false;                       // `planned` was made before
    std::size_t bytes = 0;                       // as it is counted while it has a name
    bool isSelect() const { return kind == resolve::StatementKind::select; }
  };
  using PreparedPtr = std::shared_ptr<Prepared>;

  struct Portal {
    PreparedPtr prepared;
    std::string formats;  // raw, as in Bind
    std::string values;
    std::uint16_t valueCount = 0;
    std::string resultFormats;
    enum class State { bound, suspended, done } state = State::bound;
    Planned opened;  // suspended: what the source goes on with, also when `prepared` has been planned anew since
    push::Arguments arguments() const { return {formats, values, valueCount, resultFormats}; }
  };

  struct DeclaredCursor {
    Planned planned;
    std::string text;
    bool binary = false;
  };

  /// The run that is going on, for the ResultSink calls.
  struct Active {
    const Planned* planned = nullptr;
    std::string_view text;  // its own, by which it can be planned again
    std::span<const std::uint32_t> types;
    audit::Ticket ticket;
    base::SnapshotVersion validAt;
    std::size_t mark = 0;   // where the statement's output begins in the buffer
    bool rowsLeft = false;  // some of it has left already, recorded
    bool alone = false;     // nothing stands before it in a transaction or batch, and no cursor is open
    CopyEncoder* copy = nullptr;
    bool copyBegun = false;
    std::string_view resultFormats;
    std::chrono::steady_clock::time_point begun;
  };

  /// How a statement was asked for.
  struct Asked {
    std::string_view text;  // what the user wrote, all of it
    std::string_view own;   // the statement's part of it
    bool describe = true;   // simple protocol: RowDescription goes first
    bool sync = true;       // the last of its implicit transaction
    push::Arguments arguments = {};
    std::span<const std::uint32_t> types = {};
    push::DescriptionPtr described = {};  // what the client was told of the columns before
  };

  /// What became of a message without waiting.
  enum class Handled {
    done,
    run,       // run_ is to be run by the link, then endFastRun()
    mustWait,  // nothing has been done: handleWaiting() does it
    end,       // the session ends
  };
  /// What endFastRun() has to know about the run.
  struct Fast {
    Planned found;         // of a simple query
    PreparedPtr prepared;  // of Execute; nullptr: a simple query
    Portal* portal = nullptr;
    Asked asked;
  };
  /// How a piece of work ended: done; failed, and the client has been told; or an Error, which is still to be recorded
  /// and told (refuse()).
  enum class Progress { done, failed };
  using Step = base::Result<Progress>;

  // session.cpp: the loop
  asio::awaitable<void> handleWaiting(Frame frame);
  /// Reads past a message that is too long and says so; false: the client is gone.
  asio::awaitable<bool> skip(Frame frame);
  /// What readFrame() is to go by.
  MessageLimits messageLimits() const;
  /// Before more of a message is read; false: the client is gone.
  asio::awaitable<bool> readMore(std::size_t wanted);
  /// Counts what is held now, and that much besides. Errors: outOfMemory, nothing has changed then.
  base::Result<void> holdMemory(std::size_t more);
  bool nextIsSync() const;
  void ready();
  void beIdle();
  void beBusy();
  void releaseMemory();
  void sayFarewell();
  void fail(const base::Error& error, std::string_view text);
  void reportSettings();
  void transactionEnded();
  char status() const;

  // session_fast.cpp: what needs no coroutine
  Handled handleNow(const Frame& frame);
  Handled queryNow(std::string_view body);
  Handled describeNow(std::string_view body);
  Handled executeNow(std::string_view body);
  Handled extendedEnded(const Step& step);
  void endFastRun(push::Outcome outcome);

  // session_run.cpp: one statement with its audit records
  base::Result<void> startRecord(const Planned& planned, const Asked& asked);
  base::Result<void> ensureRecorded();
  base::Result<void> startLocalRecord(const Asked& asked);
  void finishLocalRecord(const base::Error* error);
  void renderFacts();
  void finishRecord(const push::Outcome& outcome);
  asio::awaitable<push::Outcome> runPlanned(Planned& planned, const Asked& asked, std::string_view portal,
                                            std::uint32_t maxRows);
  /// Whether a run that failed because the rules changed can be repeated: the client has seen nothing of it.
  bool mayRunAgain(const push::Outcome& outcome) const;
  /// Repeats it under the rules as they are now, a few times at most. `planned` becomes what was run last.
  asio::awaitable<void> runAgain(push::Outcome& outcome, Planned& planned, const Asked& asked);
  base::Result<void> startRun(const Planned& planned, const Asked& asked, std::string_view portal,
                              std::uint32_t maxRows);
  /// `text`: what the user wrote, for the position of an error.
  push::Outcome closeRun(push::Outcome outcome, std::string_view text);
  base::Result<void> beginStatement();
  base::Result<void> checkNotFailed() const;
  void refuse(const base::Error& error, std::string_view text);
  void recordRefusal(const base::Error& error, std::string_view text);
  Step conclude(const push::Outcome& outcome, std::string_view text);
  asio::awaitable<void> syncLink();
  base::Result<void> applySettings();
  void watchStatement();

  // session_simple.cpp
  /// `query`: what it asks, or why it cannot be read.
  asio::awaitable<void> simpleQuery(const base::Result<std::string_view>& query);
  asio::awaitable<Step> runText(std::string_view text);
  asio::awaitable<Step> runStatements(std::vector<parse::ParsedQuery> statements, std::string_view text);
  asio::awaitable<Step> runOne(parse::ParsedQuery statement, bool only, const Asked& asked);
  /// What is sent without values must not ask for any.
  static base::Result<void> checkNoParameters(const Planned& planned, std::string_view text);
  asio::awaitable<Step> deliver(Planned& planned, const Asked& asked);

  // session_extended.cpp
  asio::awaitable<Step> extendedMessage(Frame frame);
  Step parseMessage(std::string_view body);
  Step bindMessage(std::string_view body);
  asio::awaitable<Step> describeMessage(std::string_view body);
  asio::awaitable<Step> executeMessage(std::string_view body);
  Step closeMessage(std::string_view body);
  void synced();
  void dropPortals();
  void dropUnnamed();
  Portal* findPortal(std::string_view name);
  /// Planned with what is now the catalog and the session's context.
  bool isCurrent(const Prepared& prepared) const;
  bool sameAsUnnamed(const ParseMessage& message);
  base::Result<PreparedPtr> prepareText(std::string_view text, std::span<const std::uint32_t> types);
  base::Result<PreparedPtr> findPrepared(std::string_view name) const;
  static std::size_t bytesOf(const Prepared& prepared);
  base::Result<void> remember(std::string_view name, PreparedPtr prepared);
  void forget(std::string_view name);
  /// Plans again what was planned under another catalog or context: a revoked right bites prepared statements.
  base::Result<void> renew(Prepared& prepared);
  asio::awaitable<base::Result<push::DescriptionPtr>> descriptionOf(Prepared& prepared);
  asio::awaitable<base::Result<push::DescriptionPtr>> columnsOf(push::StatementPtr statement);
  asio::awaitable<Step> describePortal(std::string_view name);
  asio::awaitable<Step> describeCursor(std::string_view name);
  asio::awaitable<Step> describeStatement(std::string_view name);
  Step runAgain(const Command& command, std::string_view portal);
  static void noteEnd(Portal& portal, const Prepared& prepared, const push::Outcome& outcome);
  asio::awaitable<Step> executePortal(Portal& portal, std::string_view name, std::uint32_t maxRows);
  asio::awaitable<Step> resumePortal(Portal& portal, std::string_view name, std::uint32_t maxRows, const Asked& asked);
  asio::awaitable<Step> runPreparedCommand(const Prepared& prepared, const Asked& asked);

  // session_commands.cpp
  asio::awaitable<Step> describeCommand(const Command& command, std::string_view formats);
  asio::awaitable<Step> runCommand(const parse::ParsedQuery& statement, const Command& command, const Asked& asked);
  base::Result<void> runSet(const SetCommand& set);
  asio::awaitable<base::Result<void>> runSetTransaction(const SetTransactionCommand& set);
  base::Result<void> runReset(const ResetCommand& reset);
  base::Result<void> runShow(const ShowCommand& show, bool describe);
  /// The value of a setting that is no value of the client's.
  std::string shown(std::string_view name, std::string_view value) const;
  /// What is answered here; the words of CommandComplete.
  asio::awaitable<base::Result<std::string_view>> runLocal(const parse::ParsedQuery& statement, const Command& command,
                                                           bool describe);
  base::Result<void> runAtOnce(const parse::ParsedQuery& statement, const Command& command, bool describe);
  asio::awaitable<base::Result<std::string_view>> runTransaction(const TransactionCommand& transaction);
  asio::awaitable<base::Result<std::string_view>> endTransaction(const TransactionCommand& transaction);
  base::Result<void> beginTransaction(const TransactionModes& modes);
  base::Result<void> runSavepoint(const TransactionCommand& transaction);
  base::Result<void> runPrepare(const parse::ParsedQuery& statement, const PrepareCommand& prepare);
  asio::awaitable<Step> runExecute(const ExecuteCommand& execute, const Asked& asked);
  base::Result<void> runDeallocate(const DeallocateCommand& deallocate);
  base::Result<void> runDiscard(const DiscardCommand& discard);
  base::Result<void> runExplain(const parse::ParsedQuery& statement, bool describe);

  // session_cursors.cpp
  asio::awaitable<Step> runDeclare(const parse::ParsedQuery& statement, const DeclareCommand& declare,
                                   const Asked& asked);
  asio::awaitable<Step> runFetch(const FetchCommand& fetch, const Asked& asked);
  asio::awaitable<base::Result<void>> runClose(const CloseCommand& close);
  asio::awaitable<Step> runCopy(const parse::ParsedQuery& statement, const CopyCommand& copy, const Asked& asked);

  Worker& worker_;
  Channel& channel_;
  identity::Session identity_;
  std::uint64_t id_;
  Settings settings_;
  StatementPlanner planner_;
  push::Link link_;
  audit::Fragment facts_;
  std::string factsApplication_;    // application_name as facts_ has it
  std::string factsSubject_;        // StatementPlanner::subjectKey() as facts_ has it
  std::uint64_t settingsSeen_ = 0;  // Settings::revision() that the link and the planner know
  Holding memory_;
  std::size_t incoming_ = 0;  // bytes of a long message that is being read
  bool refusesLong_ = false;  // there is no memory for the message that comes
  Phase phase_ = Phase::ready;
  bool idle_ = false;
  bool needsSync_ = false;        // the link has to be told of the client's Sync
  bool ranSinceSync_ = false;     // of a batch, something has run
  bool inImplicitBlock_ = false;  // several statements in one Query
  std::optional<base::Error> farewell_;
  Ticks statementDeadline_ = kNever;
  Ticks nextHangUpCheck_ = kNever;
  Active active_;
  std::string_view failedText_;  // whose positions an error of the message being handled has
  BindMessage bind_;
  std::vector<std::string_view> lifted_;
  std::vector<audit::Parameter> parameters_;
  push::Run run_;
  Fast fast_;
  PreparedPtr unnamed_;
  std::unordered_map<std::string, PreparedPtr> prepared_;
  std::size_t preparedBytes_ = 0;
  std::unordered_map<std::string, Portal> portals_;  // the named ones
  Portal unnamedPortal_;
  bool hasUnnamedPortal_ = false;
  std::size_t portalBytes_ = 0;
  std::unordered_map<std::string, DeclaredCursor> cursors_;
};

}  // namespace scrim::gateway
