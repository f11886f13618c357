#include "lib/rules/linkerd/linkerd.h"

#include <algorithm>

#include "lib/base/format.h"
#include "lib/base/number.h"
#include "lib/base/text.h"

namespace weft::rules {

const Value* linkerd_annotation(const Inventory& in, const Workload& workload,
                                std::string_view key) {
  if (const Value* own = get(workload.annotations(), key)) return own;
  const Resource* ns = in.ns(workload.resource->ns);
  return ns == nullptr ? nullptr : get(ns->annotations(), key);
}

bool in_linkerd(const Inventory& in, const Workload& workload) {
  if (workload.container("linkerd-proxy") != nullptr) return true;
  const std::string_view wish = text(linkerd_annotation(in, workload, "linkerd.io/inject"));
  return (wish == "enabled" || wish == "ingress") && !is_true(get(workload.pod, "hostNetwork"));
}

PortSet PortSet::parse(std::string_view list) {
  PortSet set;
  for (std::string_view part : base::split(list, ',')) {
    part = base::trim(part);
    const std::size_t dash = part.find('-');
    const auto first = base::parse_int(part.substr(0, dash));
    const auto last =
        dash == std::string_view::npos ? first : base::parse_int(part.substr(dash + 1));
    if (first && last) set.ranges_.emplace_back(*first, *last);
  }
  return set;
}

bool PortSet::contains(std::int64_t port) const {
  return std::any_of(ranges_.begin(), ranges_.end(), [port](const auto& range) {
    return range.first <= port && port <= range.second;
  });
}

std::optional<std::int64_t> container_port(const Workload& workload, const Value* name_or_number) {
  if (const auto number = integer(name_or_number)) return number;
  const std::string_view name = text(name_or_number);
  if (name.empty()) return std::nullopt;
  for (const Value* container : workload.containers())
    for (const Value& port : items(get(container, "ports")))
      if (text(get(&port, "name")) == name) return integer(get(&port, "containerPort"));
  return std::nullopt;
}

std::optional<std::int64_t> target_port(const Value& service_port, const Workload& workload) {
  const Value* target = get(&service_port, "targetPort");
  return target == nullptr ? integer(get(&service_port, "port")) : container_port(workload, target);
}

std::string service_of(const Resource& service_profile) {
  const auto parts = base::split(service_profile.name, '.');
  if (parts.size() < 3 || parts[2] != "svc") return {};
  return fmt::format("{}/{}", parts[1], parts[0]);
}

}  // namespace weft::rules
