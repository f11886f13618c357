#include "lib/rules/inventory.h"
#include "lib/rules/istio/istio.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  for (const Resource* vs : in.all(kinds::virtual_service)) {
    for (const Value& rule : routes(*vs, "http")) {
      const Value* cors = get(&rule, "corsPolicy");
      if (!is_true(get(cors, "allowCredentials"))) continue;
      for (const Value& origin : items(get(cors, "allowOrigins"))) {
        const bool is_any =
            text(get(&origin, "exact")) == "*" || text(get(&origin, "regex")) == ".*" ||
            (get(&origin, "prefix") != nullptr && text(get(&origin, "prefix")).size() < 9);
        if (is_any) out.add(*vs, &origin, "any origin may send requests with credentials");
      }
    }
  }
}

}  // namespace

Rule wx026() {
  return {.id = "WX026",
          .slug = "cors-any-origin",
          .mesh = "Istio",
          .category = "security",
          .title = "CORS for any origin together with credentials",
          .why = "Every web page can act in the name of a visitor who is logged in.",
          .remedy = "list the origins",
          .check = check};
}

}  // namespace weft::rules
