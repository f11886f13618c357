// What several rules for Linkerd need to know about pods, ports and names.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lib/rules/inventory.h"

namespace weft::rules {

// Whether Linkerd injects its proxy: as the pod says, else its namespace.
bool in_linkerd(const Inventory& in, const Workload& workload);

// An annotation of Linkerd on the pod, else on its namespace; nullptr when neither has it.
const Value* linkerd_annotation(const Inventory& in, const Workload& workload,
                                std::string_view key);

// Ports as annotations list them: "25,587,3000-3010".
class PortSet {
 public:
  static PortSet parse(std::string_view list);
  bool contains(std::int64_t port) const;

 private:
  std::vector<std::pair<std::int64_t, std::int64_t>> ranges_;
};

// What Linkerd takes as opaque where config.linkerd.io/opaque-ports is not set.
inline constexpr std::string_view kDefaultOpaquePorts = "25,587,3306,4444,5432,6379,9300,11211";

// The container port that a port of a Service leads to; absent when its name is not known.
std::optional<std::int64_t> target_port(const Value& service_port, const Workload& workload);
std::optional<std::int64_t> container_port(const Workload& workload, const Value* name_or_number);

// ServiceProfiles by the Service they are for, as "namespace/name".
std::string service_of(const Resource& service_profile);

}  // namespace weft::rules
