#include <set>

#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  std::set<std::string_view> linked;
  for (const Resource* link : in.all({"multicluster.linkerd.io", "Link"}))
    linked.insert(text(get(link->spec, "targetClusterName")));
  for (const Resource* service : in.all(kinds::service)) {
    const Value* cluster = get(service->labels(), "mirror.linkerd.io/cluster-name");
    if (get(service->labels(), "mirror.linkerd.io/mirrored-service") == nullptr ||
        text(cluster).empty() || linked.contains(text(cluster)))
      continue;
    out.add(*service, cluster, fmt::format("no Link leads to the cluster {}", text(cluster)))
        .with("cluster", text(cluster))
        .absence();
  }
}

}  // namespace

Rule wl019() {
  return {.id = "WL019",
          .slug = "mirror-without-link",
          .mesh = "Linkerd",
          .category = "multicluster",
          .title = "a mirrored Service without a Link",
          .why =
              "Nothing keeps it up to date any more: its endpoints are those of the day the link "
              "was removed.",
          .remedy = "link the cluster again, or delete the mirrored Services",
          .refs = "l5d-multicluster-orphaned-services",
          .check = check};
}

}  // namespace weft::rules
