#include "lib/pattern/resolving/types.h"

#include <algorithm>
#include <array>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/capability/capability.h"
#include "lib/pattern/resolving/kinds.h"

namespace weft::pattern {
namespace {

using base::Result;

struct Suffix {
  std::string_view text;
  std::string_view group;  // a part of the API group that is meant; empty: Kubernetes' own
};
constexpr Suffix kSuffixes[] = {
    {"istio", "istio.io"},
    {"k8s", ""},
    {"linkerd", "linkerd.io"},
    {"kuma", "kuma.io"},
    {"osm", "openservicemesh"},
    {"consul", "consul.hashicorp.com"},
    {"nginx-sm", "smi"},
    {"traefik", "traefik"},
    {"traefik-mesh", "traefik"},
    {"appmesh", "appmesh.k8s.aws"},
    {"app_mesh", "appmesh.k8s.aws"},
    {"cilium", "cilium.io"},
};

const Suffix* suffix_named(std::string_view text) {
  const auto* found = std::find_if(std::begin(kSuffixes), std::end(kSuffixes),
                                   [text](const Suffix& row) { return row.text == text; });
  return found == std::end(kSuffixes) ? nullptr : found;
}

// Add-ons that are a feature of a mesh.
struct FeatureType {
  std::string_view name;
  std::string_view mesh;
  std::string_view feature;
};
constexpr FeatureType kFeatures[] = {{"viz", "linkerd", "viz"},
                                     {"multicluster", "linkerd", "multicluster"},
                                     {"smi", "linkerd", "smi"}};

// "GrafanaIstioAddon" is "grafana".
std::string addon_name(std::string_view type) {
  std::string name = base::lower(type);
  if (!name.ends_with("addon")) return name;
  name.resize(name.size() - std::string_view("addon").size());
  for (std::string_view mesh : {"istio", "linkerd"})
    if (name.ends_with(mesh)) name.resize(name.size() - mesh.size());
  return name;
}

// The mesh that a model stands for: "istio-base" is "istio".
std::string suffix_of_model(std::string_view model) {
  const std::string name = base::lower(model);
  if (name == "kubernetes") return "k8s";
  return std::string(name.substr(0, name.find('-')));
}

}  // namespace

std::string_view KnownKind::group() const {
  const auto slash = api_version.find('/');
  return slash == std::string::npos ? std::string_view()
                                    : std::string_view(api_version).substr(0, slash);
}

BareType bare(std::string_view type) {
  if (const auto dot = type.rfind('.'); dot != std::string_view::npos) {
    const std::string suffix = base::lower(type.substr(dot + 1));
    if (suffix_named(suffix) != nullptr) return {std::string(type.substr(0, dot)), suffix};
  }
  for (std::string_view form : {"EnvoyFilterIstio", "MeshKuma"})
    if (type == form) {
      const std::size_t cut = form.ends_with("Istio") ? 5 : 4;
      return {std::string(type.substr(0, type.size() - cut)),
              base::lower(type.substr(type.size() - cut))};
    }
  return {std::string(type)};
}

Result<Types> Types::make(const mesh::Catalog& catalog) {
  Types out;
  WEFT_TRY(heads, catalog.heads());
  for (const mesh::Mesh& mesh : heads) {
    std::vector<std::string> ids = mesh.aliases;
    ids.push_back(mesh.id);
    for (std::string id : ids) {
      if (mesh.kind == mesh::Kind::addon) {
        out.addons_[id] = mesh.id;
        continue;
      }
      std::erase(id, '-');
      out.meshes_[id.ends_with("mesh") ? id : id + "mesh"] = mesh.id;
    }
  }
  out.capabilities_ = capability::types();
  for (BuiltinKind& kind : builtin_kinds())
    out.kinds_[std::move(kind.kind)].push_back({std::move(kind.api_version), kind.namespaced});
  return out;
}

void Types::add(const std::string& kind, KnownKind known) {
  auto& all = kinds_[kind];
  std::erase_if(all, [&known](const KnownKind& each) { return each.group() == known.group(); });
  all.insert(all.begin(), std::move(known));
}

bool Types::is_capability(std::string_view name) { return capability::of_type(name) != nullptr; }

bool Types::add_on(std::string_view type, Type& out) const {
  const std::string name = addon_name(type);
  for (const FeatureType& row : kFeatures)
    if (row.name == name) {
      out.mesh = row.mesh;
      out.feature = row.feature;
      return true;
    }
  const auto found = addons_.find(name);
  if (found == addons_.end()) return false;
  out.mesh = found->second;
  return true;
}

std::vector<std::string> Types::names() const {
  std::vector<std::string> out = {
      "Application", "IstioMesh",   "LinkerdMesh", "ConsulMesh", "KumaMesh", "CiliumMesh",
      "OSMMesh",     "TraefikMesh", "NginxMesh",   "NSMMesh",    "AppMesh",  "CitrixMesh",
      "Grafana",     "Prometheus",  "Jaeger",      "Zipkin",     "Kiali",    "Viz"};
  out.insert(out.end(), capabilities_.begin(), capabilities_.end());
  for (const auto& [kind, known] : kinds_)
    if (std::ranges::find(capabilities_, kind) == capabilities_.end()) out.push_back(kind);
  return out;
}

Result<Type> Types::object(const Service& service, const BareType& type) const {
  Type out{.name = type.name, .api_version = service.api_version};
  const auto known = kinds_.find(type.name);
  if (known == kinds_.end()) {
    if (!out.api_version.empty()) return out;
    return service.error(service.type.at,
                         fmt::format("type {} of {} is not known{}", service.type.text, service.key,
                                     base::did_you_mean(type.name, names())),
                         "a kind that weft does not know needs its apiVersion");
  }
  const auto& all = known->second;
  const KnownKind asked{service.api_version};
  const std::string from = type.suffix.empty() ? suffix_of_model(service.model) : type.suffix;
  const Suffix* suffix = suffix_named(from);
  const KnownKind* best = nullptr;
  std::string_view other;
  for (const KnownKind& each : all) {
    const bool fits = !asked.api_version.empty() ? each.group() == asked.group()
                      : suffix == nullptr || suffix->group.empty()
                          ? true
                          : each.group().find(suffix->group) != std::string_view::npos;
    if (!fits) continue;
    if (best == nullptr)
      best = &each;
    else if (each.group() != best->group() && other.empty())
      other = each.api_version;
  }
  if (best == nullptr && asked.api_version.empty()) best = &all.front();
  if (best == nullptr) return out;
  out.namespaced = best->namespaced;
  if (!out.api_version.empty()) return out;
  out.api_version = best->api_version;
  if (!other.empty() && suffix == nullptr)
    out.guess = fmt::format("{} is taken as {}, not {}: apiVersion says it for sure", type.name,
                            out.api_version, other);
  return out;
}

bool Types::knows(const Service& service) const {
  const auto type = find(service);
  if (!type.ok()) return false;
  if (type->what != TypeKind::object) return true;
  const auto known = kinds_.find(type->name);
  const KnownKind asked{type->api_version};
  return known != kinds_.end() &&
         std::any_of(known->second.begin(), known->second.end(),
                     [&asked](const KnownKind& each) { return each.group() == asked.group(); });
}

Result<Type> Types::find(const Service& service) const {
  const BareType type = bare(service.type.text);
  if (service.api_version.empty() || type.name.ends_with("Mesh")) {
    const auto mesh = meshes_.find(base::lower(type.name));
    if (mesh != meshes_.end()) return Type{TypeKind::mesh, type.name, mesh->second};
  }
  if (!service.api_version.empty()) return object(service, type);
  if (type.name == "Application") return Type{TypeKind::application, type.name};
  if (type.suffix.empty() && service.model.empty() && is_capability(type.name))
    return Type{TypeKind::capability, type.name};
  Type out{TypeKind::mesh, type.name};
  if (add_on(type.name, out)) return out;
  return object(service, type);
}

}  // namespace weft::pattern
