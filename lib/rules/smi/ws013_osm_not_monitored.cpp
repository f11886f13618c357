#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  for (const Resource* ns : in.all(kinds::ns)) {
    const Value* wish = get(ns->annotations(), "openservicemesh.io/sidecar-injection");
    const bool wanted = text(wish) == "enabled" || text(wish) == "yes" || is_true(wish);
    if (wanted && ns->label("openservicemesh.io/monitored-by").empty())
      out.add(*ns, wish, "does nothing without the label openservicemesh.io/monitored-by");
  }
}

}  // namespace

Rule ws013() {
  return {.id = "WS013",
          .slug = "osm-not-monitored",
          .severity = Severity::info,
          .mesh = "OSM",
          .category = "onboarding",
          .title = "a namespace with sidecars that OSM does not monitor",
          .why =
              "OSM injects and configures only namespaces labelled with the name of its mesh; the "
              "annotation alone does nothing.",
          .remedy =
              "osm namespace add <namespace>, or label it openservicemesh.io/monitored-by: <mesh>",
          .check = check};
}

}  // namespace weft::rules
