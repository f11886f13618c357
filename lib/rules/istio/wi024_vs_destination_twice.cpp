#include <set>

#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/istio/istio.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  for (const Resource* vs : in.all(kinds::virtual_service)) {
    for (const char* kind : {"http", "tls", "tcp"}) {
      for (const Value& rule : routes(*vs, kind)) {
        std::set<std::string> seen;
        const auto targets = items(get(&rule, "route"));
        if (targets.size() < 2) continue;
        for (const Value& target : targets) {
          const Value* destination = get(&target, "destination");
          if (destination == nullptr || seen.insert(canonical(*destination)).second) continue;
          out.add(*vs, destination,
                  fmt::format("{} stands in this route already", text(get(destination, "host"))));
        }
      }
    }
  }
}

}  // namespace

Rule wi024() {
  return {.id = "WI024",
          .slug = "vs-destination-twice",
          .mesh = "Istio",
          .category = "routing",
          .title = "the same destination twice in one route",
          .why = "The weights add up; mostly one of the two should name another subset.",
          .remedy = "name the subset that was meant, or merge the weights",
          .refs = "KIA1105",
          .check = check};
}

}  // namespace weft::rules
