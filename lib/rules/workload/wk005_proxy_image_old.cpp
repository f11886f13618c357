#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/istio/injector.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

// "docker.io/istio/proxyv2:1.24.0", or empty when the values do not tell.
std::string injected_image(const Value& values) {
  const Value* global = get(&values, "global");
  const std::string_view image = text(get(global, "proxy", "image"));
  if (image.find('/') != std::string_view::npos) return std::string(image);
  const std::string_view hub = text(get(global, "hub"));
  const std::string tag = scalar_text(get(global, "tag"));
  if (image.empty() || hub.empty() || tag.empty()) return {};
  return fmt::format("{}/{}:{}", hub, image, tag);
}

void check(const Inventory& in, Report& out) {
  const auto values = injector_values(in);
  const std::string wanted = values ? injected_image(values->root) : std::string();
  if (wanted.empty()) return;
  for (const Workload& pod : in.workloads()) {
    const Resource* ns = in.ns(pod.resource->ns);
    const bool is_injected = ns != nullptr && (ns->label("istio-injection") == "enabled" ||
                                               !ns->label("istio.io/rev").empty());
    if (!pod.is_pod() || !is_injected || !pod.annotation("sidecar.istio.io/proxyImage").empty())
      continue;
    const Value* image = get(pod.container("istio-proxy"), "image");
    // A variant of the same release, like -distroless, is the same proxy.
    if (text(image).empty() || text(image) == "auto" || text(image) == wanted ||
        text(image).starts_with(wanted + "-"))
      continue;
    out.add(*pod.resource, image,
            fmt::format("runs {}, and the injector now puts in {}", text(image), wanted))
        .with("podName", pod.resource->name);
  }
}

}  // namespace

Rule wk005() {
  return {.id = "WK005",
          .slug = "proxy-image-old",
          .mesh = "Istio",
          .category = "onboarding",
          .title = "a pod runs another proxy than the injector would give it",
          .why =
              "Proxies are replaced only when pods are: this one misses fixes of the control "
              "plane's release, and may be older than that release supports.",
          .remedy = "restart its workload: kubectl rollout restart",
          .refs = "IST0158 l5d-data-plane-version",
          .check = check};
}

}  // namespace weft::rules
