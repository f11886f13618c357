// Every container image that an installation will pull: those of the rendered pod specifications,
// hook Jobs included, and those that stand only in arguments, variables or ConfigMaps.
//
//   for (const auto& image : mesh::images_of(*mesh, rendered)) mirror(image.name);
#pragma once

#include <string>
#include <vector>

#include "lib/kube/object.h"
#include "lib/mesh/mesh.h"

namespace weft::mesh {

struct Image {
  std::string name;                // "registry.istio.io/release/pilot:1.30.3"
  std::vector<std::string> users;  // "Deployment istio-system/istiod", or "proxies" when indirect
  bool indirect = false;
};

struct ImageList {
  std::vector<Image> images;           // by name, each once
  std::vector<std::string> not_found;  // indirect images that the render does not mention
};

ImageList images_of(const Mesh& mesh, const kube::Objects& rendered);

}  // namespace weft::mesh
