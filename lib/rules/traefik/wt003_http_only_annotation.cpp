#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  for (const Resource* service : in.all(kinds::service)) {
    const std::string_view type = service->annotation("mesh.traefik.io/traffic-type");
    if (type != "tcp" && type != "udp") continue;
    for (const char* key :
         {"mesh.traefik.io/retry-attempts", "mesh.traefik.io/circuit-breaker-expression",
          "mesh.traefik.io/ratelimit-average", "mesh.traefik.io/ratelimit-burst"})
      if (const Value* value = get(service->annotations(), key))
        out.add(*service, value, fmt::format("{} does nothing for {}", key, type))
            .with("annotation", key);
  }
}

}  // namespace

Rule wt003() {
  return {.id = "WT003",
          .slug = "http-only-annotation",
          .mesh = "Traefik Mesh",
          .category = "annotations",
          .title = "an HTTP setting for a tcp or udp service",
          .why =
              "Only requests can be retried, counted or refused one by one; connections pass "
              "through and the annotation does nothing.",
          .remedy = "remove it, or set mesh.traefik.io/traffic-type: http",
          .check = check};
}

}  // namespace weft::rules
