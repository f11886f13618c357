#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/linkerd/linkerd.h"
#include "lib/rules/report.h"
#include "lib/rules/resiliency/replicas.h"

namespace weft::rules {
namespace {

struct ServerFirst {
  std::int64_t port;
  std::string_view name;
};
constexpr ServerFirst kServerFirst[] = {
    {21, "FTP"},   {22, "SSH"},     {25, "SMTP"},   {110, "POP3"}, {143, "IMAP"},
    {587, "SMTP"}, {3306, "MySQL"}, {4222, "NATS"}, {6667, "IRC"}, {33060, "MySQL X"}};

std::string_view server_first(std::int64_t port) {
  for (const ServerFirst& known : kServerFirst)
    if (known.port == port) return known.name;
  return {};
}

PortSet ports_in(const Value* annotation, std::string_view usual) {
  return PortSet::parse(annotation == nullptr ? usual : text(annotation));
}

void check_service(const Inventory& in, const Resource& service, const Workload& workload,
                   Report& out) {
  const Value* own = get(service.annotations(), "config.linkerd.io/opaque-ports");
  const Value* pod = linkerd_annotation(in, workload, "config.linkerd.io/opaque-ports");
  const PortSet opaque = ports_in(pod, kDefaultOpaquePorts);
  const PortSet by_service = ports_in(own != nullptr ? own : pod, kDefaultOpaquePorts);
  const PortSet skipped =
      ports_in(linkerd_annotation(in, workload, "config.linkerd.io/skip-inbound-ports"), "");
  for (const Value& port : items(get(service.spec, "ports"))) {
    const auto target = target_port(port, workload);
    const auto number = integer(get(&port, "port"));
    if (!target || !number) continue;
    const std::string_view protocol = server_first(*target);
    if (protocol.empty() || opaque.contains(*target) || by_service.contains(*number) ||
        skipped.contains(*target))
      continue;
    out.add(service, &port,
            fmt::format("{} on port {} waits for protocol detection", protocol, *target))
        .with("port", fmt::format("{}", *number));
  }
}

void check(const Inventory& in, Report& out) {
  for (const Resource* service : in.all(kinds::service))
    for (const Workload* workload : in.workloads_of(*service))
      if (in_linkerd(in, *workload)) {
        check_service(in, *service, *workload, out);
        break;  // the pods of a Service are alike
      }
}

}  // namespace

Rule wp014() {
  return {
      .id = "WP014",
      .slug = "server-first-port",
      .mesh = "Linkerd",
      .category = "performance",
      .title = "a port whose server speaks first is not opaque",
      .why =
          "Linkerd waits ten seconds for the client's first bytes before it gives up telling the "
          "protocol: every connection to such a server starts with that wait.",
      .remedy =
          "add the port to config.linkerd.io/opaque-ports on the Service and on the pod template",
      .refs = "linkerd-opaque-ports-definition",
      .check = check};
}

}  // namespace weft::rules
