#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

constexpr std::string_view kOld = "first-party-jwt";

void check(const Inventory& in, Report& out) {
  for (const Workload& workload : in.workloads())
    for (const Value* container : workload.containers())
      for (const Value& variable : items(get(container, "env")))
        if (const Value* value = get(&variable, "value");
            text(get(&variable, "name")) == "JWT_POLICY" && text(value) == kOld)
          out.add(*workload.resource, value,
                  fmt::format("{} takes the token of the service account that never ends",
                              text(get(container, "name"))))
              .with("container", text(get(container, "name")));
  for (const Resource* operator_file : in.all({"install.istio.io", "IstioOperator"}))
    if (const Value* policy = get(operator_file->spec, "values", "global", "jwtPolicy");
        text(policy) == kOld)
      out.add(*operator_file, policy,
              "proxies show the token of the service account that never ends");
}

}  // namespace

Rule wx017() {
  return {.id = "WX017",
          .slug = "first-party-token",
          .mesh = "Istio",
          .category = "security",
          .title = "proxies identify themselves by tokens that never end",
          .why =
              "A first-party token is good for the API server too, for any audience and for ever; "
              "who reads one file of a pod gets its certificate from elsewhere.",
          .remedy = "use third-party-jwt, the default: tokens bound to istio-ca that end in hours",
          .check = check};
}

}  // namespace weft::rules
