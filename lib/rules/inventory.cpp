#include "lib/rules/inventory.h"

#include <algorithm>
#include <tuple>
#include <unordered_set>

#include "lib/base/format.h"
#include "lib/rules/live_kinds.h"
#include "lib/rules/pattern_file.h"

namespace weft::rules {
namespace {

// istioctl assumes the same when it sees files only.
constexpr const char* kIngressText = R"(
apiVersion: v1
kind: Pod
metadata: {name: istio-ingressgateway, namespace: istio-system, labels: {istio: ingressgateway}}
spec: {containers: [{name: istio-proxy, image: auto}]}
---
apiVersion: v1
kind: Service
metadata: {name: istio-ingressgateway, namespace: istio-system, labels: {istio: ingressgateway}}
spec:
  selector: {istio: ingressgateway}
  ports:
  - {name: http2, port: 80, targetPort: 80}
  - {name: https, port: 443, targetPort: 443}
  - {name: tcp, port: 31400, targetPort: 31400}
  - {name: tls, port: 15443, targetPort: 15443}
)";

ObjectName object_name(const Resource& resource) {
  return {{resource.group, resource.kind}, resource.ns, resource.name};
}

Resource resource_of(const doc::Document& document, const Value& root, const Settings& settings) {
  Resource resource;
  resource.document = &document;
  resource.root = &root;
  const std::string_view api = text(get(&root, "apiVersion"));
  const std::size_t slash = api.find('/');
  if (slash != std::string_view::npos) resource.group = api.substr(0, slash);
  resource.version = slash == std::string_view::npos ? api : api.substr(slash + 1);
  resource.kind = text(get(&root, "kind"));
  const Value* metadata = get(&root, "metadata");
  resource.name = text(get(metadata, "name"));
  resource.label_map = get(metadata, "labels");
  resource.annotation_map = get(metadata, "annotations");
  resource.spec = get(&root, "spec");
  if (is_cluster_scoped(resource.group, resource.kind)) return resource;
  resource.ns = text(get(metadata, "namespace"));
  if (resource.ns.empty()) resource.ns = settings.default_namespace;
  return resource;
}

// Many objects share a group, a kind and a namespace; sharing the text as well keeps what orders
// and finds them in the processor's cache.
void share_text(std::vector<Resource>& resources) {
  std::unordered_set<std::string_view> known;
  for (Resource& resource : resources)
    for (std::string_view* text : {&resource.group, &resource.kind, &resource.ns})
      *text = *known.insert(*text).first;
}

}  // namespace

std::size_t ObjectName::Hash::operator()(const ObjectName& object) const {
  std::size_t hash = 0;
  for (std::string_view part : {object.kind.group, object.kind.kind, object.ns, object.name})
    hash = hash * 0x9e3779b97f4a7c15u + std::hash<std::string_view>()(part);
  return hash;
}

Inventory::Inventory(std::vector<doc::Manifests> files, Settings settings,
                     schema::SchemaSet schemas, std::vector<doc::Manifests> live)
    : files_(std::move(files)), settings_(std::move(settings)), schemas_(std::move(schemas)) {
  const std::size_t written = files_.size();
  std::move(live.begin(), live.end(), std::back_inserter(files_));
  for (std::size_t i = 0; i < files_.size(); ++i) {
    const std::size_t before = resources_.size();
    for (const auto& manifest : files_[i].documents) add(manifest.document, manifest.document.root);
    for (std::size_t added = before; i >= written && added < resources_.size(); ++added)
      resources_[added].is_live = true;
  }
  if (written < files_.size()) overlay();
  add_default_ingress();
  share_text(resources_);
  std::stable_sort(resources_.begin(), resources_.end(), [](const Resource& a, const Resource& b) {
    return std::tie(a.group, a.kind, a.ns, a.name) < std::tie(b.group, b.kind, b.ns, b.name);
  });
  index();
  index_services();
  add_schemas();
  read_mesh_config();
}

void Inventory::add(const doc::Document& document, const Value& root) {
  const bool has_kind = get(&root, "kind") != nullptr;
  if (!root.is_map() || (!has_kind && get(&root, "apiVersion") == nullptr)) {
    ++other_documents_;
    if (is_pattern(root)) patterns_.push_back(document.source->name());
    return;
  }
  const Value* list = get(&root, "items");
  if (text(get(&root, "kind")).ends_with("List") && list != nullptr && list->is_list()) {
    for (const Value& item : list->items()) add(document, item);
    return;
  }
  resources_.push_back(resource_of(document, root, settings_));
}

// What is written takes the place of the live object of the same name.
void Inventory::overlay() {
  std::unordered_set<ObjectName, ObjectName::Hash> written;
  for (const Resource& resource : resources_)
    if (!resource.is_live) written.insert(object_name(resource));
  std::erase_if(resources_, [&](const Resource& resource) {
    return resource.is_live && written.contains(object_name(resource));
  });
}

// A gateway that selects the usual ingress gateway should not fail because Istio itself is not
// among the files.
void Inventory::add_default_ingress() {
  const auto is_gateway = [](const Resource& one) { return one.is(kinds::istio_gateway); };
  const auto is_ingress = [](const Resource& one) {
    const auto workload = workload_of(one);
    return workload && workload->label("istio") == "ingressgateway";
  };
  if (settings_.complete || std::none_of(resources_.begin(), resources_.end(), is_gateway) ||
      std::any_of(resources_.begin(), resources_.end(), is_ingress))
    return;
  files_.push_back(doc::read_manifests(doc::Source(std::string(kDefaultIngress), kIngressText)));
  for (const auto& manifest : files_.back().documents)
    add(manifest.document, manifest.document.root);
}

void Inventory::index() {
  for (const Resource& resource : resources_) {
    by_kind_[{{resource.group, resource.kind}, {}, {}}].push_back(&resource);
    by_name_.try_emplace(object_name(resource), &resource);
    hosts_.add(resource);
    notice_meshes(resource);
    if (auto workload = workload_of(resource)) workloads_.push_back(*workload);
  }
  for (const Workload& workload : workloads_) by_label_.add(workload);
}

void Inventory::index_services() {
  for (const Resource* service : all(kinds::service)) {
    const Value* selector = get(service->spec, "selector");
    if (selector == nullptr || selector->size() == 0) continue;
    auto selected = select(service->ns, selector);
    for (const Workload* workload : selected) services_of_[workload].push_back(service);
    workloads_of_[service] = std::move(selected);
  }
}

void Inventory::notice_meshes(const Resource& resource) {
  const auto notice = [this](std::string_view domain) {
    const std::string_view mesh = mesh_of_domain(domain);
    if (!mesh.empty()) meshes_.emplace(mesh);
  };
  notice(resource.group);
  const auto notice_keys = [&notice](const Value* map) {
    for (const Member& member : members(map))
      if (const std::size_t slash = member.key.find('/'); slash != std::string::npos)
        notice(std::string_view(member.key).substr(0, slash));
  };
  notice_keys(resource.labels());
  notice_keys(resource.annotations());
  if (const auto workload = workload_of(resource)) {
    notice_keys(workload->labels());
    notice_keys(workload->annotations());
  }
  if (!resource.label("istio-injection").empty()) meshes_.emplace("Istio");
}

// A definition that cannot be used leaves its kind without a schema, which WF005 tells.
void Inventory::add_schemas() {
  for (const Resource* definition : all(kinds::crd))
    static_cast<void>(
        schemas_.add_definition(*definition->root, definition->document->source->name()).ok());
}

const SchemaIssues& Inventory::schema_issues() const {
  std::call_once(judged_, [this] { schema_issues_ = judge(schemas_, resources_); });
  return schema_issues_;
}

Inventory::Derived& Inventory::derived_as(std::type_index type) const {
  const std::lock_guard lock(views_mutex_);
  return views_[type];
}

void Inventory::read_mesh_config() {
  for (const Resource* map : all(kinds::config_map)) {
    const Value* mesh = get(map->root, "data", "mesh");
    if (map->ns != settings_.root_namespace || mesh == nullptr || !mesh->is_string()) continue;
    auto documents = doc::read_manifests(doc::Source("mesh", mesh->string()));
    if (documents.documents.empty()) continue;
    mesh_config_ = std::move(documents.documents.front().document);
    const std::string_view root = text(get(&mesh_config_->root, "rootNamespace"));
    if (!root.empty()) settings_.root_namespace = root;
    return;
  }
}

std::span<const Resource* const> Inventory::all(const GroupKind& kind) const {
  const auto found = by_kind_.find({kind, {}, {}});
  if (found == by_kind_.end()) return {};
  return found->second;
}

const Resource* Inventory::find(const GroupKind& kind, std::string_view ns,
                                std::string_view name) const {
  const auto found = by_name_.find({kind, ns, name});
  return found == by_name_.end() ? nullptr : found->second;
}

std::span<const Resource* const> Inventory::services_of(const Workload& workload) const {
  const auto found = services_of_.find(&workload);
  if (found == services_of_.end()) return {};
  return found->second;
}

std::span<const Workload* const> Inventory::workloads_of(const Resource& service) const {
  const auto found = workloads_of_.find(&service);
  if (found == workloads_of_.end()) return {};
  return found->second;
}

bool Inventory::has_namespace(std::string_view name) const {
  return ns(name) != nullptr || settings_.known_namespaces.contains(name) || name == "default" ||
         name.starts_with("kube-") || name == settings_.root_namespace;
}

bool Inventory::is_ambient(const Workload& workload) const {
  constexpr std::string_view kMode = "istio.io/dataplane-mode";
  if (workload.annotation("ambient.istio.io/redirection") == "enabled") return true;
  const std::string_view own = workload.label(kMode);
  if (!own.empty()) return own == "ambient";
  const Resource* space = ns(workload.resource->ns);
  return space != nullptr && space->label(kMode) == "ambient";
}

InMesh Inventory::in_istio(const Workload& workload) const {
  if (workload.container("istio-proxy") != nullptr || is_ambient(workload)) return InMesh::yes;
  std::string_view wish = workload.label("sidecar.istio.io/inject");
  if (wish.empty()) wish = workload.annotation("sidecar.istio.io/inject");
  if (wish == "false" || is_true(get(workload.pod, "hostNetwork"))) return InMesh::no;
  if (wish == "true" || !workload.label("istio.io/rev").empty()) return InMesh::yes;
  const Resource* space = ns(workload.resource->ns);
  if (space == nullptr) return InMesh::unknown;
  const std::string_view injection = space->label("istio-injection");
  if (injection == "disabled") return InMesh::no;
  return injection == "enabled" || !space->label("istio.io/rev").empty() ? InMesh::yes : InMesh::no;
}

}  // namespace weft::rules
