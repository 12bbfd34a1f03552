// SPDX-License-Identifier: Apache-2.0
// Pages of a list that is ordered by id: ?limit= and an opaque ?cursor= that says where the next page begins, so that
// what is added or removed meanwhile shifts nothing. {"items": [..], "next": "<cursor>"}; no "next": it was the last.
#pragma once

#include <functional>

#include "server/api/call.h"

namespace scrim::api {

struct Page {
  std::size_t limit = 100;
  std::int64_t after = 0;  // ids above it
};

inline constexpr std::size_t kLongestPage = 1'000;

/// A number of the query from 1 on; nullopt: not given. Errors: invalidParameter.
base::Result<std::optional<std::int64_t>> wholeOf(const Call& call, const std::string& name, std::int64_t most);

/// Errors: invalidParameter.
base::Result<Page> pageOf(const Call& call);
std::string cursorAfter(std::int64_t id);

/// `all`: pointers in the order of their ids, which are `idOf`. Only what `keep` lets through counts.
template <typename Items, typename IdOf, typename Keep, typename Show>
base::Result<Answer> pageAnswer(const Call& call, const Items& all, IdOf idOf, Keep keep, Show show) {
  SCRIM_TRY(const Page page, pageOf(call));
  ArrayPtr items(new Poco::JSON::Array);
  Answer answer;
  answer.body = contract::newObject();
  answer.body->set("items", items);
  std::int64_t last = 0;
  for (const auto& each : all) {
    if (idOf(each) <= page.after || !keep(each)) continue;
    if (items->size() == page.limit) {
      answer.body->set("next", cursorAfter(last));
      break;
    }
    items->add(show(each));
    last = idOf(each);
  }
  return answer;
}

}  // namespace scrim::api
