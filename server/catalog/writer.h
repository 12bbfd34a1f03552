// SPDX-License-Identifier: Apache-2.0
// Writer: what a change of the catalog works with, inside its transaction. The stores below write through it and note
// which things changed; Catalog::change() turns the notes into one new version. One thread; lives as long as the
// change.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "server/store/link.h"
#include "server/store/secret_box.h"

namespace scrim::catalog {

enum class Noun { connection, dataSource, user, rule, subscription, identityProvider, purpose, project };
std::string_view nameOf(Noun noun);

class Writer {
 public:
  Writer(store::Link& link, const store::SecretBox& box, std::string author)
      : link_(link), box_(box), author_(std::move(author)) {}

  store::Link& link() { return link_; }
  const store::SecretBox& box() const { return box_; }
  const std::string& author() const { return author_; }

  void changed(Noun noun, std::int64_t id) { changes_.emplace(noun, id); }
  const std::set<std::pair<Noun, std::int64_t>>& changes() const { return changes_; }

 private:
  store::Link& link_;
  const store::SecretBox& box_;
  std::string author_;
  std::set<std::pair<Noun, std::int64_t>> changes_;
};

/// Which things to load: all, or those with the ids.
using Ids = std::vector<std::int64_t>;
struct Selection {
  bool all = true;
  Ids ids = {};
  /// For "... WHERE $1::bigint[] IS NULL OR id = ANY($1::bigint[])".
  store::Value parameter() const { return all ? store::Value() : store::array(ids); }
};

}  // namespace scrim::catalog
