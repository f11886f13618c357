#include "lib/base/format.h"
#include "lib/base/number.h"
#include "lib/regex/regex.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check_route(const Resource& profile, const Value& route, Report& out) {
  const Value* condition = get(&route, "condition");
  const std::string_view name = text(get(&route, "name"));
  if (condition == nullptr || condition->size() == 0)
    out.add(profile, &route, fmt::format("route {} has no condition", name)).with("route", name);
  const Value* path = get(condition, "pathRegex");
  if (path != nullptr)
    if (const auto regex = regex::Regex::compile(text(path)); !regex.ok())
      out.add(profile, path, fmt::format("no regular expression: {}", regex.error().message))
          .with("route", name);
  const Value* timeout = get(&route, "timeout");
  if (timeout != nullptr && !base::parse_duration(scalar_text(timeout)).ok())
    out.add(profile, timeout, fmt::format("{} is no duration", scalar_text(timeout)))
        .with("route", name);
}

void check(const Inventory& in, Report& out) {
  for (const Resource* profile : in.all(kinds::service_profile)) {
    if (!profile->name.empty() && profile->name.find('.') == std::string_view::npos)
      out.add(*profile, get(profile->root, "metadata", "name"),
              fmt::format("{} is not the full name of a Service", profile->name));
    for (const Value& route : items(get(profile->spec, "routes")))
      check_route(*profile, route, out);
  }
}

}  // namespace

Rule wl011() {
  return {
      .id = "WL011",
      .slug = "profile-invalid",
      .severity = Severity::error,
      .mesh = "Linkerd",
      .category = "routing",
      .title = "a ServiceProfile that Linkerd cannot use",
      .why =
          "Its webhook refuses the object; where the webhook does not run the profile is never "
          "found, or the route never matches.",
      .remedy = "name it <service>.<namespace>.svc.cluster.local, and give each route a condition",
      .refs = "linkerd-sp-validator",
      .check = check};
}

}  // namespace weft::rules
