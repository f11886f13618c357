#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"
#include "lib/rules/workload/membership.h"

namespace weft::rules {
namespace {

constexpr std::string_view kHints[] = {"http://", "https://",   "curl ",     "wget ",
                                       "nc -",    "pg_isready", "git clone", "nslookup "};

// The word that tells of a call, "" when none does. `sh -c` scripts are one word here.
std::string_view network_hint(const Value& container) {
  for (const char* part : {"command", "args"})
    for (const Value& word : items(get(&container, part)))
      for (std::string_view hint : kHints)
        if (text(&word).find(hint) != std::string_view::npos || text(&word) == base::trim(hint))
          return base::trim(hint);
  return {};
}

// Traffic of the proxy's own user is not redirected.
bool runs_as_proxy(const Value& container) {
  const std::int64_t user = integer(get(&container, "securityContext", "runAsUser")).value_or(0);
  return user == 1337 || user == 2102;
}

void check(const Inventory& in, Report& out) {
  for (const Workload& workload : in.workloads()) {
    const std::string_view mesh = mesh_of(in, workload);
    if ((mesh != "Istio" && mesh != "Linkerd") || in.is_ambient(workload) ||
        workload.annotation("sidecar.istio.io/nativeSidecar") == "true")
      continue;
    for (const Value& container : items(get(workload.pod, "initContainers"))) {
      const std::string_view hint = network_hint(container);
      if (hint.empty() || is_proxy_container(container) || runs_as_proxy(container)) continue;
      const std::string_view name = text(get(&container, "name"));
      out.add(*workload.resource, &container,
              fmt::format("{} calls out ({}) before a classic sidecar runs", name, hint))
          .with("container", name);
    }
  }
}

}  // namespace

Rule wk021() {
  return {.id = "WK021",
          .slug = "init-network",
          .severity = Severity::info,
          .mesh = "all",
          .category = "onboarding",
          .title = "an init container that calls out in a pod with a sidecar",
          .why =
              "Where a CNI plugin sets up redirection, init containers run with it but without the "
              "proxy, so their calls are refused. Without the plugin it depends on the order.",
          .remedy =
              "use native sidecars, run the container as the proxy's user (1337 for Istio, 2102 "
              "for Linkerd), or exclude the port it calls",
          .check = check};
}

}  // namespace weft::rules
