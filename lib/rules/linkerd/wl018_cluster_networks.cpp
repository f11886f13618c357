#include <algorithm>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/cel/address.h"
#include "lib/doc/read.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

using Networks = std::vector<cel::Cidr>;

bool covers(const cel::Cidr& network, const cel::Cidr& part) {
  if (network.ip.is_v4 != part.ip.is_v4 || network.prefix > part.prefix) return false;
  for (int bit = 0; bit < network.prefix; ++bit) {
    const auto at = static_cast<std::size_t>(bit / 8);
    const int mask = 0x80 >> (bit % 8);
    if (((network.ip.bytes[at] ^ part.ip.bytes[at]) & mask) != 0) return false;
  }
  return true;
}

// A network or one address; absent for "None" and whatever else is neither.
std::optional<cel::Cidr> network_in(std::string_view text) {
  if (auto network = cel::parse_cidr(text)) return network;
  const auto address = cel::parse_ip(text);
  if (!address) return std::nullopt;
  cel::Cidr one;
  one.ip = *address;
  one.prefix = address->is_v4 ? 32 : 128;
  return one;
}

Networks cluster_networks(const Value* values) {
  Networks networks;
  const auto read = doc::read_manifests(doc::Source("values", std::string(text(values))));
  if (read.documents.empty()) return networks;
  const Value* list = get(&read.documents.front().document.root, "clusterNetworks");
  for (std::string_view part : base::split(text(list), ','))
    if (const auto network = network_in(base::trim(part))) networks.push_back(*network);
  return networks;
}

// What one kind of object has for addresses.
struct Place {
  GroupKind kind;
  std::string_view noun;
  std::vector<const Value*> (*addresses)(const Resource&);
};

std::vector<const Value*> texts(const Value* one, const Value* list) {
  std::vector<const Value*> all;
  if (one != nullptr) all.push_back(one);
  for (const Value& item : items(list)) all.push_back(&item);
  return all;
}

std::vector<const Value*> of_nodes(const Resource& node) {
  std::vector<const Value*> all = texts(get(node.spec, "podCIDR"), get(node.spec, "podCIDRs"));
  for (const Value& address : items(get(node.root, "status", "addresses")))
    if (text(get(&address, "type")) == "InternalIP") all.push_back(get(&address, "address"));
  return all;
}

std::vector<const Value*> of_services(const Resource& service) {
  return texts(get(service.spec, "clusterIP"), get(service.spec, "clusterIPs"));
}

std::vector<const Value*> of_pods(const Resource& pod) {
  return texts(get(pod.root, "status", "podIP"), nullptr);
}

const Place kPlaces[] = {{{"", "Node"}, "nodes", of_nodes},
                         {kinds::service, "Services", of_services},
                         {kinds::pod, "pods", of_pods}};

void check_place(const Inventory& in, const Place& place, const Networks& networks,
                 const Resource& config, const Value* values, Report& out) {
  for (const Resource* resource : in.all(place.kind)) {
    for (const Value* address : place.addresses(*resource)) {
      const auto network = network_in(text(address));
      if (!network || std::any_of(networks.begin(), networks.end(),
                                  [&](const cel::Cidr& known) { return covers(known, *network); }))
        continue;
      out.add(config, values,
              fmt::format("clusterNetworks does not cover the {}: {} has {}", place.noun,
                          resource->title(), text(address)))
          .with("kind", place.kind.kind);
      return;  // once for each kind: the others are missing for the same reason
    }
  }
}

void check(const Inventory& in, Report& out) {
  for (const Resource* config : in.all(kinds::config_map)) {
    if (config->name != "linkerd-config") continue;
    const Value* values = get(config->root, "data", "values");
    const Networks networks = cluster_networks(values);
    if (networks.empty()) continue;
    for (const Place& place : kPlaces) check_place(in, place, networks, *config, values, out);
  }
}

}  // namespace

Rule wl018() {
  return {.id = "WL018",
          .slug = "networks-not-covered",
          .severity = Severity::error,
          .mesh = "Linkerd",
          .category = "install",
          .title = "Linkerd takes addresses of the cluster for the world outside",
          .why =
              "The proxies look up only what lies in clusterNetworks; to other addresses they "
              "connect without mutual TLS, policy and balancing.",
          .remedy = "add the networks of nodes, pods and Services to clusterNetworks",
          .refs = "l5d-cluster-networks-cidr l5d-cluster-networks-pods",
          .check = check};
}

}  // namespace weft::rules
