// SPDX-License-Identifier: Apache-2.0
// ResultSink: where Link hands what a client is to see; implemented by the gateway's session (and by tests). All calls
// come from the session's own thread, between the start and the end of one Link call, never two at a time.
//
// One write per side per statement: rows() only appends to the session's output buffer, and the session writes it out
// once, together with its own CommandComplete and ReadyForQuery, when Link::run() has returned. A result larger than
// the buffer is drained in between: then, and only then, Link waits for the client, and stops reading from the source.
#pragma once

#include <asio/awaitable.hpp>
#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/result.h"
#include "server/query/push/statement.h"
#include "server/sources/postgres/wire.h"

namespace scrim::push {

class ResultSink {
 public:
  virtual ~ResultSink() = default;

  /// Whether admit() has anything to do; if not, it is not called.
  virtual bool mustAdmit() const = 0;
  /// Called once per run, after the statement went to the source and before anything of its reply is handed over: the
  /// place to get the audit record written, while the source works. An error stops the run: the source is told to
  /// cancel, no row is handed over, and the error is the run's outcome.
  virtual asio::awaitable<base::Result<void>> admit() = 0;
  /// Called before each stretch of rows is handed over: an error (policyChanged, say) stops the run likewise. Cheap.
  virtual base::Result<void> stillValid() = 0;
  /// Before the first rows or the completion of a run with Run::wantsDescription.
  virtual void describe(const Description& description) = 0;
  /// Whole DataRow messages, to be forwarded as they are; the view ends with the call. True: call drain() before more.
  virtual bool rows(std::string_view messages, std::uint64_t count) = 0;
  /// Returns when there is room again. An error (the client has gone) stops the run.
  virtual asio::awaitable<base::Result<void>> drain() = 0;
  /// A notice of the source; never called for statements that touch protected data.
  virtual void notice(const postgres::SourceMessage& message) = 0;
  /// Put into rebuilt errors as "(audit id ..)"; asked for after admit(). Empty: left out.
  virtual std::string auditId() = 0;
};

}  // namespace scrim::push
