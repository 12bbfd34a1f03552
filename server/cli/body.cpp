// SPDX-License-Identifier: Apache-2.0
#include "server/cli/body.h"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>

#include "server/cli/columns.h"
#include "server/cli/exit_codes.h"
#include "server/cli/lookup.h"
#include "server/cli/prompt.h"

namespace scrim::cli {
namespace {

using Texts = std::vector<std::string>;

ArrayPtr arrayOfTexts(const Texts& texts) {
  ArrayPtr array = newArray();
  for (const std::string& text : texts) array->add(text);
  return array;
}

base::Result<ArrayPtr> arrayOfNumbers(const Texts& texts, std::string_view flag) {
  ArrayPtr array = newArray();
  for (const std::string& text : texts) {
    SCRIM_TRY(const std::int64_t number, wholeOf(text, flag));
    array->add(number);
  }
  return array;
}

Texts presentTexts(ObjectPtr body, const std::string& field) {
  return body->has(field) ? textsOf(body->get(field)) : Texts{};
}

void addTexts(ObjectPtr body, const std::string& field, const Texts& more) {
  Texts all = presentTexts(body, field);
  for (const std::string& text : more) {
    if (std::find(all.begin(), all.end(), text) == all.end()) all.push_back(text);
  }
  body->set(field, arrayOfTexts(all));
}

base::Result<void> takeTexts(ObjectPtr body, const std::string& field, const Texts& less) {
  Texts all = presentTexts(body, field);
  for (const std::string& text : less) {
    const auto found = std::find(all.begin(), all.end(), text);
    if (found == all.end()) {
      std::string message = text;
      return refused(message.append(" is not among the ").append(field).append(", so it cannot be taken away."));
    }
    all.erase(found);
  }
  body->set(field, arrayOfTexts(all));
  return {};
}

base::Result<void> setPairs(ObjectPtr body, const std::string& field, const Texts& pairs) {
  const ObjectPtr before = body->has(field) ? objectOf(body->get(field)) : ObjectPtr();
  std::vector<std::pair<std::string, Texts>> named;
  for (const std::string& pair : pairs) {
    SCRIM_TRY(const auto split, splitPair(pair));
    auto found = std::find_if(named.begin(), named.end(), [&](const auto& each) { return each.first == split.first; });
    if (found == named.end()) found = named.insert(named.end(), {split.first, {}});
    if (!split.second.empty()) found->second.push_back(split.second);
  }
  ObjectPtr after = newObject();
  if (before) {
    for (const std::string& name : before->getNames()) after->set(name, before->get(name));
  }
  for (const auto& [name, values] : named) {
    if (values.empty()) after->remove(name);
    if (!values.empty()) after->set(name, arrayOfTexts(values));
  }
  body->set(field, after);
  return {};
}

ObjectPtr copyOfObject(const ObjectPtr& body, const std::string& field) {
  ObjectPtr out = newObject();
  if (!body->has(field)) return out;
  const ObjectPtr before = objectOf(body->get(field));
  for (const std::string& name : before->getNames()) out->set(name, before->get(name));
  return out;
}

base::Result<void> setMapping(ObjectPtr body, const std::string& field, const Texts& pairs) {
  ObjectPtr after = copyOfObject(body, field);
  for (const std::string& pair : pairs) {
    SCRIM_TRY(const auto split, splitPair(pair));
    if (split.second.empty()) {
      after->remove(split.first);
    } else {
      after->set(split.first, split.second);
    }
  }
  body->set(field, after);
  return {};
}

/// "ldap.example", "ldap.example:636", "[::1]:636", "::1".
base::Result<ObjectPtr> serverOf(const std::string& text, std::string_view flag) {
  const bool bracketed = text.starts_with('[');
  const std::size_t end = bracketed ? text.find(']') : std::min(text.find(':'), text.size());
  if (end == std::string::npos)
    return wrongCommandLine(std::string(flag) + " takes HOST or HOST:PORT, not " + text + ".");
  const bool isBareAddress = !bracketed && std::count(text.begin(), text.end(), ':') > 1;
  const std::string host = isBareAddress ? text : bracketed ? text.substr(1, end - 1) : text.substr(0, end);
  const std::string rest = isBareAddress ? "" : text.substr(end + (bracketed ? 1 : 0));
  if (host.empty() || (!rest.empty() && !rest.starts_with(':'))) {
    return wrongCommandLine(std::string(flag) + " takes HOST or HOST:PORT, not " + text + ".");
  }
  ObjectPtr server = newObject();
  server->set("host", host);
  if (rest.empty()) return server;
  SCRIM_TRY(const std::int64_t port, wholeOf(rest.substr(1), flag));
  server->set("port", port);
  return server;
}

base::Result<void> setServers(ObjectPtr body, const Flag& flag, const Texts& texts) {
  ArrayPtr servers = newArray();
  for (const std::string& text : texts) {
    SCRIM_TRY(const ObjectPtr server, serverOf(text, flag.name));
    servers->add(server);
  }
  body->set(std::string(flag.field), servers);
  return {};
}

base::Result<std::string> contentOf(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  std::string text(std::istreambuf_iterator<char>(stream), {});
  if (stream) return text;
  return wrongCommandLine(path + " cannot be read.");
}

base::Result<Json> singleValue(const Client& client, const Flag& flag, const std::string& text) {
  switch (flag.kind) {
    case Kind::number: {
      SCRIM_TRY(const std::int64_t number, wholeOf(text, flag.name));
      return Json(number);
    }
    case Kind::duration: {
      SCRIM_TRY(const std::int64_t seconds, secondsOf(text));
      return Json(seconds);
    }
    case Kind::file: {
      SCRIM_TRY(const std::string content, contentOf(text));
      return Json(content);
    }
    case Kind::connection:
    case Kind::dataSource: {
      const Names names = flag.kind == Kind::connection ? Names::connection : Names::dataSource;
      SCRIM_TRY(const std::string id, idOf(client, names, text));
      SCRIM_TRY(const std::int64_t number, wholeOf(id, flag.name));
      return Json(number);
    }
    case Kind::secret: {
      SCRIM_TRY(const std::string password, newPassword());
      return Json(password);
    }
    case Kind::yes:
      return Json(true);
    case Kind::no:
      return Json(false);
    default:
      return Json(text);
  }
}

base::Result<void> applyFlag(const Client& client, const Flag& flag, const Texts& values, ObjectPtr body);

/// A field of an object in the body, which keeps its other fields.
base::Result<void> applyInside(const Client& client, const Flag& flag, std::size_t dot, const Texts& values,
                               ObjectPtr body) {
  const std::string outer(flag.field.substr(0, dot));
  const ObjectPtr inside = copyOfObject(body, outer);
  Flag inner = flag;
  inner.field.remove_prefix(dot + 1);
  SCRIM_CHECK_OK(applyFlag(client, inner, values, inside));
  body->set(outer, inside);
  return {};
}

base::Result<void> applyFlag(const Client& client, const Flag& flag, const Texts& values, ObjectPtr body) {
  if (const std::size_t dot = flag.field.find('.'); dot != std::string_view::npos) {
    return applyInside(client, flag, dot, values, std::move(body));
  }
  const std::string field(flag.field);
  switch (flag.kind) {
    case Kind::texts:
      body->set(field, arrayOfTexts(values));
      return {};
    case Kind::numbers: {
      SCRIM_TRY(ArrayPtr array, arrayOfNumbers(values, flag.name));
      body->set(field, array);
      return {};
    }
    case Kind::adds:
      addTexts(body, field, values);
      return {};
    case Kind::takes:
      return takeTexts(body, field, values);
    case Kind::pairs:
      return setPairs(body, field, values);
    case Kind::mapping:
      return setMapping(body, field, values);
    case Kind::servers:
      return setServers(body, flag, values);
    case Kind::columnTags:
    case Kind::columnComments:
    case Kind::hidesColumns:
    case Kind::showsColumns:
      return changeColumns(flag.kind, values, body);
    default: {
      SCRIM_TRY(const Json value, singleValue(client, flag, values.empty() ? "" : values.front()));
      body->set(field, value);
      return {};
    }
  }
}

}  // namespace

base::Result<std::int64_t> wholeOf(const std::string& text, std::string_view flag) {
  std::int64_t number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem == std::errc() && end == text.data() + text.size() && !text.empty()) return number;
  return wrongCommandLine(std::string(flag) + " takes a whole number, not " + text + ".");
}

base::Result<void> applyFlags(const Client& client, const Given& given, ObjectPtr body) {
  for (const Flag& flag : given.verb->flags) {
    const auto found = given.flags.find(std::string(flag.name));
    const bool asked = flag.required && flag.kind == Kind::secret;
    if (flag.goes != Goes::intoBody || (found == given.flags.end() && !asked)) continue;
    if (found == given.flags.end() && !isTerminal(STDIN_FILENO)) {
      return wrongCommandLine("A password is needed.",
                              "Give " + std::string(flag.name) + ", or type it on a terminal.");
    }
    SCRIM_CHECK_OK(applyFlag(client, flag, found == given.flags.end() ? Texts{} : found->second, body));
  }
  return {};
}

base::Result<std::string> queryText(const Client& client, const Flag& flag, const std::string& text) {
  SCRIM_TRY(const Json value, singleValue(client, flag, text));
  return textOf(value);
}

ObjectPtr kept(const ObjectPtr& present, const std::vector<std::string_view>& fields) {
  ObjectPtr out = newObject();
  for (const std::string_view field : fields) {
    const std::string name(field);
    if (!present->has(name)) continue;
    out->set(name, name == "columns" ? Json(keptColumns(arrayOf(present->get(name)))) : present->get(name));
  }
  return out;
}

base::Result<std::int64_t> secondsOf(const std::string& text) {
  constexpr std::string_view kUnits = "smhd";
  constexpr std::int64_t kSeconds[] = {1, 60, 3'600, 86'400};
  const std::size_t unit = text.empty() ? std::string_view::npos : kUnits.find(text.back());
  std::int64_t number = 0;
  const char* last = text.data() + text.size() - (text.empty() ? 0 : 1);
  const auto [end, problem] = std::from_chars(text.data(), last, number);
  if (unit != std::string_view::npos && problem == std::errc() && end == last && number > 0 && number < 100'000) {
    return number * kSeconds[unit];
  }
  return wrongCommandLine(text + " is no length of time.", "Write 90s, 15m, 12h or 30d.");
}

}  // namespace scrim::cli
