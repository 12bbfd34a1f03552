// SPDX-License-Identifier: Apache-2.0
#include "server/catalog/shared_tables.h"

#include <algorithm>
#include <set>
#include <utility>

namespace scrim::catalog {
namespace {

constexpr std::uint16_t kDefaultPort = 5432;

using Place = std::pair<std::string, std::uint16_t>;

std::set<Place> placesOf(const Connection& connection) {
  std::set<Place> places;
  for (std::size_t i = 0; i < connection.hosts.size(); ++i) {
    std::uint16_t port = kDefaultPort;
    if (connection.ports.size() == 1) port = connection.ports.front();
    if (i < connection.ports.size()) port = connection.ports[i];
    places.emplace(connection.hosts[i], port);
  }
  return places;
}

bool sameDatabase(const Connection& one, const Connection& other) {
  if (one.id == other.id) return true;
  if (one.database != other.database) return false;
  const std::set<Place> places = placesOf(one);
  const std::set<Place> others = placesOf(other);
  return std::any_of(places.begin(), places.end(), [&](const Place& each) { return others.contains(each); });
}

bool shareOne(const std::vector<RemoteTable>& some, const std::vector<RemoteTable>& others) {
  return std::any_of(some.begin(), some.end(), [&](const RemoteTable& table) {
    return std::any_of(others.begin(), others.end(),
                       [&](const RemoteTable& other) { return other.name == table.name; });
  });
}

}  // namespace

std::vector<DataSourcePtr> standingOn(const Snapshot& snapshot, const Connection& connection,
                                      const std::vector<RemoteTable>& tables) {
  std::vector<DataSourcePtr> found = snapshot.dataSources();
  std::erase_if(found, [&](const DataSourcePtr& source) {
    const ConnectionPtr its = snapshot.connection(source->connection);
    return its == nullptr || !sameDatabase(*its, connection) || !shareOne(source->remoteTables, tables);
  });
  return found;
}

}  // namespace scrim::catalog
