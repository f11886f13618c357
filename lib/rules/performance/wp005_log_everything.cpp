#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check_mesh_config(const Inventory& in, Report& out) {
  const Value* file = get(in.mesh_config(), "accessLogFile");
  if (text(file).empty()) return;
  for (const Resource* map : in.all(kinds::config_map)) {
    const Value* mesh = get(map->root, "data", "mesh");
    if (map->ns != in.settings().root_namespace || mesh == nullptr) continue;
    out.add(*map, mesh, fmt::format("accessLogFile {} logs every request", text(file)));
    return;
  }
}

void check(const Inventory& in, Report& out) {
  check_mesh_config(in, out);
  for (const Resource* telemetry : in.all(kinds::telemetry)) {
    if (telemetry->ns != in.settings().root_namespace ||
        get(telemetry->spec, "selector") != nullptr)
      continue;
    for (const Value& logging : items(get(telemetry->spec, "accessLogging")))
      if (get(&logging, "filter") == nullptr && !is_true(get(&logging, "disabled")))
        out.add(*telemetry, &logging, "no filter: every request of the mesh is logged");
  }
}

}  // namespace

Rule wp005() {
  return {.id = "WP005",
          .slug = "log-everything",
          .severity = Severity::info,
          .mesh = "Istio",
          .category = "performance",
          .title = "every request of the mesh is logged",
          .why =
              "A line of about 400 bytes on both sides of each request: a thousand requests per "
              "second make some 70 GB a day.",
          .remedy =
              "keep what matters, for example filter: {expression: \"response.code >= 400\"} in a "
              "Telemetry",
          .check = check};
}

}  // namespace weft::rules
