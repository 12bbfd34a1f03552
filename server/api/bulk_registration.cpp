// SPDX-License-Identifier: Apache-2.0
// Many tables of one schema become data sources in one change; a table that cannot is told apart, and holds up no
// other.
#include <set>

#include "server/api/change.h"
#include "server/api/data_source_fields.h"
#include "server/api/handlers.h"
#include "server/api/json.h"
#include "server/api/registering.h"
#include "server/api/rights.h"
#include "server/catalog/data_source_store.h"
#include "server/requests/access.h"

namespace scrim::api::data_sources {
namespace {

using base::Error;
using base::ErrorCode;
using catalog::DataSource;

constexpr std::size_t kMostTables = 500;  // of one call
constexpr std::string_view kSchemaMark = "{schema}";
constexpr std::string_view kTableMark = "{table}";

struct Wanted {
  std::string schema;
  std::vector<std::string> tables;  // empty: all of the schema
  std::string pattern;              // of the names
  DataSourceChange settings;        // of each
};

struct Refusal {
  std::string table;
  Error error;
};

/// What could be found out before the transaction.
struct Prepared {
  std::vector<Candidate> sources;
  std::vector<Refusal> refused;
};

std::string withMark(std::string text, std::string_view mark, const std::string& value) {
  for (std::size_t at = text.find(mark); at != std::string::npos; at = text.find(mark, at + value.size())) {
    text.replace(at, mark.size(), value);
  }
  return text;
}

/// One pass over the pattern: what a name of the source holds is never taken for a mark.
std::string nameFor(const Wanted& wanted, const std::string& table) {
  const std::size_t at = wanted.pattern.find(kTableMark);
  const auto part = [&](const std::string& text) { return withMark(text, kSchemaMark, wanted.schema); };
  return part(wanted.pattern.substr(0, at)) + table + part(wanted.pattern.substr(at + kTableMark.size()));
}

base::Result<void> checkPattern(const std::string& pattern, const std::string& place) {
  const std::string rest = withMark(withMark(pattern, kTableMark, ""), kSchemaMark, "");
  const std::size_t at = pattern.find(kTableMark);
  const bool once = at != std::string::npos && pattern.find(kTableMark, at + 1) == std::string::npos;
  if (once && rest.find_first_of("{}") == std::string::npos) return {};
  return contract::wrongAt(place, "a pattern holds {table} once, and may hold {schema}: crm.{table}");
}

base::Result<std::vector<std::string>> readTables(contract::Fields& fields) {
  SCRIM_TRY(const bool all, optionalFlag(fields, "all", false));
  SCRIM_TRY(std::vector<std::string> tables, optionalTexts(fields, "tables"));
  if (all != tables.empty()) return contract::wrongAt(fields.placeOf("tables"), "either tables or all: true is needed");
  if (tables.size() > kMostTables) {
    return contract::wrongAt(fields.placeOf("tables"), "at most " + std::to_string(kMostTables) + " at once");
  }
  const std::set<std::string> unique(tables.begin(), tables.end());
  if (unique.size() != tables.size()) return contract::wrongAt(fields.placeOf("tables"), "a table stands twice");
  for (const std::string& table : tables) {
    if (table.empty() || table.size() > 63 || table.find('\0') != std::string::npos)
      return contract::wrongAt(fields.placeOf("tables"), "names of 1 to 63 bytes are needed");
  }
  return tables;
}

base::Result<Wanted> readWanted(contract::Fields& fields) {
  Wanted wanted;
  SCRIM_TRY(wanted.schema, fields.text("schema"));
  if (wanted.schema.empty() || wanted.schema.size() > 63 || wanted.schema.find('\0') != std::string::npos)
    return contract::wrongAt(fields.placeOf("schema"), "a name of 1 to 63 bytes is needed");
  SCRIM_TRY(wanted.tables, readTables(fields));
  SCRIM_TRY(wanted.pattern, optionalText(fields, "name", "{schema}.{table}"));
  SCRIM_CHECK_OK(checkPattern(wanted.pattern, fields.placeOf("name")));
  for (const char* field : {"columns", "eventTimeColumn"}) {
    if (fields.has(field)) return contract::wrongAt(fields.placeOf(field), "is set for one data source at a time");
  }
  SCRIM_TRY(wanted.settings, readDataSourceChange(fields));
  return wanted;
}

/// Those that are named, or all that the connection's account may read.
base::Result<std::vector<schema::QualifiedName>> tablesOf(const Wanted& wanted, const catalog::Connection& connection) {
  std::vector<schema::QualifiedName> names;
  for (const std::string& table : wanted.tables) names.push_back({wanted.schema, table});
  if (!names.empty()) return names;
  SCRIM_TRY(const auto found, catalog::browseTables(connection, wanted.schema, "", kMostTables + 1));
  if (found.empty()) {
    return Error{ErrorCode::invalidValue,
                 "Schema " + wanted.schema + " has no tables that the connection's account may read.", "$.schema"};
  }
  if (found.size() > kMostTables) {
    return Error{ErrorCode::invalidValue,
                 "Schema " + wanted.schema + " has more than " + std::to_string(kMostTables) + " tables.", "$.all",
                 "Name them in tables, a part at a time."};
  }
  for (const catalog::RemoteTable& table : found) names.push_back(table.name);
  return names;
}

base::Result<DataSource> sourceFor(const Wanted& wanted, const catalog::Connection& connection,
                                   const schema::QualifiedName& table, const catalog::Shape& shape,
                                   const std::string& owner) {
  const std::string name = nameFor(wanted, table.name);
  const auto qualified = qualifiedOf(name);
  if (!qualified) {
    return Error{ErrorCode::invalidValue, "\"" + name + "\" is no name: schema.name, each part of 1 to 63 bytes.",
                 "$.name"};
  }
  return registered({*qualified, connection.id, table, {}, wanted.settings}, shape, owner);
}

base::Result<Prepared> prepare(const Call& call, const Wanted& wanted, const catalog::Connection& connection) {
  SCRIM_TRY(const auto tables, tablesOf(wanted, connection));
  SCRIM_TRY(const auto shapes, catalog::readShapes(connection, tables));
  Prepared prepared;
  for (std::size_t i = 0; i < tables.size(); ++i) {
    if (!shapes[i]) {
      prepared.refused.push_back({tables[i].name, shapes[i].error()});
      continue;
    }
    auto source = sourceFor(wanted, connection, tables[i], *shapes[i], call.caller->subject.user);
    if (source) prepared.sources.push_back({std::move(source).value(), shapes[i]->kin});
    if (!source) prepared.refused.push_back({tables[i].name, source.error()});
  }
  return prepared;
}

ObjectPtr showMade(const DataSource& source) {
  ObjectPtr out = contract::newObject();
  out->set("id", source.id.value);
  out->set("name", source.name.schema + "." + source.name.name);
  out->set("table", source.remote.name);
  return out;
}

ObjectPtr showRefused(const Refusal& refusal) {
  ObjectPtr out = contract::newObject();
  out->set("table", refusal.table);
  out->set("code", std::string(base::nameOf(refusal.error.code)));
  out->set("reason", refusal.error.message);
  return out;
}

/// Saves it, or says why it is refused; other errors end the whole change.
base::Result<std::optional<Error>> keep(const Call& call, catalog::Writer& writer,
                                        const catalog::Connection& connection, const catalog::Snapshot& now,
                                        std::set<schema::QualifiedName>& taken, Candidate& candidate) {
  DataSource& source = candidate.source;
  if (now.dataSource(source.name) != nullptr || taken.contains(source.name)) {
    return std::optional<Error>(Error{ErrorCode::duplicateObject, "There is a data source of that name already."});
  }
  auto may = mayStandOn(call, writer, connection, candidate);
  if (!may && may.error().code == ErrorCode::permissionDenied) return std::optional<Error>(std::move(may).error());
  SCRIM_CHECK_OK(std::move(may));
  SCRIM_TRY(source.id, save(writer, source));
  taken.insert(source.name);
  return std::optional<Error>();
}

base::Result<Outcome> keepAll(const Call& call, catalog::Writer& writer, const catalog::Connection& connection,
                              const Prepared& prepared) {
  const catalog::SnapshotPtr now = call.services.catalog->snapshot();
  SCRIM_CHECK_OK(requests::holdNewest(writer, *now));  // whether a name is taken is read from it
  std::set<schema::QualifiedName> taken;
  ArrayPtr made(new Poco::JSON::Array);
  ArrayPtr refused(new Poco::JSON::Array);
  for (const Refusal& each : prepared.refused) refused->add(showRefused(each));
  for (const Candidate& each : prepared.sources) {
    Candidate candidate{copyOf(each.source), each.kin};
    SCRIM_TRY(auto refusal, keep(call, writer, connection, *now, taken, candidate));
    const DataSource& source = candidate.source;
    if (refusal) refused->add(showRefused({source.remote.name, *std::move(refusal)}));
    if (source.id) made->add(showMade(source));
  }
  Outcome outcome;
  outcome.answer.body = contract::newObject();
  outcome.answer.body->set("complete", refused->size() == 0);
  outcome.answer.body->set("made", made);
  outcome.answer.body->set("refused", refused);
  outcome.what = "tables of connection " + connection.name + " registered: " + contract::written(outcome.answer.body);
  return outcome;
}

}  // namespace

base::Result<Answer> createMany(Call& call) {
  SCRIM_TRY(const std::int64_t id, idOf(call, "connection", "connection"));
  const catalog::ConnectionPtr connection = call.snapshot->connection(base::ConnectionId{id});
  if (connection == nullptr) return noSuch("connection", std::to_string(id));
  SCRIM_TRY(const Wanted wanted, readBody<Wanted>(call, readWanted));
  // Before the transaction: the source may be slow.
  SCRIM_TRY(const Prepared prepared, prepare(call, wanted, *connection));
  return change(call, [&](catalog::Writer& writer) { return keepAll(call, writer, *connection, prepared); });
}

}  // namespace scrim::api::data_sources
