#include "lib/kube/object.h"

#include <algorithm>

#include "lib/base/format.h"

namespace weft::kube {
namespace {

std::string_view text_or(const doc::Value* value, std::string_view fallback) {
  return value != nullptr && value->is_string() ? std::string_view(value->string()) : fallback;
}

bool expression_holds(const doc::Value& expression, const doc::Value* labels) {
  const std::string_view key = text_at(expression, {"key"});
  const std::string_view op = text_at(expression, {"operator"});
  const doc::Value* value = labels == nullptr ? nullptr : labels->find(key);
  if (op == "Exists") return value != nullptr;
  if (op == "DoesNotExist") return value == nullptr;
  const auto listed = list_at(expression, {"values"});
  const bool among =
      value != nullptr && std::find(listed.begin(), listed.end(), *value) != listed.end();
  if (op == "In") return among;
  return op == "NotIn" && !among;
}

}  // namespace

std::string Ref::api_version() const { return group.empty() ? version : group + '/' + version; }

std::string Ref::text() const {
  return ns.empty() ? fmt::format("{} {}", kind, name) : fmt::format("{} {}/{}", kind, ns, name);
}

bool Ref::same_object(const Ref& other) const {
  return group == other.group && kind == other.kind && ns == other.ns && name == other.name;
}

Ref make_ref(std::string_view api_version, std::string_view kind, std::string_view ns,
             std::string_view name) {
  const auto slash = api_version.find('/');
  const bool core = slash == std::string_view::npos;
  return {.group = std::string(core ? std::string_view{} : api_version.substr(0, slash)),
          .version = std::string(core ? api_version : api_version.substr(slash + 1)),
          .kind = std::string(kind),
          .ns = std::string(ns),
          .name = std::string(name)};
}

Ref ref_of(const Object& object) {
  return make_ref(text_at(object, {"apiVersion"}), text_at(object, {"kind"}), namespace_of(object),
                  name_of(object));
}

Object stub_of(const Ref& ref) {
  doc::Value metadata;
  metadata.set("name", ref.name);
  if (!ref.ns.empty()) metadata.set("namespace", ref.ns);
  Object stub;
  stub.set("apiVersion", ref.api_version()).set("kind", ref.kind);
  stub.set("metadata", std::move(metadata));
  return stub;
}

const doc::Value* at(const doc::Value& object, std::initializer_list<std::string_view> path) {
  const doc::Value* value = &object;
  for (std::string_view key : path) {
    value = value->find(key);
    if (value == nullptr) return nullptr;
  }
  return value;
}

std::string_view text_at(const doc::Value& object, std::initializer_list<std::string_view> path,
                         std::string_view fallback) {
  return text_or(at(object, path), fallback);
}

std::int64_t int_at(const doc::Value& object, std::initializer_list<std::string_view> path,
                    std::int64_t fallback) {
  const doc::Value* value = at(object, path);
  return value != nullptr && value->is_int() ? value->integer() : fallback;
}

bool bool_at(const doc::Value& object, std::initializer_list<std::string_view> path,
             bool fallback) {
  const doc::Value* value = at(object, path);
  return value != nullptr && value->is_bool() ? value->boolean() : fallback;
}

std::span<const doc::Value> list_at(const doc::Value& object,
                                    std::initializer_list<std::string_view> path) {
  const doc::Value* value = at(object, path);
  if (value == nullptr || !value->is_list()) return {};
  return value->items();
}

std::string field_path(std::string_view path, std::string_view key) {
  if (key.find_first_of("./") != std::string_view::npos) return fmt::format("{}[{}]", path, key);
  return path.empty() ? std::string(key) : fmt::format("{}.{}", path, key);
}

std::string_view name_of(const Object& object) { return text_at(object, {"metadata", "name"}); }

std::string_view namespace_of(const Object& object) {
  return text_at(object, {"metadata", "namespace"});
}

std::string_view label_of(const Object& object, std::string_view key) {
  return text_at(object, {"metadata", "labels", key});
}

std::string_view annotation_of(const Object& object, std::string_view key) {
  return text_at(object, {"metadata", "annotations", key});
}

const doc::Value* condition(const Object& object, std::string_view type) {
  for (const doc::Value& item : list_at(object, {"status", "conditions"}))
    if (text_at(item, {"type"}) == type) return &item;
  return nullptr;
}

bool matches(const doc::Value* selector, const doc::Value* labels) {
  if (selector == nullptr) return false;
  const doc::Value* wanted = selector->find("matchLabels");
  if (wanted != nullptr && wanted->is_map())
    for (const doc::Member& member : wanted->members()) {
      const doc::Value* value = labels == nullptr ? nullptr : labels->find(member.key);
      if (value == nullptr || !(*value == member.value)) return false;
    }
  const auto expressions = list_at(*selector, {"matchExpressions"});
  return std::all_of(
      expressions.begin(), expressions.end(),
      [labels](const doc::Value& expression) { return expression_holds(expression, labels); });
}

}  // namespace weft::kube
