// SPDX-License-Identifier: Apache-2.0
// Document: what an apply file says, checked as far as the file alone allows. docs/admin/configuration.md
// describes the file. Reading is pure: passwords named by `password_env` or `password_file` are fetched later. Values.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/policy/rule.h"
#include "server/apply/yaml.h"
#include "server/catalog/model.h"
#include "server/catalog/project.h"

namespace scrim::apply {

struct PasswordSource {
  enum class Kind { none, literal, environment, file, verifier } kind = Kind::none;
  base::Secret literal;
  std::string name;  // of the variable or file; the verifier
  Place at;
};

struct ConnectionEntry {
  Place at;
  catalog::Connection connection;  // without id and password
  PasswordSource password;
};

struct IdentityProviderEntry {
  Place at;
  catalog::IdentityProvider provider;  // without id and password
  PasswordSource password;             // of the service account
};

struct UserEntry {
  Place at;
  catalog::User user;  // without id and verifier
  PasswordSource password;
};

struct ColumnEntry {
  Place at;
  std::string name;
  std::vector<std::string> tags;
  std::string comment;
  std::optional<bool> exposed;
};

struct ExposeEntry {
  Place at;
  std::string name;
};

struct DataSourceEntry {
  Place at;
  schema::QualifiedName name;
  std::string connection;
  Place connectionAt;
  schema::QualifiedName table;  // empty names: defined by SQL
  std::string definition;
  Place shapeAt;                                    // of `table` or `definition`
  std::optional<std::vector<ExposeEntry>> expose;   // nullopt: all
  std::optional<std::vector<ColumnEntry>> columns;  // nullopt of this and the next: as they are
  std::optional<std::vector<std::string>> tags;
  std::optional<std::vector<std::string>> owners;
  std::optional<std::string> comment;
  std::optional<std::string> eventTimeColumn;
  Place eventTimeAt;
  bool hasSubscribers = false;
  std::vector<std::string> subscribedUsers;
  std::vector<std::string> subscribedGroups;
};

struct PurposeEntry {
  Place at;
  catalog::Purpose purpose;  // without id
};

struct ProjectEntry {
  Place at;
  catalog::Project project;  // without ids; purposes as they are written
  std::vector<std::string> users;
  std::vector<schema::QualifiedName> dataSources;
};

struct RuleEntry {
  Place at;                                         // of the sentence
  std::optional<schema::QualifiedName> dataSource;  // nullopt: global
  Place dataSourceAt;
  policy::Rule rule;  // without ids; text is canonical
};

struct Document {
  bool prune = false;
  std::vector<ConnectionEntry> connections;
  std::vector<IdentityProviderEntry> identityProviders;
  std::vector<UserEntry> users;
  std::vector<PurposeEntry> purposes;
  std::vector<DataSourceEntry> dataSources;
  std::vector<ProjectEntry> projects;
  std::vector<RuleEntry> rules;
};

struct File {
  std::string name;
  std::string text;
};

/// Everything that is wrong goes to `problems`; the document is of use only if there are none.
Document readDocument(std::string_view text, Problems& problems);
/// Several files that make one document. `author`: of rules that name none.
Document readDocument(const std::vector<File>& files, const std::string& author, Problems& problems);

/// "schema.name" or "name" (schema public). The names are taken as they are written.
schema::QualifiedName qualifiedNameOf(const std::string& text);
std::string display(const schema::QualifiedName& name);

}  // namespace scrim::apply
