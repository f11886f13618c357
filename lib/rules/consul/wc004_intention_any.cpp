#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  for (const Resource* intentions : in.all({"consul.hashicorp.com", "ServiceIntentions"}))
    for (const Value& source : items(get(intentions->spec, "sources")))
      if (text(get(&source, "name")) == "*" && text(get(&source, "action")) == "allow")
        out.add(*intentions, &source,
                fmt::format("every service may call {}",
                            text(get(intentions->spec, "destination", "name"))));
}

}  // namespace

Rule wc004() {
  return {.id = "WC004",
          .slug = "intention-any",
          .mesh = "Consul",
          .category = "security",
          .title = "intentions that allow every service",
          .why = "Any workload of the mesh, a compromised one as well, may call the destination.",
          .remedy = "name the services that call it",
          .check = check};
}

}  // namespace weft::rules
