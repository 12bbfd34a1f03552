// SPDX-License-Identifier: Apache-2.0
// The way of nearly every message: handled where it is read, without a coroutine of its own. Only what has to wait for
// something else than one statement's answer goes the long way (handleWaiting()).
#include <algorithm>

#include "server/gateway/session.h"

namespace scrim::gateway {

Session::Handled Session::handleNow(const Frame& frame) {
  if (frame.verdict == Verdict::drop) return Handled::done;
  switch (frame.type) {
    case 'X':
      return Handled::end;
    case 'H':
      return Handled::done;  // everything is sent before the next wait
    case 'Q':
      return queryNow(frame.body);
    case 'S':
      if (needsSync_) return Handled::mustWait;
      synced();
      return Handled::done;
    case 'P':
      failedText_ = {};
      return extendedEnded(parseMessage(frame.body));
    case 'B':
      failedText_ = {};
      return extendedEnded(bindMessage(frame.body));
    case 'C':
      failedText_ = {};
      return extendedEnded(closeMessage(frame.body));
    case 'D':
      return describeNow(frame.body);
    case 'E':
      return executeNow(frame.body);
    default:
      return Handled::mustWait;
  }
}

Session::Handled Session::extendedEnded(const Step& step) {
  if (step.ok() && *step == Progress::done) return Handled::done;
  if (!step.ok()) refuse(step.error(), failedText_);
  phase_ = Phase::skipping;
  return Handled::done;
}

Session::Handled Session::queryNow(std::string_view body) {
  const auto text = readQuery(body);
  if (!text.ok() || needsSync_ || link_.failed() || !beginStatement().ok()) return Handled::mustWait;
  dropUnnamed();
  if (!planner_.find(*text, {}, fast_.found)) return Handled::mustWait;
  if (fast_.found.query().clientParameters > 0) return Handled::mustWait;
  fast_.prepared = nullptr;
  fast_.asked = Asked{.text = *text, .own = *text};
  if (auto started = startRun(fast_.found, fast_.asked, {}, 0); !started.ok()) {
    fail(started.error(), *text);
    ready();
    return Handled::done;
  }
  return Handled::run;
}

Session::Handled Session::describeNow(std::string_view body) {
  const auto message = readNamed(body);
  if (!message.ok() || link_.failed() || !beginStatement().ok()) return Handled::mustWait;
  const Portal* portal = message->portal ? findPortal(message->name) : nullptr;
  PreparedPtr prepared = portal != nullptr ? portal->prepared : nullptr;
  if (!message->portal) {
    if (auto found = findPrepared(message->name); found.ok()) prepared = *found;
  }
  if (!prepared || !prepared->isSelect() || !isCurrent(*prepared)) return Handled::mustWait;
  push::DescriptionPtr known = prepared->planned.cached->statement->description();
  if (!known) return Handled::mustWait;
  if (portal != nullptr) {
    known->appendRowDescription(channel_.out(), portal->resultFormats);
  } else {
    channel_.out() += known->parameterDescription();
    channel_.out() += known->rowDescription();
  }
  prepared->described = std::move(known);
  return Handled::done;
}

Session::Handled Session::executeNow(std::string_view body) {
  const auto message = readExecute(body);
  if (!message.ok() || link_.failed() || !beginStatement().ok()) return Handled::mustWait;
  Portal* portal = findPortal(message->portal);
  if (portal == nullptr || portal->state != Portal::State::bound) return Handled::mustWait;
  if (!portal->prepared->isSelect() || !isCurrent(*portal->prepared)) return Handled::mustWait;
  fast_.prepared = portal->prepared;
  fast_.portal = portal;
  const Prepared& prepared = *fast_.prepared;
  fast_.asked = Asked{.text = prepared.text,
                      .own = prepared.text,
                      .describe = false,
                      .sync = nextIsSync(),
                      .arguments = portal->arguments(),
                      .types = prepared.types,
                      .described = prepared.described};
  const std::uint32_t maxRows = message->maxRows > 0 ? static_cast<std::uint32_t>(message->maxRows) : 0;
  if (auto started = startRun(prepared.planned, fast_.asked, message->portal, maxRows); !started.ok()) {
    fail(started.error(), prepared.text);
    phase_ = Phase::skipping;
    return Handled::done;
  }
  return Handled::run;
}

void Session::endFastRun(push::Outcome outcome) {
  const std::string_view text = fast_.asked.text;
  outcome = closeRun(std::move(outcome), text);
  const Step step = conclude(outcome, text);
  if (!fast_.prepared) {
    ready();
    return;
  }
  noteEnd(*fast_.portal, *fast_.prepared, outcome);
  fast_.prepared = nullptr;
  if (*step == Progress::failed) phase_ = Phase::skipping;
}

}  // namespace scrim::gateway
