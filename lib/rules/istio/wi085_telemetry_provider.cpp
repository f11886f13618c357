#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

bool has_default_provider(const Inventory& in) {
  const Value* mesh = in.mesh_config();
  return !items(get(mesh, "defaultProviders", "accessLogging")).empty();
}

void check(const Inventory& in, Report& out) {
  if (has_default_provider(in)) return;
  for (const Resource* telemetry : in.all(kinds::telemetry)) {
    for (const Value& logging : items(get(telemetry->spec, "accessLogging"))) {
      if (!items(get(&logging, "providers")).empty() || is_true(get(&logging, "disabled")))
        continue;
      Finding& finding = out.add(*telemetry, &logging,
                                 "names no provider, and the mesh has no default for access logs");
      if (in.mesh_config() == nullptr) finding.absence();
    }
  }
}

}  // namespace

Rule wi085() {
  return {
      .id = "WI085",
      .slug = "telemetry-provider",
      .mesh = "Istio",
      .category = "telemetry",
      .title = "access logging without a provider",
      .why = "Istio does not know where to write and ignores the entry: there is no log.",
      .remedy = "add providers: [{name: envoy}], or set defaultProviders.accessLogging of the mesh",
      .refs = "IST0157",
      .check = check};
}

}  // namespace weft::rules
