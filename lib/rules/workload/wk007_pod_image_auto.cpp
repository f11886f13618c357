#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  for (const Workload& workload : in.workloads()) {
    const Value* proxy = workload.container("istio-proxy");
    const Value* image = get(proxy, "image");
    if (text(image) != "auto" || workload.resource->document->source->name() == kDefaultIngress)
      continue;
    if (workload.is_pod())
      out.add(*workload.resource, image, "a bare Pod keeps the image auto, which cannot be pulled");
    else if (workload.label("sidecar.istio.io/inject") == "false")
      out.add(*workload.resource, image, "the image auto stays, because injection is switched off");
  }
}

}  // namespace

Rule wk007() {
  return {.id = "WK007",
          .slug = "pod-image-auto",
          .severity = Severity::error,
          .mesh = "Istio",
          .category = "onboarding",
          .title = "the proxy image auto where nothing replaces it",
          .why =
              "The injector puts in the real image. Without it the pod waits for ever for an image "
              "called auto.",
          .remedy = "use a Deployment in an injected namespace, or name the image",
          .refs = "IST0147 IST0146",
          .check = check};
}

}  // namespace weft::rules
