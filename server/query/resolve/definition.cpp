// SPDX-License-Identifier: Apache-2.0
#include "server/query/resolve/definition.h"

#include <algorithm>

#include "server/query/parse/compare.h"
#include "server/query/resolve/resolve.h"
#include "server/query/resolve/scope.h"

namespace scrim::resolve {
namespace {

using base::ErrorCode;

class RemoteLookup : public TableLookup {
 public:
  RemoteLookup(const catalog::DataSource& source, ResolvedDefinition& into, parse::Arena& arena)
      : source_(source), into_(into), arena_(arena) {}

  base::Result<FoundTable> find(const PgQuery__RangeVar& name) override {
    const std::string_view schema = *name.schemaname == '\0' ? "public" : name.schemaname;
    for (std::size_t i = 0; i < source_.remoteTables.size(); ++i) {
      const catalog::RemoteTable& table = source_.remoteTables[i];
      if (table.name.schema != schema || table.name.name != name.relname) continue;
      const_cast<PgQuery__RangeVar&>(name).schemaname = arena_.copy(schema);
      auto columns = std::make_shared<std::vector<TableColumn>>();
      for (const catalog::RemoteColumn& column : table.columns)
        columns->push_back({column.name, column.type.oid, true});
      into_.columns.push_back(std::move(columns));
      return FoundTable{into_.columns.back().get(), i, table.name.schema};
    }
    return errorAt(ErrorCode::undefinedTable,
                   "the definition names a table that is not known: " + std::string(name.relname), -1);
  }

 private:
  const catalog::DataSource& source_;
  ResolvedDefinition& into_;
  parse::Arena& arena_;
};

// Offsets in the definition mean nothing in the user's text.
void forgetLocations(const ProtobufCMessage& root) {
  parse::forEachMessage(root, [](const ProtobufCMessage& message) {
    const ProtobufCFieldDescriptor* field =
        protobuf_c_message_descriptor_get_field_by_name(message.descriptor, "location");
    if (field != nullptr) {
      auto* at = reinterpret_cast<char*>(const_cast<ProtobufCMessage*>(&message)) + field->offset;
      *reinterpret_cast<std::int32_t*>(at) = -1;
    }
    return true;
  });
}

base::Error unusable(const catalog::DataSource& source, const base::Error& why) {
  return base::Error{
      .code = ErrorCode::policyInvalid,
      .message = "the data source \"" + source.name.name + "\" cannot be used: its definition is not understood",
      .detail = why.message,
      .hint = "Its owner can correct the definition."};
}

// All column references and all nodes of a tree, in one order for equal trees.
struct Places {
  std::vector<const PgQuery__ColumnRef*> references;
  std::vector<const PgQuery__Node*> nodes;
};
Places placesOf(const PgQuery__Node& tree) {
  Places places;
  parse::forEachNode(tree, [&](const PgQuery__Node& node) {
    places.nodes.push_back(&node);
    if (const auto* ref = parse::as<PgQuery__ColumnRef>(node)) places.references.push_back(ref);
    return true;
  });
  return places;
}

}  // namespace

base::Result<ResolvedDefinition> resolveDefinition(const catalog::DataSource& source) {
  ResolvedDefinition definition;
  definition.arena = std::make_shared<parse::Arena>();
  auto parsed = parse::parseTree(source.definition, *definition.arena);
  if (!parsed.ok()) return unusable(source, parsed.error());
  PgQuery__Node* tree = *parsed;
  forgetLocations(tree->base);
  RemoteLookup lookup(source, definition, *definition.arena);
  const SessionFacts nobody;
  auto names = resolveTree(*tree, *definition.arena, lookup, nobody);
  if (!names.ok()) return unusable(source, names.error());
  if (names->parameters > 0 || names->readsCatalog) {
    return unusable(source, base::Error{.message = "it has parameters or reads PostgreSQL's catalogs"});
  }
  definition.names = std::move(names).value();
  definition.select = tree->select_stmt;
  return definition;
}

ResolvedDefinition copyOf(const ResolvedDefinition& definition, const std::shared_ptr<parse::Arena>& arena) {
  ResolvedDefinition copy;
  copy.arena = arena;
  copy.names = definition.names;
  copy.columns = definition.columns;
  const PgQuery__Node* original = parse::wrap(*arena, definition.select);
  PgQuery__Node* tree = parse::clone(*arena, *original);
  copy.select = tree->select_stmt;
  const Places from = placesOf(*original);
  const Places to = placesOf(*tree);
  const auto copied = [&](const PgQuery__Node* node) {
    const auto place = std::find(from.nodes.begin(), from.nodes.end(), node) - from.nodes.begin();
    return const_cast<PgQuery__Node*>(to.nodes.at(static_cast<std::size_t>(place)));
  };
  for (TableReference& table : copy.names.tables) table.node = copied(table.node);
  for (PushableConjunct& conjunct : copy.names.conjuncts) conjunct.condition = copied(conjunct.condition);
  copy.names.columnUses.clear();
  for (std::size_t i = 0; i < from.references.size(); ++i) {
    const auto use = definition.names.columnUses.find(from.references[i]);
    if (use != definition.names.columnUses.end()) copy.names.columnUses.emplace(to.references[i], use->second);
  }
  return copy;
}

base::Result<std::shared_ptr<const ResolvedDefinition>> Definitions::of(
    const std::shared_ptr<const catalog::DataSource>& source) {
  {
    const std::scoped_lock lock(mutex_);
    const auto found = entries_.find(source.get());
    if (found != entries_.end() && found->second.source.lock() == source) return found->second.definition;
  }
  SCRIM_TRY(ResolvedDefinition resolved, resolveDefinition(*source));
  auto shared = std::make_shared<const ResolvedDefinition>(std::move(resolved));
  const std::scoped_lock lock(mutex_);
  if (entries_.size() >= kMost) entries_.clear();
  entries_[source.get()] = {source, shared};
  return shared;
}

}  // namespace scrim::resolve
