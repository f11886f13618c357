#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

struct ProxyUser {
  std::int64_t uid;
  std::string_view mesh;
  std::string_view proxy;  // its container
};
constexpr ProxyUser kUsers[] = {{1337, "Istio", "istio-proxy"},
                                {2102, "Linkerd", "linkerd-proxy"},
                                {5678, "Kuma", "kuma-sidecar"},
                                {5995, "Consul", "consul-dataplane"}};

const ProxyUser* user_of(const Value* security) {
  const auto uid = integer(get(security, "runAsUser"));
  for (const ProxyUser& user : kUsers)
    if (uid == user.uid) return &user;
  return nullptr;
}

void report(const Workload& workload, const Value* security, const Inventory& in, Report& out) {
  const ProxyUser* user = user_of(security);
  if (user == nullptr || (user->mesh != "Istio" && !in.uses(user->mesh))) return;
  out.add(*workload.resource, get(security, "runAsUser"),
          fmt::format("{} is the user of the {} proxy", user->uid, user->mesh))
      .with("uid", fmt::format("{}", user->uid));
}

void check(const Inventory& in, Report& out) {
  for (const Workload& workload : in.workloads()) {
    const std::string_view app = workload.label("app");
    if (app == "istiod" || app.starts_with("istio-")) continue;
    // What consists of a proxy alone, a gateway, may run as the proxy.
    bool has_app = false;
    for (const Value* container : workload.containers()) {
      const std::string_view name = text(get(container, "name"));
      const ProxyUser* user = user_of(get(container, "securityContext"));
      const bool is_proxy = name == "istio-proxy" || name == "istio-init" ||
                            name == "istio-validation" || (user != nullptr && name == user->proxy);
      has_app = has_app || !is_proxy;
      if (!is_proxy) report(workload, get(container, "securityContext"), in, out);
    }
    if (has_app) report(workload, get(workload.pod, "securityContext"), in, out);
  }
}

}  // namespace

Rule wk008() {
  return {
      .id = "WK008",
      .slug = "proxy-uid",
      .mesh = "all",
      .category = "onboarding",
      .title = "an application runs as the user of the mesh's proxy",
      .why =
          "Traffic of that user is not redirected to the proxy, or it would come back to itself: "
          "the application is outside the mesh.",
      .remedy = "run it as another user",
      .refs = "IST0144",
      .check = check};
}

}  // namespace weft::rules
