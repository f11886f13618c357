#include <set>

#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/istio/istio.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

std::string place_of(const Value* destination, std::string_view ns) {
  return fmt::format("{}/{}/{}", qualified(text(get(destination, "host")), ns),
                     text(get(destination, "subset")),
                     scalar_text(get(destination, "port", "number")));
}

void check_virtual_service(const Resource& vs, Report& out) {
  for (const Value& rule : routes(vs, "http")) {
    if (get(&rule, "mirror") == nullptr && get(&rule, "mirrors") == nullptr) continue;
    std::set<std::string> places;
    for (const Value& route : items(get(&rule, "route")))
      places.insert(place_of(get(&route, "destination"), vs.ns));
    const auto report = [&](const Value* mirror) {
      if (mirror != nullptr && places.contains(place_of(mirror, vs.ns)))
        out.add(vs, mirror, fmt::format("requests go to {} anyway", text(get(mirror, "host"))));
    };
    report(get(&rule, "mirror"));
    for (const Value& mirror : items(get(&rule, "mirrors"))) report(get(&mirror, "destination"));
  }
}

std::string backend_of(const Value* reference, std::string_view ns) {
  const Value* other = get(reference, "namespace");
  return fmt::format("{}/{}/{}/{}", text(get(reference, "kind")), other ? text(other) : ns,
                     text(get(reference, "name")), scalar_text(get(reference, "port")));
}

void check_route(const Resource& route, Report& out) {
  for (const Value& rule : items(get(route.spec, "rules"))) {
    std::set<std::string> places;
    for (const Value& backend : items(get(&rule, "backendRefs")))
      places.insert(backend_of(&backend, route.ns));
    for (const Value& filter : items(get(&rule, "filters"))) {
      const Value* mirror = get(&filter, "requestMirror", "backendRef");
      if (mirror != nullptr && places.contains(backend_of(mirror, route.ns)))
        out.add(route, mirror, fmt::format("requests go to {} anyway", text(get(mirror, "name"))));
    }
  }
}

void check(const Inventory& in, Report& out) {
  for (const Resource* vs : in.all(kinds::virtual_service)) check_virtual_service(*vs, out);
  for (const GroupKind& kind : {kinds::http_route, kinds::grpc_route})
    for (const Resource* route : in.all(kind)) check_route(*route, out);
}

}  // namespace

Rule wr015() {
  return {.id = "WR015",
          .slug = "mirror-to-itself",
          .mesh = "all",
          .category = "resiliency",
          .title = "a route mirrors requests to where it sends them",
          .why =
              "Each request reaches the service twice, and nothing tells it which of the two is "
              "the copy: everything that writes, writes twice.",
          .remedy = "mirror to another subset or Service, or remove the mirror",
          .check = check};
}

}  // namespace weft::rules
