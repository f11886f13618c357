#include <algorithm>

#include "lib/rules/inventory.h"
#include "lib/rules/istio/injector.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

// The webhooks of the input decide; without any, the labels that Istio's own ones look for.
bool is_injected(const Inventory& in, const std::vector<InjectorWebhook>& webhooks,
                 const Workload& workload) {
  const Resource* ns = in.ns(workload.resource->ns);
  const Labels own = labels_of(workload.labels());
  if (webhooks.empty())
    return own.contains("sidecar.istio.io/inject") || own.contains("istio.io/rev") ||
           ns == nullptr || has_mesh_label(*ns);
  const Labels around = labels_of(ns == nullptr ? nullptr : ns->labels());
  return std::any_of(webhooks.begin(), webhooks.end(),
                     [&](const InjectorWebhook& webhook) { return webhook.takes(around, own); });
}

void check(const Inventory& in, Report& out) {
  const auto webhooks = injector_webhooks(in);
  for (const Workload& workload : in.workloads()) {
    const Value* image = get(workload.container("istio-proxy"), "image");
    if (workload.is_pod() || text(image) != "auto" || is_injected(in, webhooks, workload)) continue;
    out.add(*workload.resource, image, "the image stays \"auto\": no injector takes these pods")
        .absence();
  }
}

}  // namespace

Rule wk006() {
  return {.id = "WK006",
          .slug = "image-auto",
          .mesh = "Istio",
          .category = "onboarding",
          .title = "a proxy with image auto that no injector replaces",
          .why =
              "auto is a mark for the injector. Without it the nodes look for an image of that "
              "name and the pods stay in ImagePullBackOff.",
          .remedy =
              "label the pod template sidecar.istio.io/inject=true, or the namespace "
              "istio-injection=enabled",
          .refs = "IST0146",
          .check = check};
}

}  // namespace weft::rules
