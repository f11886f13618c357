#include <map>

#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  std::map<std::string_view, std::string_view> gone;  // provider, its type
  for (const Value& provider : items(get(in.mesh_config(), "extensionProviders")))
    for (const char* type : {"lightstep", "opencensus"})
      if (get(&provider, type) != nullptr) gone[text(get(&provider, "name"))] = type;
  for (const Resource* telemetry : in.all(kinds::telemetry)) {
    for (const Value& tracing : items(get(telemetry->spec, "tracing"))) {
      for (const Value& provider : items(get(&tracing, "providers"))) {
        const Value* name = get(&provider, "name");
        const auto found = gone.find(text(name));
        if (found == gone.end()) continue;
        out.add(*telemetry, name,
                fmt::format("the mesh defines {} as a {} tracer", found->first, found->second))
            .with("provider", found->first);
      }
    }
  }
}

}  // namespace

Rule wd006() {
  return {.id = "WD006",
          .slug = "tracing-provider",
          .mesh = "Istio",
          .category = "deprecations",
          .title = "spans go to a tracer of Lightstep or OpenCensus",
          .why = "Envoy has removed both tracers: after the next upgrade there are no spans.",
          .remedy = "define the provider with opentelemetry; both systems take that protocol",
          .refs = "IST0002",
          .check = check};
}

}  // namespace weft::rules
