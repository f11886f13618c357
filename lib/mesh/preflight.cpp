#include "lib/mesh/preflight.h"

#include "lib/mesh/check_webhooks.h"
#include "lib/mesh/preflight_parts.h"

namespace weft::mesh {

std::set<Part> preflight_parts() {
  return {Part::server,   Part::api_groups, Part::namespaces,      Part::nodes,
          Part::webhooks, Part::endpoints,  Part::storage_classes, Part::gateway_api,
          Part::releases, Part::records,    Part::rights};
}

CheckReport preflight(const PreflightRequest& request, const Snapshot& snapshot) {
  CheckReport report{.mesh = request.mesh.id};
  check_kubernetes(request, snapshot, report);
  check_conflicts(request, snapshot, report);
  check_platform(request, snapshot, report);
  check_nodes(request, snapshot, report);
  check_namespaces(request, snapshot, report);
  check_storage(request, snapshot, report);
  check_gateway_api(request, snapshot, report);
  check_releases(request, snapshot, report);
  check_upgrade(request, report);
  WebhookQuestion webhooks{.now = request.now,
                           .own = request.mesh.webhooks.mutating,
                           .namespaces = namespaces_of(request)};
  webhooks.own.insert(webhooks.own.end(), request.mesh.webhooks.validating.begin(),
                      request.mesh.webhooks.validating.end());
  webhooks.own.insert(webhooks.own.end(), request.mesh.detect.webhooks.begin(),
                      request.mesh.detect.webhooks.end());
  check_webhooks(snapshot, webhooks, report);
  report.sort();
  return report;
}

}  // namespace weft::mesh
