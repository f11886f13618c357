#include "lib/compile/versions.h"

#include <algorithm>

#include "lib/base/format.h"

namespace weft::compile {
namespace {

using doc::Value;

Value service_of(const std::string& name, const Intent& intent, const std::string& version,
                 const Value* port) {
  Value selector = Value::map();
  for (const auto& [key, value] : intent.labels) selector.set(key, value);
  if (intent.labels.empty()) selector.set("app", intent.service);
  selector.set("version", version);
  Value ports = Value::list().push(
      Value::map().set("name", "http").set("port", port == nullptr ? Value(intent.port) : *port));
  return Value::map()
      .set("apiVersion", "v1")
      .set("kind", "Service")
      .set("metadata", Value::map().set("name", name).set("namespace", intent.ns))
      .set("spec",
           Value::map().set("selector", std::move(selector)).set("ports", std::move(ports)));
}

}  // namespace

std::vector<Value> separate_versions(const Variant& variant, const Intent& intent, Value& settings,
                                     std::vector<std::string>& notes) {
  std::vector<Value> services;
  Value* backends = settings.find("backends");
  if (backends == nullptr) return services;
  const bool has_subsets = std::ranges::any_of(variant.fields, [](const Field& field) {
    return field.setting == "backends[i].version" || field.encoding == "subsets";
  });
  for (auto& backend : backends->items()) {
    const Value* version = backend.find("version");
    if (version == nullptr || has_subsets) {
      if (backend.find("service") == nullptr) backend.set("service", intent.service);
      continue;
    }
    const std::string label = version->string();
    const std::string name = fmt::format("{}-{}", intent.service, label);
    services.push_back(service_of(name, intent, label, settings.find("port")));
    notes.push_back(fmt::format("the Service {} is made for the version {} of {}", name, label,
                                intent.service));
    Value plain = Value::map().set("service", name);
    if (const Value* weight = backend.find("weight")) plain.set("weight", *weight);
    backend = std::move(plain);
  }
  return services;
}

}  // namespace weft::compile
