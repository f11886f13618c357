#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

bool is_of_istio(const Value& webhook) {
  const std::string_view name = text(get(&webhook, "name"));
  return name.ends_with(".istio.io");
}

void check(const Inventory& in, Report& out) {
  for (const GroupKind& kind : {kinds::mutating_webhook, kinds::validating_webhook}) {
    for (const Resource* resource : in.all(kind)) {
      for (const Value& webhook : items(get(resource->root, "webhooks"))) {
        const Value* client = get(&webhook, "clientConfig");
        const Value* url = get(client, "url");
        if (!is_of_istio(webhook) || get(client, "service") != nullptr) continue;
        if (url == nullptr || text(url).empty())
          out.add(*resource, &webhook, "has neither a url nor a service");
        else if (!text(url).starts_with("https://") || text(url).size() < 10)
          out.add(*resource, url, fmt::format("{} is no https URL", text(url)))
              .with("url", text(url));
      }
    }
  }
}

}  // namespace

Rule wi101() {
  return {.id = "WI101",
          .slug = "webhook-url",
          .mesh = "Istio",
          .category = "control plane",
          .title = "a webhook of Istio that leads nowhere",
          .why = "The API server cannot call it: pods are not injected, or cannot be created.",
          .remedy = "set clientConfig.service, or the https URL of the remote control plane",
          .refs = "IST0163",
          .check = check};
}

}  // namespace weft::rules
