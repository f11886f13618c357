#include "lib/base/format.h"
#include "lib/rules/gateway/route.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

// Implementations add kinds in groups of their own; in these two groups the kinds are known.
bool is_known(const Reference& reference) {
  if (reference.group.empty()) return reference.kind == "Service";
  if (reference.group == kinds::gateway.group)
    return reference.kind == "Gateway" || reference.kind == "ListenerSet" ||
           reference.kind == "HTTPRoute" || reference.kind == "GRPCRoute";
  return true;
}

void check(const Inventory& in, Report& out) {
  for (const Resource* route : routes_of(in)) {
    const auto report = [&](const Reference& reference, std::string_view what) {
      if (is_known(reference)) return;
      const Value* at = get(reference.value, "kind");
      out.add(*route, at != nullptr ? at : reference.value,
              fmt::format("no {} can be a {} of {}", what, reference.kind,
                          reference.group.empty() ? "the core group" : reference.group))
          .with("name", reference.name);
    };
    for (const Reference& parent : parents(*route)) report(parent, "parent");
    for (const Reference& backend : backends(*route)) report(backend, "backend");
  }
}

}  // namespace

Rule wg015() {
  return {.id = "WG015",
          .slug = "reference-kind",
          .severity = Severity::error,
          .mesh = "Gateway API",
          .category = "routing",
          .title = "a reference to a kind that nobody knows",
          .why =
              "The group of a parentRef is gateway.networking.k8s.io unless it is given, that of a "
              "backendRef is the core group. A Service as parent without group: \"\" is a kind "
              "that does not exist, and the route is not attached.",
          .remedy = "write group and kind together: {group: \"\", kind: Service}",
          .check = check};
}

}  // namespace weft::rules
