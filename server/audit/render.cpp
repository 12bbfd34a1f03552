// SPDX-License-Identifier: Apache-2.0
#include "server/audit/render.h"

#include <chrono>
#include <cstdio>
#include <ctime>

#include "common/base/hash.h"
#include "common/base/utf8.h"
#include "server/audit/json.h"

namespace scrim::audit {
namespace {

// A thread renders the calendar part once a second.
struct RenderedSecond {
  std::time_t second = -1;
  char text[32] = {};  // "2026-11-22T02:15:55."
};

void beginRecord(std::string& out, std::string_view kind) {
  static thread_local RenderedSecond rendered;
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(now).count();
  const std::time_t second = micros / 1000000;
  if (second != rendered.second) {
    std::tm utc{};
    gmtime_r(&second, &utc);
    std::strftime(rendered.text, sizeof rendered.text, "%Y-%m-%dT%H:%M:%S.", &utc);
    rendered.second = second;
  }
  char fraction[6];
  auto rest = static_cast<unsigned>(micros % 1000000);
  for (int digit = 5; digit >= 0; --digit, rest /= 10) fraction[digit] = static_cast<char>('0' + rest % 10);
  out.assign("\"t\":\"");
  out += rendered.text;
  out.append(fraction, sizeof fraction);
  out += "Z\",\"k\":\"";
  out += kind;
  out += '"';
}

// At most `limit` bytes, not ending inside a character.
std::string_view cut(std::string_view text, std::size_t limit) {
  if (text.size() <= limit) return text;
  std::size_t end = limit;
  while (end > limit - 4 && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80U) --end;
  return text.substr(0, end);
}

void appendNote(std::string& out, std::string_view name, std::string_view text) {
  if (!text.empty()) appendMember(out, name, cut(text, kMaxNote));
}

void appendText(std::string& out, std::string_view text) {
  appendMember(out, "text", cut(text, kMaxText));
  if (text.size() <= kMaxText) return;
  appendMember(out, "text_bytes", text.size());
  appendMember(out, "text_sha256", base::toHex(base::sha256(text)));
}

void appendFragment(std::string& out, const Fragment& fragment) {
  if (fragment.json().empty()) return;
  out += ',';
  out += fragment.json();
}

void appendParameter(std::string& out, const Parameter& parameter) {
  if (!parameter.value) {
    out += "null";
  } else if (parameter.binary) {
    appendString(out, "\\x" + base::toHex(cut(*parameter.value, kMaxNote / 2)));
  } else {
    appendString(out, cut(*parameter.value, kMaxNote));
  }
}

void appendParameters(std::string& out, std::span<const Parameter> parameters) {
  if (parameters.empty()) return;
  appendName(out, "parameters");
  out += '[';
  for (const Parameter& parameter : parameters.first(std::min(parameters.size(), kMaxParameters))) {
    if (out.back() != '[') out += ',';
    appendParameter(out, parameter);
  }
  out += ']';
  if (parameters.size() > kMaxParameters) appendMember(out, "parameter_count", parameters.size());
}

std::string_view nameOf(Outcome outcome) {
  switch (outcome) {
    case Outcome::completed:
      return "completed";
    case Outcome::failed:
      return "failed";
    case Outcome::canceled:
      return "canceled";
    case Outcome::disconnected:
      return "disconnected";
    case Outcome::suspended:
      return "suspended";
  }
  return "failed";
}

template <typename Values, typename AppendOne>
void appendList(std::string& out, std::string_view name, const Values& values, AppendOne appendOne) {
  if (values.empty()) return;
  appendName(out, name);
  out += '[';
  for (const auto& value : values) {
    if (out.back() != '[') out += ',';
    appendOne(value);
  }
  out += ']';
}

std::uint64_t unsignedOf(std::int64_t value) { return value < 0 ? 0 : static_cast<std::uint64_t>(value); }

}  // namespace

Fragment renderSession(const SessionFacts& facts) {
  std::string out;
  appendMember(out, "user", cut(facts.user, kMaxNote));
  appendMember(out, "user_id", unsignedOf(facts.userId.value));
  appendMember(out, "session", facts.session);
  appendNote(out, "client", facts.client);
  appendNote(out, "application", facts.application);
  appendNote(out, "project", facts.project);
  appendList(out, "purposes", facts.purposes, [&out](const std::string& name) { appendString(out, name); });
  return Fragment(std::move(out));
}

Fragment renderStatement(const StatementFacts& facts) {
  std::string out;
  appendNote(out, "digest", facts.digest);
  appendList(out, "sources", facts.dataSources, [&out](const NamedSource& source) {
    out += "{\"id\":";
    appendNumber(out, unsignedOf(source.id.value));
    appendMember(out, "name", source.name);
    out += '}';
  });
  appendList(out, "rules", facts.rules, [&out](base::RuleId rule) { appendNumber(out, unsignedOf(rule.value)); });
  appendMember(out, "snapshot", unsignedOf(facts.snapshot.value));
  appendNote(out, "decision", facts.decision);
  appendNote(out, "route", facts.route);
  appendNote(out, "connection", facts.connection);
  return Fragment(std::move(out));
}

void render(std::string& out, const Started& record) {
  beginRecord(out, "started");
  appendFragment(out, record.session);
  appendFragment(out, record.statement);
  appendText(out, record.text);
  appendParameters(out, record.parameters);
  if (record.backendPid > 0) appendMember(out, "backend_pid", unsignedOf(record.backendPid));
}

void render(std::string& out, const Finished& record) {
  beginRecord(out, "finished");
  appendMember(out, "id", record.started.sequence);
  appendMember(out, "rows", record.rows);
  appendMember(out, "bytes", record.bytes);
  appendMember(out, "us", record.microseconds);
  appendMember(out, "outcome", nameOf(record.outcome));
  appendNote(out, "sqlstate", record.sqlstate);
  appendNote(out, "source_error", record.sourceError);
}

void render(std::string& out, const Refused& record) {
  beginRecord(out, "refused");
  appendFragment(out, record.session);
  appendText(out, record.text);
  appendNote(out, "sqlstate", record.sqlstate);
  appendNote(out, "reason", record.reason);
  appendMember(out, "snapshot", unsignedOf(record.snapshot.value));
}

void render(std::string& out, const Login& record) {
  beginRecord(out, "login");
  appendMember(out, "user", cut(record.user, kMaxNote));
  appendMember(out, "session", record.session);
  appendNote(out, "client", record.client);
  appendNote(out, "method", record.method);
  appendMember(out, "outcome", record.succeeded ? "ok" : "failed");
  appendNote(out, "reason", record.reason);
}

void render(std::string& out, const PolicyChange& record) {
  beginRecord(out, "policy");
  appendMember(out, "user", cut(record.actor, kMaxNote));
  appendText(out, record.what);
  appendMember(out, "snapshot", unsignedOf(record.snapshot.value));
}

void render(std::string& out, ServerEvent event, std::string_view version) {
  beginRecord(out, "server");
  appendMember(out, "event", event == ServerEvent::started ? "started" : "stopped");
  appendNote(out, "version", version);
}

void renderRecovered(std::string& out, std::uint64_t brokenMilliseconds, std::uint64_t refused, std::uint64_t lateFrom,
                     std::uint64_t lateTo, std::string_view reason) {
  beginRecord(out, "recovered");
  appendMember(out, "broken_ms", brokenMilliseconds);
  appendMember(out, "refused", refused);
  appendMember(out, "late_from", lateFrom);
  appendMember(out, "late_to", lateTo);
  appendNote(out, "reason", reason);
}

}  // namespace scrim::audit
