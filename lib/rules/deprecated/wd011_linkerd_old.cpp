#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

struct Old {
  std::string_view kind;     // of policy.linkerd.io
  std::string_view version;  // "" is any
  std::string_view instead;
};

constexpr Old kOld[] = {
    {"ServerAuthorization", "", "AuthorizationPolicy of policy.linkerd.io/v1alpha1"},
    {"HTTPRoute", "", "HTTPRoute of gateway.networking.k8s.io"},
    {"Server", "v1alpha1", "policy.linkerd.io/v1beta3"},
    {"Server", "v1beta1", "policy.linkerd.io/v1beta3"},
    {"Server", "v1beta2", "policy.linkerd.io/v1beta3"},
};

void check_kinds(const Inventory& in, Report& out) {
  for (const Old& old : kOld)
    for (const Resource* resource : in.all({"policy.linkerd.io", old.kind}))
      if (old.version.empty() || resource->version == old.version)
        out.add(*resource, get(resource->root, "apiVersion"),
                fmt::format("{} {} is replaced by {}", old.kind, resource->version, old.instead));
}

void check_annotations(const Resource& resource, const Value* annotations, Report& out) {
  constexpr std::string_view kFinal = "config.alpha.linkerd.io/proxy-enable-native-sidecar";
  for (const Member& annotation : members(annotations))
    if (annotation.key == kFinal)
      out.add(resource, &annotation.value,
              "the annotation is now config.beta.linkerd.io/proxy-enable-native-sidecar")
          .with("annotation", annotation.key);
}

void check(const Inventory& in, Report& out) {
  check_kinds(in, out);
  for (const Resource* ns : in.all(kinds::ns)) check_annotations(*ns, ns->annotations(), out);
  for (const Workload& workload : in.workloads())
    check_annotations(*workload.resource, workload.annotations(), out);
}

}  // namespace

Rule wd011() {
  return {.id = "WD011",
          .slug = "linkerd-old",
          .mesh = "Linkerd",
          .category = "deprecations",
          .title = "an object or annotation of Linkerd that has a successor",
          .why = "It gets no new features, and a later release drops it.",
          .remedy = "move to what the message names",
          .check = check};
}

}  // namespace weft::rules
