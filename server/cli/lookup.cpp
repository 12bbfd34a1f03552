// SPDX-License-Identifier: Apache-2.0
#include "server/cli/lookup.h"

#include <algorithm>

#include "server/cli/exit_codes.h"

namespace scrim::cli {
namespace {

constexpr std::size_t kLongestPage = 1'000;

struct Where {
  const char* path;
  const char* what;
  bool takesQ;
  const char* list;  // the verb that shows them
};

Where whereOf(Names names) {
  if (names == Names::connection) return {"/api/v1/connections", "connection", true, "connection list"};
  if (names == Names::dataSource) return {"/api/v1/data-sources", "data source", true, "source list"};
  if (names == Names::project) return {"/api/v1/projects", "project", true, "project list"};
  if (names == Names::purpose) return {"/api/v1/purposes", "purpose", true, "purpose list"};
  if (names == Names::tag) return {"/api/v1/tags", "tag", true, "tag list"};
  if (names == Names::group) return {"/api/v1/groups", "group", true, "group list"};
  if (names == Names::requestable)
    return {"/api/v1/requestable-data-sources", "data source to ask for", true, "request available"};
  return {"/api/v1/tokens", "token", false, "token list"};
}

bool isNumber(const std::string& text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

void setQuery(Call& call, const std::string& name, const std::string& value) {
  for (auto& [present, text] : call.query) {
    if (present == name) {
      text = value;
      return;
    }
  }
  call.query.emplace_back(name, value);
}

}  // namespace

base::Result<ArrayPtr> allItems(const Client& client, Call call, std::size_t limit, bool& more) {
  ArrayPtr all = newArray();
  more = false;
  for (;;) {
    const std::size_t wanted = limit == 0 ? kLongestPage : std::min(kLongestPage, limit - all->size());
    setQuery(call, "limit", std::to_string(wanted));
    SCRIM_TRY(const Reply reply, client.send(call));
    const ObjectPtr page = objectOf(reply.body);
    const ArrayPtr items = page && page->has("items") ? arrayOf(page->get("items")) : ArrayPtr();
    if (items.isNull()) return refused("The server's answer is no list.");
    for (const Json& item : *items) all->add(item);
    const std::string next = fieldText(page, "next");
    more = !next.empty();
    if (!more || (limit != 0 && all->size() >= limit)) return all;
    if (items->size() == 0) return refused("The server gave an empty page in the middle of a list.");
    setQuery(call, "cursor", next);
  }
}

base::Result<std::string> idOf(const Client& client, Names names, const std::string& text) {
  if (names == Names::text || isNumber(text)) return text;
  const Where where = whereOf(names);
  const bool bare = (names == Names::dataSource || names == Names::requestable) && text.find('.') == std::string::npos;
  const std::string wanted = bare ? "public." + text : text;
  Call call{"GET", where.path, {}, {}, {}};
  if (where.takesQ) call.query.emplace_back("q", wanted);
  bool more = false;
  SCRIM_TRY(const ArrayPtr items, allItems(client, std::move(call), 0, more));
  std::vector<std::string> ids;
  for (const Json& item : *items) {
    if (fieldText(objectOf(item), "name") == wanted) ids.push_back(fieldText(objectOf(item), "id"));
  }
  if (ids.size() == 1 && isNumber(ids.front())) return ids.front();
  const std::string list = std::string("scrim ") + where.list;
  if (ids.empty()) return refused("There is no " + std::string(where.what) + " " + wanted + ".", list + " shows them.");
  return refused("Several are called " + wanted + ".", "Give the id: " + list + " shows them.");
}

}  // namespace scrim::cli
