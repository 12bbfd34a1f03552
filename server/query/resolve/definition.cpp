// SPDX-License-Identifier: Apache-2.0
#include "server/query/resolve/definition.h"

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
      auto columns = std::make_unique<std::vector<TableColumn>>();
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

}  // namespace

base::Result<ResolvedDefinition> resolveDefinition(const std::shared_ptr<parse::Arena>& arena,
                                                   const catalog::DataSource& source) {
  auto parsed = parse::parseOne(source.definition);
  if (!parsed.ok()) return unusable(source, parsed.error());
  PgQuery__Node* tree = parse::clone(*arena, parsed->statement());
  forgetLocations(tree->base);
  parse::ParsedQuery query(parsed->sharedText(), arena, tree, 0, source.definition.size());
  ResolvedDefinition definition;
  RemoteLookup lookup(source, definition, *arena);
  const SessionFacts nobody;
  auto names = resolveTree(query, lookup, nobody);
  if (!names.ok()) return unusable(source, names.error());
  if (names->parameters > 0 || names->readsCatalog) {
    return unusable(source, base::Error{.message = "it has parameters or reads PostgreSQL's catalogs"});
  }
  definition.names = std::move(names).value();
  definition.select = tree->select_stmt;
  return definition;
}

}  // namespace scrim::resolve
