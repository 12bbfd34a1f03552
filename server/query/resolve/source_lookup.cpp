// SPDX-License-Identifier: Apache-2.0
#include "server/query/resolve/source_lookup.h"

#include <algorithm>

#include "common/policy/mask_effect.h"
#include "server/catalog/introspect.h"
#include "server/query/resolve/allow_list/allow_list.h"
#include "server/query/resolve/scope.h"

namespace scrim::resolve {
namespace {

using base::ErrorCode;
using policy::MaskMethod;

base::Error noSuchTable(const PgQuery__RangeVar& name) {
  const std::string full = *name.schemaname == '\0' ? name.relname : std::string(name.schemaname) + "." + name.relname;
  return errorAt(ErrorCode::undefinedTable, "relation " + inQuotes(full) + " does not exist", name.location);
}

// Masks that cannot fail, whatever the row holds, and whose type is certain.
bool isPlainMask(const std::vector<policy::ColumnMask>& masks) {
  if (masks.size() != 1 || masks[0].condition) return false;
  const MaskMethod method = masks[0].mask.method;
  return method == MaskMethod::null || method == MaskMethod::constant || method == MaskMethod::hashing;
}

bool isText(std::uint32_t type) { return type == oid::kText || type == oid::kVarchar || type == oid::kBpchar; }

bool mayHaveCollation(std::uint32_t type) {
  const auto known = schema::builtinType(type);
  if (!known) return true;
  const schema::TypeFamily family = schema::familyOf(*known);
  return family == schema::TypeFamily::text || family == schema::TypeFamily::other;
}

TableColumn shown(const catalog::Column& column, const policy::Decision& decision, bool isTable) {
  const auto masks = decision.masks.find(column.name);
  TableColumn result{column.name, column.type.oid, true};
  const bool masked = masks != decision.masks.end() && !masks->second.empty();
  if (masked) {
    result.leakProof = isPlainMask(masks->second);
    result.type = result.leakProof ? policy::maskResultType(masks->second[0].mask, column.type).oid : 0;
  }
  if (result.type != 0 && findType(result.type) == nullptr) {  // shown as text
    result.type = oid::kText;
    result.leakProof = false;
  }
  // What a plain mask computes has the default one.
  const bool isDefault = masked ? result.leakProof : column.defaultCollation;
  result.defaultText = isTable && isDefault && result.leakProof && isText(result.type);
  result.ownCollation = !result.defaultText && mayHaveCollation(result.type);
  return result;
}

}  // namespace

base::Result<FoundTable> SourceLookup::find(const PgQuery__RangeVar& name) {
  const std::string_view schema = name.schemaname;
  if (schema == "pg_catalog" || schema == "information_schema") return catalogRelation(schema, name);
  if (!schema.empty()) {
    const catalog::DataSourcePtr found = snapshot_.dataSource(schema::QualifiedName{std::string(schema), name.relname});
    return found == nullptr ? noSuchTable(name) : source(found, name);
  }
  // pg_catalog comes first in every search path.
  if (std::string_view(name.relname).starts_with("pg_")) return catalogRelation("pg_catalog", name);
  for (const std::string& place : session_.searchPath) {
    const catalog::DataSourcePtr found = snapshot_.dataSource(schema::QualifiedName{place, name.relname});
    if (found == nullptr) continue;
    auto result = source(found, name);
    // What is hidden does not shadow what comes later in the path.
    if (result.ok() || result.error().code != ErrorCode::undefinedTable) return result;
  }
  return noSuchTable(name);
}

base::Result<FoundTable> SourceLookup::catalogRelation(std::string_view schema, const PgQuery__RangeVar& name) {
  const std::string_view columns = catalogColumns(schema, name.relname);
  if (columns.empty()) {
    return errorAt(
        ErrorCode::undefinedTable,
        "catalog relation " + inQuotes(std::string(schema) + "." + name.relname) + " is not available through Scrim",
        name.location);
  }
  std::vector<TableColumn>& list = catalogRelations_.emplace_back();
  for (std::string_view column : splitNames(columns)) list.push_back({std::string(column), 0, false});
  return FoundTable{&list, kCatalogRelation, schema};
}

base::Result<FoundTable> SourceLookup::source(const catalog::DataSourcePtr& source, const PgQuery__RangeVar& name) {
  for (std::size_t i = 0; i < sources_.size(); ++i) {
    if (sources_[i]->source == source) return FoundTable{&sources_[i]->columns, i, source->name.schema};
  }
  auto decision = std::make_shared<const policy::Decision>(snapshot_.decide(subject_, *source));
  if (!decision->visible) return noSuchTable(name);
  if (!decision->allowed) {
    base::Error error =
        errorAt(ErrorCode::permissionDenied, "permission denied for table " + std::string(name.relname), name.location);
    error.detail = decision->reason;
    return error;
  }
  // It was registered before such relations were refused, or its tables were changed by hand.
  const auto isSystem = [](const catalog::RemoteTable& table) { return catalog::isSystemRelation(table.name); };
  if (std::any_of(source->remoteTables.begin(), source->remoteTables.end(), isSystem)) {
    return errorAt(ErrorCode::permissionDenied,
                   "the data source " + inQuotes(name.relname) + " cannot be used: it stands on a system catalog",
                   name.location);
  }
  auto use = std::make_unique<SourceUse>(SourceUse{source, decision, {}, snapshot_.maskedJoins(subject_)});
  for (const catalog::Column& column : source->columns) {
    if (column.exposed) use->columns.push_back(shown(column, *decision, !source->isSql()));
  }
  sources_.push_back(std::move(use));
  return FoundTable{&sources_.back()->columns, sources_.size() - 1, source->name.schema};
}

}  // namespace scrim::resolve
