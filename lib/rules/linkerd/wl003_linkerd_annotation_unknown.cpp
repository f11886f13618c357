#include <algorithm>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

const std::vector<std::string> kNames = {
    "access-log",
    "admin-port",
    "close-wait-timeout",
    "control-port",
    "debug-image",
    "debug-image-pull-policy",
    "debug-image-version",
    "default-inbound-policy",
    "disable-identity",
    "disable-tap",
    "enable-debug-sidecar",
    "enable-external-profiles",
    "enable-gateway",
    "image-pull-policy",
    "inbound-port",
    "init-image",
    "init-image-version",
    "opaque-ports",
    "outbound-port",
    "pod-inbound-ports",
    "proxy-admin-shutdown",
    "proxy-await",
    "proxy-cpu-limit",
    "proxy-cpu-ratio-limit",
    "proxy-cpu-request",
    "proxy-disable-inbound-protocol-detect-timeout",
    "proxy-disable-outbound-protocol-detect-timeout",
    "proxy-enable-native-sidecar",
    "proxy-ephemeral-storage-limit",
    "proxy-ephemeral-storage-request",
    "proxy-gid",
    "proxy-image",
    "proxy-inbound-connect-timeout",
    "proxy-inbound-discovery-cache-unused-timeout",
    "proxy-log-format",
    "proxy-log-http-headers",
    "proxy-log-level",
    "proxy-memory-limit",
    "proxy-memory-request",
    "proxy-outbound-connect-timeout",
    "proxy-outbound-discovery-cache-unused-timeout",
    "proxy-require-identity-inbound-ports",
    "proxy-uid",
    "proxy-version",
    "proxy-wait-before-exit-seconds",
    "shutdown-grace-period",
    "skip-inbound-ports",
    "skip-outbound-ports",
    "skip-subnets",
    "trace-collector",
    "trace-collector-service-account",
};

void check_annotations(const Resource& resource, const Value* annotations, Report& out) {
  for (const Member& annotation : members(annotations)) {
    const std::size_t slash = annotation.key.find('/');
    if (slash == std::string::npos) continue;
    const std::string_view domain = std::string_view(annotation.key).substr(0, slash);
    const std::string_view name = std::string_view(annotation.key).substr(slash + 1);
    if (domain != "config.linkerd.io" && domain != "config.alpha.linkerd.io" &&
        domain != "config.beta.linkerd.io")
      continue;
    if (std::find(kNames.begin(), kNames.end(), name) != kNames.end()) continue;
    const std::string hint = base::did_you_mean(name, kNames);
    // Without a likely misspelling it may be newer than this list.
    out.add(resource, &annotation.value,
            fmt::format("{} is no annotation of Linkerd{}", annotation.key, hint))
        .with("annotation", annotation.key)
        .as(hint.empty() ? Severity::info : Severity::warning);
  }
}

void check(const Inventory& in, Report& out) {
  for (const GroupKind& kind : {kinds::ns, kinds::service})
    for (const Resource* resource : in.all(kind))
      check_annotations(*resource, resource->annotations(), out);
  for (const Workload& workload : in.workloads())
    check_annotations(*workload.resource, workload.annotations(), out);
}

}  // namespace

Rule wl003() {
  return {.id = "WL003",
          .slug = "linkerd-annotation-unknown",
          .mesh = "Linkerd",
          .category = "annotations",
          .title = "an annotation that Linkerd does not know",
          .why = "It is passed over without a word: the proxy runs with its defaults.",
          .remedy = "correct the name",
          .check = check};
}

}  // namespace weft::rules
