#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  for (const GroupKind& kind :
       {kinds::virtual_service, kinds::destination_rule, kinds::service_entry}) {
    for (const Resource* resource : in.all(kind)) {
      for (const Value& entry : items(get(resource->spec, "exportTo"))) {
        const std::string_view name = text(&entry);
        if (name == "." || name == "*" || name == "~" || in.has_namespace(name)) continue;
        out.add(*resource, &entry, fmt::format("there is no namespace {}", name))
            .with("namespace", name)
            .absence();
      }
    }
  }
}

}  // namespace

Rule wi053() {
  return {.id = "WI053",
          .slug = "export-to-missing",
          .severity = Severity::error,
          .mesh = "Istio",
          .category = "routing",
          .title = "exportTo names a namespace that is not there",
          .why = "The namespace that was meant does not see the object.",
          .remedy = "correct the namespace; a dot means the own one, * all",
          .refs = "KIA0005",
          .check = check};
}

}  // namespace weft::rules
