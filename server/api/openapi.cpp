// SPDX-License-Identifier: Apache-2.0
#include "server/api/openapi.h"

#include <stdexcept>

#include "server/api/embedded_schemas.h"
#include "server/api/json.h"
#include "server/api/route.h"

namespace scrim::api {
namespace {

ObjectPtr object(std::initializer_list<std::pair<const char*, contract::Json>> members) {
  ObjectPtr out = contract::newObject();
  for (const auto& [name, value] : members) out->set(name, value);
  return out;
}

ObjectPtr reference(std::string_view schema) {
  return object({{"$ref", "#/components/schemas/" + std::string(schema)}});
}

ObjectPtr content(const char* type, const ObjectPtr& schema) { return object({{type, object({{"schema", schema}})}}); }

ArrayPtr parametersOf(const Route& route) {
  ArrayPtr out(new Poco::JSON::Array);
  for (std::size_t at = route.pattern.find('{'); at != std::string_view::npos; at = route.pattern.find('{', at + 1)) {
    const std::string name(route.pattern.substr(at + 1, route.pattern.find('}', at) - at - 1));
    out->add(object({{"name", name}, {"in", "path"}, {"required", true}, {"schema", object({{"type", "string"}})}}));
  }
  for (const std::string_view name : route.parameters) {
    const bool number = name == "limit" || name.ends_with("Version");
    out->add(object(
        {{"name", std::string(name)}, {"in", "query"}, {"schema", object({{"type", number ? "integer" : "string"}})}}));
  }
  if (route.needsMatch) {
    out->add(
        object({{"name", "If-Match"}, {"in", "header"}, {"required", true}, {"schema", object({{"type", "string"}})}}));
  }
  return out;
}

ObjectPtr responsesOf(const Route& route) {
  ObjectPtr success = object({{"description", std::string(route.summary)}});
  if (!route.gives.empty()) success->set("content", content("application/json", reference(route.gives)));
  ObjectPtr out = contract::newObject();
  out->set(std::to_string(route.status), success);
  out->set("default", object({{"description", "A problem"},
                              {"content", content("application/problem+json", reference("Problem"))}}));
  return out;
}

ObjectPtr operationOf(const Route& route) {
  ObjectPtr out = contract::newObject();
  out->set("operationId", std::string(route.operation));
  out->set("summary", std::string(route.summary));
  if (auto parameters = parametersOf(route); parameters->size() > 0) out->set("parameters", parameters);
  if (!route.takes.empty()) {
    out->set("requestBody",
             object({{"required", true}, {"content", content("application/json", reference(route.takes))}}));
  }
  out->set("responses", responsesOf(route));
  ArrayPtr security(new Poco::JSON::Array);
  if (route.right != Right::anyone) security->add(object({{"token", ArrayPtr(new Poco::JSON::Array)}}));
  out->set("security", security);
  return out;
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(c | 0x20);
  return out;
}

ObjectPtr pathsOf() {
  ObjectPtr paths = contract::newObject();
  for (const Route& route : routes()) {
    const std::string path(route.pattern);
    if (!paths->has(path)) paths->set(path, contract::newObject());
    paths->getObject(path)->set(lower(route.method), operationOf(route));
  }
  return paths;
}

ObjectPtr make() {
  auto schemas = contract::parseJson(kEmbeddedSchemas);
  if (!schemas) throw std::logic_error("schemas.json: " + schemas.error().message);
  ObjectPtr scheme = object({{"type", "http"}, {"scheme", "bearer"}});
  return object({{"openapi", "3.1.0"},
                 {"info", object({{"title", "Scrim"},
                                  {"version", "1"},
                                  {"license", object({{"name", "Apache-2.0"}, {"identifier", "Apache-2.0"}})}})},
                 {"paths", pathsOf()},
                 {"components", object({{"schemas", *schemas}, {"securitySchemes", object({{"token", scheme}})}})}});
}

}  // namespace

ObjectPtr openapiDocument() {
  static const ObjectPtr document = make();
  return document;
}

}  // namespace scrim::api
