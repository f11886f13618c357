#include <algorithm>

#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

constexpr std::size_t kManyHosts = 100;

bool is_scoped(const Inventory& in) {
  const auto narrows = [](const Resource* resource) {
    return get(resource->spec, "exportTo") != nullptr ||
           !resource->annotation("networking.istio.io/exportTo").empty();
  };
  if (!in.all(kinds::sidecar).empty()) return true;
  if (get(in.mesh_config(), "discoverySelectors") != nullptr ||
      get(in.mesh_config(), "defaultServiceExportTo") != nullptr)
    return true;
  for (const GroupKind& kind : {kinds::service, kinds::service_entry}) {
    const auto all = in.all(kind);
    if (std::any_of(all.begin(), all.end(), narrows)) return true;
  }
  return false;
}

void check(const Inventory& in, Report& out) {
  const auto& hosts = in.hosts().all();
  if (!in.uses("Istio") || hosts.size() <= kManyHosts || is_scoped(in)) return;
  out.add(*hosts.front().resource, nullptr,
          fmt::format("is one of {} hosts that each proxy of the mesh has to know", hosts.size()))
      .absence();
}

}  // namespace

Rule wp001() {
  return {.id = "WP001",
          .slug = "no-scope",
          .mesh = "Istio",
          .category = "performance",
          .title = "every proxy gets the configuration of every host",
          .why =
              "Without a Sidecar, exportTo or discoverySelectors each proxy holds all hosts of the "
              "mesh: memory, start-up and the time until a change arrives grow with every Service "
              "anybody adds.",
          .remedy =
              "add a Sidecar named default in the root namespace with egress hosts ./* and "
              "istio-system/*, then one for each workload that calls more",
          .check = check};
}

}  // namespace weft::rules
