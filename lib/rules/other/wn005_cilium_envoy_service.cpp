#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  for (const char* kind : {"CiliumEnvoyConfig", "CiliumClusterwideEnvoyConfig"}) {
    for (const Resource* config : in.all({"cilium.io", kind})) {
      for (const char* list : {"services", "backendServices"}) {
        for (const Value& service : items(get(config->spec, list))) {
          const Value* name = get(&service, "name");
          const Value* other = get(&service, "namespace");
          const std::string_view ns = other != nullptr     ? text(other)
                                      : config->ns.empty() ? std::string_view("default")
                                                           : config->ns;
          if (text(name).empty() || in.find(kinds::service, ns, text(name)) != nullptr) continue;
          out.add(*config, name,
                  fmt::format("there is no Service {}/{}{}", ns, text(name),
                              in.hosts().suggestion(text(name), ns)))
              .with("service", fmt::format("{}/{}", ns, text(name)))
              .absence();
        }
      }
    }
  }
}

}  // namespace

Rule wn005() {
  return {.id = "WN005",
          .slug = "cilium-envoy-service",
          .mesh = "Cilium",
          .category = "routing",
          .title = "a CiliumEnvoyConfig for a Service that is not there",
          .why = "No traffic is sent to its listeners, or they have no endpoints to send it on to.",
          .remedy = "correct the name or the namespace",
          .check = check};
}

}  // namespace weft::rules
