#include "lib/lifecycle/leftovers.h"

#include <algorithm>

#include "lib/base/format.h"
#include "lib/kube/errors.h"

namespace weft::lifecycle {

using namespace mesh;

namespace {

using base::Result;
using kube::Object;
using kube::Objects;

constexpr const char* kCrd = "CustomResourceDefinition";

// "leases.coordination.k8s.io" for a kind by its name alone.
std::string resource_of(const std::string& kind) {
  for (const kube::Kind& known : kube::known_kinds())
    if (known.kind == kind)
      return known.group.empty() ? std::string(known.plural)
                                 : fmt::format("{}.{}", known.plural, known.group);
  return {};
}

bool matches_any(const std::vector<std::string>& patterns, std::string_view name) {
  return std::ranges::any_of(patterns, [name](const std::string& one) { return fits(one, name); });
}

Result<Objects> webhook_configurations(Work& work) {
  return work.cluster.list({.resource =
                                "mutatingwebhookconfigurations.admissionregistration.k8s.io,"
                                "validatingwebhookconfigurations.admissionregistration.k8s.io",
                            .ns = "",
                            .selector = "",
                            .fields = ""});
}

bool has_release_in(const Mesh& mesh, const Installed& installed) {
  return std::ranges::any_of(mesh.steps, [&installed](const Step& step) {
    return !step.release.empty() && installed.find(step.release, step.ns) != nullptr;
  });
}

}  // namespace

Result<std::vector<FoundLeftover>> find_leftovers(Work& work, const Mesh& mesh) {
  std::vector<FoundLeftover> out;
  for (const Leftover& rule : mesh.uninstall.leftovers) {
    const std::string resource = resource_of(rule.kind);
    if (resource.empty() || rule.kind == "Node" || rule.kind == "Namespace" || rule.kind == kCrd)
      continue;
    auto found = work.cluster.list(
        {.resource = resource, .ns = rule.ns, .selector = rule.selector, .fields = ""});
    if (!found.ok()) {
      const kube::Failure failure = kube::failure_of(found.error());
      if (failure == kube::Failure::forbidden || failure == kube::Failure::no_such_kind) continue;
      return found.error();
    }
    for (const Object& object : *found)
      if (rule.name.empty() || fits(rule.name, kube::name_of(object)))
        out.push_back({kube::ref_of(object), &rule});
  }
  return out;
}

Result<Objects> find_crds(Work& work, const Mesh& mesh) {
  WEFT_TRY(all, work.cluster.list({.resource = "customresourcedefinitions.apiextensions.k8s.io",
                                   .ns = "",
                                   .selector = "",
                                   .fields = ""}));
  std::erase_if(all, [&mesh](const Object& crd) {
    const std::string group(kube::text_at(crd, {"spec", "group"}));
    if (mesh.crd_groups.contains(group)) return false;
    return std::ranges::none_of(mesh.uninstall.leftovers, [&crd](const Leftover& rule) {
      return rule.kind == kCrd && !rule.name.empty() && fits(rule.name, kube::name_of(crd));
    });
  });
  return std::move(all);
}

Result<std::vector<const Mesh*>> neighbours(Work& work, const Mesh& mesh,
                                            const Installed& installed, const Catalog& catalog) {
  WEFT_TRY(webhooks, webhook_configurations(work));
  WEFT_TRY(all, catalog.all());
  return neighbours_by(webhooks, mesh, installed, all);
}

std::vector<const Mesh*> neighbours_by(const Objects& webhooks, const Mesh& mesh,
                                       const Installed& installed,
                                       const std::vector<const Mesh*>& all) {
  std::vector<const Mesh*> out;
  for (const Mesh* other : all) {
    if (other->id == mesh.id) continue;
    const bool webhook = std::ranges::any_of(webhooks, [other](const Object& object) {
      return matches_any(other->detect.webhooks, kube::name_of(object));
    });
    if (webhook || has_release_in(*other, installed)) out.push_back(other);
  }
  return out;
}

Result<std::vector<kube::Ref>> find_webhooks(Work& work, const Mesh& mesh) {
  WEFT_TRY(all, webhook_configurations(work));
  std::vector<kube::Ref> out;
  for (const Object& object : all) {
    const auto name = kube::name_of(object);
    if (matches_any(mesh.webhooks.mutating, name) || matches_any(mesh.webhooks.validating, name) ||
        matches_any(mesh.detect.webhooks, name))
      out.push_back(kube::ref_of(object));
  }
  return out;
}

Result<Objects> custom_resources(Work& work, const Objects& crds) {
  std::string resources;
  for (const Object& crd : crds)
    resources += fmt::format("{}{}", resources.empty() ? "" : ",", kube::name_of(crd));
  if (resources.empty()) return Objects{};
  return work.cluster.list({.resource = resources, .ns = "", .selector = "", .fields = ""});
}

}  // namespace weft::lifecycle
