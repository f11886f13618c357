#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

constexpr std::string_view kGroup = "kuma.io";

void report(const Resource& resource, const Value* value, std::string_view what,
            std::string_view instead, Report& out) {
  if (value != nullptr)
    out.add(resource, value, fmt::format("Kuma 3.0 has no {}: use {}", what, instead))
        .with("what", what);
}

void check_mesh(const Inventory& in, Report& out) {
  for (const Resource* mesh : in.all(kinds::kuma_mesh)) {
    report(*mesh, get(mesh->spec, "mtls"), "mtls in Mesh", "MeshIdentity and MeshTrust", out);
    report(*mesh, get(mesh->spec, "meshServices"), "meshServices in Mesh", "MeshService, always on",
           out);
    report(*mesh, get(mesh->spec, "routing", "zoneEgress"), "routing.zoneEgress in Mesh",
           "MeshExternalService", out);
  }
}

void check_policies(const Inventory& in, Report& out) {
  for (const Resource* tls : in.all({kGroup, "MeshTLS"}))
    report(*tls, get(tls->spec, "from"), "from in MeshTLS", "rules", out);
  for (const Resource* health : in.all({kGroup, "MeshHealthCheck"}))
    for (const Value& to : items(get(health->spec, "to")))
      report(*health, get(&to, "default", "healthyPanicThreshold"),
             "healthyPanicThreshold in MeshHealthCheck", "MeshCircuitBreaker", out);
  for (const char* kind : {"MeshHTTPRoute", "MeshTCPRoute"})
    for (const Resource* route : in.all({kGroup, kind}))
      for (const Value& to : items(get(route->spec, "to")))
        for (const Value& rule : items(get(&to, "rules")))
          for (const Value& backend : items(get(&rule, "default", "backendRefs")))
            if (const Value* name = get(&backend, "kind"); text(name) == "MeshServiceSubset")
              report(*route, name, "backendRef of kind MeshServiceSubset", "MeshService", out);
}

void check_objects(const Inventory& in, Report& out) {
  for (const char* kind : {"ExternalService", "ZoneIngress", "ZoneEgress"})
    for (const Resource* object : in.all({kGroup, kind}))
      report(*object, get(object->root, "kind"), kind,
             std::string_view(kind) == "ExternalService" ? "MeshExternalService" : "a zone proxy",
             out);
  for (const Workload& workload : in.workloads())
    for (const char* key : {"kuma.io/ingress", "kuma.io/egress"})
      report(*workload.resource, get(workload.annotations(), key),
             fmt::format("annotation {}", key), "a zone proxy", out);
}

void check(const Inventory& in, Report& out) {
  check_mesh(in, out);
  check_policies(in, out);
  check_objects(in, out);
}

}  // namespace

Rule wd012() {
  return {.id = "WD012",
          .slug = "kuma-three",
          .mesh = "Kuma",
          .category = "deprecations",
          .title = "what Kuma 3.0 no longer has",
          .why = "After the upgrade the object is refused, or the field has no effect.",
          .remedy = "move to what the message names before upgrading, as UPGRADE.md of Kuma says",
          .check = check};
}

}  // namespace weft::rules
