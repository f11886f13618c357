// The traits of a mesh as the engine of 2021 had them: which namespaces get proxies, and mutual
// TLS.
#pragma once

#include <string>
#include <vector>

#include "lib/base/result.h"
#include "lib/mesh/mesh.h"
#include "lib/pattern/resolving/resolve.h"
#include "lib/pattern/resolving/wish.h"

namespace weft::pattern {

struct Effects {
  std::vector<std::string> namespaces;  // whose pods get a proxy
  kube::Objects marks;                  // those namespaces with the labels that say so
  kube::Objects objects;                // applied when the mesh is there
  std::vector<Wish> wishes;             // what only the compiler of mesh-agnostic types can say
};

// mTLS keeps its old meaning: strict refuses plain text, mutual allows it, with a warning.
base::Result<Effects> effects_of(const Service& service, const mesh::Mesh& mesh,
                                 const MeshOrder& order, Notes& notes);

}  // namespace weft::pattern
