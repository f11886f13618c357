// What the services of a pattern stand for: objects with their namespaces, or the order for a mesh.
// Nothing here asks a cluster.
//
//   WEFT_TRY(resolution, resolve(pattern, types, catalog, {.ns = "shop"}, notes));
//   for (const Part& part : resolution.parts) use(part.objects);
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "lib/base/result.h"
#include "lib/kube/object.h"
#include "lib/pattern/pattern.h"
#include "lib/pattern/resolving/types.h"

namespace weft::pattern {

// What a service of a mesh or an add-on asks for.
struct MeshOrder {
  std::string id;  // in the catalogue
  std::string version{};
  std::string profile{};
  std::string mode{};
  std::vector<std::string> features{};
  doc::Value values{};  // the settings that are none of these, as helm values; a map or null
  std::set<std::string> secrets{};  // texts in `values` that came out of sealed references

  friend bool operator==(const MeshOrder&, const MeshOrder&) = default;
};

struct Part {
  const Service* service = nullptr;
  Type type;
  MeshOrder order{};        // of a mesh
  kube::Objects objects{};  // every one with its namespace; of a mesh: what its traits bring
};

struct Resolution {
  const Pattern* pattern = nullptr;
  std::vector<Part> parts;  // one for each service, in their order
  // Namespaces that the services need or traits mark, and that no service is: they come first and
  // are never deleted.
  kube::Objects namespaces;
  std::map<std::string, std::size_t> injected;  // by namespace: the part whose proxies come there
};

struct ResolveOptions {
  std::string ns = "default";  // of objects that do not say one
  // For which mesh mesh-agnostic types are made: the one asked for, else the one that the pattern
  // itself installs, else the one that was found in the cluster.
  std::string mesh{};
  std::string mesh_version{};
  std::string found_mesh{};
  std::string found_version{};
  bool allow_loss = false;  // what the mesh cannot express becomes a note
  // Without a mesh to make them for, mesh-agnostic types are checked, and have no objects.
  bool check_only = false;
};

base::Result<Resolution> resolve(const Pattern& pattern, const Types& types,
                                 const mesh::Catalog& catalog, const ResolveOptions& options,
                                 Notes& notes);

// Definitions of kinds that the pattern itself brings.
void add_definitions(Types& types, const Pattern& pattern);

}  // namespace weft::pattern
