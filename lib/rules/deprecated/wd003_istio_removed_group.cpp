#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

constexpr std::string_view kGroups = " rbac.istio.io authentication.istio.io config.istio.io ";

void check(const Inventory& in, Report& out) {
  const auto is_gone = [](std::string_view group) {
    return !group.empty() && kGroups.find(fmt::format(" {} ", group)) != std::string_view::npos;
  };
  for (const Resource& resource : in.all()) {
    const Value* group = get(resource.spec, "group");
    if (is_gone(resource.group))
      out.add(resource, get(resource.root, "apiVersion"),
              fmt::format("Istio has no {} any more", resource.group));
    else if (resource.is(kinds::crd) && is_gone(text(group)))
      out.add(resource, group, fmt::format("Istio has no {} any more", text(group)))
          .as(Severity::warning);
  }
}

}  // namespace

Rule wd003() {
  return {.id = "WD003",
          .slug = "istio-removed-group",
          .severity = Severity::error,
          .mesh = "Istio",
          .category = "deprecations",
          .title = "an object of a group that Istio has removed",
          .why = "Nothing reads it. Policies written so protect nothing.",
          .remedy = "use AuthorizationPolicy, PeerAuthentication and Telemetry",
          .refs = "IST0002",
          .check = check};
}

}  // namespace weft::rules
