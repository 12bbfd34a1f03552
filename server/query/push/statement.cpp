// SPDX-License-Identifier: Apache-2.0
#include "server/query/push/statement.h"

#include <map>
#include <mutex>
#include <tuple>

#include "common/base/published.h"
#include "server/sources/postgres/upstream_connection.h"

namespace scrim::push {

class SharedText {
 public:
  SharedText(std::uint64_t id, std::string_view sql, std::span<const std::uint32_t> types) : id(id) {
    std::string name;
    postgres::UpstreamConnection::appendFirstName(name, id);
    postgres::MessageWriter writer(messages);
    writer.parse(name, sql, types);
    writer.describeStatement(name);
  }

  const std::uint64_t id;
  std::string messages;
  base::Published<Description> description;
  postgres::Pace pace;
};

namespace {

using Key = std::tuple<std::int64_t, std::string, std::vector<std::uint32_t>>;

/// Statements that are equal but for their policy context share one prepared statement at the source.
std::shared_ptr<SharedText> sharedText(const route::RoutedQuery& query) {
  static std::mutex mutex;
  static std::map<Key, std::weak_ptr<SharedText>> known;
  static std::uint64_t nextId = 1;
  static std::size_t sweepAt = 1024;
  const std::lock_guard lock(mutex);
  auto& place = known[Key{query.connection.value, query.sql, query.parameterTypes}];
  if (auto existing = place.lock()) return existing;
  auto made = std::make_shared<SharedText>(nextId++, query.sql, query.parameterTypes);
  place = made;
  if (known.size() >= sweepAt) {
    std::erase_if(known, [](const auto& entry) { return entry.second.expired(); });
    sweepAt = 1024 + 2 * known.size();
  }
  return made;
}

}  // namespace

Statement::Statement(route::RoutedQueryPtr query)
    : query_(std::move(query)), shared_(sharedText(*query_)), id_(shared_->id) {}

std::string_view Statement::parseAndDescribe() const { return shared_->messages; }
postgres::Pace& Statement::pace() const { return shared_->pace; }
DescriptionPtr Statement::description() const { return shared_->description.load(); }
void Statement::publish(DescriptionPtr description) const { shared_->description.store(std::move(description)); }

StatementPtr prepare(route::RoutedQueryPtr query) { return std::make_shared<const Statement>(std::move(query)); }

}  // namespace scrim::push
