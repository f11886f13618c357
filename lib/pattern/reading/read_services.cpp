#include <algorithm>
#include <array>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/pattern/reading/keys.h"
#include "lib/pattern/reading/reader.h"
#include "lib/pattern/reading/shapes.h"
#include "lib/pattern/resolving/types.h"

namespace weft::pattern {
namespace {

using base::Result;
using doc::Value;

const std::vector<std::string> kFields = {
    "type",        "namespace", "settings", "traits",     "dependsOn",    "name", "labels",
    "annotations", "version",   "model",    "apiVersion", "isAnnotation", "id",   "displayName"};

bool is_misplaced_trait(std::string_view key) {
  return key == "mTLS" || key.starts_with("automaticSidecarInjection");
}

bool is_drawing(const Value& service, std::string_view type, std::string_view model) {
  if (is_shape(type, model)) return true;
  const Value* mark = service.find("isAnnotation");
  if (mark != nullptr && mark->is_bool() && mark->boolean()) return true;
  const Value* traits = service.find("traits");
  const Value* map = traits == nullptr ? nullptr : traits->find("meshmap");
  const Value* details = map == nullptr ? nullptr : map->find("meshmodel-metadata");
  mark = details == nullptr ? nullptr : details->find("isAnnotation");
  return mark != nullptr && mark->is_bool() && mark->boolean();
}

// Without a type, a service is a shape when the whiteboard has put it somewhere.
bool is_on_whiteboard(const Value& service) {
  const Value* traits = service.find("traits");
  return traits != nullptr && traits->find("meshmap") != nullptr;
}

void check_fields(Reader& reader, const Value& service, std::string_view key, Value& traits) {
  for (const doc::Member& field : service.members()) {
    if (is_misplaced_trait(field.key)) {
      reader.warn(
          field.key_position,
          fmt::format("{} of {} stands beside traits: read as if it stood inside", field.key, key));
      if (traits.find(field.key) == nullptr) traits.set(field.key, field.value);
    } else if (std::find(kFields.begin(), kFields.end(), field.key) == kFields.end()) {
      reader.warn(field.key_position,
                  fmt::format("{} of {} is no field of a service{}: ignored", field.key, key,
                              base::did_you_mean(field.key, kFields)));
    }
  }
}

Result<Value> traits_of(Reader& reader, const Value& service, const std::string& key) {
  WEFT_TRY(written, reader.map(service, "traits", key));
  Value traits = Value::map();
  if (written.is_map())
    for (doc::Member& trait : written.members()) {
      if (trait.key == "meshmap") continue;
      // Of types that name no mesh the settings are checked later: nothing is dropped.
      const bool is_kept = trait.value.is_map() || Types::is_capability(trait.key);
      if (!is_kept && !trait.value.is_null())
        reader.warn(
            trait.value.position(),
            fmt::format("trait {} of {} is not a map: read as if it said nothing", trait.key, key));
      const doc::Position at = trait.key_position;
      Value value = is_kept ? std::move(trait.value) : Value::map();
      value.set_position(at);
      traits.set(trait.key, std::move(value));
    }
  check_fields(reader, service, key, traits);
  return traits;
}

Result<void> read_service(Reader& reader, const doc::Member& member) {
  const doc::Text& key = member.key;
  const Value& from = member.value;
  if (from.is_null()) {
    reader.warn(member.key_position, fmt::format("service {} is empty: ignored", key));
    return {};
  }
  if (!from.is_map())
    return reader.error(from.position(),
                        fmt::format("service {} must be a map, found {}", key, from.kind_name()),
                        "is it indented too little?");
  Service service{.key = key, .at = member.key_position, .source = reader.document().source};
  WEFT_TRY(type, reader.text(from, "type", key));
  WEFT_TRY(model, reader.text(from, "model", key));
  WEFT_TRY(name, reader.text(from, "name", key));
  WEFT_TRY(id, reader.text(from, "id", key));
  if (is_drawing(from, type, model) || (type.empty() && is_on_whiteboard(from))) {
    reader.draw(key, name, id);
    return {};
  }
  if (type.empty())
    return reader.error(member.key_position, fmt::format("service {} has no type", key),
                        "type: Deployment, IstioMesh ...");
  service.type = {type, from.find("type")->position()};
  service.name = name.empty() ? key.str() : name;
  service.id = id;
  service.model = model;
  WEFT_TRY(api_version, reader.text(from, "apiVersion", key));
  WEFT_TRY(version, reader.text(from, "version", key));
  WEFT_TRY(ns, reader.text(from, "namespace", key));
  WEFT_TRY(settings, reader.map(from, "settings", key));
  WEFT_TRY(labels, reader.map(from, "labels", key));
  WEFT_TRY(annotations, reader.map(from, "annotations", key));
  WEFT_TRY(needs, reader.names(from.find("dependsOn"), key));
  WEFT_TRY(traits, traits_of(reader, from, key));
  service.api_version = api_version;
  service.version = version;
  service.ns = ns;
  service.settings = settings.is_map() ? std::move(settings) : Value::map();
  service.labels = std::move(labels);
  service.annotations = std::move(annotations);
  service.depends_on = std::move(needs);
  service.traits = std::move(traits);
  reader.pattern().services.push_back(std::move(service));
  return {};
}

void tell_drawings(Reader& reader) {
  const auto& drawings = reader.pattern().drawings;
  if (drawings.empty()) return;
  std::vector<std::string> names;
  constexpr std::size_t kMost = 5;
  for (const Drawing& drawing : drawings)
    if (names.size() < kMost) names.push_back(drawing.key);
  reader.info({1, 1}, fmt::format("{} of the whiteboard ignored: {}{}",
                                  base::plural(drawings.size(), "shape"), base::join(names, ", "),
                                  drawings.size() > kMost ? " ..." : ""));
}

}  // namespace

Result<void> read_services(Reader& reader) {
  const Value& root = reader.document().root;
  const Value& services = *root.find("services");
  if (!services.is_map())
    return reader.error(services.position(),
                        fmt::format("services must be a map, found {}", services.kind_name()),
                        "services: {NAME: {type: ...}}");
  for (const doc::Member& member : services.members()) WEFT_CHECK(read_service(reader, member));
  for (const doc::Member& member : root.members())
    if (is_misplaced_trait(member.key))
      reader.warn(member.key_position,
                  fmt::format("{} belongs into the traits of a service: ignored", member.key));
  tell_drawings(reader);
  if (reader.pattern().services.empty())
    return reader.error(services.position(), "the pattern is a stub: it has no service",
                        "add services");
  return {};
}

}  // namespace weft::pattern
