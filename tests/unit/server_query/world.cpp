// SPDX-License-Identifier: Apache-2.0
#include "world.h"

#include <stdexcept>

#include "common/base/hash.h"
#include "common/policy/language.h"
#include "server/catalog/snapshot_builder.h"

namespace scrim::test {
namespace {

using catalog::DataSource;
using catalog::RemoteTable;
using schema::DataType;

DataType type(const std::string& name) {
  if (name == "mood") return {16400, -1, "mood"};
  if (name == "text[]") return {1009, -1, "text[]"};
  if (name == "char(2)") return {1042, 6, "character"};
  if (name == "varchar(60)") return {1043, 64, "character varying"};
  if (name == "varchar(30)") return {1043, 34, "character varying"};
  if (name == "numeric(10,2)") return {1700, (10 << 16) + 2 + 4, "numeric"};
  const auto known = schema::builtinType(name);
  if (!known) throw std::runtime_error("type " + name);
  return *known;
}

using Columns = std::vector<std::pair<std::string, std::string>>;

const Columns kCustomer{
    {"id", "int"},          {"first_name", "text"},    {"last_name", "varchar(30)"}, {"age", "int"},
    {"country", "char(2)"}, {"ssn", "text"},           {"email", "varchar(60)"},     {"salary", "numeric(10,2)"},
    {"born", "date"},       {"joined", "timestamptz"}, {"seen", "timestamp"},        {"token", "uuid"},
    {"notes", "jsonb"},     {"feeling", "mood"},       {"tags", "text[]"},           {"internal", "text"}};
const Columns kPurchase{{"id", "int"},          {"customer_id", "int"},    {"product_id", "int"},
                        {"department", "text"}, {"purchase_date", "date"}, {"amount", "numeric(10,2)"}};

RemoteTable remote(const std::string& name, const Columns& columns) {
  RemoteTable table{{"public", name}, {}};
  for (const auto& [column, kind] : columns) table.columns.push_back({column, type(kind), false});
  return table;
}

class WorldBuilder {
 public:
  WorldBuilder() {
    catalog::Connection retail;
    retail.id = base::ConnectionId{1};
    retail.name = "retail";
    builder_.put(std::move(retail));
    catalog::Connection other;
    other.id = base::ConnectionId{2};
    other.name = "other";
    builder_.put(std::move(other));
  }

  // Exposes the columns named (all, if none is).
  DataSource& table(const std::string& name, const std::string& remoteName, const Columns& columns,
                    const std::vector<std::string>& exposed = {}) {
    DataSource& source = fresh(name);
    source.remote = {"public", remoteName};
    source.remoteTables = {remote(remoteName, columns)};
    for (const auto& [column, kind] : columns) {
      const bool shown = exposed.empty() || std::find(exposed.begin(), exposed.end(), column) != exposed.end();
      const bool text = kind == "text" || kind.find("char") != std::string::npos;
      source.columns.push_back(
          {.name = column, .type = type(kind), .exposed = shown, .remoteName = column, .defaultCollation = text});
    }
    return source;
  }
  DataSource& sql(const std::string& name, const std::string& definition, const Columns& exposed,
                  const Columns& hidden = {}) {
    DataSource& source = fresh(name);
    source.definition = definition;
    source.remoteTables = {remote("customer", kCustomer), remote("purchase", kPurchase)};
    for (const auto& [column, kind] : exposed)
      source.columns.push_back({.name = column, .type = type(kind), .remoteName = column});
    for (const auto& [column, kind] : hidden)
      source.columns.push_back({.name = column, .type = type(kind), .exposed = false, .remoteName = column});
    return source;
  }
  void rule(const std::string& text) {
    auto sentence = policy::parseSentence(text);
    if (!sentence.ok()) throw std::runtime_error(text + ": " + sentence.error().message);
    policy::Rule rule;
    rule.id = base::RuleId{++rules_};
    rule.dataSource = source_.id;
    rule.text = policy::print(*sentence);
    rule.sentence = std::make_shared<const policy::Sentence>(std::move(*sentence));
    pending_.push_back(std::move(rule));
  }
  void done(bool forAnyone = true) {
    if (forAnyone) rule("ALLOW SUBSCRIPTION BY ANYONE");
    builder_.put(std::move(source_));
    for (policy::Rule& rule : pending_) builder_.put(std::move(rule));
    pending_.clear();
  }
  catalog::SnapshotBuilder& builder() { return builder_; }

 private:
  DataSource& fresh(const std::string& name) {
    source_ = DataSource{};
    source_.id = base::DataSourceId{++sources_};
    source_.name = {"public", name};
    source_.connection = base::ConnectionId{1};
    source_.hashKey = base::Secret(std::string(base::asBytes(base::sha256(name))));
    return source_;
  }

  catalog::SnapshotBuilder builder_;
  DataSource source_;
  std::vector<policy::Rule> pending_;
  std::int64_t sources_ = 0;
  std::int64_t rules_ = 0;
};

void addTables(WorldBuilder& world) {
  const std::string mine = "SHOW ONLY ROWS WHERE USER IS A MEMBER OF A GROUP MATCHING COLUMN department FOR EVERYONE";
  world.table("customer", "customer", kCustomer).columns.back().exposed = false;  // internal
  world.rule("MASK COLUMN ssn USING HASHING FOR EVERYONE EXCEPT MEMBERS OF GROUP 'HR'");
  world.rule(
      "SHOW ONLY ROWS WHERE USER HAS ATTRIBUTE 'Country' MATCHING COLUMN country FOR EVERYONE EXCEPT MEMBERS OF GROUP "
      "'HR'");
  world.done();
  world.table("purchase", "purchase", kPurchase);
  world.rule(mine);
  world.done();
  world.table("plain", "purchase", kPurchase);
  world.done();
  DataSource& odd = world.table("odd", "Odd Names", {{"Key", "int"}, {"select", "text"}, {"a\"b", "text"}});
  odd.remote = {"public", "Odd Names"};
  world.done();
  world.table("people", "customer", kCustomer,
              {"id", "first_name", "email", "age", "salary", "born", "joined", "token", "country", "notes"});
  for (const char* text :
       {"MASK COLUMN id USING HASHING FOR EVERYONE",
        "MASK COLUMN first_name USING SHOWING FIRST 1 WITH '*' FOR EVERYONE",
        "MASK COLUMN email USING REGEX '^[^@]+' REPLACED BY '***' FOR EVERYONE",
        "MASK COLUMN age USING NULL FOR EVERYONE",
        "MASK COLUMN salary USING ROUNDING TO 1000 WHERE country = 'DE' FOR EVERYONE",
        "MASK COLUMN born USING ROUNDING TO YEAR FOR EVERYONE",
        "MASK COLUMN joined USING ROUNDING TO MONTH FOR EVERYONE", "MASK COLUMN token USING HASHING FOR EVERYONE",
        "MASK COLUMN country USING CONSTANT 'XX' FOR EVERYONE", "MASK COLUMN notes USING HASHING FOR EVERYONE"}) {
    world.rule(text);
  }
  world.done();
  world.table("managed", "customer", kCustomer, {"id", "country", "salary"});
  world.rule(
      "SHOW ONLY ROWS WHERE country IN (SELECT country FROM public.region WHERE manager = USER.NAME) FOR EVERYONE");
  world.done();
  world.table("region", "region", {{"country", "char(2)"}, {"manager", "text"}});
  world.done(false);
  world.table("sampled", "purchase", kPurchase, {"id", "customer_id", "amount"});
  world.rule("SHOW ONLY 40 PERCENT OF ROWS BY COLUMN customer_id FOR EVERYONE");
  world.done();
  world.table("recent", "purchase", kPurchase, {"id", "purchase_date", "amount"});
  world.rule("SHOW ONLY ROWS FROM THE LAST 100 YEARS BY COLUMN purchase_date FOR EVERYONE");
  world.done();
  world.table("closed", "purchase", kPurchase, {"id", "amount"});
  world.rule("SHOW NO ROWS FOR EVERYONE");
  world.done();
  world.table("everyone", "customer", kCustomer, {"id", "age", "first_name"});
  world.done();
  // A guard that PostgreSQL thinks dearer than most conditions of a user, so that it would evaluate those first.
  const std::string dear =
      "SHOW ONLY ROWS WHERE lower(trim(department)) = 'toys' OR upper(trim(department)) = 'HOME GOODS' OR "
      "lower(trim(substring(department, 1, 90))) = 'toys' FOR EVERYONE";
  world.table("dear", "purchase", kPurchase);
  world.rule(dear);
  world.done();
  world.sql("dear_view",
            "SELECT p.id, p.department, p.customer_id FROM purchase p JOIN customer c ON c.id = p.customer_id",
            {{"id", "int"}, {"department", "text"}, {"customer_id", "int"}});
  world.rule(dear);
  world.done();
  world.table("elsewhere", "purchase", kPurchase).connection = base::ConnectionId{2};
  world.done();
}

void addDefinitions(WorldBuilder& world) {
  const std::string mine = "SHOW ONLY ROWS WHERE USER IS A MEMBER OF A GROUP MATCHING COLUMN department FOR EVERYONE";
  world.sql("customer_purchases", "SELECT * FROM customer JOIN purchase ON customer.id = purchase.customer_id",
            {{"id", "int"},
             {"first_name", "text"},
             {"last_name", "varchar(30)"},
             {"age", "int"},
             {"country", "char(2)"},
             {"ssn", "text"},
             {"product_id", "int"},
             {"department", "text"},
             {"purchase_date", "date"}});
  world.rule("MASK COLUMN ssn USING HASHING FOR EVERYONE");
  world.rule(mine);
  world.done();
  world.sql("family", "SELECT * FROM ONLY purchase p JOIN ONLY (customer) c ON c.id = p.customer_id",
            {{"product_id", "int"}, {"department", "text"}, {"first_name", "text"}});
  world.rule("MASK COLUMN first_name USING SHOWING FIRST 1 WITH '*' FOR EVERYONE");
  world.rule(mine);
  world.done();
  world.sql("spend",
            "SELECT c.country, count(*) AS n, sum(p.amount) AS total FROM customer c JOIN purchase p ON c.id = "
            "p.customer_id GROUP BY c.country",
            {{"country", "char(2)"}, {"n", "bigint"}, {"total", "numeric"}});
  world.rule("MASK COLUMN total USING ROUNDING TO 100 FOR EVERYONE");
  world.rule("SHOW ONLY ROWS WHERE USER HAS ATTRIBUTE 'Country' MATCHING COLUMN country FOR EVERYONE");
  world.done();
  world.sql("optional",
            "SELECT c.id, c.ssn, p.department, p.department AS shown FROM customer c LEFT JOIN purchase p ON c.id = "
            "p.customer_id AND p.id < 40",
            {{"id", "int"}, {"ssn", "text"}, {"department", "text"}, {"shown", "text"}});
  world.rule("MASK COLUMN ssn USING HASHING FOR EVERYONE");
  world.rule("MASK COLUMN shown USING SHOWING FIRST 2 WITH '#' FOR EVERYONE");
  world.rule(mine);
  world.done();
}

// Rules that look at what is not exposed.
void addShy(WorldBuilder& world) {
  const std::string mine = "SHOW ONLY ROWS WHERE USER IS A MEMBER OF A GROUP MATCHING COLUMN department FOR EVERYONE";
  const std::string joined = " FROM customer c JOIN purchase p ON c.id = p.customer_id";
  world.table("shy", "purchase", kPurchase, {"id", "amount"});
  world.rule(mine);
  world.done();
  world.table("shy_people", "customer", kCustomer, {"id", "first_name", "salary"});
  world.rule("MASK COLUMN salary USING NULL WHERE country = 'DE' FOR EVERYONE");
  world.rule("MASK COLUMN ssn USING HASHING FOR EVERYONE");
  world.rule("SHOW ONLY 60 PERCENT OF ROWS BY COLUMN token FOR EVERYONE");
  world.done();
  world.sql("shy_orders", "SELECT c.id, c.first_name, p.amount" + joined,
            {{"id", "int"}, {"first_name", "text"}, {"amount", "numeric(10,2)"}});
  world.rule("MASK COLUMN first_name USING SHOWING FIRST 1 WITH '*' WHERE country = 'DE' FOR EVERYONE");
  world.rule(mine);
  world.done();
  world.sql("shy_optional",
            "SELECT c.id, p.department AS dept, p.amount, c.country FROM customer c LEFT JOIN purchase p ON c.id = "
            "p.customer_id AND p.id < 40",
            {{"id", "int"}, {"amount", "numeric(10,2)"}}, {{"dept", "text"}, {"country", "char(2)"}});
  world.rule("SHOW ONLY ROWS WHERE USER IS A MEMBER OF A GROUP MATCHING COLUMN dept FOR EVERYONE");
  world.rule("MASK COLUMN amount USING ROUNDING TO 10 WHERE country = 'DE' FOR EVERYONE");
  world.done();
  world.sql("shy_filtered", "SELECT c.id, p.amount" + joined + " WHERE p.department <> 'Garden'",
            {{"id", "int"}, {"amount", "numeric(10,2)"}});
  world.rule(mine);
  world.done();
  world.sql("vague", "SELECT c.first_name, p.amount" + joined, {{"first_name", "text"}, {"amount", "numeric(10,2)"}});
  world.rule("SHOW ONLY ROWS WHERE id > 3 FOR EVERYONE");
  world.done();
  world.sql("grouped", "SELECT c.country, count(*) AS n" + joined + " GROUP BY c.country",
            {{"country", "char(2)"}, {"n", "bigint"}});
  world.rule(mine);
  world.done();
  world.sql("outer_side", "SELECT c.id, p.amount FROM customer c LEFT JOIN purchase p ON c.id = p.customer_id",
            {{"id", "int"}, {"amount", "numeric(10,2)"}});
  world.rule(mine);
  world.done();
  world.sql("twice",
            "SELECT c.id, a.amount FROM customer c, purchase a, purchase b WHERE c.id = a.customer_id AND a.id = b.id",
            {{"id", "int"}, {"amount", "numeric(10,2)"}});
  world.rule(mine);
  world.done();
  world.sql("torn", "SELECT c.id, p.amount" + joined, {{"id", "int"}, {"amount", "numeric(10,2)"}});
  world.rule("SHOW ONLY ROWS WHERE department = 'Toys' OR country = 'DE' FOR EVERYONE");
  world.done();
}

// Look-ups into a data source that is defined by SQL.
void addLookups(WorldBuilder& world) {
  const std::string spending =
      "SHOW ONLY ROWS WHERE id IN (SELECT who FROM public.spenders WHERE total > 450) FOR EVERYONE";
  world.sql("spenders",
            "SELECT count(*) AS n, p.customer_id AS who, sum(p.amount) AS total FROM purchase p GROUP BY p.customer_id",
            {{"who", "int"}, {"total", "numeric"}});
  world.done(false);
  world.table("good_customers", "customer", kCustomer, {"id", "first_name"});
  world.rule(spending);
  world.rule(
      "MASK COLUMN first_name USING NULL WHERE id NOT IN (SELECT who FROM public.spenders WHERE total > 500) FOR "
      "EVERYONE");
  world.done();
  world.sql("good_orders", "SELECT c.id, p.amount FROM customer c JOIN purchase p ON c.id = p.customer_id",
            {{"id", "int"}, {"amount", "numeric(10,2)"}});
  world.rule(spending);
  world.done();
  world.table("no_lookup", "customer", kCustomer, {"id"});
  world.rule("SHOW ONLY ROWS WHERE id IN (SELECT id FROM public.elsewhere) FOR EVERYONE");
  world.done();
}

}  // namespace

catalog::SnapshotPtr makeWorld() {
  WorldBuilder world;
  addTables(world);
  addDefinitions(world);
  addShy(world);
  addLookups(world);
  return world.builder().build(base::SnapshotVersion{7});
}

query::QueryContext contextOf(const catalog::SnapshotPtr& world, const std::string& user) {
  query::QueryContext context;
  context.snapshot = world;
  context.subject.user = user;
  if (user == "alice") {
    context.subject.groups = {"Toys", "Home Goods"};
    context.subject.attributes["Country"] = {"DE", "FR"};
  }
  if (user == "bob") context.subject.groups = {"HR"};
  context.session.user = user;
  context.session.database = "scrim";
  return context;
}

}  // namespace scrim::test
