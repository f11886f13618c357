#include "lib/rules/istio/annotations.h"

#include <algorithm>

#include "lib/base/format.h"
#include "lib/base/number.h"
#include "lib/base/text.h"

namespace weft::rules {
namespace {

using V = AnnotationValue;

constexpr Annotation kAnnotations[] = {
    {"ambient.istio.io/bypass-inbound-capture", "Pod", V::boolean},
    {"ambient.istio.io/dns-capture", "Pod", V::boolean},
    {"ambient.istio.io/redirection", "Pod"},
    {"ambient.istio.io/waypoint-inbound-binding", "GatewayClass"},
    {"galley.istio.io/analyze-suppress", "Any"},
    {"gateway.istio.io/controller-version", "Any"},
    {"gateway.istio.io/name-override", "Gateway"},
    {"gateway.istio.io/service-account", "Gateway"},
    {"gateway.istio.io/tls-cipher-suites", "Gateway"},
    {"gateway.istio.io/tls-max-version", "Gateway"},
    {"gateway.istio.io/tls-min-version", "Gateway"},
    {"gateway.istio.io/tls-terminate-mode", "Gateway"},
    {"inject.istio.io/templates", "Pod"},
    {"install.operator.istio.io/chart-owner", "Any", V::any, "the operator is gone"},
    {"install.operator.istio.io/owner-generation", "Any", V::any, "the operator is gone"},
    {"install.operator.istio.io/version", "Any", V::any, "the operator is gone"},
    {"internal.istio.io/service-upgrade-warning", "Any"},
    {"istio.io/autoRegistrationGroup", "WorkloadEntry"},
    {"istio.io/connectedAt", "WorkloadEntry"},
    {"istio.io/disconnectedAt", "WorkloadEntry"},
    {"istio.io/dry-run", "AuthorizationPolicy", V::boolean},
    {"istio.io/for-service-account", "Secret"},
    {"istio.io/rev", "Pod"},
    {"istio.io/workloadController", "WorkloadEntry"},
    {"kubernetes.io/ingress.class", "Ingress", V::any, "spec.ingressClassName"},
    {"networking.istio.io/address-type", "Gateway"},
    {"networking.istio.io/exportTo", "Service"},
    {"networking.istio.io/service-type", "Gateway"},
    {"networking.istio.io/traffic-distribution", "Service ServiceEntry Namespace"},
    {"prometheus.istio.io/merge-metrics", "Pod", V::boolean},
    {"proxy.istio.io/config", "Pod"},
    {"proxy.istio.io/overrides", "Pod"},
    {"readiness.status.sidecar.istio.io/applicationPorts", "Pod", V::ports},
    {"readiness.status.sidecar.istio.io/failureThreshold", "Pod", V::number},
    {"readiness.status.sidecar.istio.io/initialDelaySeconds", "Pod", V::number},
    {"readiness.status.sidecar.istio.io/periodSeconds", "Pod", V::number},
    {"security.istio.io/autoMTLS", "Pod", V::boolean, "auto mTLS is always on"},
    {"security.istio.io/tlsMode", "Pod"},
    {"sidecar.istio.io/agentLogLevel", "Pod"},
    {"sidecar.istio.io/bootstrapOverride", "Pod"},
    {"sidecar.istio.io/componentLogLevel", "Pod"},
    {"sidecar.istio.io/controlPlaneAuthPolicy", "Pod", V::any, "it has no effect"},
    {"sidecar.istio.io/discoveryAddress", "Pod", V::any,
     "discoveryAddress of proxy.istio.io/config"},
    {"sidecar.istio.io/enableCoreDump", "Pod", V::boolean, "proxy.istio.io/config"},
    {"sidecar.istio.io/extraStatTags", "Pod"},
    {"sidecar.istio.io/inject", "Pod", V::boolean, "the label of the same name"},
    {"sidecar.istio.io/interceptionMode", "Pod"},
    {"sidecar.istio.io/logLevel", "Pod"},
    {"sidecar.istio.io/nativeSidecar", "Pod", V::boolean},
    {"sidecar.istio.io/proxyCPU", "Pod"},
    {"sidecar.istio.io/proxyCPULimit", "Pod"},
    {"sidecar.istio.io/proxyImage", "Pod"},
    {"sidecar.istio.io/proxyImageType", "Pod"},
    {"sidecar.istio.io/proxyMemory", "Pod"},
    {"sidecar.istio.io/proxyMemoryLimit", "Pod"},
    {"sidecar.istio.io/rewriteAppHTTPProbers", "Pod", V::boolean},
    {"sidecar.istio.io/statsCompression", "Pod"},
    {"sidecar.istio.io/statsEvictionInterval", "Pod"},
    {"sidecar.istio.io/statsHistogramBuckets", "Pod"},
    {"sidecar.istio.io/statsInclusionPrefixes", "Pod", V::any, "proxyStatsMatcher"},
    {"sidecar.istio.io/statsInclusionRegexps", "Pod", V::any, "proxyStatsMatcher"},
    {"sidecar.istio.io/statsInclusionSuffixes", "Pod", V::any, "proxyStatsMatcher"},
    {"sidecar.istio.io/status", "Pod"},
    {"sidecar.istio.io/userVolume", "Pod"},
    {"sidecar.istio.io/userVolumeMount", "Pod"},
    {"status.sidecar.istio.io/port", "Pod", V::number},
    {"topology.istio.io/controlPlaneClusters", "Namespace"},
    {"traffic.istio.io/nodeSelector", "Service"},
    {"traffic.sidecar.istio.io/excludeInboundPorts", "Pod", V::ports},
    {"traffic.sidecar.istio.io/excludeInterfaces", "Pod"},
    {"traffic.sidecar.istio.io/excludeOutboundIPRanges", "Pod", V::cidrs},
    {"traffic.sidecar.istio.io/excludeOutboundPorts", "Pod", V::ports},
    {"traffic.sidecar.istio.io/includeInboundPorts", "Pod", V::ports},
    {"traffic.sidecar.istio.io/includeOutboundIPRanges", "Pod", V::cidrs},
    {"traffic.sidecar.istio.io/includeOutboundPorts", "Pod", V::ports},
    {"traffic.sidecar.istio.io/kubevirtInterfaces", "Pod", V::any,
     "istio.io/reroute-virtual-interfaces"},
    {"istio.io/reroute-virtual-interfaces", "Pod"},
};

bool is_port(std::string_view text) {
  const auto port = base::parse_uint(base::trim(text));
  return port && *port <= 65535;
}

bool is_cidr(std::string_view text) {
  text = base::trim(text);
  const std::size_t slash = text.find('/');
  const bool is_v6 = text.find(':') != std::string_view::npos;
  const auto bits =
      base::parse_uint(slash == std::string_view::npos ? "0" : text.substr(slash + 1));
  const std::string_view address = text.substr(0, slash);
  return bits && *bits <= (is_v6 ? 128u : 32u) && !address.empty() &&
         address.find_first_not_of(is_v6 ? "0123456789abcdefABCDEF:." : "0123456789.") ==
             std::string_view::npos;
}

template <typename Good>
std::string bad_part(std::string_view list, std::string_view noun, Good good) {
  if (list.empty() || list == "*") return {};
  for (std::string_view part : base::split(list, ','))
    if (!good(part)) return fmt::format("\"{}\" is no {}", part, noun);
  return {};
}

bool is_duration(std::string_view text) { return base::parse_duration(text).ok(); }

void visit_map(const Resource& resource, const Value* map,
               const std::function<void(const Resource&, const Member&)>& visit) {
  for (const Member& annotation : members(map)) visit(resource, annotation);
}

}  // namespace

std::span<const Annotation> annotations() { return kAnnotations; }

const Annotation* find_annotation(std::string_view name) {
  const auto found = std::find_if(std::begin(kAnnotations), std::end(kAnnotations),
                                  [name](const Annotation& known) { return known.name == name; });
  return found == std::end(kAnnotations) ? nullptr : found;
}

std::vector<std::string> annotation_names() {
  std::vector<std::string> names;
  for (const Annotation& annotation : kAnnotations) names.emplace_back(annotation.name);
  return names;
}

bool is_istio_domain(std::string_view name) {
  const std::string_view domain = name.substr(0, name.find('/'));
  return domain.size() < name.size() && (domain == "istio.io" || domain.ends_with(".istio.io"));
}

bool applies_to(const Annotation& annotation, std::string_view kind) {
  const auto kinds = base::split(annotation.kinds, ' ');
  return annotation.kinds == "Any" || std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
}

std::string annotation_problem(const Annotation& annotation, std::string_view value) {
  switch (annotation.value) {
    case V::any:
      return {};
    case V::boolean:
      return value == "true" || value == "false" ? "" : fmt::format("\"{}\" is no boolean", value);
    case V::number:
      return base::parse_uint(value) ? "" : fmt::format("\"{}\" is no number", value);
    case V::duration:
      return is_duration(value) ? "" : fmt::format("\"{}\" is no duration", value);
    case V::ports:
      return bad_part(value, "port", is_port);
    case V::cidrs:
      return bad_part(value, "range of addresses", is_cidr);
  }
  return {};
}

void for_each_annotation(const Inventory& in,
                         const std::function<void(const Resource&, const Member&)>& visit) {
  for (const GroupKind& kind : {kinds::ns, kinds::service})
    for (const Resource* resource : in.all(kind))
      visit_map(*resource, resource->annotations(), visit);
  for (const Workload& workload : in.workloads()) {
    visit_map(*workload.resource, workload.annotations(), visit);
    if (!workload.is_pod()) visit_map(*workload.resource, workload.resource->annotations(), visit);
  }
}

bool has_inject_label(const Resource& resource) {
  const auto workload = workload_of(resource);
  return workload && !workload->label("sidecar.istio.io/inject").empty();
}

}  // namespace weft::rules
