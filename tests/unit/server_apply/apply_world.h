// SPDX-License-Identifier: Apache-2.0
// A catalog and a source of their own, for tests of what files do to a catalog.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>

#include "server/apply/apply.h"
#include "server/catalog/user_store.h"
#include "server/identity/scram_verifier.h"
#include "tests/support/store_scratch.h"

namespace scrim::apply {

using store::Scratch;
using store::SharedServer;
using testing::HasSubstr;
namespace fs = std::filesystem;

inline std::string textOf(const fs::path& path) {
  std::ifstream stream(path);
  return {std::istreambuf_iterator<char>(stream), {}};
}

inline std::string replaced(std::string text, const std::string& from, const std::string& to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
  return text;
}

/// The YAML after "<!-- example: name -->" in a page.
inline std::string exampleOf(const std::string& page, const std::string& name) {
  std::size_t start = page.find("```yaml\n", page.find("<!-- example: " + name + " -->")) + 8;
  return page.substr(start, page.find("```", start) - start);
}

/// Stands for the wiring's parser: the tables of this test's definitions.
inline base::Result<std::vector<schema::QualifiedName>> tablesOf(const std::string&) {
  return std::vector<schema::QualifiedName>{{"", "customer"}, {"public", "purchase"}};
}

/// A catalog and a source in two databases of the shared server.
class Apply : public testing::Test {
 protected:
  void SetUp() override {
    sourceDsn_ = SharedServer::get().newDatabase();
    sourceDatabase_ = sourceDsn_.substr(sourceDsn_.rfind('=') + 1);
    source(
        "CREATE TABLE customer (id int PRIMARY KEY, first_name text, last_name text, age int, country text, ssn "
        "varchar(11));"
        "CREATE TABLE purchase (id bigint, customer_id int, product_id int, department text, purchase_date date)");
    auto catalog = catalog::Catalog::open({SharedServer::get().newDatabase()},
                                          store::SecretBox(base::Secret(std::string(store::kKeyBytes, 'k'))));
    ASSERT_TRUE(catalog.ok()) << catalog.error().message;
    catalog_ = std::move(catalog).value();
  }

  void source(const std::string& sql) {
    auto link = store::Link::open({sourceDsn_, {}});
    auto done = link->script(sql);
    ASSERT_TRUE(done.ok()) << done.error().message;
  }

  std::string filled(std::string text) {
    text = replaced(std::move(text), "@SOCKET@", (*SharedServer::get()).socketFolder());
    return replaced(std::move(text), "@DATABASE@", sourceDatabase_);
  }

  /// The version after it, or the problems.
  std::string apply(const std::string& text) {
    Problems problems("file.yaml");
    Document document = readDocument(filled(text), problems);
    fetchPasswords(
        document, [this](const PasswordSource& source) { return sent(source); }, problems);
    if (problems.empty()) {
      ShapeCache shapes(tablesOf);
      auto version = catalog_->change("test", [&](catalog::Writer& writer) -> base::Result<void> {
        auto made = attempt(document, writer, shapes, problems);
        if (!made) return std::move(made).error();
        return {};
      });
      if (version) return "version " + std::to_string(version->value);
      if (problems.empty()) return version.error().message;
    }
    std::string all;
    for (const std::string& line : problems.lines()) all += line + "\n";
    return all;
  }

  /// What came with the file.
  base::Result<base::Secret> sent(const PasswordSource& source) const {
    const auto found = passwords_.find({source.kind, source.name});
    if (found != passwords_.end()) return base::Secret(found->second);
    return base::Error{base::ErrorCode::configInvalid, source.name + " was not sent"};
  }

  std::string writtenDown() {
    std::string text;
    const auto done = catalog_->run("", [&](catalog::Writer& writer) -> base::Result<void> {
      SCRIM_TRY(const Written entries, writeDown(writer));
      text = printed(entries);
      return {};
    });
    EXPECT_TRUE(done.ok());
    return text;
  }

  /// What applying it would do.
  std::string attempted(const std::string& text) {
    Problems problems("file.yaml");
    const Document document = readDocument(filled(text), problems);
    EXPECT_TRUE(problems.empty());
    ShapeCache shapes(tablesOf);
    std::string all;
    (void)catalog_->run("", [&](catalog::Writer& writer) -> base::Result<void> {
      SCRIM_TRY(const Attempt made, attempt(document, writer, shapes, problems));
      for (const Change& change : made.changes) all += lineOf(change);
      return base::Error{base::ErrorCode::queryCanceled, "only to know"};
    });
    return all;
  }

  static std::string lineOf(const Change& change) {
    using Action = Change::Action;
    std::string text = change.action == Action::create   ? "create "
                       : change.action == Action::update ? "update "
                                                         : "remove ";
    text += change.kind + " " + change.name + "\n";
    for (const Difference& each : change.differences) {
      text += "  " + each.field + ": " + each.before.value_or("-") + " -> " + each.after.value_or("-") + "\n";
    }
    return text;
  }

  catalog::DataSourcePtr dataSource(const std::string& name) {
    return catalog_->snapshot()->dataSource(schema::QualifiedName{"public", name});
  }

  std::string sourceDsn_;
  std::string sourceDatabase_;
  std::unique_ptr<catalog::Catalog> catalog_;
  std::map<std::pair<PasswordSource::Kind, std::string>, std::string> passwords_;
};

inline constexpr const char* kConnection = R"(
connections:
  - {name: retail, hosts: ["@SOCKET@"], database: "@DATABASE@", user: scrim, tls: disable, password: canary-password}
)";

inline constexpr const char* kWorld = R"(
connections:
  - {name: retail, hosts: ["@SOCKET@"], database: "@DATABASE@", user: scrim, tls: disable, password: canary-password}
users:
  - {name: Alice, password: secret, groups: [Toys, Home Goods], attributes: {Country: [DE, FR], Level: "3"}}
  - {name: olivia, password: other}
data_sources:
  - name: customer_purchases
    connection: retail
    definition: |
      SELECT customer.id, ssn, department FROM customer JOIN purchase ON customer.id = purchase.customer_id;
    owners: [Olivia]
    tags: [Sales]
    columns:
      - {name: ssn, tags: [PII.SSN], comment: keep it}
    subscribers: {users: [alice], groups: [HR]}
  - {name: other.plain, connection: retail, table: public.customer, expose: [id, age]}
rules:
  - {data_source: customer_purchases, rule: mask column ssn using hashing for everyone, author: Olivia, reason: law}
  - rule: "ON DATA SOURCES TAGGED 'Sales': ALLOW SUBSCRIPTION BY ANYONE"
    state: staged
)";

}  // namespace scrim::apply
