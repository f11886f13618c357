#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/istio/istio.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

// "public.edge.svc.cluster.local" as "edge/public".
std::string new_form(std::string_view name) {
  const std::size_t dot = name.find('.');
  const std::string_view rest = name.substr(dot + 1);
  return fmt::format("{}/{}", rest.substr(0, rest.find('.')), name.substr(0, dot));
}

void check(const Inventory& in, Report& out) {
  for (const Resource* vs : in.all(kinds::virtual_service)) {
    for (const Value* gateway : gateways_of(*vs)) {
      const std::string_view name = text(gateway);
      if (name.find('/') != std::string_view::npos || name.find('.') == std::string_view::npos)
        continue;
      out.add(*vs, gateway, fmt::format("{} is the old way to name a Gateway", name))
          .with("gateway", name)
          .fixed_by({Fix::Kind::set, gateway, new_form(name)});
    }
  }
}

}  // namespace

Rule wi026() {
  return {.id = "WI026",
          .slug = "vs-gateway-dotted",
          .severity = Severity::info,
          .mesh = "Istio",
          .category = "routing",
          .title = "a Gateway named in the old form with dots",
          .why = "The form name.namespace.svc.cluster.local is kept for old objects only.",
          .remedy = "write namespace/name",
          .refs = "KIA1108 IST0133",
          .check = check};
}

}  // namespace weft::rules
