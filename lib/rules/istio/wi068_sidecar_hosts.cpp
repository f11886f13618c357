#include <set>

#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  for (const Resource* sidecar : in.all(kinds::sidecar)) {
    for (const Value& egress : items(get(sidecar->spec, "egress"))) {
      std::set<std::string_view> seen;
      const auto hosts = items(get(&egress, "hosts"));
      bool has_all = false;
      for (const Value& host : hosts) has_all = has_all || text(&host) == "*/*";
      for (const Value& host : hosts) {
        if (!seen.insert(text(&host)).second)
          out.add(*sidecar, &host, fmt::format("{} stands here twice", text(&host)));
        else if (has_all && text(&host) != "*/*")
          out.add(*sidecar, &host, fmt::format("{} adds nothing to */*", text(&host)));
      }
    }
  }
}

}  // namespace

Rule wi068() {
  return {.id = "WI068",
          .slug = "sidecar-hosts",
          .mesh = "Istio",
          .category = "sidecars",
          .title = "an egress host of a Sidecar that adds nothing",
          .why = "It suggests a limit that is not there.",
          .remedy = "remove it, or remove */*",
          .refs = "IST0133",
          .check = check};
}

}  // namespace weft::rules
