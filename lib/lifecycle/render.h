// The objects that a step will bring into the cluster, taken apart as a plan and an execution need
// them: CustomResourceDefinitions go first, everything carries its namespace.
//
//   WEFT_TRY(rendered, render_step(work, step, {.installed = true, .server = "v1.34.1"}));
#pragma once

#include <string>
#include <vector>

#include "lib/lifecycle/setup.h"
#include "lib/lifecycle/work.h"

namespace weft::lifecycle {

struct Rendered {
  kube::Objects crds;     // of crds/ and of the templates
  kube::Objects objects;  // everything else, hooks excluded
  kube::Objects hooks;
};

struct RenderOptions {
  bool installed = false;  // an upgrade: asked of helm's server dry run, so that lookups are true
  std::string server{};    // version of the server, for templates of a first install
  std::vector<std::string> api_versions{};  // groups the server has, for the same
};

base::Result<Rendered> render_step(Work& work, const SetupStep& step, const RenderOptions& options);

// Gives namespaced objects without a namespace that of the release. Kinds that are not known by
// themselves are looked up among `crds`; one that is nowhere counts as namespaced.
void fill_namespaces(kube::Objects& objects, const std::string& ns, const kube::Objects& crds);

// Marks an object as belonging to a helm release, so that helm takes it over instead of refusing.
void own_by_release(kube::Object& object, const std::string& release, const std::string& ns);

// Images of the pod templates among `objects`, each once, sorted.
std::vector<std::string> images_of(const kube::Objects& objects);

}  // namespace weft::lifecycle
