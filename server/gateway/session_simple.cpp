// SPDX-License-Identifier: Apache-2.0
// The simple protocol: a text with any number of statements, answered one by one until one fails.
#include "server/gateway/session.h"
#include "server/query/parse/lexer.h"

namespace scrim::gateway {

asio::awaitable<void> Session::simpleQuery(const base::Result<std::string_view>& query) {
  dropUnnamed();
  if (needsSync_) co_await syncLink();
  if (query.ok()) {
    const Step step = co_await runText(*query);
    if (!step.ok()) refuse(step.error(), *query);
  } else {
    refuse(query.error(), {});
  }
  ready();
}

asio::awaitable<Session::Step> Session::runText(std::string_view text) {
  if (auto begun = beginStatement(); !begun.ok()) co_return std::move(begun).error();
  const Asked asked{.text = text, .own = text};
  Planned planned;
  if (planner_.find(text, {}, planned)) {
    if (auto open = checkNotFailed(); !open.ok()) co_return std::move(open).error();
    co_return co_await deliver(planned, asked);
  }
  auto statements = parse::parseStatements(std::string(text));
  if (!statements.ok()) co_return std::move(statements).error();
  if (statements->empty()) {
    writeEmptyQueryResponse(channel_.out());
    co_return Progress::done;
  }
  if (statements->size() == 1) {
    co_return co_await runOne(std::move(statements->front()), true, asked);
  }
  co_return co_await runStatements(std::move(statements).value(), text);
}

asio::awaitable<Session::Step> Session::runStatements(std::vector<parse::ParsedQuery> statements,
                                                      std::string_view text) {
  if (!link_.inTransaction()) settings_.begin();
  inImplicitBlock_ = true;
  Step step = Progress::done;
  for (parse::ParsedQuery& statement : statements) {
    if (auto begun = beginStatement(); !begun.ok()) {
      step = std::move(begun).error();
      break;
    }
    const std::string_view own = text.substr(statement.offset(), statement.length());
    const Asked asked{.text = text, .own = own, .sync = false};
    step = co_await runOne(std::move(statement), false, asked);
    if (!step.ok() || *step == Progress::failed) break;
  }
  inImplicitBlock_ = false;
  co_await syncLink();
  const bool good = step.ok() && *step == Progress::done;
  if (!link_.inTransaction()) good ? settings_.commit() : settings_.rollback();
  co_return step;
}

asio::awaitable<Session::Step> Session::runOne(parse::ParsedQuery statement, bool only, const Asked& asked) {
  const auto kind = resolve::classify(statement);
  if (!kind.ok() || *kind != resolve::StatementKind::transaction) {
    if (auto open = checkNotFailed(); !open.ok()) co_return std::move(open).error();
  }
  if (!kind.ok()) co_return kind.error();
  if (*kind != resolve::StatementKind::select) {
    const auto command = readCommand(statement, *kind);
    if (!command.ok()) co_return command.error();
    co_return co_await runCommand(statement, *command, asked);
  }
  auto planned = planner_.plan(std::move(statement), only);
  if (!planned.ok()) co_return planned.error();
  co_return co_await deliver(*planned, asked);
}

base::Result<void> Session::checkNoParameters(const Planned& planned, std::string_view text) {
  if (planned.query().clientParameters == 0) return {};
  parse::Lexer lexer(text);
  parse::Token token = lexer.next();
  while (token.kind != parse::TokenKind::parameter && token.kind != parse::TokenKind::end) token = lexer.next();
  return base::Error{
      .code = base::ErrorCode::undefinedParameter,
      .message = "there is no parameter " + std::string(text.substr(token.begin, token.end - token.begin)),
      .hint = "Values are given by the extended protocol, or by EXECUTE.",
      .position = token.begin};
}

asio::awaitable<Session::Step> Session::deliver(Planned& planned, const Asked& asked) {
  if (auto complete = checkNoParameters(planned, asked.text); !complete.ok()) co_return std::move(complete).error();
  const push::Outcome outcome = co_await runPlanned(planned, asked, {}, 0);
  co_return conclude(outcome, asked.text);
}

}  // namespace scrim::gateway
