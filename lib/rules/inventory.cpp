#include "lib/rules/inventory.h"

#include <algorithm>
#include <iterator>
#include <numeric>
#include <unordered_set>

#include "lib/base/format.h"
#include "lib/base/parallel.h"
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

// What documents hold.
struct Found {
  std::vector<Resource> resources;
  std::uint64_t other_documents = 0;
  std::vector<std::string> patterns;
};

void collect(const doc::Document& document, const Value& root, const Settings& settings,
             Found& out) {
  const bool has_kind = get(&root, "kind") != nullptr;
  if (!root.is_map() || (!has_kind && get(&root, "apiVersion") == nullptr)) {
    ++out.other_documents;
    if (is_pattern(root)) out.patterns.push_back(document.source->name());
    return;
  }
  const Value* list = get(&root, "items");
  if (text(get(&root, "kind")).ends_with("List") && list != nullptr && list->is_list()) {
    for (const Value& item : list->items()) collect(document, item, settings, out);
    return;
  }
  out.resources.push_back(resource_of(document, root, settings));
}

// Many objects share a group, a kind and a namespace; sharing the text as well keeps what orders
// and finds them in the processor's cache.
void share_text(std::vector<Resource>& resources) {
  std::unordered_set<std::string_view> known;
  for (Resource& resource : resources)
    for (std::string_view* text : {&resource.group, &resource.kind, &resource.ns})
      *text = *known.insert(*text).first;
}

// Of texts that are shared where they are equal.
int compare(std::string_view a, std::string_view b) {
  return a.data() == b.data() && a.size() == b.size() ? 0 : a.compare(b);
}

bool stands_before(const Resource& a, const Resource& b) {
  if (const int groups = compare(a.group, b.group)) return groups < 0;
  if (const int kinds = compare(a.kind, b.kind)) return kinds < 0;
  if (const int spaces = compare(a.ns, b.ns)) return spaces < 0;
  return a.name < b.name;
}

// Places are sorted, and each resource is moved only once.
std::vector<Resource> in_order(std::vector<Resource> resources) {
  std::vector<std::uint32_t> order(resources.size());
  std::iota(order.begin(), order.end(), 0u);
  std::stable_sort(order.begin(), order.end(), [&resources](std::uint32_t a, std::uint32_t b) {
    return stands_before(resources[a], resources[b]);
  });
  std::vector<Resource> sorted;
  sorted.reserve(resources.size());
  for (const std::uint32_t place : order) sorted.push_back(resources[place]);
  return sorted;
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
  add(std::span(files_).first(written), false);
  add(std::span(files_).subspan(written), true);
  if (written < files_.size()) overlay();
  add_default_ingress();
  share_text(resources_);
  resources_ = in_order(std::move(resources_));
  index();
  index_services();
  add_schemas();
  read_mesh_config();
}

void Inventory::add(std::span<const doc::Manifests> files, bool is_live) {
  std::vector<const doc::Document*> documents;
  for (const doc::Manifests& file : files)
    for (const doc::Manifest& manifest : file.documents) documents.push_back(&manifest.document);
  constexpr std::size_t kBatch = 512;
  std::vector<Found> batches((documents.size() + kBatch - 1) / kBatch);
  base::in_parallel(settings_.workers, batches.size(), [&](std::size_t i) {
    const std::size_t end = std::min(documents.size(), (i + 1) * kBatch);
    for (std::size_t at = i * kBatch; at < end; ++at)
      collect(*documents[at], documents[at]->root, settings_, batches[i]);
  });
  for (Found& found : batches) {
    for (Resource& resource : found.resources) {
      resource.is_live = is_live;
      resources_.push_back(resource);
    }
    other_documents_ += found.other_documents;
    std::move(found.patterns.begin(), found.patterns.end(), std::back_inserter(patterns_));
  }
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
  add(std::span(files_).last(1), false);
}

// Four indices that know nothing of each other.
void Inventory::index() {
  void (Inventory::*const parts[])() = {&Inventory::index_names, &Inventory::index_hosts,
                                        &Inventory::index_workloads, &Inventory::notice_meshes};
  base::in_parallel(settings_.workers, std::size(parts),
                    [&](std::size_t i) { (this->*parts[i])(); });
}

void Inventory::index_names() {
  by_name_.reserve(resources_.size());
  std::vector<const Resource*>* alike = nullptr;
  for (const Resource& resource : resources_) {
    if (alike == nullptr || !alike->back()->is({resource.group, resource.kind}))
      alike = &by_kind_[{{resource.group, resource.kind}, {}, {}}];
    alike->push_back(&resource);
    by_name_.try_emplace(object_name(resource), &resource);
  }
}

void Inventory::index_hosts() {
  for (const Resource& resource : resources_) hosts_.add(resource);
}

void Inventory::index_workloads() {
  for (const Resource& resource : resources_)
    if (auto workload = workload_of(resource)) workloads_.push_back(*std::move(workload));
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

void Inventory::notice_meshes() {
  const auto notice = [this](std::string_view domain) {
    const std::string_view mesh = mesh_of_domain(domain);
    if (!mesh.empty()) meshes_.emplace(mesh);
  };
  const auto notice_keys = [&notice](const Value* map) {
    for (const Member& member : members(map))
      if (const std::size_t slash = member.key.find('/'); slash != std::string_view::npos)
        notice(member.key.view().substr(0, slash));
  };
  std::string_view group;
  for (const Resource& resource : resources_) {
    if (resource.group != group) notice(group = resource.group);
    notice_keys(resource.labels());
    notice_keys(resource.annotations());
    if (!resource.label("istio-injection").empty()) meshes_.emplace("Istio");
    if (const auto workload = workload_of(resource)) {
      notice_keys(workload->labels());
      notice_keys(workload->annotations());
    }
  }
}

// A definition that cannot be used leaves its kind without a schema, which WF005 tells.
void Inventory::add_schemas() {
  for (const Resource* definition : all(kinds::crd))
    static_cast<void>(
        schemas_.add_definition(*definition->root, definition->document->source->name()).ok());
}

const SchemaIssues& Inventory::schema_issues() const {
  std::call_once(judged_,
                 [this] { schema_issues_ = judge(schemas_, resources_, settings_.workers); });
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
