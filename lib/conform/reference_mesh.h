// A mesh for testing the tests: objects of the SMI and the Gateway API in, the configuration of one
// nginx per pod out. It does what the standards say, or breaks one behaviour on purpose.
//
//   ReferenceMesh mesh({.broken = {"weights-ignored"}, .deny = true});
//   mesh.set_pods(pods);
//   mesh.put(object);
//   write(mesh.config("app-a"));
//
// A proxy beside every pod takes what arrives for it (policy) and what it sends to a service
// (splits, routes). A pod outside the mesh has neither. With mTLS the identity of a caller is that
// of its certificate; without, its address stands for it.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "lib/conform/suite.h"
#include "lib/kube/object.h"

namespace weft::conform {

struct Mutant {
  std::string_view name;
  std::string_view meaning;
};
std::vector<Mutant> mutants();

struct MeshPod {
  std::string name;
  std::string address;
  std::string account;  // service account
  std::map<std::string, std::string> labels;
  bool outside = false;
  std::string ns{};  // empty: that of the mesh
};

struct MeshPort {
  std::uint16_t number = 0;
  Speech speech = Speech::http;  // by the port of the applications that it leads to
};

struct MeshService {
  std::string address;  // empty: the name stands for the pods
  std::string ns;
  std::vector<MeshPort> ports;  // those of HTTP if there are any, else all
};

// How traffic gets to a proxy. Addresses of services are its own to listen on, and with `addresses`
// that of the pod, too. `redirected`: the application has its ports (speeches()) at all addresses,
// so the kernel hands the proxy what arrives for one of them on the port that is kInboundShift
// higher, and what goes to such a port of a service on the service's, kOutboundShift higher.
enum class Capture { addresses, redirected };
inline constexpr std::uint16_t kInboundShift = 20000;
inline constexpr std::uint16_t kOutboundShift = 10000;
inline constexpr std::uint16_t kHealthPort = 15021;  // redirected: says 200 once it is configured

struct MeshOptions {
  std::set<std::string> broken{};  // names of mutants
  bool deny = false;               // only what a TrafficTarget allows gets in
  Capture capture = Capture::addresses;
  std::string service_prefix = "10.77.1.";  // of services that bring no address
  std::uint16_t port = 9091;                // of applications
  std::string ns = "local";                 // of everything that is in none of its own
  std::string nowhere{};                    // where packets are sent and never heard of again
  std::string logs{};                       // folder of access logs, "<pod>.access"; empty: none
  Mtls mtls = Mtls::any;                    // `any`: none
  std::string certificates{};               // folder with root.pem, <pod>.pem and <pod>.key
  std::set<Speech> speeches{};              // that pods take besides HTTP/1.1
};

class ReferenceMesh {
 public:
  explicit ReferenceMesh(MeshOptions options) : options_(std::move(options)) {}

  void set_pods(std::vector<MeshPod> pods) { pods_ = std::move(pods); }
  // Services and objects of the SMI and the Gateway API; others have no effect.
  void put(const kube::Object& object);
  void remove(const kube::Ref& ref);
  std::optional<kube::Object> get(const kube::Ref& ref) const;

  // The part of nginx's configuration inside "http". The pod is one of set_pods().
  std::string config(std::string_view pod) const;
  // What TCP and UDP need, beside "http"; empty: nothing.
  std::string streams(std::string_view pod) const;
  // Of that, what is about requests that arrive for the pod.
  std::string inbound(std::string_view pod) const;
  // Names of all services with their addresses, as in the pod's /etc/hosts.
  std::string hosts(std::string_view pod) const;
  const MeshPod* find_pod(std::string_view name) const;
  bool is_broken(std::string_view mutant) const {
    return options_.broken.contains(std::string(mutant));
  }

  // What the writers of configuration ask.
  const MeshOptions& options() const { return options_; }
  const std::vector<MeshPod>& pods() const { return pods_; }
  const std::map<std::string, MeshService>& services() const { return services_; }
  std::vector<const kube::Object*> all(std::string_view kind) const;
  const kube::Object* find(std::string_view kind, std::string_view name) const;
  bool has_mtls() const { return options_.mtls != Mtls::any && !is_broken("mtls-off"); }
  std::vector<const MeshPod*> pods_of(const std::string& service) const;
  std::string space_of(const MeshPod& pod) const { return pod.ns.empty() ? options_.ns : pod.ns; }
  // Where the proxy of a pod takes what arrives for a port of it, and what it sends to one of a
  // service: as nginx's "listen" has it.
  std::string place_of(const MeshPod& pod, std::uint16_t port) const;
  std::string place_of(const MeshService& service, std::uint16_t port) const;
  // Weights of backends as they are given, or as a mutant has them.
  void break_weights(std::vector<double>& weights) const;

 private:
  MeshOptions options_;
  std::vector<MeshPod> pods_;
  std::map<kube::Ref, kube::Object> objects_;
  std::map<std::string, MeshService> services_;  // by name
  int next_address_ = 1;
};

// A whole configuration of nginx around it; its files are "<folder>/<name>.pid" and so on.
std::string nginx_config(const std::string& folder, const std::string& name,
                         const std::string& servers, const std::string& streams = {});

// Of nginx's module for TCP and UDP, where distributions put it; empty: not found.
std::string nginx_stream_module();

// The mesh in a cluster, from its Namespaces, Pods, Services and objects of the SMI and the Gateway
// API. Namespaces that begin with the name of another and "-" are one with it. The label kDenyLabel
// of a namespace denies what is not allowed, kMtlsLabel is "strict" or "permissive". Objects of
// Istio may say the same of a namespace: a PeerAuthentication, an empty AuthorizationPolicy.
inline constexpr std::string_view kProxyContainer = "reference-proxy";
inline constexpr std::string_view kDenyLabel = "reference.weft.dev/deny";
inline constexpr std::string_view kMtlsLabel = "reference.weft.dev/mtls";
inline constexpr std::string_view kProxyFolder = "/run";  // with root.pem, <pod>.pem and <pod>.key
struct ReferenceCluster {
  // The whole configuration of the proxy of every pod that has a container kProxyContainer, by
  // "namespace/pod".
  std::map<std::string, std::string> proxies{};
  // The status of HTTPRoutes and GRPCRoutes, by "kind/namespace/name".
  std::map<std::string, doc::Value> routes{};
};
ReferenceCluster reference_cluster(const kube::Objects& objects,
                                   const std::set<std::string>& broken);

}  // namespace weft::conform
