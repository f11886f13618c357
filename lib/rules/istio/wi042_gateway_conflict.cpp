#include <map>
#include <set>

#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/istio/istio.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

struct Server {
  const Resource* gateway;
  const Value* hosts;
  const Value* host;
};

std::string_view without_namespace(std::string_view host) {
  return host.substr(host.find('/') + 1);  // npos + 1 is 0
}

// Every host pattern that has hosts in common with `host` and may stand in a map of patterns.
std::vector<std::string> patterns(std::string_view host) {
  std::vector<std::string> all{std::string(host)};
  for (std::size_t dot = host.find('.'); dot != std::string_view::npos;
       dot = host.find('.', dot + 1))
    if (dot != 1 || host.front() != '*') all.push_back("*" + std::string(host.substr(dot)));
  if (host != "*") all.emplace_back("*");
  return all;
}

void check(const Inventory& in, Report& out) {
  // Servers that compete: the same pods, port, bind address.
  std::map<std::string, std::map<std::string, std::vector<Server>, std::less<>>> groups;
  for (const Resource* gateway : in.all(kinds::istio_gateway)) {
    const Value* selector = get(gateway->spec, "selector");
    for (const Value& server : items(get(gateway->spec, "servers"))) {
      const std::string group =
          fmt::format("{} {} {}", selector == nullptr ? "" : canonical(*selector),
                      scalar_text(get(&server, "port", "number")), text(get(&server, "bind")));
      for (const Value& host : items(get(&server, "hosts")))
        groups[group][std::string(without_namespace(text(&host)))].push_back(
            {gateway, get(&server, "hosts"), &host});
    }
  }
  std::map<const Value*, std::set<std::string>> rivals;
  std::map<const Value*, const Resource*> owners;
  const auto clash = [&](const Server& a, const Server& b) {
    if (a.gateway == b.gateway) return;
    rivals[a.hosts].insert(b.gateway->full_name());
    rivals[b.hosts].insert(a.gateway->full_name());
    owners[a.hosts] = a.gateway;
    owners[b.hosts] = b.gateway;
  };
  for (const auto& [group, by_host] : groups) {
    for (const auto& [host, servers] : by_host) {
      for (const std::string& pattern : patterns(host)) {
        const auto found = by_host.find(pattern);
        if (found == by_host.end()) continue;
        // One against each other is enough to name every rival once.
        for (const Server& server : servers) clash(server, found->second.front());
        for (const Server& other : found->second) clash(servers.front(), other);
      }
    }
  }
  for (const auto& [hosts, names] : rivals) {
    std::string list;
    for (const std::string& name : names) list += (list.empty() ? "" : ", ") + name;
    out.add(*owners[hosts], hosts,
            fmt::format("the same pods serve these hosts on this port for {}", list))
        .with("gateways", list);
  }
}

}  // namespace

Rule wi042() {
  return {.id = "WI042",
          .slug = "gateway-conflict",
          .severity = Severity::error,
          .mesh = "Istio",
          .category = "gateways",
          .title = "two Gateways claim one host on one port of the same pods",
          .why = "Which of the two counts depends on the order of their creation.",
          .remedy = "merge the servers into one Gateway, or part their hosts",
          .refs = "IST0145 KIA0301",
          .check = check};
}

}  // namespace weft::rules
