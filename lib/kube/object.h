// Kubernetes objects as documents: how to name one, read its metadata, and take a stream of
// manifests apart.
//
//   WEFT_TRY(objects, kube::read_objects({"chart", text}));        // YAML or JSON, Lists flattened
//   for (const doc::Value& object : objects) use(kube::ref_of(object).text());
#pragma once

#include <compare>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/result.h"
#include "lib/doc/value.h"

namespace weft::kube {

using Object = doc::Value;  // a map with apiVersion, kind and metadata
using Objects = std::vector<Object>;

// The name of one object. `ns` is empty for objects that belong to no namespace.
struct Ref {
  std::string group;  // "apps"; "" is the core group
  std::string version;
  std::string kind;  // "Deployment"
  std::string ns;
  std::string name;

  std::string api_version() const;  // "apps/v1", "v1"
  std::string text() const;         // "Deployment istio-system/istiod", "ClusterRole istiod"
  // The object, whichever version of its kind is asked for.
  bool same_object(const Ref& other) const;
  friend auto operator<=>(const Ref&, const Ref&) = default;
};

Ref make_ref(std::string_view api_version, std::string_view kind, std::string_view ns,
             std::string_view name);
Ref ref_of(const Object& object);
// apiVersion, kind and metadata only: what kubectl needs to find the object.
Object stub_of(const Ref& ref);

// A value below `object` by its keys, nullptr where one is missing:
// at(object, {"status", "replicas"}).
const doc::Value* at(const doc::Value& object, std::initializer_list<std::string_view> path);
// The same, as text, number or truth; `fallback` when it is absent or of another type.
std::string_view text_at(const doc::Value& object, std::initializer_list<std::string_view> path,
                         std::string_view fallback = {});
std::int64_t int_at(const doc::Value& object, std::initializer_list<std::string_view> path,
                    std::int64_t fallback = 0);
bool bool_at(const doc::Value& object, std::initializer_list<std::string_view> path,
             bool fallback = false);
// Items of the list there; empty when there is none.
std::span<const doc::Value> list_at(const doc::Value& object,
                                    std::initializer_list<std::string_view> path);

// The path of a member: "spec.replicas", "metadata.labels[helm.sh/chart]".
std::string field_path(std::string_view path, std::string_view key);

std::string_view name_of(const Object& object);
std::string_view namespace_of(const Object& object);
std::string_view label_of(const Object& object, std::string_view key);       // "" when absent
std::string_view annotation_of(const Object& object, std::string_view key);  // "" when absent
// status.conditions with this type, or nullptr.
const doc::Value* condition(const Object& object, std::string_view type);

// Labels against a selector of an API object: {matchLabels, matchExpressions}. An empty selector
// matches everything, an absent one nothing.
bool matches(const doc::Value* selector, const doc::Value* labels);

// Every object of a YAML stream or of JSON values behind each other; Lists are flattened. A value
// that is no object is an input error with its place. As kubectl and helm do, of a key that stands
// twice the last counts; `repeated` gets a line for each.
base::Result<Objects> read_objects(doc::Source source,
                                   std::vector<std::string>* repeated = nullptr);
// The JSON values of a text that stand behind each other, as kubectl prints them.
std::vector<std::string_view> split_json(std::string_view text);
// One `v1 List`: what kubectl takes on its standard input.
std::string write_list(std::span<const Object> objects);

// Says the namespace of every object that has none, but for kinds without namespaces. `crds` tell
// about kinds that known_kinds() does not have.
void fill_namespace(Objects& objects, std::string_view ns, const Objects& crds = {});

// What is known about a kind without asking a cluster.
struct Kind {
  std::string_view group;
  std::string_view kind;
  std::string_view plural;
  bool namespaced;
};
std::span<const Kind> known_kinds();
const Kind* find_kind(std::string_view group, std::string_view kind);
// The plural of a known kind, else the usual English one: "gateways", "policies", "meshes".
std::string plural_of(std::string_view group, std::string_view kind);

}  // namespace weft::kube
