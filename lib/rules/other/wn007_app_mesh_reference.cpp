#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

constexpr std::string_view kAppMesh = "appmesh.k8s.aws";

void check_reference(const Inventory& in, const Resource& from, std::string_view kind,
                     const Value* reference, Report& out) {
  const Value* name = get(reference, "name");
  const Value* other = get(reference, "namespace");
  const std::string_view ns = other != nullptr ? text(other) : from.ns;
  if (text(name).empty() || in.find({kAppMesh, kind}, ns, text(name)) != nullptr) return;
  out.add(from, name, fmt::format("there is no {} {}/{}", kind, ns, text(name)))
      .with("reference", fmt::format("{}/{}/{}", kind, ns, text(name)))
      .absence();
}

void check_router(const Inventory& in, const Resource& router, Report& out) {
  for (const Value& route : items(get(router.spec, "routes")))
    for (const char* kind : {"httpRoute", "http2Route", "grpcRoute", "tcpRoute"})
      for (const Value& target : items(get(&route, kind, "action", "weightedTargets")))
        check_reference(in, router, "VirtualNode", get(&target, "virtualNodeRef"), out);
}

void check(const Inventory& in, Report& out) {
  for (const Resource* service : in.all({kAppMesh, "VirtualService"})) {
    const Value* provider = get(service->spec, "provider");
    check_reference(in, *service, "VirtualNode", get(provider, "virtualNode", "virtualNodeRef"),
                    out);
    check_reference(in, *service, "VirtualRouter",
                    get(provider, "virtualRouter", "virtualRouterRef"), out);
  }
  for (const Resource* router : in.all({kAppMesh, "VirtualRouter"})) check_router(in, *router, out);
  for (const Resource* node : in.all({kAppMesh, "VirtualNode"}))
    for (const Value& backend : items(get(node->spec, "backends")))
      check_reference(in, *node, "VirtualService",
                      get(&backend, "virtualService", "virtualServiceRef"), out);
}

}  // namespace

Rule wn007() {
  return {
      .id = "WN007",
      .slug = "app-mesh-reference",
      .severity = Severity::error,
      .mesh = "App Mesh",
      .category = "routing",
      .title = "an object of App Mesh refers to one that is not there",
      .why = "The controller does not create the object in App Mesh: its requests find no route.",
      .remedy = "correct the name, or create the object",
      .check = check};
}

}  // namespace weft::rules
