// SPDX-License-Identifier: Apache-2.0
// Prints, for each vector of masks.json and predicates.json, the PostgreSQL expression that the server would send: one
// JSON object a line: {"kind", "index", "sql", "type", "keys": [hex, ..]}. Masks are rendered over r.c, predicates over
// the columns of r; look-ups read tables of the same name. Ends with 1 and a message if one cannot be rendered.
#include <Poco/JSON/Object.h>
#include <Poco/JSON/Parser.h>

#include <fstream>
#include <iostream>
#include <sstream>
#include <stdexcept>

#include "common/base/hash.h"
#include "common/contract/contract.h"
#include "common/policy/language.h"
#include "server/query/parse/build.h"
#include "server/query/parse/print.h"
#include "server/query/protect/render_mask.h"
#include "server/query/protect/render_predicate.h"

namespace scrim {
namespace {

using Object = Poco::JSON::Object::Ptr;
constexpr std::string_view kRelation = "r";

template <typename T>
T must(base::Result<T> result, const std::string& what) {
  if (!result.ok()) throw std::runtime_error(what + ": " + result.error().message + " " + result.error().detail);
  return std::move(result).value();
}

Object readVectors(const std::string& name) {
  std::ifstream file(std::string(SCRIM_SOURCE_DIR "/tests/conformance/") + name);
  std::stringstream text;
  text << file.rdbuf();
  return Poco::JSON::Parser().parse(text.str()).extract<Object>();
}

std::string textOf(const Object& object, const std::string& name) { return object->getValue<std::string>(name); }

std::string jsonOf(const Object& object) {
  std::ostringstream out;
  object->stringify(out);
  return out.str();
}

schema::DataType typeOf(const std::string& name, int modifier = -1) {
  schema::DataType out = schema::builtinType(name).value();
  out.modifier = modifier;
  return out;
}

std::vector<policy::ResourceColumn> columnsOf(const Object& object) {
  std::vector<policy::ResourceColumn> out;
  for (const std::string& name : object->getNames()) out.push_back({name, typeOf(textOf(object, name)), {}});
  return out;
}

// Everything that one rendering needs to stay alive.
struct Rendering {
  std::vector<policy::ResourceColumn> columns;
  base::Secret key;
  parse::Arena arena{};
  protect::PolicyParameters parameters{1};
  std::map<std::string, std::string> physical = {};
  protect::LookupTables lookups = {};

  protect::RenderScope scope() {
    return {arena, std::string(kRelation), columns, physical, key, key, parameters, lookups};
  }
};

void print(const std::string& kind, std::size_t index, Rendering& rendering, const PgQuery__Node& tree,
           const std::string& type) {
  Object out(new Poco::JSON::Object(Poco::JSON_PRESERVE_KEY_ORDER));
  out->set("kind", kind);
  out->set("index", index);
  out->set("sql", must(parse::printExpression(tree), kind + " " + std::to_string(index)));
  out->set("type", type);
  Poco::JSON::Array::Ptr keys(new Poco::JSON::Array);
  for (const base::Secret& value : rendering.parameters.values()) keys->add(base::toHex(value.reveal()));
  out->set("keys", keys);
  std::cout << jsonOf(out) << "\n";
}

void printMasks() {
  Object vectors = readVectors("masks.json");
  const std::string key = *base::fromHex(textOf(vectors, "hashKey"));
  std::size_t index = 0;
  for (const auto& item : *vectors->getArray("cases")) {
    Object object = item.extract<Object>();
    const policy::Mask mask = must(contract::maskFromJson(jsonOf(object->getObject("mask"))), jsonOf(object));
    const policy::ResourceColumn column{"c", typeOf(textOf(object, "type"), object->optValue("modifier", -1)), {}};
    Rendering rendering{{column}, base::Secret(key)};
    const auto rendered =
        must(protect::renderColumn(column, {{std::nullopt, mask, {1}, ""}}, rendering.scope()), jsonOf(object));
    print("mask", index++, rendering, *rendered.value, rendered.type.name);
  }
}

protect::LookupTables lookupsOf(const Object& vectors, parse::Arena& arena) {
  std::map<schema::QualifiedName, std::vector<policy::ResourceColumn>> known;
  for (const auto& item : *vectors->getArray("lookups")) {
    Object object = item.extract<Object>();
    known[{textOf(object, "schema"), textOf(object, "name")}] = columnsOf(object->getObject("columns"));
  }
  return [known, &arena](const schema::QualifiedName& source,
                         std::string_view alias) -> base::Result<protect::LookupTable> {
    PgQuery__Node* from = parse::rangeVar(arena, source.schema, source.name);
    from->range_var->alias = parse::alias(arena, alias);
    return protect::LookupTable{from, known.at(source), {}};
  };
}

void printPredicate(const Object& vectors, const std::string& kind, std::size_t index,
                    const policy::Expression& predicate) {
  Rendering rendering{columnsOf(vectors->getObject("columns")),
                      base::Secret(*base::fromHex(textOf(vectors, "hashKey")))};
  rendering.lookups = lookupsOf(vectors, rendering.arena);
  PgQuery__Node* tree = must(protect::renderPredicate(predicate, rendering.scope()), policy::print(predicate));
  print(kind, index, rendering, *tree, "boolean");
}

void printPredicates() {
  Object vectors = readVectors("predicates.json");
  std::size_t index = 0;
  for (const auto& item : *vectors->getArray("cases")) {
    const std::string text = textOf(item.extract<Object>(), "predicate");
    printPredicate(vectors, "cases", index++, *must(policy::parseExpression(text), text));
  }
  for (const std::string kind : {"recent", "samples"}) {
    index = 0;
    for (const auto& item : *vectors->getArray(kind)) {
      const std::string text = (kind == "recent" ? "SHOW ONLY ROWS " : "SHOW ONLY ") +
                               textOf(item.extract<Object>(), "rows") + " FOR EVERYONE";
      const policy::Sentence sentence = must(policy::parseSentence(text), text);
      printPredicate(vectors, kind, index++, *std::get<policy::RowAction>(sentence.action).predicate);
    }
  }
}

}  // namespace
}  // namespace scrim

int main() {
  try {
    scrim::printMasks();
    scrim::printPredicates();
  } catch (const std::exception& failure) {
    std::cerr << failure.what() << "\n";
    return 1;
  }
  return 0;
}
