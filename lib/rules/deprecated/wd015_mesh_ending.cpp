#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

struct Ending {
  std::string_view domain;  // of API groups and annotations
  std::string_view what;
};

constexpr Ending kEndings[] = {
    {"appmesh.k8s.aws", "AWS App Mesh ends on 30 September 2026"},
    {"nsm.nginx.com", "NGINX Service Mesh has ended"},
    {"mesh.traefik.io", "Traefik Mesh has had no release since 2022"},
    {"maesh.containo.us",
     "Traefik Mesh reads annotations of mesh.traefik.io by now, and has had "
     "no release since 2022"},
};

void check_annotations(const Resource& resource, Report& out) {
  for (const Member& annotation : members(resource.annotations())) {
    const std::string_view domain =
        std::string_view(annotation.key).substr(0, annotation.key.find('/'));
    for (const Ending& ending : kEndings)
      if (domain == ending.domain) {
        out.add(resource, &annotation.value, std::string(ending.what))
            .with("annotation", annotation.key);
        return;  // one for each object says it
      }
  }
}

void check(const Inventory& in, Report& out) {
  for (const Resource& resource : in.all())
    for (const Ending& ending : kEndings)
      if (resource.group == ending.domain)
        out.add(resource, get(resource.root, "apiVersion"), std::string(ending.what));
  for (const Resource* service : in.all(kinds::service)) check_annotations(*service, out);
}

}  // namespace

Rule wd015() {
  return {.id = "WD015",
          .slug = "mesh-ending",
          .mesh = "all",
          .category = "deprecations",
          .title = "an object of a mesh that is past its end or near it",
          .why = "It gets no security fixes, and does not follow new releases of Kubernetes.",
          .remedy = "plan the move to a mesh that is maintained; begin with routes in Gateway API",
          .check = check};
}

}  // namespace weft::rules
