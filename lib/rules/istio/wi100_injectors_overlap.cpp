#include <set>

#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/istio/injector.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

// Values that the selectors compare the label istio.io/rev with.
std::set<std::string> revisions(const std::vector<InjectorWebhook>& webhooks) {
  std::set<std::string> all;
  for (const InjectorWebhook& webhook : webhooks)
    for (const char* part : {"namespaceSelector", "objectSelector"})
      for (const Value& expression : items(get(webhook.webhook, part, "matchExpressions")))
        if (text(get(&expression, "key")) == "istio.io/rev")
          for (const Value& value : items(get(&expression, "values"))) all.emplace(text(&value));
  return all;
}

std::vector<Labels> variants(std::string_view switch_label, std::string_view on,
                             std::string_view off, const std::set<std::string>& revisions) {
  const std::string key(switch_label);
  std::vector<Labels> all{{}, {{key, std::string(on)}}, {{key, std::string(off)}}};
  for (const std::string& revision : revisions) all.push_back({{"istio.io/rev", revision}});
  return all;
}

std::string shown(const Labels& labels) {
  return labels.empty() ? "no label"
                        : fmt::format("{}={}", labels.begin()->first, labels.begin()->second);
}

// Each further webhook that takes a pod is reported once, with the first case found.
void check_overlap(const std::vector<InjectorWebhook>& webhooks, Report& out) {
  const auto known = revisions(webhooks);
  std::set<const Value*> reported;
  for (const Labels& ns : variants("istio-injection", "enabled", "disabled", known)) {
    for (const Labels& pod : variants("sidecar.istio.io/inject", "true", "false", known)) {
      const InjectorWebhook* first = nullptr;
      for (const InjectorWebhook& webhook : webhooks) {
        if (!webhook.takes(ns, pod)) continue;
        if (first == nullptr) {
          first = &webhook;
        } else if (reported.insert(webhook.webhook).second) {
          out.add(*webhook.resource, webhook.webhook,
                  fmt::format("a pod with {} in a namespace with {} is taken by {} of {} too",
                              shown(pod), shown(ns), first->name(), first->resource->name))
              .with("other", first->resource->name);
        }
      }
    }
  }
}

void check(const Inventory& in, Report& out) {
  const auto webhooks = injector_webhooks(in);
  check_overlap(webhooks, out);
  for (const InjectorWebhook& webhook : webhooks) {
    const Value* service = get(webhook.webhook, "clientConfig", "service");
    const std::string_view ns = text(get(service, "namespace"));
    const std::string_view name = text(get(service, "name"));
    if (name.empty() || in.find(kinds::service, ns, name) != nullptr) continue;
    out.add(*webhook.resource, service, fmt::format("there is no Service {}/{}", ns, name))
        .with("service", fmt::format("{}/{}", ns, name))
        .absence();
  }
}

}  // namespace

Rule wi100() {
  return {.id = "WI100",
          .slug = "injectors-overlap",
          .severity = Severity::error,
          .mesh = "Istio",
          .category = "control plane",
          .title = "two injectors take the same pods, or one leads to no Service",
          .why =
              "A pod that two control planes inject gets the proxy of whichever comes last; an "
              "injector without Service keeps pods from being created.",
          .remedy = "part the webhooks by revision label, and remove those of control planes gone",
          .refs = "IST0139",
          .check = check};
}

}  // namespace weft::rules
