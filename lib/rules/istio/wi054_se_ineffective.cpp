#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

bool is_partial_wildcard(std::string_view host) {
  const std::size_t star = host.find('*');
  return star != std::string_view::npos && host != "*" &&
         (!host.starts_with("*.") || host.find('*', 1) != std::string_view::npos);
}

bool has_tcp_port(const Resource& entry) {
  for (const Value& port : items(get(entry.spec, "ports")))
    if (base::equal_ignoring_case(text(get(&port, "protocol")), "TCP")) return true;
  return false;
}

void check(const Inventory& in, Report& out) {
  for (const Resource* entry : in.all(kinds::service_entry)) {
    const Value* selector = get(entry->spec, "workloadSelector");
    const Value* resolution = get(entry->spec, "resolution");
    const auto hosts = items(get(entry->spec, "hosts"));
    if (selector != nullptr && (resolution == nullptr || text(resolution) == "NONE"))
      out.add(*entry, resolution == nullptr ? selector : resolution,
              "with resolution NONE requests go where they were sent: the workloads selected "
              "here are never used")
          .with("field", "workloadSelector");
    if (hosts.size() > 1 && !items(get(entry->spec, "addresses")).empty() && has_tcp_port(*entry))
      out.add(*entry, get(entry->spec, "hosts"),
              "TCP is told apart by address alone: all these hosts are the first one there")
          .with("field", "hosts");
    for (const Value& host : hosts)
      if (is_partial_wildcard(text(&host)))
        out.add(*entry, &host,
                fmt::format("{} matches nothing: * must be the whole first part", text(&host)))
            .with("host", text(&host));
  }
}

}  // namespace

Rule wi054() {
  return {.id = "WI054",
          .slug = "se-ineffective",
          .mesh = "Istio",
          .category = "service entries",
          .title = "a ServiceEntry with fields that do not go together",
          .why = "Istio accepts it, but requests go elsewhere than it reads.",
          .remedy =
              "use resolution STATIC with a workloadSelector, one entry for each TCP host, and "
              "wildcards of the form *.example.com",
          .refs = "IST0133",
          .check = check};
}

}  // namespace weft::rules
