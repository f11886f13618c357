#include "lib/pattern/writing/convert.h"

#include <algorithm>

#include "lib/base/format.h"
#include "lib/base/sha256.h"
#include "lib/pattern/reading/reference.h"

namespace weft::pattern {
namespace {

using doc::Value;

void set_text(Value& out, const char* key, const std::string& text) {
  if (!text.empty()) out.set(key, text);
}

void set_map(Value& out, const char* key, const Value& map) {
  if (map.is_map() && map.size() != 0) out.set(key, map);
}

// What reads like a reference and is none is escaped, so that it reads again as it is.
void escape(Value& value) {
  if (value.is_list())
    for (Value& item : value.items()) escape(item);
  if (value.is_map())
    for (doc::Member& member : value.members()) escape(member.value);
  if (!value.is_string()) return;
  std::string out;
  const doc::Text& text = value.string();
  for (std::size_t from = 0; from < text.size();) {
    const auto at = std::min(text.find("$(#", from), text.size());
    out += text.substr(from, at - from);
    const auto found = find_placeholder(text, at);
    const bool sealed = found.ok() && *found && (*found)->begin == at &&
                        (*found)->kind == Placeholder::Kind::sealed;
    if (at < text.size()) out += sealed ? "$(#" : "$$(#";
    from = at + 3;
  }
  if (out != text) value = Value(out);
}

Value names_of(const Pattern& pattern, const std::vector<Edge>& needs, bool display) {
  Value out = Value::list();
  for (const Edge& edge : needs) {
    if (edge.why != Why::asked) continue;
    const Service& service = pattern.services[edge.needs];
    out.push(display ? service.name : service.key);
  }
  return out;
}

Value v0_service(const Pattern& pattern, const Part& part, const std::vector<Edge>& needs) {
  const Service& service = *part.service;
  Value out;
  out.set("type", bare(service.type.text).name);
  if (service.name != service.key) out.set("name", service.name);
  const bool is_object = part.type.what == TypeKind::object;
  set_text(out, "apiVersion", is_object ? part.type.api_version : "");
  set_text(out, "version", service.version);
  set_text(out, "namespace", service.ns);
  set_map(out, "labels", service.labels);
  set_map(out, "annotations", service.annotations);
  set_map(out, "settings", service.settings);
  set_map(out, "traits", service.traits);
  if (Value names = names_of(pattern, needs, false); names.size() != 0)
    out.set("dependsOn", std::move(names));
  return out;
}

Value to_v0(const Resolution& resolution, const Graph& graph) {
  const Pattern& pattern = *resolution.pattern;
  Value services = Value::map(), out;
  for (std::size_t i = 0; i < resolution.parts.size(); ++i)
    services.set(pattern.services[i].key, v0_service(pattern, resolution.parts[i], graph.needs[i]));
  out.set("name", pattern.name);
  set_text(out, "version", pattern.version);
  set_map(out, "vars", pattern.vars);
  escape(services);
  out.set("services", std::move(services));
  return out;
}

// The same for the same text: a conversion repeated gives the same design.
std::string uuid_of(const std::string& text) {
  std::string hex = base::sha256_hex(text).substr(0, 32);
  hex[12] = '5';
  hex[16] = '8';
  return fmt::format("{}-{}-{}-{}-{}", hex.substr(0, 8), hex.substr(8, 4), hex.substr(12, 4),
                     hex.substr(16, 4), hex.substr(20));
}

Value component_of(const Pattern& pattern, const Part& part, const kube::Object& object,
                   const std::vector<Edge>& needs) {
  const kube::Ref ref = kube::ref_of(object);
  Value configuration = Value::map(), component, metadata, model, out;
  for (const doc::Member& field : object.members())
    if (field.key != "apiVersion" && field.key != "kind") configuration.set(field.key, field.value);
  component.set("kind", ref.kind).set("version", ref.api_version()).set("schema", "");
  metadata.set("isNamespaced", !ref.ns.empty())
      .set("isAnnotation", false)
      .set("published", false)
      .set("dependsOn", names_of(pattern, needs, true));
  const std::string_view origin = ref.group.ends_with("istio.io") ? "istio-base" : "kubernetes";
  model.set("name", part.service->model.empty() ? std::string(origin) : part.service->model)
      .set("schemaVersion", "models.meshery.io/v1beta1")
      .set("version", "v1.0.0");
  out.set("id", uuid_of(pattern.name + "/" + part.service->key + "/" + ref.text()))
      .set("schemaVersion", "components.meshery.io/v1beta1")
      .set("version", "v1.0.0")
      .set("displayName", part.service->name)
      .set("format", "JSON")
      .set("model", std::move(model))
      .set("status", "enabled")
      .set("metadata", std::move(metadata))
      .set("configuration", std::move(configuration))
      .set("component", std::move(component));
  return out;
}

Value to_design(const Resolution& resolution, const Graph& graph) {
  const Pattern& pattern = *resolution.pattern;
  Value components = Value::list(), out;
  for (std::size_t i = 0; i < resolution.parts.size(); ++i)
    for (const kube::Object& object : resolution.parts[i].objects)
      components.push(component_of(pattern, resolution.parts[i], object, graph.needs[i]));
  out.set("id", uuid_of(pattern.name))
      .set("name", pattern.name)
      .set("schemaVersion", "designs.meshery.io/v1beta1")
      .set("version", pattern.version.empty() ? "0.0.1" : pattern.version)
      .set("components", std::move(components))
      .set("relationships", Value::list());
  return out;
}

}  // namespace

Converted convert(const Resolution& resolution, const Graph& graph, Dialect to) {
  Converted out;
  if (to == Dialect::v0) {
    out.documents.push_back(to_v0(resolution, graph));
    return out;
  }
  for (const Part& part : resolution.parts)
    if (part.type.what == TypeKind::mesh)
      out.losses.push_back(fmt::format("{} is no Kubernetes object: `weft install {}` installs it",
                                       part.service->key, part.order.id));
  if (to == Dialect::v1beta1) {
    out.documents.push_back(to_design(resolution, graph));
    return out;
  }
  for (const kube::Object& ns : resolution.namespaces) out.documents.push_back(ns);
  for (const auto& level : graph.levels)
    for (std::size_t i : level)
      for (const kube::Object& object : resolution.parts[i].objects)
        out.documents.push_back(object);
  return out;
}

}  // namespace weft::pattern
