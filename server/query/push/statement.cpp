// SPDX-License-Identifier: Apache-2.0
#include "server/query/push/statement.h"

#include <map>
#include <mutex>
#include <tuple>
#include <unordered_map>

#include "common/base/published.h"
#include "server/sources/postgres/upstream_connection.h"

namespace scrim::push {

/// Its place among all of them is given up at its end: their keys may be long.
class SharedText {
 public:
  SharedText(std::uint64_t id, std::string_view sql, std::span<const std::uint32_t> types) : id(id) {
    std::string name;
    postgres::UpstreamConnection::appendFirstName(name, id);
    postgres::MessageWriter writer(messages);
    writer.parse(name, sql, types);
    writer.describeStatement(name);
  }
  ~SharedText();
  SharedText(const SharedText&) = delete;
  SharedText& operator=(const SharedText&) = delete;

  const std::uint64_t id;
  std::string messages;
  base::Published<Description> description;
  postgres::Pace pace;
};

namespace {

using Key = std::tuple<std::int64_t, std::string, std::vector<std::uint32_t>>;

/// Those that are in use. Any thread.
class SharedTexts {
 public:
  /// Statements that are equal but for their policy context share one prepared statement at the source.
  std::shared_ptr<SharedText> of(const route::RoutedQuery& query) {
    const std::lock_guard lock(mutex_);
    const auto place = known_.try_emplace(Key{query.connection.value, query.sql, query.parameterTypes}).first;
    if (auto existing = place->second.text.lock()) return existing;
    byId_.erase(place->second.id);  // one that is just about to end
    const std::uint64_t id = nextId_++;
    auto made = std::make_shared<SharedText>(id, query.sql, query.parameterTypes);
    place->second = {made, id};
    byId_.emplace(id, place);
    return made;
  }

  void forget(std::uint64_t id) {
    const std::lock_guard lock(mutex_);
    const auto place = byId_.find(id);
    if (place == byId_.end()) return;
    known_.erase(place->second);
    byId_.erase(place);
  }

  std::size_t size() {
    const std::lock_guard lock(mutex_);
    return known_.size();
  }

 private:
  struct Place {
    std::weak_ptr<SharedText> text = {};
    std::uint64_t id = 0;
  };
  using Known = std::map<Key, Place>;
  std::mutex mutex_;
  Known known_;
  std::unordered_map<std::uint64_t, Known::iterator> byId_;
  std::uint64_t nextId_ = 1;
};

SharedTexts& sharedTexts() {
  static auto* const texts = new SharedTexts;  // never destroyed: statements may end after everything else
  return *texts;
}

}  // namespace

SharedText::~SharedText() { sharedTexts().forget(id); }

std::size_t textsInUse() { return sharedTexts().size(); }

Statement::Statement(route::RoutedQueryPtr query)
    : query_(std::move(query)), shared_(sharedTexts().of(*query_)), id_(shared_->id) {}

std::string_view Statement::parseAndDescribe() const { return shared_->messages; }
postgres::Pace& Statement::pace() const { return shared_->pace; }
DescriptionPtr Statement::description() const { return shared_->description.load(); }
void Statement::publish(DescriptionPtr description) const { shared_->description.store(std::move(description)); }

StatementPtr prepare(route::RoutedQueryPtr query) { return std::make_shared<const Statement>(std::move(query)); }

}  // namespace scrim::push
