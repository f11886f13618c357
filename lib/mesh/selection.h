// From "istio, ambient, with a gateway" to the steps that will be taken: which charts at which
// versions with which values, which manifests afterwards, what to wait for.
//
//   WEFT_TRY(version, mesh::resolve(*mesh, "1.30"));
//   WEFT_TRY(chosen, mesh::select(*mesh, version, {.mode = "ambient", .features = {"ha"}}));
//   for (const auto& step : chosen.steps) helm(step.step->release, step.chart_version,
//   step.values);
#pragma once

#include <set>
#include <string>
#include <vector>

#include "lib/base/result.h"
#include "lib/mesh/mesh.h"

namespace weft::mesh {

struct Request {
  std::string mode;  // empty: the first of the mesh
  std::string profile;
  std::vector<std::string> features;
};

struct SelectedStep {
  const Step* step = nullptr;  // of the Mesh, which must outlive this
  std::string chart_version;
  doc::Value values;  // merged: step, mode, profile, features in their order; a map, may be empty
};

struct SelectedManifest {
  std::string feature;
  std::string yaml;
};

struct Selection {
  std::string mode;
  std::vector<std::string> features;  // asked for, of the profile, and implied; in catalogue order
  std::vector<SelectedStep> steps;
  std::vector<SelectedManifest> manifests;
  std::vector<Ready> ready;
  std::vector<Onboarding> onboarding;
};

// A usage error with the reason and what to do instead, of a mesh that weft does not install.
base::Result<void> check_installable(const Mesh& mesh);

// Unknown mode, profile or feature, a feature of another mode, a mesh that cannot be installed:
// usage errors with did-you-mean, or the honest reason.
base::Result<Selection> select(const Mesh& mesh, const Version& version, const Request& request);

// Maps are merged key by key, everything else of `over` replaces; a null of `over` stays, as helm
// takes it for "remove".
void merge_values(doc::Value& under, const doc::Value& over);

}  // namespace weft::mesh
