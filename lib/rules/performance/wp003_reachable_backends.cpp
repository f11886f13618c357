#include <algorithm>

#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"
#include "lib/rules/workload/membership.h"

namespace weft::rules {
namespace {

constexpr std::size_t kManyServices = 100;

bool narrows(const Workload& workload) {
  return !workload.annotation("kuma.io/reachable-backends").empty() ||
         !workload.annotation("kuma.io/transparent-proxying-reachable-services").empty();
}

bool in_kuma(const Inventory& in, const Workload& workload) {
  const auto meshes = meshes_of(in, workload);
  return std::find(meshes.begin(), meshes.end(), "Kuma") != meshes.end();
}

// Kuma makes a service of each port.
void check(const Inventory& in, Report& out) {
  if (!in.uses("Kuma")) return;
  std::size_t count = 0;
  const Resource* first = nullptr;
  for (const Workload& workload : in.workloads()) {
    if (!in_kuma(in, workload)) continue;
    if (narrows(workload)) return;
    for (const Resource* service : in.services_of(workload)) {
      count += items(get(service->spec, "ports")).size();
      if (first == nullptr) first = service;
    }
  }
  if (count > kManyServices)
    out.add(*first, nullptr,
            fmt::format("is among {} services that each proxy of the mesh has to know", count))
        .absence();
}

}  // namespace

Rule wp003() {
  return {.id = "WP003",
          .slug = "kuma-no-scope",
          .mesh = "Kuma",
          .category = "performance",
          .title = "every proxy of Kuma gets the configuration of every service",
          .why =
              "Without reachable backends each proxy holds all services of the mesh: memory and "
              "the time until a change arrives grow with every Service anybody adds.",
          .remedy =
              "list what a workload calls in the annotation kuma.io/reachable-backends of its pods",
          .check = check};
}

}  // namespace weft::rules
