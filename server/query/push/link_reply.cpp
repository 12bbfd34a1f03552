// SPDX-License-Identifier: Apache-2.0
// What each message of a source's reply means for the statement that is running.
#include "server/query/push/link_state.h"

namespace scrim::push {

namespace reply = postgres::reply;

base::Error Link::unexpected(char type) {
  return {base::ErrorCode::protocolViolation,
          std::string("the data source sent a message out of place: '") + type + "'"};
}

/// Errors that tell of the connection or of what was prepared on it, not of the statement.
bool Link::isStale(const postgres::SourceMessage& message) {
  const std::string_view code = message.sqlstate;
  return code == "57P01" || code == "57P02" || code == "57P03" || code == "57P05" || code == "26000" ||
         (code == "0A000" && message.routine == "RevalidateCachedQuery");
}

void Link::take(Exchange& exchange, const postgres::MessageView& message, ResultSink* sink) {
  switch (message.type) {
    case reply::kParameterStatus:
    case reply::kNotification:
    case reply::kCloseComplete:
      return;
    case reply::kNotice:
      if (sink && !exchange.statement->query().touchesProtected)
        sink->notice(postgres::parseSourceMessage(message.body));
      return;
    case reply::kError:
      return takeError(exchange, message);
    case reply::kReady:
      return takeReady(exchange);
    default:
      break;
  }
  if (exchange.preliminaries > 0) return;  // CommandComplete of settings and transaction commands
  switch (message.type) {
    case reply::kParseComplete:
      exchange.phase = ErrorPhase::bind;
      return;
    case reply::kBindComplete:
      exchange.phase = ErrorPhase::execute;
      return;
    case reply::kParameterDescription:
      exchange.parameterBody = message.body;
      return;
    case reply::kRowDescription:
    case reply::kNoData:
      return takeDescription(exchange, message);
    case reply::kCommandComplete:
      exchange.outcome.kind = Outcome::Kind::complete;
      exchange.outcome.tag = message.body.substr(0, message.body.find('\0'));
      return takeEnd(exchange, sink);
    case reply::kEmptyQuery:
      exchange.outcome.kind = Outcome::Kind::empty;
      return takeEnd(exchange, sink);
    case reply::kPortalSuspended:
      exchange.outcome.kind = Outcome::Kind::suspended;
      return takeEnd(exchange, sink);
    default:
      return abandon(exchange, unexpected(message.type));
  }
}

void Link::takeDescription(Exchange& exchange, const postgres::MessageView& message) {
  const Statement& statement = *exchange.statement;
  const bool rows = message.type == reply::kRowDescription;
  auto description = Description::decode(exchange.parameterBody, rows ? std::optional(message.body) : std::nullopt,
                                         statement.query().clientParameters);
  if (!description.ok()) return abandon(exchange, description.error());
  const DescriptionPtr known = statement.description();
  if (!known || *known != *description) {
    statement.publish(std::make_shared<const Description>(std::move(*description)));
  }
  if (exchange.what == Exchange::What::describe && !exchange.sync) exchange.finished = true;
}

void Link::takeError(Exchange& exchange, const postgres::MessageView& message) {
  auto failure = std::make_unique<postgres::SourceMessage>(postgres::parseSourceMessage(message.body));
  const bool fatal = failure->fatal();
  if (!exchange.sourceFailure) {
    exchange.failurePhase = exchange.phase;
    exchange.sourceFailure = std::move(failure);
  }
  exchange.discarding = true;
  if (isStale(*exchange.sourceFailure)) exchange.connection().markBroken();
  if (exchange.parsing && exchange.phase <= ErrorPhase::parse)
    exchange.connection().forgetPrepared(exchange.preparedAs);
  if (exchange.turn && !fatal) exchange.turn->failed();
  if (fatal) {
    exchange.lost = exchange.finished = true;
  } else if (exchange.preliminaries == 0 && !exchange.sync) {
    exchange.upstream->skipping = exchange.finished = true;
  }
}

void Link::takeReady(Exchange& exchange) {
  if (exchange.preliminaries > 0) {
    --exchange.preliminaries;
    if (exchange.preliminaries == 0) exchange.phase = firstPhase(exchange);
    return;
  }
  exchange.finished = true;
}

void Link::takeEnd(Exchange& exchange, ResultSink* sink) {
  if (!exchange.discarding && sink && !beforeHandingOver(exchange, sink)) return;
  if (!exchange.sync || (exchange.turn && !exchange.turn->closesGroup())) exchange.finished = true;
}

}  // namespace scrim::push
