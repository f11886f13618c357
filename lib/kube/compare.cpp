#include "lib/kube/compare.h"

#include <algorithm>
#include <cmath>

#include "lib/base/base64.h"
#include "lib/base/format.h"
#include "lib/kube/list_keys.h"
#include "lib/kube/mask.h"

namespace weft::kube {
namespace {

using base::Result;
using doc::Value;

constexpr std::string_view kActionNames[] = {"none", "create", "update", "replace", "remove"};

// Maps below these keys hold quantities, which the server rewrites: 1000m becomes 1.
constexpr std::string_view kQuantities[] = {"limits",  "requests",     "sizeLimit", "storage",
                                            "divisor", "averageValue", "hard",      "capacity"};

// Fields that no update can change.
struct Fixed {
  std::string_view kind;
  std::string_view path;
};
constexpr Fixed kFixed[] = {
    {"Deployment", "spec.selector"},
    {"DaemonSet", "spec.selector"},
    {"StatefulSet", "spec.selector"},
    {"StatefulSet", "spec.serviceName"},
    {"StatefulSet", "spec.podManagementPolicy"},
    {"StatefulSet", "spec.volumeClaimTemplates"},
    {"Job", "spec.selector"},
    {"Job", "spec.template"},
    {"Job", "spec.completionMode"},
    {"Service", "spec.clusterIP"},
    {"RoleBinding", "roleRef"},
    {"ClusterRoleBinding", "roleRef"},
    {"StorageClass", "provisioner"},
    {"StorageClass", "parameters"},
    {"Secret", "type"},
    {"CustomResourceDefinition", "spec.scope"},
};

bool is_empty(const Value& value) {
  if (value.is_null()) return true;
  if (value.is_bool()) return !value.boolean();
  if (value.is_number()) return value.number() == 0;
  if (value.is_string()) return value.string().empty();
  return value.size() == 0;
}

std::optional<double> as_quantity(const Value& value) {
  if (value.is_number()) return value.number();
  return value.is_string() ? parse_quantity(value.string()) : std::nullopt;
}

bool holds_quantity(std::string_view path) {
  return std::any_of(std::begin(kQuantities), std::end(kQuantities), [path](std::string_view key) {
    const auto at = path.find(key);
    return at != std::string_view::npos && (at == 0 || path[at - 1] == '.');
  });
}

// Walks desired, live and previous side by side. Any of the last two may be absent.
class Walk {
 public:
  Walk(Change& change, const CompareOptions& options) : change_(change), options_(options) {}

  void value(const std::string& path, const Value& desired, const Value* live,
             const Value* previous) {
    if (desired.is_null()) return;  // the server's default
    if (live == nullptr || live->is_null()) {
      if (!is_empty(desired)) report(path, Value(), desired);
    } else if (desired.is_map() && live->is_map()) {
      map(path, desired, *live, previous);
    } else if (desired.is_list() && live->is_list()) {
      list(path, desired, *live, previous);
    } else if (!same_scalar(path, desired, *live)) {
      report(path, *live, desired);
    }
  }

  void map(const std::string& path, const Value& desired, const Value& live,
           const Value* previous) {
    for (const doc::Member& member : desired.members())
      value(field_path(path, member.key), member.value, live.find(member.key),
            previous == nullptr ? nullptr : previous->find(member.key));
    if (previous == nullptr || !previous->is_map()) return;
    for (const doc::Member& member : previous->members()) {
      if (desired.find(member.key) != nullptr || is_empty(member.value)) continue;
      removed(field_path(path, member.key), live.find(member.key));
    }
  }

 private:
  void list(const std::string& path, const Value& desired, const Value& live,
            const Value* previous) {
    const ListKeys* keys = list_keys(path, desired, live);
    if (keys == nullptr) return by_index(path, desired, live);
    const bool others_may_add = !keys->atomic;
    for (const Value& item : desired.items())
      value(fmt::format("{}[{}]", path, key_text(*keys, item)), item, find_item(*keys, live, item),
            previous == nullptr ? nullptr : find_item(*keys, *previous, item));
    for (const Value& item : live.items()) {
      if (find_item(*keys, desired, item) != nullptr) continue;
      const bool ours = previous != nullptr && find_item(*keys, *previous, item) != nullptr;
      if (ours || !others_may_add)
        removed(fmt::format("{}[{}]", path, key_text(*keys, item)), &item);
    }
  }

  void by_index(const std::string& path, const Value& desired, const Value& live) {
    if (desired.size() != live.size()) return report(path, live, desired);
    for (std::size_t i = 0; i < desired.size(); ++i)
      value(fmt::format("{}[{}]", path, i), desired.items()[i], &live.items()[i], nullptr);
  }

  static bool same_scalar(const std::string& path, const Value& desired, const Value& live) {
    if (desired == live || (is_empty(desired) && is_empty(live))) return true;
    if (!holds_quantity(path)) return false;
    const auto a = as_quantity(desired), b = as_quantity(live);
    return a && b && std::abs(*a - *b) <= 1e-9 * std::abs(*a);
  }

  void removed(const std::string& path, const Value* live) {
    if (live != nullptr && !is_empty(*live)) report(path, *live, Value());
  }

  void report(const std::string& path, const Value& from, const Value& to) {
    FieldChange field{.path = path, .from = from, .to = to};
    field.masked = is_masked(change_.ref, path, options_.masks) || is_secret(from) || is_secret(to);
    if (field.masked) {
      if (!field.from.is_null()) field.from = kMasked;
      if (!field.to.is_null()) field.to = kMasked;
    }
    change_.fields.push_back(std::move(field));
  }

  Change& change_;
  const CompareOptions& options_;
};

// A Secret's stringData is written to data.
Object with_encoded_data(const Object& secret) {
  const Value* text = secret.find("stringData");
  if (text == nullptr || !text->is_map() || text_at(secret, {"kind"}) != "Secret") return secret;
  Object out = secret;
  Value data = secret.find("data") == nullptr ? Value::map() : *secret.find("data");
  for (const doc::Member& member : text->members())
    if (member.value.is_string()) data.set(member.key, base::base64_encode(member.value.string()));
  out.set("data", std::move(data)).set("stringData", Value());
  return out;
}

bool is_compared(const Object& desired, std::string_view key) {
  if (key == "apiVersion" || key == "kind" || key == "metadata" || key == "status") return false;
  // Rules of an aggregated role are written by its controller.
  return key != "rules" || desired.find("aggregationRule") == nullptr;
}

void walk_object(Walk& walk, const Object& desired, const Object& live, const Object* previous) {
  const auto part = [](const Object* object, std::initializer_list<std::string_view> path) {
    return object == nullptr ? nullptr : at(*object, path);
  };
  const Value none = Value::map();
  for (const char* key : {"labels", "annotations"}) {
    const Value* wanted = at(desired, {"metadata", key});
    const Value* found = at(live, {"metadata", key});
    walk.map(fmt::format("metadata.{}", key),
             wanted == nullptr || !wanted->is_map() ? none : *wanted,
             found == nullptr ? none : *found, part(previous, {"metadata", key}));
  }
  for (const doc::Member& member : desired.members())
    if (is_compared(desired, member.key))
      walk.value(member.key, member.value, live.find(member.key), part(previous, {member.key}));
}

bool is_fixed(const Ref& ref, std::string_view path) {
  return std::any_of(std::begin(kFixed), std::end(kFixed), [&](const Fixed& row) {
    return row.kind == ref.kind && path.starts_with(row.path) &&
           (path.size() == row.path.size() ||
            std::string_view(".[").find(path[row.path.size()]) != std::string_view::npos);
  });
}

bool is_kept(const Object& object) {
  return annotation_of(object, "helm.sh/resource-policy") == "keep";
}

const Object* same_in(const Objects& objects, const Ref& ref) {
  for (const Object& object : objects)
    if (ref_of(object).same_object(ref)) return &object;
  return nullptr;
}

}  // namespace

std::string_view action_name(Action action) {
  return kActionNames[static_cast<std::size_t>(action)];
}

Change compare(const Object& desired, const std::optional<Object>& live,
               const CompareOptions& options) {
  Change change{.ref = ref_of(desired)};
  if (!live) {
    change.action = Action::create;
    return change;
  }
  Walk walk(change, options);
  walk_object(walk, with_encoded_data(desired), *live, options.previous);
  for (const FieldChange& field : change.fields) {
    if (field.masked) continue;
    if (is_fixed(change.ref, field.path)) change.action = Action::replace;
    if (change.action == Action::none) change.action = Action::update;
  }
  return change;
}

Result<std::vector<Change>> compare_all(Cluster& cluster, const Objects& desired,
                                        const Objects& previous,
                                        const std::vector<std::string>& masks) {
  std::vector<Ref> refs;
  for (const Object& object : desired) refs.push_back(ref_of(object));
  for (const Object& object : previous)
    if (!is_kept(object) && same_in(desired, ref_of(object)) == nullptr)
      refs.push_back(ref_of(object));
  WEFT_TRY(live, cluster.get_each(refs));
  std::vector<Change> changes;
  for (std::size_t i = 0; i < desired.size(); ++i)
    changes.push_back(
        compare(desired[i], live[i], {.previous = same_in(previous, refs[i]), .masks = masks}));
  for (std::size_t i = desired.size(); i < refs.size(); ++i)
    if (live[i]) changes.push_back({.action = Action::remove, .ref = refs[i]});
  return changes;
}

}  // namespace weft::kube
