// How the fixture of a suite becomes a part of a mesh: what makes the mesh take pods in, leave them
// out, and hold a policy in a namespace.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "lib/conform/suite.h"
#include "lib/kube/object.h"

namespace weft::conform {

// What makes a policy hold in a namespace: metadata of it, and objects that are put into it.
struct SpaceSwitch {
  std::map<std::string, std::string> labels{}, annotations{};
  kube::Objects objects{};  // without a namespace
};

struct MeshRecipe {
  std::map<std::string, std::string> namespace_labels{}, namespace_annotations{};
  std::map<std::string, std::string> pod_labels{}, pod_annotations{};
  std::map<std::string, std::string> outside_labels{}, outside_annotations{};  // of pods
  SpaceSwitch deny{}, strict{}, permissive{};                                  // strict: mTLS only

  // Those that the fixture of a suite asks for.
  std::vector<const SpaceSwitch*> switches_of(const SuiteSpec& suite) const;
};

// Adds to objects of a fixture (catalog.h), Namespaces first, what has the mesh take them in.
void join_mesh(kube::Objects& fixture, const SuiteSpec& suite, const MeshRecipe& mesh);

// Where objects that belong into Namespaces may begin in such a fixture.
kube::Objects::iterator behind_namespaces(kube::Objects& fixture);

// Labels and annotations beside those that `object` has, or, for a pod, its template.
void add_metadata(kube::Object& object, const std::map<std::string, std::string>& labels,
                  const std::map<std::string, std::string>& annotations);

}  // namespace weft::conform
