// What several rules for Istio need to know about its objects.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "lib/rules/inventory.h"

namespace weft::rules {

// A place of a VirtualService that traffic is sent to.
struct Destination {
  const Resource* virtual_service = nullptr;
  const Value* value = nullptr;  // {host, subset, port}
  const Value* route = nullptr;  // what gives it a share; null for a mirror
  std::string_view host;
  std::string_view subset;
  std::optional<std::int64_t> port;
  std::vector<const Host*> meant;      // by the host; empty when nothing visible has it
  std::vector<const Resource*> rules;  // DestinationRules that apply, best first

  bool is_mirror() const { return route == nullptr; }
  // Its subset as one of the rules defines it, or nullptr.
  const Value* subset_value() const;
};

// Every destination of every VirtualService: in.view<Destinations>().
class Destinations {
 public:
  explicit Destinations(const Inventory& in);
  std::span<const Destination> all() const { return all_; }

 private:
  void add(const Inventory& in, const Resource& vs, const Value* value, const Value* route);

  std::vector<Destination> all_;
};

// The rules of a kind ("http", "tls", "tcp").
std::span<const Value> routes(const Resource& virtual_service, std::string_view kind);

// The gateways of a VirtualService as written; a value that is not text is left out.
std::vector<const Value*> gateways_of(const Resource& virtual_service);
// True when sidecars apply it: no gateways, or "mesh" among them.
bool is_for_mesh(const Resource& virtual_service);
// The Gateway that a name in `ns` means: "name" or "namespace/name".
const Resource* gateway_named(const Inventory& in, std::string_view name, std::string_view ns);

// A Secret that a server of a Gateway names, in a namespace of the gateway's pods.
struct Credential {
  const Resource* gateway;
  const Value* name;
  std::string_view ns;
  const Resource* secret;  // null when it is not there
};
std::vector<Credential> gateway_credentials(const Inventory& in);

// True when two host patterns ("a.b", "*.b", "*") have a host in common.
bool hosts_overlap(std::string_view a, std::string_view b);

// DestinationRules by the host they are for: in.view<DestinationRules>().
class DestinationRules {
 public:
  explicit DestinationRules(const Inventory& in);
  // Those visible in `ns` for a host as written there, wildcards included.
  std::vector<const Resource*> find(std::string_view host, std::string_view ns) const;

 private:
  std::unordered_map<std::string, std::vector<const Resource*>> by_host_;
  bool has_wildcards_ = false;
};
const Value* subset_named(const Resource& destination_rule, std::string_view name);

// The pods that a selector of `resource` is for: of its namespace, or of all when it is in the
// root namespace.
std::vector<const Workload*> selected(const Inventory& in, const Resource& resource,
                                      const Value* labels);

}  // namespace weft::rules
