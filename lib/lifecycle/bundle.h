// An installation as files, for people who install by other means, keep it in version control, or
// carry it to a network of its own. Made from charts; no cluster is asked.
//
//   mesh.yaml                the file of the catalogue
//   installation.yaml        schema weft.mesh-export/v1: steps in order, values, images
//   images.txt               one a line, for a mirror
//   values/STEP.yaml         helm values
//   charts/MESH/CHART/ or charts/CHART-VERSION.tgz    for `weft install MESH --chart-dir charts`
//   manifests/STEP.yaml      what they render
//
//   WEFT_TRY(bundle, bundle_of(helm, build, setup));
//   WEFT_TRY(files, write_bundle(bundle, catalogue_file, "istio-1.30"));
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "lib/lifecycle/setup.h"
#include "lib/mesh/images.h"

namespace weft::lifecycle {

// Builds a kustomize folder.
using Kustomize = std::function<base::Result<kube::Objects>(const std::string& folder)>;

// `setup`'s steps and what each renders for the newest Kubernetes that the mesh supports, which
// charts may insist on.
struct Bundle {
  const Setup& setup;
  std::vector<kube::Objects> objects{};  // by step
  mesh::ImageList images{};
};
base::Result<Bundle> bundle_of(kube::Helm& helm, const Kustomize& build, const Setup& setup);

doc::Value to_document(const Bundle& bundle);  // schema weft.mesh-export/v1

// Into a folder that is empty or not there yet, else a usage error. Returns the paths below it;
// those of charts end with a slash where they are folders. A kustomize tree is not copied.
base::Result<std::vector<std::string>> write_bundle(const Bundle& bundle,
                                                    const doc::Value& catalogue_file,
                                                    const std::string& folder);

}  // namespace weft::lifecycle
