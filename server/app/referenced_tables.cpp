// SPDX-License-Identifier: Apache-2.0
#include "server/app/referenced_tables.h"

#include <set>

#include "server/query/parse/node.h"
#include "server/query/parse/parse.h"

namespace scrim::app {
namespace {

struct Found {
  std::vector<schema::QualifiedName> relations;
  std::set<std::string> commonTables;  // names of WITH queries: no tables
};

template <typename T>
const T& at(const ProtobufCMessage& message, unsigned offset) {
  return *reinterpret_cast<const T*>(reinterpret_cast<const char*>(&message) + offset);
}

void collect(const ProtobufCMessage& message, Found& found);

void collectField(const ProtobufCMessage& message, const ProtobufCFieldDescriptor& field, Found& found) {
  if (field.type != PROTOBUF_C_TYPE_MESSAGE) return;
  if (field.label == PROTOBUF_C_LABEL_REPEATED) {
    auto count = at<std::size_t>(message, field.quantifier_offset);
    auto* items = at<ProtobufCMessage**>(message, field.offset);
    for (std::size_t i = 0; i < count; ++i) collect(*items[i], found);
    return;
  }
  bool chosen = (field.flags & PROTOBUF_C_FIELD_FLAG_ONEOF) == 0 ||
                at<std::uint32_t>(message, field.quantifier_offset) == field.id;
  auto* child = chosen ? at<ProtobufCMessage*>(message, field.offset) : nullptr;
  if (child != nullptr) collect(*child, found);
}

/// Every message below, of whatever kind: a relation cannot hide in a clause that was forgotten here.
void collect(const ProtobufCMessage& message, Found& found) {
  if (message.descriptor == &pg_query__range_var__descriptor) {
    const auto& range = reinterpret_cast<const PgQuery__RangeVar&>(message);
    found.relations.push_back({range.schemaname, range.relname});
  }
  if (message.descriptor == &pg_query__common_table_expr__descriptor) {
    found.commonTables.insert(reinterpret_cast<const PgQuery__CommonTableExpr&>(message).ctename);
  }
  for (unsigned i = 0; i < message.descriptor->n_fields; ++i)
    collectField(message, message.descriptor->fields[i], found);
}

}  // namespace

base::Result<std::vector<schema::QualifiedName>> referencedTables(const std::string& definition) {
  SCRIM_TRY(auto parsed, parse::parseOne(definition));
  if (parse::as<PgQuery__SelectStmt>(parsed.statement()) == nullptr) {
    return base::Error{base::ErrorCode::configInvalid, "A definition must be a SELECT."};
  }
  Found found;
  collect(parsed.statement().base, found);
  // A table of the same name as a WITH query is left out here; using it then fails for want of its columns.
  std::erase_if(found.relations, [&](const schema::QualifiedName& name) {
    return name.schema.empty() && found.commonTables.contains(name.name);
  });
  if (found.relations.empty())
    return base::Error{base::ErrorCode::configInvalid, "The definition reads from no table."};
  return std::move(found.relations);
}

}  // namespace scrim::app
