// SPDX-License-Identifier: Apache-2.0
#include "server/apply/document.h"

#include <algorithm>
#include <map>

#include "common/policy/language.h"
#include "common/schema/tag.h"
#include "server/apply/identity_provider.h"
#include "server/apply/keys.h"
#include "server/apply/password.h"
#include "server/apply/project.h"
#include "server/catalog/connection_store.h"
#include "server/catalog/rule_store.h"
#include "server/catalog/snapshot.h"
#include "server/identity/token_logins.h"

namespace scrim::apply {
namespace {

constexpr std::size_t kLongestName = 63;  // bytes, as PostgreSQL's identifiers

/// {key: value}, for who may write the value alone.
YamlNode mapOf(const char* key, const YamlNode& value) {
  YamlNode map{YamlNode::Kind::map, value.at};
  map.keys.push_back({YamlNode::Kind::scalar, value.at, key});
  map.items.push_back(value);
  return map;
}

/// Reads files one after the other; the entries found so far, and where names were first used.
class Reader {
 public:
  Reader(std::string author, Problems& problems) : author_(std::move(author)), problems_(problems) {}

  void read(std::string_view text) {
    const auto root = readYaml(text, problems_);
    if (!root || root->kind == YamlNode::Kind::null) return;
    file_ = text;
    YamlMap map(*root, "the file", kFileKeys, problems_);
    document_.prune = map.truth("prune", false) || document_.prune;
    for (const YamlNode& node : map.list("connections")) readConnection(node);
    for (const YamlNode& node : map.list("identity_providers")) readProvider(node);
    for (const YamlNode& node : map.list("users")) readUser(node);
    for (const YamlNode& node : map.list("purposes")) {
      PurposeEntry& entry = document_.purposes.emplace_back(readPurpose(node, problems_));
      checkUnique("purpose", catalog::normalisedUserName(entry.purpose.name), entry.at);
    }
    for (const YamlNode& node : map.list("data_sources")) readDataSource(node);
    for (const YamlNode& node : map.list("projects")) {
      ProjectEntry& entry = document_.projects.emplace_back(readProject(node, problems_));
      checkUnique("project", entry.project.name, entry.at);
    }
    for (const YamlNode& node : map.list("rules")) readRule(node, nullptr);
  }

  Document take() { return std::move(document_); }

 private:
  void checkName(const std::string& name, Place at, const std::string& what) {
    if (name.size() > kLongestName) problems_.add(at, what + " is longer than 63 bytes");
    bool control = std::any_of(name.begin(), name.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; });
    if (control) problems_.add(at, what + " holds a control character");
  }

  std::string elsewhere(Place first, Place here) const {
    const std::string line = "line " + std::to_string(first.line);
    return first.file == here.file ? line : problems_.fileOf(first) + ", " + line;
  }

  void checkUnique(const std::string& noun, const std::string& name, Place at) {
    if (name.empty()) return;  // reported already
    auto [found, isNew] = seen_.try_emplace(noun + " " + name, at);
    if (!isNew) problems_.add(at, noun + " " + name + " is already there in " + elsewhere(found->second, at));
  }

  void readHosts(YamlMap& map, catalog::Connection& connection) {
    connection.hosts = map.texts("hosts");
    if (map.need("hosts") != nullptr && connection.hosts.empty())
      problems_.add(map.at(), "hosts must name at least one host");
    for (const std::string& host : connection.hosts) {
      // libpq would take these as something else than one host.
      if (host.find_first_of(",@ \t") != std::string::npos) {
        problems_.add(placeOf(map, "hosts"),
                      "a host is a name, an address or the absolute path of a socket folder: " + host);
      }
    }
    for (const YamlNode& item : map.list("ports")) {
      YamlNode holder = mapOf("port", item);
      YamlMap one(holder, "a port", {"port"}, problems_);
      connection.ports.push_back(static_cast<std::uint16_t>(one.number("port", 1, 65535, 5432)));
    }
    if (connection.ports.empty()) connection.ports.push_back(5432);
    if (connection.ports.size() != 1 && connection.ports.size() != connection.hosts.size()) {
      problems_.add(placeOf(map, "ports"), "ports must be one for all hosts, or one for each");
    }
  }

  void readConnection(const YamlNode& node) {
    YamlMap map(node, "a connection", kConnectionKeys, problems_);
    ConnectionEntry entry{node.at, {}, {}};
    catalog::Connection& connection = entry.connection;
    connection.name = map.neededText("name");
    checkName(connection.name, placeOf(map, "name"), "the name of a connection");
    checkUnique("connection", connection.name, placeOf(map, "name"));
    if (map.text("kind", "postgres") != "postgres") {
      problems_.add(placeOf(map, "kind"), "kind must be postgres: other sources are not supported yet");
    }
    readHosts(map, connection);
    connection.database = map.neededText("database");
    connection.user = map.neededText("user");
    auto mode = catalog::tlsModeOf(map.text("tls", "verify-full"));
    if (!mode) problems_.add(placeOf(map, "tls"), "tls must be disable, require, verify-ca or verify-full");
    connection.tls = mode.value_or(catalog::TlsMode::verifyFull);
    connection.caFile = map.text("ca_file");
    bool verifies = connection.tls == catalog::TlsMode::verifyCa || connection.tls == catalog::TlsMode::verifyFull;
    if (mode && verifies && connection.caFile.empty()) {
      problems_.add(node.at, "tls: " + map.text("tls", "verify-full") +
                                 " needs ca_file (a path, or system for the machine's own list)");
    }
    connection.maxConnections = static_cast<int>(map.number("max_connections", 1, 10'000, 20));
    connection.statementTimeoutSeconds = static_cast<int>(map.number("statement_timeout_seconds", 0, 86'400, 0));
    entry.password = readPassword(map, false);
    document_.connections.push_back(std::move(entry));
  }

  void readProvider(const YamlNode& node) {
    IdentityProviderEntry entry = readIdentityProvider(node, problems_);
    entry.provider.position = static_cast<int>(document_.identityProviders.size());
    checkName(entry.provider.name, entry.at, "the name of an identity provider");
    checkUnique("identity provider", entry.provider.name, entry.at);
    document_.identityProviders.push_back(std::move(entry));
  }

  void readAttributes(YamlMap& map, catalog::User& user) {
    const YamlNode* node = map.find("attributes");
    if (node == nullptr || node->kind == YamlNode::Kind::null) return;
    if (node->kind != YamlNode::Kind::map)
      return problems_.add(node->at, "attributes must be a map of names and values");
    for (std::size_t i = 0; i < node->keys.size(); ++i) {
      const YamlNode& key = node->keys[i];
      const YamlNode& value = node->items[i];
      auto name = scalarText(key, "the name of an attribute", problems_);
      if (!name) continue;
      if (user.attributes.contains(*name)) problems_.add(key.at, "the attribute " + *name + " stands here twice");
      std::vector<YamlNode> values = value.kind == YamlNode::Kind::list ? value.items : std::vector<YamlNode>{value};
      for (const YamlNode& item : values) {
        if (auto text = scalarText(item, "a value of " + *name, problems_)) user.attributes[*name].insert(*text);
      }
    }
  }

  void readUser(const YamlNode& node) {
    YamlMap map(node, "a user", kUserKeys, problems_);
    UserEntry entry{node.at, {}, {}};
    entry.user.name = catalog::normalisedUserName(map.neededText("name"));
    checkName(entry.user.name, placeOf(map, "name"), "the name of a user");
    if (identity::TokenLogins::accountIn(entry.user.name)) {
      problems_.add(placeOf(map, "name"), "a name that begins with token: stands for a login by token");
    }
    checkUnique("user", entry.user.name, placeOf(map, "name"));
    for (std::string& group : map.texts("groups")) entry.user.groups.insert(std::move(group));
    for (std::string& permission : map.texts("permissions")) {
      if (std::find(kPermissions.begin(), kPermissions.end(), permission) == kPermissions.end()) {
        problems_.add(placeOf(map, "permissions"),
                      "there is no permission " + permission + suggestion(permission, kPermissions));
      }
      entry.user.permissions.insert(std::move(permission));
    }
    readAttributes(map, entry.user);
    entry.user.disabled = map.truth("disabled", false);
    entry.password = readPassword(map, true);
    document_.users.push_back(std::move(entry));
  }

  std::vector<std::string> readTags(YamlMap& map) {
    std::vector<std::string> tags = map.texts("tags");
    for (const std::string& tag : tags) {
      if (!tag.empty() && !schema::isValidTag(tag)) {
        problems_.add(placeOf(map, "tags"),
                      tag + " is no tag: letters, digits, '_', '-' and spaces, levels separated by dots");
      }
    }
    std::sort(tags.begin(), tags.end());
    return tags;
  }

  void readColumns(YamlMap& map, DataSourceEntry& entry) {
    std::map<std::string, int> names;
    if (map.find("columns") != nullptr) entry.columns.emplace();
    for (const YamlNode& node : map.list("columns")) {
      if (node.kind == YamlNode::Kind::scalar) {
        problems_.add(node.at,
                      "a column is a map with name, tags, comment, exposed; to choose columns, list them in expose");
        continue;
      }
      YamlMap column(node, "a column", kColumnKeys, problems_);
      ColumnEntry read{node.at, column.neededText("name"), readTags(column), column.text("comment"), std::nullopt};
      if (column.find("exposed") != nullptr) read.exposed = column.truth("exposed", true);
      if (names[read.name]++ > 0) problems_.add(node.at, "the column " + read.name + " stands here twice");
      entry.columns->push_back(std::move(read));
    }
    const YamlNode* expose = map.find("expose");
    if (expose == nullptr || (expose->kind == YamlNode::Kind::scalar && expose->text == "all")) return;
    if (expose->kind != YamlNode::Kind::list)
      return problems_.add(expose->at, "expose must be all, or a list of columns");
    std::vector<std::string> listed = map.texts("expose");
    entry.expose.emplace();
    for (std::size_t i = 0; i < listed.size() && i < expose->items.size(); ++i) {
      entry.expose->push_back({expose->items[i].at, listed[i]});
    }
  }

  void readShape(YamlMap& map, DataSourceEntry& entry) {
    std::vector<std::string> given;
    for (const char* key : {"table", "definition", "sql"}) {
      if (map.find(key) != nullptr) given.emplace_back(key);
    }
    if (given.size() != 1) {
      return problems_.add(entry.at, "a data source needs either table or definition" +
                                         std::string(given.empty() ? "" : ", not several of them"));
    }
    std::string text = map.neededText(given[0]);
    entry.shapeAt = placeOf(map, given[0]);
    if (given[0] == "table") {
      entry.table = qualifiedNameOf(text);
      if (entry.table.name.empty() || entry.table.schema.empty())
        problems_.add(entry.shapeAt, "table must be schema.name");
      return;
    }
    while (!text.empty() && (text.back() == '\n' || text.back() == ' ' || text.back() == ';')) text.pop_back();
    entry.definition = std::move(text);
  }

  static std::vector<std::string> readOwners(YamlMap& map) {
    std::vector<std::string> owners;
    for (const std::string& owner : map.texts("owners")) owners.push_back(catalog::normalisedUserName(owner));
    std::sort(owners.begin(), owners.end());
    return owners;
  }

  void readSubscribers(YamlMap& map, DataSourceEntry& entry) {
    const YamlNode* node = map.find("subscribers");
    if (node == nullptr) return;
    YamlMap subscribers(*node, "subscribers", {"users", "groups"}, problems_);
    entry.hasSubscribers = true;
    for (const std::string& user : subscribers.texts("users")) {
      entry.subscribedUsers.push_back(catalog::normalisedUserName(user));
    }
    entry.subscribedGroups = subscribers.texts("groups");
  }

  void readDataSource(const YamlNode& node) {
    YamlMap map(node, "a data source", kDataSourceKeys, problems_);
    DataSourceEntry entry;
    entry.at = node.at;
    std::string name = map.neededText("name");
    entry.name = qualifiedNameOf(name);
    for (const std::string* part : {&entry.name.schema, &entry.name.name}) {
      checkName(*part, placeOf(map, "name"), "the name of a data source");
      if (part->empty() && !name.empty())
        problems_.add(placeOf(map, "name"), "the name must be schema.name, or a name");
    }
    if (entry.name.schema.starts_with("pg_") || entry.name.schema == "information_schema") {
      problems_.add(placeOf(map, "name"),
                    "the schema " + entry.name.schema + " belongs to the system: choose another one");
    }
    checkUnique("data source", display(entry.name), placeOf(map, "name"));
    entry.connection = map.neededText("connection");
    entry.connectionAt = placeOf(map, "connection");
    readShape(map, entry);
    readColumns(map, entry);
    if (map.find("tags") != nullptr) entry.tags = readTags(map);
    if (map.find("owners") != nullptr) entry.owners = readOwners(map);
    if (map.find("comment") != nullptr) entry.comment = map.text("comment");
    if (map.find("event_time_column") != nullptr) entry.eventTimeColumn = map.text("event_time_column");
    entry.eventTimeAt = placeOf(map, "event_time_column");
    readSubscribers(map, entry);
    for (const YamlNode& rule : map.list("rules")) readRule(rule, &entry.name);
    document_.dataSources.push_back(std::move(entry));
  }

  void readSentence(const YamlNode& node, RuleEntry& entry) {
    auto sentence = policy::parseSentence(node.text);
    if (!sentence) {
      const base::Error& error = sentence.error();
      std::string text = error.message;
      for (const std::string* more : {&error.detail, &error.hint}) text += more->empty() ? "" : ". " + *more;
      return problems_.add(placeWithin(node, file_, error.position.value_or(0)), std::move(text));
    }
    bool hasTags = !sentence->dataSourceTags.empty();
    if (entry.dataSource && hasTags) {
      problems_.add(
          node.at,
          "a rule of one data source cannot begin with ON DATA SOURCES TAGGED: leave that, or data_source, out");
    }
    if (!entry.dataSource && !hasTags) {
      problems_.add(node.at,
                    "say what the rule is about: data_source, or a sentence that begins with ON DATA SOURCES TAGGED");
    }
    entry.rule.text = policy::print(*sentence);
    entry.rule.sentence = std::make_shared<const policy::Sentence>(std::move(sentence).value());
  }

  void readRule(const YamlNode& node, const schema::QualifiedName* within) {
    RuleEntry entry;
    entry.at = node.at;
    if (within != nullptr) entry.dataSource = *within;
    if (node.kind == YamlNode::Kind::scalar) {
      YamlNode holder = mapOf("rule", node);
      return readRule(holder, within);
    }
    YamlMap map(node, "a rule", within == nullptr ? kRuleKeys : kLocalRuleKeys, problems_);
    if (map.find("data_source") != nullptr && within == nullptr) {
      entry.dataSource = qualifiedNameOf(map.neededText("data_source"));
    }
    entry.dataSourceAt = placeOf(map, "data_source");
    entry.rule.author = catalog::normalisedUserName(map.text("author", author_));
    entry.rule.reason = map.text("reason");
    auto state = catalog::ruleStateOf(map.text("state", "active"));
    if (!state) problems_.add(placeOf(map, "state"), "state must be active, staged or disabled");
    entry.rule.state = state.value_or(policy::RuleState::active);
    const YamlNode* sentence = map.need("rule");
    if (sentence == nullptr || map.neededText("rule").empty()) return;
    if (sentence->kind != YamlNode::Kind::scalar) return;
    entry.at = sentence->at;
    readSentence(*sentence, entry);
    if (entry.rule.sentence == nullptr) return;
    checkUnique("the rule", (entry.dataSource ? "of " + display(*entry.dataSource) + ": " : "") + entry.rule.text,
                entry.at);
    document_.rules.push_back(std::move(entry));
  }

  std::string author_;
  std::string_view file_;  // that is read now
  Problems& problems_;
  Document document_;
  std::map<std::string, Place> seen_;
};

}  // namespace

schema::QualifiedName qualifiedNameOf(const std::string& text) {
  std::size_t dot = text.find('.');
  if (dot == std::string::npos) return {"public", text};
  return {text.substr(0, dot), text.substr(dot + 1)};
}

std::string display(const schema::QualifiedName& name) { return name.schema + "." + name.name; }

Document readDocument(std::string_view text, Problems& problems) {
  Reader reader("apply", problems);
  reader.read(text);
  return reader.take();
}

Document readDocument(const std::vector<File>& files, const std::string& author, Problems& problems) {
  Reader reader(author, problems);
  for (const File& file : files) {
    problems.beginFile(file.name);
    reader.read(file.text);
  }
  return reader.take();
}

}  // namespace scrim::apply
