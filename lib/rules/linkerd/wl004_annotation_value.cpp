#include "lib/base/format.h"
#include "lib/base/number.h"
#include "lib/base/text.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

bool is_port_list(std::string_view list) {
  for (std::string_view part : base::split(list, ',')) {
    part = base::trim(part);
    const std::size_t dash = part.find('-');
    const auto first = base::parse_uint(part.substr(0, dash));
    const auto last =
        dash == std::string_view::npos ? first : base::parse_uint(part.substr(dash + 1));
    if (!first || !last || *first > *last || *last > 65535) return false;
  }
  return true;
}

std::string problem(std::string_view key, std::string_view value) {
  constexpr std::string_view kPolicies =
      " all-authenticated all-unauthenticated cluster-authenticated cluster-unauthenticated deny "
      "audit ";
  if (key == "linkerd.io/inject")
    return value == "enabled" || value == "disabled" || value == "ingress"
               ? ""
               : "is no mode of injection";
  if (key == "config.linkerd.io/default-inbound-policy")
    return kPolicies.find(fmt::format(" {} ", value)) != std::string_view::npos ? ""
                                                                                : "is no policy";
  const bool is_ports = key == "config.linkerd.io/opaque-ports" ||
                        key == "config.linkerd.io/skip-inbound-ports" ||
                        key == "config.linkerd.io/skip-outbound-ports";
  // opaque-ports may name ports as well.
  if (is_ports && !value.empty() &&
      value.find_first_not_of("0123456789,- ") == std::string_view::npos && !is_port_list(value))
    return "is no list of ports and ranges";
  return {};
}

void check(const Inventory& in, Report& out) {
  const auto report = [&out](const Resource& resource, const Value* annotations) {
    for (const Member& annotation : members(annotations)) {
      const std::string value = scalar_text(&annotation.value);
      const std::string wrong = problem(annotation.key, value);
      if (!wrong.empty())
        out.add(resource, &annotation.value, fmt::format("{}: {} {}", annotation.key, value, wrong))
            .with("annotation", annotation.key);
    }
  };
  for (const GroupKind& kind : {kinds::ns, kinds::service})
    for (const Resource* resource : in.all(kind)) report(*resource, resource->annotations());
  for (const Workload& workload : in.workloads())
    report(*workload.resource, workload.annotations());
}

}  // namespace

Rule wl004() {
  return {.id = "WL004",
          .slug = "annotation-value",
          .severity = Severity::error,
          .mesh = "Linkerd",
          .category = "annotations",
          .title = "an annotation of Linkerd with a value that it does not know",
          .why = "The injector refuses the pod, or passes over the setting.",
          .remedy = "correct the value",
          .check = check};
}

}  // namespace weft::rules
