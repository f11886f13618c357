#include <map>

#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

// Kinds that are in a namespace for certain; of a custom resource only its definition tells.
bool is_namespaced(const Resource& resource) {
  if (is_cluster_scoped(resource.group, resource.kind)) return false;
  if (resource.group.empty() || resource.group == "apps" || resource.group == "batch" ||
      resource.group.ends_with("istio.io"))
    return true;
  return resource.is(kinds::gateway) || resource.is(kinds::http_route) ||
         resource.is(kinds::grpc_route);
}

struct Siblings {
  const Resource* placed = nullptr;
  std::vector<const Resource*> left_out;
};

void check(const Inventory& in, Report& out) {
  std::map<std::string_view, Siblings> by_file;
  for (const Resource& resource : in.all()) {
    Siblings& siblings = by_file[resource.document->source->name()];
    if (get(resource.root, "metadata", "namespace") != nullptr) {
      if (siblings.placed == nullptr) siblings.placed = &resource;
    } else if (is_namespaced(resource)) {
      siblings.left_out.push_back(&resource);
    }
  }
  for (const auto& [file, siblings] : by_file) {
    if (siblings.placed == nullptr) continue;
    for (const Resource* resource : siblings.left_out)
      out.add(*resource, nullptr,
              fmt::format("names no namespace, while {} of the same file does",
                          siblings.placed->title()));
  }
}

}  // namespace

Rule wf012() {
  return {.id = "WF012",
          .slug = "namespace-left-out",
          .severity = Severity::info,
          .mesh = "all",
          .category = "files",
          .title = "an object without a namespace among others that name one",
          .why =
              "It goes wherever the caller of kubectl happens to be, apart from the objects it "
              "belongs to.",
          .remedy = "set metadata.namespace, or leave it out everywhere and pass -n",
          .check = check};
}

}  // namespace weft::rules
