#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/linkerd/linkerd.h"
#include "lib/rules/report.h"
#include "lib/rules/resiliency/replicas.h"

namespace weft::rules {
namespace {

constexpr std::string_view kKey = "config.linkerd.io/opaque-ports";

void check_pair(const Inventory& in, const Resource& service, const Workload& workload,
                Report& out) {
  const Value* own = get(service.annotations(), kKey);
  const Value* pod = get(workload.annotations(), kKey);
  if (own == nullptr && pod == nullptr) return;
  const Resource* ns = in.ns(service.ns);
  const Value* shared = ns == nullptr ? nullptr : get(ns->annotations(), kKey);
  const auto ports_of = [&](const Value* annotation) {
    if (annotation == nullptr) annotation = shared;
    return PortSet::parse(annotation == nullptr ? kDefaultOpaquePorts : text(annotation));
  };
  const PortSet by_service = ports_of(own);
  const PortSet by_pod = ports_of(pod);
  for (const Value& port : items(get(service.spec, "ports"))) {
    const auto number = integer(get(&port, "port"));
    const auto target = target_port(port, workload);
    if (!number || !target || by_service.contains(*number) == by_pod.contains(*target)) continue;
    out.add(service, own != nullptr ? own : &port,
            by_service.contains(*number) ? fmt::format("port {} is opaque here, not on {}", *number,
                                                       workload.resource->title())
                                         : fmt::format("port {} is opaque on {}, not here", *number,
                                                       workload.resource->title()))
        .with("port", fmt::format("{}", *number))
        .with("workload", workload.resource->name);
  }
}

void check(const Inventory& in, Report& out) {
  for (const Resource* service : in.all(kinds::service))
    for (const Workload* workload : in.workloads_of(*service))
      if (in_linkerd(in, *workload)) check_pair(in, *service, *workload, out);
}

}  // namespace

Rule wl002() {
  return {.id = "WL002",
          .slug = "opaque-ports-differ",
          .mesh = "Linkerd",
          .category = "annotations",
          .title = "a port is opaque for one side only",
          .why =
              "Clients look at the Service, the proxy of the server looks at its pod. When they "
              "disagree one side waits ten seconds for a protocol that the other does not speak, "
              "or requests are not counted.",
          .remedy =
              "set config.linkerd.io/opaque-ports on the Service (its ports) and on the pod "
              "template (container ports) alike",
          .refs = "linkerd-opaque-ports-definition",
          .check = check};
}

}  // namespace weft::rules
