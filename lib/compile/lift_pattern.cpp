#include "lib/base/format.h"
#include "lib/compile/lift.h"

namespace weft::compile {
namespace {

using doc::Value;

// A key that no service has yet: "reviews-retries", "reviews-retries-2".
std::string free_key(const Value& services, const std::string& wanted) {
  std::string key = wanted;
  for (int i = 2; services.find(key) != nullptr; ++i) key = fmt::format("{}-{}", wanted, i);
  return key;
}

Value service_of(const Intent& intent) {
  Value service = Value::map().set("type", intent.capability->type).set("name", intent.service);
  if (!intent.ns.empty()) service.set("namespace", intent.ns);
  return std::move(service.set("settings", intent.settings));
}

Value service_of(const Value& object) {
  Value service = Value::map();
  Value settings = Value::map();
  for (const auto& member : object.members()) {
    if (member.key == "status") continue;
    if (member.key == "kind")
      service.set("type", member.value);
    else if (member.key == "apiVersion")
      service.set("apiVersion", member.value);
    else if (member.key != "metadata")
      settings.set(member.key, member.value);
  }
  if (const Value* metadata = object.find("metadata"))
    for (const auto key : {"name", "namespace", "labels", "annotations"})
      if (const Value* value = metadata->find(key)) service.set(key, *value);
  return std::move(service.set("settings", std::move(settings)));
}

std::string text_of(const Value* value) {
  return value != nullptr && value->is_string() ? value->string().str() : std::string();
}

}  // namespace

Value pattern_of(const Lifted& lifted, const std::string& name) {
  Value services = Value::map();
  for (const auto& intent : lifted.intents) {
    const std::string subject = intent.service.empty() ? "mesh" : intent.service;
    services.set(free_key(services, fmt::format("{}-{}", subject, intent.capability->name)),
                 service_of(intent));
  }
  for (const auto& object : lifted.kept) {
    const Value* metadata = object.find("metadata");
    const std::string own = metadata == nullptr ? "" : text_of(metadata->find("name"));
    services.set(free_key(services, own.empty() ? "object" : own), service_of(object));
  }
  return Value::map().set("name", name).set("services", std::move(services));
}

}  // namespace weft::compile
