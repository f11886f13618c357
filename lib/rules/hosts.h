// The service registry of the input: what a host name in a route means. Services under their full
// names, ServiceEntries under their hosts, wildcards included, each visible where exportTo says.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "lib/rules/resource.h"

namespace weft::rules {

struct Port {
  std::int64_t number = 0;
  std::string_view name;
  std::string_view protocol;
  const Value* value = nullptr;
};

struct Host {
  std::string name;  // "reviews.shop.svc.cluster.local", "api.example.com", "*.example.com"
  const Resource* resource = nullptr;
  std::vector<Port> ports;

  bool has_port(std::int64_t number) const;
};

// A name without dots belongs to the namespace it is written in, as Istio reads it.
std::string qualified(std::string_view host, std::string_view ns);

class Hosts {
 public:
  void add(const Resource& resource);  // anything but Service and ServiceEntry is passed over

  // What `name` means when it is written in `ns`: one Service, or ServiceEntries that share the
  // host; empty when nothing of that name is visible there. A wildcard finds a host below it.
  std::vector<const Host*> find(std::string_view name, std::string_view ns) const;
  const std::deque<Host>& all() const { return hosts_; }
  // Names near to `name` in the same namespace, for messages.
  std::string suggestion(std::string_view name, std::string_view ns) const;

 private:
  void add(std::string name, const Resource& resource, const Value* ports);
  std::vector<const Host*> visible(const std::string& name, std::string_view ns) const;

  std::deque<Host> hosts_;
  std::unordered_map<std::string, std::vector<const Host*>> by_name_;
  std::unordered_map<std::string, const Host*> by_suffix_;  // ".example.com": some host below it
  std::unordered_map<std::string_view, std::vector<std::string>> services_;  // by namespace
  bool has_wildcards_ = false;
};

// True when `resource` (with exportTo, or the annotation on a Service) is visible in `ns`.
bool is_exported(const Resource& resource, std::string_view ns);

}  // namespace weft::rules
