#include <map>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/kube/object.h"
#include "lib/pattern/reading/reader.h"
#include "lib/pattern/reading/shapes.h"

namespace weft::pattern {
namespace {

using base::Result;
using doc::Value;

// A pod without containers shows where the pods of a workload would be.
bool is_view(std::string_view kind, const Value& configuration) {
  return kind == "Pod" && kube::list_at(configuration, {"spec", "containers"}).empty();
}

bool is_drawing(const Value& component, std::string_view kind, const Value& configuration) {
  return kube::bool_at(component, {"metadata", "isAnnotation"}) ||
         is_shape(kind, kube::text_at(component, {"model", "name"})) ||
         kube::text_at(component, {"status"}) == "ignored" || is_view(kind, configuration);
}

struct Head {
  std::string kind;
  std::string api_version;
};

Result<Head> head_of(const Reader& reader, const Value& component) {
  const Value* inner = component.find("component");
  if (inner == nullptr || !inner->is_map())
    return reader.error(component.position(), "the component does not say its kind",
                        "component: {kind: Deployment, version: apps/v1}");
  Head out;
  WEFT_TRY(kind, reader.text(*inner, "kind", "component"));
  WEFT_TRY(version, reader.text(*inner, "version", "component"));
  if (kind.empty())
    return reader.error(inner->position(), "the component does not say its kind",
                        "component: {kind: Deployment, version: apps/v1}");
  return Head{std::move(kind), std::move(version)};
}

// Moves the identity out of the configuration.
void take_metadata(Service& service) {
  const Value* metadata = service.settings.find("metadata");
  if (metadata == nullptr) return;
  if (const auto name = kube::text_at(*metadata, {"name"}); !name.empty()) service.name = name;
  service.ns = kube::text_at(*metadata, {"namespace"});
  if (const Value* labels = metadata->find("labels"); labels && labels->is_map())
    service.labels = *labels;
  if (const Value* annotations = metadata->find("annotations");
      annotations && annotations->is_map())
    service.annotations = *annotations;
  doc::Map rest;
  for (doc::Member& member : service.settings.members())
    if (member.key != "metadata") rest.push_back(std::move(member));
  service.settings.members() = std::move(rest);
}

std::string unique_key(std::map<std::string, int, std::less<>>& taken, const std::string& name,
                       std::string_view kind, std::string_view id) {
  std::string key = name.empty() ? base::lower(kind) : name;
  if (taken.contains(key)) key = fmt::format("{}-{}", key, base::lower(kind));
  if (taken.contains(key)) key = fmt::format("{}-{}", key, id.substr(0, 8));
  for (int i = 2; taken.contains(key); ++i) key = fmt::format("{}-{}", key, i);
  taken.emplace(key, 1);
  return key;
}

}  // namespace

Result<void> read_components(Reader& reader) {
  const Value& root = reader.document().root;
  const Value* components = root.find("components");
  if (components == nullptr || !components->is_list())
    return reader.error(root.position(), "the design has no list of components");
  std::map<std::string, int, std::less<>> taken;
  for (const Value& component : components->items()) {
    WEFT_TRY(head, head_of(reader, component));
    WEFT_TRY(name, reader.text(component, "displayName", head.kind));
    WEFT_TRY(id, reader.text(component, "id", head.kind));
    WEFT_TRY(configuration, reader.map(component, "configuration", name));
    if (is_drawing(component, head.kind, configuration)) {
      reader.draw(name, name, id);
      continue;
    }
    Service service{.key = unique_key(taken, name, head.kind, id),
                    .id = id,
                    .name = name,
                    .type = {head.kind, component.find("component")->position()},
                    .api_version = head.api_version,
                    .settings = configuration.is_map() ? std::move(configuration) : Value::map(),
                    .is_whole = true,
                    .traits = Value::map(),
                    .at = component.position(),
                    .source = reader.document().source};
    take_metadata(service);
    const Value* metadata = component.find("metadata");
    WEFT_TRY(needs,
             reader.names(metadata == nullptr ? nullptr : metadata->find("dependsOn"), name));
    service.depends_on = std::move(needs);
    reader.pattern().services.push_back(std::move(service));
  }
  if (!reader.pattern().drawings.empty())
    reader.info({1, 1}, fmt::format("{} drawn only: ignored",
                                    base::plural(reader.pattern().drawings.size(), "component")));
  if (reader.pattern().services.empty())
    return reader.error(components->position(),
                        "the design is a stub: it has no component to apply", "add components");
  return {};
}

}  // namespace weft::pattern
