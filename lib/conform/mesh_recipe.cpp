#include "lib/conform/mesh_recipe.h"

#include <algorithm>

namespace weft::conform {
namespace {

using doc::Value;

void set_all(Value& metadata, std::string_view key,
             const std::map<std::string, std::string>& values) {
  if (values.empty()) return;
  if (metadata.find(key) == nullptr) metadata.set(std::string(key), Value::map());
  for (const auto& [name, value] : values) metadata.find(key)->set(name, value);
}

// Behind the namespace that they belong to, what makes its policies hold.
void add_policies(kube::Objects& fixture, const SuiteSpec& suite, const MeshRecipe& mesh) {
  kube::Objects policies;
  for (kube::Object& space : fixture) {
    if (kube::ref_of(space).kind != "Namespace") continue;
    for (const SpaceSwitch* one : mesh.switches_of(suite)) {
      add_metadata(space, one->labels, one->annotations);
      for (kube::Object policy : one->objects) {
        policy.find("metadata")->set("namespace", kube::name_of(space));
        policies.push_back(std::move(policy));
      }
    }
  }
  fixture.insert(behind_namespaces(fixture), std::make_move_iterator(policies.begin()),
                 std::make_move_iterator(policies.end()));
}

}  // namespace

void add_metadata(kube::Object& object, const std::map<std::string, std::string>& labels,
                  const std::map<std::string, std::string>& annotations) {
  if (object.find("metadata") == nullptr) object.set("metadata", Value::map());
  set_all(*object.find("metadata"), "labels", labels);
  set_all(*object.find("metadata"), "annotations", annotations);
}

std::vector<const SpaceSwitch*> MeshRecipe::switches_of(const SuiteSpec& suite) const {
  std::vector<const SpaceSwitch*> out;
  if (suite.fixture.deny) out.push_back(&deny);
  if (suite.fixture.mtls == Mtls::strict) out.push_back(&strict);
  if (suite.fixture.mtls == Mtls::permissive) out.push_back(&permissive);
  return out;
}

kube::Objects::iterator behind_namespaces(kube::Objects& fixture) {
  return std::ranges::find_if(
      fixture, [](const kube::Object& one) { return kube::ref_of(one).kind != "Namespace"; });
}

void join_mesh(kube::Objects& fixture, const SuiteSpec& suite, const MeshRecipe& mesh) {
  for (kube::Object& object : fixture) {
    const kube::Ref ref = kube::ref_of(object);
    if (ref.kind == "Namespace")
      add_metadata(object, mesh.namespace_labels, mesh.namespace_annotations);
    if (ref.kind != "Deployment") continue;
    const AppSpec* app = suite.fixture.find(ref.name);
    Value& pod = *object.find("spec")->find("template");
    if (app != nullptr && app->outside)
      add_metadata(pod, mesh.outside_labels, mesh.outside_annotations);
    else
      add_metadata(pod, mesh.pod_labels, mesh.pod_annotations);
  }
  add_policies(fixture, suite, mesh);
}

}  // namespace weft::conform
