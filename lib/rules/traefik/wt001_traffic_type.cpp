#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  struct Field {
    std::string_view name;
    std::string_view values;
  };
  constexpr Field kFields[] = {{"mesh.traefik.io/traffic-type", " http tcp udp "},
                               {"mesh.traefik.io/scheme", " http h2c https "}};
  for (const Resource* service : in.all(kinds::service)) {
    for (const Field& field : kFields) {
      const Value* value = get(service->annotations(), field.name);
      if (value == nullptr ||
          field.values.find(fmt::format(" {} ", text(value))) != std::string_view::npos)
        continue;
      out.add(*service, value,
              fmt::format("{} must be one of{}", field.name,
                          field.values.substr(0, field.values.size() - 1)))
          .with("annotation", field.name);
    }
  }
}

}  // namespace

Rule wt001() {
  return {.id = "WT001",
          .slug = "traffic-type",
          .severity = Severity::error,
          .mesh = "Traefik Mesh",
          .category = "annotations",
          .title = "an annotation of Traefik Mesh with a value that it does not know",
          .why = "The Service is left out of the mesh.",
          .remedy = "use one of the values in the message",
          .check = check};
}

}  // namespace weft::rules
