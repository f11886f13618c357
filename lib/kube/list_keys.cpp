#include "lib/kube/list_keys.h"

#include <algorithm>
#include <set>

#include "lib/base/format.h"

namespace weft::kube {
namespace {

constexpr ListKeys kKeys[] = {
    {"containers", "", "name", "", ""},
    {"initContainers", "", "name", "", ""},
    {"env", "", "name", "", ""},
    {"volumes", "", "name", "", ""},
    {"volumeMounts", "", "mountPath", "", ""},
    {"volumeDevices", "", "devicePath", "", ""},
    {"imagePullSecrets", "", "name", "", ""},
    {"secrets", "", "name", "", ""},
    {"hostAliases", "", "ip", "", ""},
    {"topologySpreadConstraints", "", "topologyKey", "whenUnsatisfiable", ""},
    {"resourceClaims", "", "name", "", ""},
    {"webhooks", "", "name", "", ""},
    {"volumeClaimTemplates", "", "name", "", "", true},
    {"listeners", "spec", "name", "", ""},
    {"versions", "spec", "name", "", "", true},
    {"additionalPrinterColumns", "", "name", "", "", true},
    {"ports", "", "port", "protocol", "TCP"},
    {"ports", "", "containerPort", "protocol", "TCP"},
};

std::string scalar_text(const doc::Value* value, std::string_view fallback) {
  if (value == nullptr || value->is_null()) return std::string(fallback);
  if (value->is_string()) return value->string();
  return value->is_int() ? std::to_string(value->integer()) : std::string(fallback);
}

// "spec.template.spec.containers[name=a].ports" -> "ports" and "containers".
std::string_view last_part(std::string_view path) {
  const auto dot = path.rfind('.');
  return dot == std::string_view::npos ? path : path.substr(dot + 1);
}

bool unique_keys(const ListKeys& keys, const doc::Value& list) {
  std::set<std::string> seen;
  return std::all_of(list.items().begin(), list.items().end(), [&](const doc::Value& item) {
    return item.find(keys.key) != nullptr && seen.insert(key_text(keys, item)).second;
  });
}

}  // namespace

std::string key_text(const ListKeys& keys, const doc::Value& item) {
  std::string text = fmt::format("{}={}", keys.key, scalar_text(item.find(keys.key), ""));
  if (keys.second.empty()) return text;
  const std::string second = scalar_text(item.find(keys.second), keys.second_default);
  return second == keys.second_default ? text : fmt::format("{},{}={}", text, keys.second, second);
}

const doc::Value* find_item(const ListKeys& keys, const doc::Value& list, const doc::Value& item) {
  if (!list.is_list()) return nullptr;
  const std::string wanted = key_text(keys, item);
  for (const doc::Value& each : list.items())
    if (key_text(keys, each) == wanted) return &each;
  return nullptr;
}

const ListKeys* list_keys(std::string_view path, const doc::Value& desired,
                          const doc::Value& live) {
  const std::string_view field = last_part(path);
  const std::string_view before =
      path.size() > field.size() ? path.substr(0, path.size() - field.size() - 1) : "";
  for (const ListKeys& keys : kKeys)
    if (keys.field == field && (keys.parent.empty() || last_part(before) == keys.parent) &&
        unique_keys(keys, desired) && unique_keys(keys, live))
      return &keys;
  return nullptr;
}

}  // namespace weft::kube
