// The input as rules see it: every object, found by kind and name; workloads by labels; hosts. One
// pass builds it, look-ups are hash look-ups: no rule has reason to compare all objects with all.
// Once built it is safe to use from several threads.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <typeindex>
#include <unordered_map>
#include <vector>

#include "lib/base/clock.h"
#include "lib/doc/read.h"
#include "lib/rules/hosts.h"
#include "lib/rules/resource.h"
#include "lib/rules/schema_issues.h"
#include "lib/rules/workload.h"

namespace weft::rules {

struct Settings {
  // Everything that exists is in the input, so what is not there is missing.
  bool complete = false;
  std::string default_namespace = "default";  // of objects that name none
  std::string root_namespace = "istio-system";
  std::set<std::string, std::less<>> known_namespaces;  // exist without being in the input
  std::vector<std::string> unread;    // what a cluster did not let us read: "secrets"
  std::optional<base::WallTime> now;  // absent: nothing is judged by its date
  unsigned workers = 1;               // threads for what is derived from all of the input
};

enum class InMesh { no, yes, unknown };

// What names an object of the input; the text belongs to the object.
struct ObjectName {
  GroupKind kind;
  std::string_view ns;
  std::string_view name;
  friend bool operator==(const ObjectName&, const ObjectName&) = default;

  struct Hash {
    std::size_t operator()(const ObjectName& name) const;
  };
};

class Inventory {
 public:
  // `schemas` are those at hand already; definitions in the input are added to them. `live` is
  // what a cluster holds: files take the place of live objects of the same name.
  Inventory(std::vector<doc::Manifests> files, Settings settings, schema::SchemaSet schemas = {},
            std::vector<doc::Manifests> live = {});
  Inventory(const Inventory&) = delete;
  Inventory& operator=(const Inventory&) = delete;

  const Settings& settings() const { return settings_; }
  // As given; behind them one for each live object.
  const std::vector<doc::Manifests>& files() const { return files_; }
  // In the order of group, kind, namespace and name, whatever the order of the files.
  std::span<const Resource> all() const { return resources_; }
  std::span<const Resource* const> all(const GroupKind& kind) const;
  // Several objects may share a name by mistake; this is the first.
  const Resource* find(const GroupKind& kind, std::string_view ns, std::string_view name) const;
  // The document is a map, but no Kubernetes object.
  std::uint64_t other_documents() const { return other_documents_; }
  // Files that hold a pattern, which is not judged.
  std::span<const std::string> patterns() const { return patterns_; }

  std::span<const Workload> workloads() const { return workloads_; }
  std::vector<const Workload*> select(std::string_view ns, const Value* labels) const {
    return by_label_.select(ns, labels);
  }
  // Services of the workload's namespace whose selector matches it.
  std::span<const Resource* const> services_of(const Workload& workload) const;
  // The workloads that a Service selects; none when it has no selector.
  std::span<const Workload* const> workloads_of(const Resource& service) const;
  const Hosts& hosts() const { return hosts_; }

  const Resource* ns(std::string_view name) const { return find(kinds::ns, {}, name); }
  // Known in the input, by the settings, or because every cluster has it.
  bool has_namespace(std::string_view name) const;
  bool is_ambient(const Workload& workload) const;
  // Whether an Istio proxy (or ztunnel) carries the workload's traffic.
  InMesh in_istio(const Workload& workload) const;
  // What rules derive from the whole input: made by View(in) when first asked for, then shared.
  template <typename View>
  const View& view() const {
    Derived& derived = derived_as(typeid(View));
    std::call_once(derived.once, [&] { derived.value = std::make_shared<const View>(*this); });
    return *static_cast<const View*>(derived.value.get());
  }
  // What objects have against their schemas; judged when first asked for.
  const SchemaIssues& schema_issues() const;
  bool has_schemas() const { return !schemas_.list().empty(); }
  // Istio's mesh configuration in the input, or nullptr.
  const Value* mesh_config() const { return mesh_config_ ? &mesh_config_->root : nullptr; }
  // True when objects of the mesh, or labels and annotations for it, are in the input.
  bool uses(std::string_view mesh) const { return meshes_.contains(mesh); }

 private:
  struct Derived {
    std::once_flag once;
    std::shared_ptr<const void> value;
  };
  Derived& derived_as(std::type_index type) const;

  void add(std::span<const doc::Manifests> files, bool is_live);
  void overlay();
  void index();
  void index_names();
  void index_hosts();
  void index_workloads();
  void notice_meshes();
  void index_services();
  void add_default_ingress();
  void add_schemas();
  void read_mesh_config();

  std::vector<doc::Manifests> files_;
  Settings settings_;
  schema::SchemaSet schemas_;
  mutable std::once_flag judged_;
  mutable SchemaIssues schema_issues_;
  std::vector<Resource> resources_;
  std::uint64_t other_documents_ = 0;
  std::vector<std::string> patterns_;
  std::unordered_map<ObjectName, std::vector<const Resource*>, ObjectName::Hash> by_kind_;
  std::unordered_map<ObjectName, const Resource*, ObjectName::Hash> by_name_;
  std::vector<Workload> workloads_;
  WorkloadIndex by_label_;
  std::unordered_map<const Workload*, std::vector<const Resource*>> services_of_;
  std::unordered_map<const Resource*, std::vector<const Workload*>> workloads_of_;
  Hosts hosts_;
  std::optional<doc::Document> mesh_config_;
  std::set<std::string, std::less<>> meshes_;
  mutable std::mutex views_mutex_;
  mutable std::map<std::type_index, Derived> views_;
};

// The file that stands for Istio's usual ingress gateway; rules do not report on it.
inline constexpr std::string_view kDefaultIngress = "(default ingress gateway)";

}  // namespace weft::rules
