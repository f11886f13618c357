#include "lib/base/format.h"
#include "lib/base/number.h"
#include "lib/base/text.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

// More than this many addresses or ports are taken for "all".
constexpr std::uint64_t kWidestBits = 2;
constexpr std::uint64_t kMostPorts = 16384;

bool is_nearly_all_addresses(std::string_view list) {
  for (std::string_view range : base::split(list, ',')) {
    range = base::trim(range);
    const std::size_t slash = range.find('/');
    if (slash == std::string_view::npos) continue;
    const auto bits = base::parse_uint(range.substr(slash + 1));
    if (bits && *bits < kWidestBits) return true;
  }
  return false;
}

bool is_nearly_all_ports(std::string_view list) {
  if (base::trim(list) == "*") return true;
  std::uint64_t count = 0;
  for (std::string_view range : base::split(list, ',')) {
    const std::size_t dash = range.find('-');
    if (dash == std::string_view::npos) continue;
    const auto from = base::parse_uint(base::trim(range.substr(0, dash)));
    const auto to = base::parse_uint(base::trim(range.substr(dash + 1)));
    if (from && to && *to >= *from) count += *to - *from;
  }
  return count > kMostPorts;
}

bool is_none(std::string_view list) { return base::trim(list).empty(); }
bool is_switched_on(std::string_view value) { return value == "true"; }
bool is_mode_none(std::string_view value) { return value == "NONE"; }

struct Exclusion {
  std::string_view annotation;
  bool (*is_total)(std::string_view value);
  std::string_view what;
};

constexpr Exclusion kExclusions[] = {
    {"traffic.sidecar.istio.io/excludeOutboundIPRanges", is_nearly_all_addresses, "what goes out"},
    {"traffic.sidecar.istio.io/includeOutboundIPRanges", is_none, "what goes out"},
    {"traffic.sidecar.istio.io/includeInboundPorts", is_none, "what comes in"},
    {"traffic.sidecar.istio.io/excludeInboundPorts", is_nearly_all_ports, "what comes in"},
    {"sidecar.istio.io/interceptionMode", is_mode_none, "its traffic"},
    {"ambient.istio.io/bypass-inbound-capture", is_switched_on, "what comes in"},
    {"config.linkerd.io/skip-inbound-ports", is_nearly_all_ports, "what comes in"},
    {"config.linkerd.io/skip-outbound-ports", is_nearly_all_ports, "what goes out"},
    {"config.linkerd.io/skip-subnets", is_nearly_all_addresses, "its traffic"},
    {"traffic.kuma.io/exclude-inbound-ports", is_nearly_all_ports, "what comes in"},
    {"traffic.kuma.io/exclude-outbound-ports", is_nearly_all_ports, "what goes out"},
    {"consul.hashicorp.com/transparent-proxy-exclude-outbound-cidrs", is_nearly_all_addresses,
     "what goes out"},
};

void check(const Inventory& in, Report& out) {
  for (const Workload& workload : in.workloads()) {
    for (const Exclusion& exclusion : kExclusions) {
      const Value* value = get(workload.annotations(), exclusion.annotation);
      if (value == nullptr || !value->is_string() || !exclusion.is_total(text(value))) continue;
      out.add(*workload.resource, value,
              fmt::format("the proxy does not see {} (\"{}\")", exclusion.what, text(value)))
          .with("annotation", exclusion.annotation);
    }
  }
}

}  // namespace

Rule wx022() {
  return {.id = "WX022",
          .slug = "excluded-everything",
          .mesh = "all",
          .category = "security",
          .title = "a workload whose traffic goes past its proxy",
          .why =
              "It looks like a part of the mesh, but mutual TLS, policies and telemetry do not "
              "apply to what is excluded.",
          .remedy = "exclude the addresses or ports that need it, one by one",
          .check = check};
}

}  // namespace weft::rules
