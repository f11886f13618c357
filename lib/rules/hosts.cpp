#include "lib/rules/hosts.h"

#include <algorithm>

#include "lib/base/format.h"
#include "lib/base/text.h"

namespace weft::rules {
namespace {

bool shows(std::string_view entry, const Resource& resource, std::string_view ns) {
  entry = base::trim(entry);
  return entry == "*" || entry == ns || (entry == "." && resource.ns == ns);
}

}  // namespace

bool Host::has_port(std::int64_t number) const {
  return std::any_of(ports.begin(), ports.end(),
                     [number](const Port& port) { return port.number == number; });
}

std::string qualified(std::string_view host, std::string_view ns) {
  std::string full = base::lower(host);
  if (host.find('.') == std::string_view::npos && host != "*")
    full.append(".").append(ns).append(".svc.cluster.local");
  return full;
}

bool is_exported(const Resource& resource, std::string_view ns) {
  if (resource.is(kinds::service)) {
    const std::string_view list = resource.annotation("networking.istio.io/exportTo");
    if (list.empty()) return true;
    const auto entries = base::split(list, ',');
    return std::any_of(entries.begin(), entries.end(),
                       [&](std::string_view entry) { return shows(entry, resource, ns); });
  }
  const auto entries = items(get(resource.spec, "exportTo"));
  return entries.empty() || std::any_of(entries.begin(), entries.end(), [&](const Value& entry) {
           return shows(text(&entry), resource, ns);
         });
}

void Hosts::add(const Resource& resource) {
  const Value* ports = get(resource.spec, "ports");
  if (resource.is(kinds::service)) {
    add(fmt::format("{}.{}.svc.cluster.local", resource.name, resource.ns), resource, ports);
    services_[resource.ns].emplace_back(resource.name);
  } else if (resource.is(kinds::service_entry)) {
    for (const Value& host : items(get(resource.spec, "hosts")))
      add(base::lower(text(&host)), resource, ports);
  }
}

void Hosts::add(std::string name, const Resource& resource, const Value* ports) {
  Host& host = hosts_.emplace_back();
  host.resource = &resource;
  for (const Value& port : items(ports))
    host.ports.push_back(
        {integer(get(&port, resource.is(kinds::service) ? "port" : "number")).value_or(0),
         text(get(&port, "name")), text(get(&port, "protocol")), &port});
  host.name = std::move(name);
  has_wildcards_ = has_wildcards_ || host.name.starts_with('*');
  by_name_[host.name].push_back(&host);
  for (std::size_t dot = host.name.find('.'); dot != std::string::npos;
       dot = host.name.find('.', dot + 1))
    by_suffix_.try_emplace(host.name.substr(dot), &host);
}

std::vector<const Host*> Hosts::visible(const std::string& name, std::string_view ns) const {
  std::vector<const Host*> all;
  const auto found = by_name_.find(name);
  if (found == by_name_.end()) return all;
  std::copy_if(found->second.begin(), found->second.end(), std::back_inserter(all),
               [ns](const Host* host) { return is_exported(*host->resource, ns); });
  return all;
}

std::vector<const Host*> Hosts::find(std::string_view name, std::string_view ns) const {
  const std::string full = qualified(name, ns);
  if (auto hosts = visible(full, ns); !hosts.empty()) return hosts;
  if (full == "*" && !hosts_.empty()) return {&hosts_.front()};
  if (full.starts_with("*.")) {
    const auto below = by_suffix_.find(full.substr(1));
    if (below == by_suffix_.end()) return {};
    return {below->second};
  }
  if (!has_wildcards_) return {};
  for (std::size_t dot = full.find('.'); dot != std::string::npos; dot = full.find('.', dot + 1))
    if (auto hosts = visible("*" + full.substr(dot), ns); !hosts.empty()) return hosts;
  return visible("*", ns);
}

std::string Hosts::suggestion(std::string_view name, std::string_view ns) const {
  const auto services = services_.find(ns);
  if (services == services_.end()) return {};
  const std::string_view first = name.substr(0, name.find('.'));
  return base::did_you_mean(first, services->second);
}

}  // namespace weft::rules
