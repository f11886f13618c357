#include <unordered_map>

#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/istio/istio.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

constexpr std::size_t kManyRules = 500;
constexpr std::size_t kManyObjects = 50;

void check(const Inventory& in, Report& out) {
  std::unordered_map<std::string, std::size_t> objects;
  for (const Resource* vs : in.all(kinds::virtual_service)) {
    const auto rules = routes(*vs, "http");
    if (rules.size() > kManyRules)
      out.add(*vs, get(vs->spec, "http"),
              fmt::format("{} rules, which a proxy tries one after the other", rules.size()));
    for (const Value& host : items(get(vs->spec, "hosts")))
      if (++objects[qualified(text(&host), vs->ns)] == kManyObjects + 1)
        out.add(*vs, &host,
                fmt::format("more than {} objects are for {}", kManyObjects, text(&host)))
            .with("host", text(&host));
  }
}

}  // namespace

Rule wp008() {
  return {.id = "WP008",
          .slug = "many-routes",
          .mesh = "Istio",
          .category = "performance",
          .title = "one host spread over many VirtualServices",
          .why =
              "Gateways merge them in the order of their creation; each change builds the whole "
              "list of routes again for every proxy, and which rule comes first nobody can see.",
          .remedy = "keep the rules of a host in a few objects, or split the host",
          .check = check};
}

}  // namespace weft::rules
