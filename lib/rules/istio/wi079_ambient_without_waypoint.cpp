#include "lib/base/format.h"
#include "lib/rules/gateway/route.h"
#include "lib/rules/inventory.h"
#include "lib/rules/istio/istio.h"
#include "lib/rules/istio/waypoint.h"
#include "lib/rules/report.h"
#include "lib/rules/security/policy.h"

namespace weft::rules {
namespace {

bool is_targeted(const Resource& policy) {
  return get(policy.spec, "targetRefs") != nullptr || get(policy.spec, "targetRef") != nullptr;
}

bool is_gateway_pod(const Workload& workload) {
  return !workload.label("gateway.networking.k8s.io/gateway-name").empty();
}

// The first workload in ambient mode that a policy with a selector is for.
const Workload* ambient_workload(const Inventory& in, const Resource& policy) {
  for (const Workload* workload : selected(in, policy, get(policy.spec, "selector", "matchLabels")))
    if (in.is_ambient(*workload) && workload->container("istio-proxy") == nullptr &&
        !is_gateway_pod(*workload))
      return workload;
  return nullptr;
}

void check_policies(const Inventory& in, Report& out) {
  for (const Resource* policy : in.all(kinds::authorization_policy)) {
    if (is_targeted(*policy) || !needs_http(*policy)) continue;
    if (const Workload* workload = ambient_workload(in, *policy))
      out.add(*policy, get(policy->spec, "rules"),
              fmt::format("ztunnel enforces it for {} and sees no HTTP: rules that allow by HTTP "
                          "fields allow nothing",
                          workload->resource->title()));
  }
  for (const Resource* authentication : in.all(kinds::request_authentication)) {
    if (is_targeted(*authentication)) continue;
    if (const Workload* workload = ambient_workload(in, *authentication))
      out.add(*authentication, nullptr,
              fmt::format("no proxy reads tokens in front of {}, which is in ambient mode",
                          workload->resource->title()));
  }
}

// Services of a namespace in ambient mode that no waypoint serves.
bool lacks_waypoint(const Inventory& in, const Resource& service) {
  const Resource* ns = in.ns(service.ns);
  return ns != nullptr && ns->label("istio.io/dataplane-mode") == "ambient" &&
         !has_waypoint(in, service);
}

void check_routes(const Inventory& in, Report& out) {
  for (const GroupKind& kind : {kinds::http_route, kinds::grpc_route}) {
    for (const Resource* route : in.all(kind)) {
      for (const Reference& parent : parents(*route)) {
        const Resource* service = parent.target() == kinds::service
                                      ? in.find(kinds::service, parent.ns, parent.name)
                                      : nullptr;
        if (service != nullptr && lacks_waypoint(in, *service))
          out.add(*route, parent.value,
                  fmt::format("no waypoint serves {}, so nothing applies the route",
                              service->title()))
              .with("service", service->full_name());
      }
    }
  }
}

void check(const Inventory& in, Report& out) {
  check_policies(in, out);
  check_routes(in, out);
}

}  // namespace

Rule wi079() {
  return {.id = "WI079",
          .slug = "ambient-without-waypoint",
          .mesh = "Istio",
          .category = "ambient",
          .title = "rules for HTTP in ambient mode that no waypoint applies",
          .why =
              "ztunnel forwards bytes. Routes, tokens and policies by method, path or header need "
              "a waypoint, and policies reach it by targetRefs, not by a selector.",
          .remedy =
              "deploy a waypoint, label the Service or namespace istio.io/use-waypoint, and name "
              "the Service or the waypoint in targetRefs",
          .refs =
              "KIA0109 KIA0110 KIA0210 KIA0211 KIA0212 KIA1109 KIA1110 KIA1111 KIA1112 KIA1113 "
              "KIA1114 KIA1115 KIA1116 KIA1117 KIA1317",
          .check = check};
}

}  // namespace weft::rules
