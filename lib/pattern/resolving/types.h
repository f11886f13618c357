// What the type of a service means: a mesh or an add-on of the catalogue, a kind of Kubernetes with
// the API version that fits, an application, or a mesh-agnostic type. Names of 2021 to 2024 carry
// the mesh as a suffix: "VirtualService.Istio", "Deployment.K8s", "EnvoyFilterIstio".
//
//   Types types(catalog);
//   WEFT_TRY(type, types.find(service));
//   if (type.what == TypeKind::mesh) use(type.mesh);
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/result.h"
#include "lib/mesh/catalog.h"
#include "lib/pattern/pattern.h"

namespace weft::pattern {

enum class TypeKind { mesh, object, application, capability };

struct Type {
  TypeKind what = TypeKind::object;
  std::string name{};     // of objects the kind
  std::string mesh{};     // id in the catalogue, also of add-ons
  std::string feature{};  // of that mesh, where the add-on is one
  std::string api_version{};
  bool namespaced = true;
  std::string guess{};  // what was taken for granted: "Gateway is taken as networking.istio.io/v1"
};

// "VirtualService.Istio" is "VirtualService" and "istio".
struct BareType {
  std::string name;
  std::string suffix{};  // lower case
};
BareType bare(std::string_view type);

struct KnownKind {
  std::string api_version;
  bool namespaced = true;

  std::string_view group() const;
};

class Types {
 public:
  static base::Result<Types> make(const mesh::Catalog& catalog);

  // A kind that the cluster serves, or that a definition in the pattern brings: counts more than
  // what is built in.
  void add(const std::string& kind, KnownKind known);

  // An unknown type is an error at its place, with did-you-mean.
  base::Result<Type> find(const Service& service) const;
  // Whether nothing needs to be asked about the type.
  bool knows(const Service& service) const;
  static bool is_capability(std::string_view name);

 private:
  base::Result<Type> object(const Service& service, const BareType& type) const;
  bool add_on(std::string_view name, Type& out) const;
  std::vector<std::string> names() const;

  std::map<std::string, std::string, std::less<>> meshes_;  // "istiomesh": id
  std::map<std::string, std::string, std::less<>> addons_;  // "grafana": id
  std::vector<std::string> capabilities_;
  std::map<std::string, std::vector<KnownKind>, std::less<>> kinds_;  // the preferred first
};

}  // namespace weft::pattern
