#include "lib/conform/reference_mesh.h"

#include <algorithm>
#include <functional>

#include "lib/base/format.h"
#include "lib/conform/reference_attach.h"
#include "lib/conform/reference_http.h"
#include "lib/conform/reference_stream.h"
#include "lib/conform/reference_text.h"

namespace weft::conform {
namespace {

using doc::Value;

// The SMI and the Gateway API.
bool configures(const kube::Ref& ref) {
  return ref.kind == "Service" || ref.group.ends_with(".smi-spec.io") ||
         ref.group == "gateway.networking.k8s.io";
}

}  // namespace

void ReferenceMesh::put(const kube::Object& object) {
  const kube::Ref ref = kube::ref_of(object);
  if (!configures(ref)) return;
  if (is_broken("update-ignored") && objects_.contains(ref)) return;
  objects_[ref] = object;
  if (ref.kind != "Service" || services_.contains(ref.name)) return;
  MeshService service{std::string(kube::text_at(object, {"spec", "clusterIP"})),
                      ref.ns.empty() ? options_.ns : ref.ns,
                      {}};
  for (const Value& port : kube::list_at(object, {"spec", "ports"})) {
    const auto target = kube::int_at(port, {"targetPort"}, options_.port);
    const auto row = std::ranges::find(speeches(), target, &SpeechRow::port);
    service.ports.push_back(
        {static_cast<std::uint16_t>(kube::int_at(port, {"port"}, options_.port)),
         row == speeches().end() ? Speech::http : row->speech});
  }
  const auto is_http = [](const MeshPort& port) { return port.speech == Speech::http; };
  if (std::ranges::any_of(service.ports, is_http))
    std::erase_if(service.ports, std::not_fn(is_http));
  if (service.address.empty()) {
    service.address = fmt::format("{}{}", options_.service_prefix, next_address_);
    next_address_ = next_address_ % 250 + 1;
  }
  if (service.address == "None") service.address.clear();
  services_[ref.name] = std::move(service);
}

void ReferenceMesh::remove(const kube::Ref& ref) {
  if (ref.kind == "Service") services_.erase(ref.name);
  const bool stays = is_broken("delete-ignored") && ref.kind != "Service";
  if (!stays) objects_.erase(ref);
}

std::optional<kube::Object> ReferenceMesh::get(const kube::Ref& ref) const {
  const auto found = objects_.find(ref);
  if (found == objects_.end()) return std::nullopt;
  kube::Object out = found->second;
  if ((ref.kind == "HTTPRoute" || ref.kind == "GRPCRoute") && !is_broken("status-missing"))
    out.set("status", route_status(*this, out));
  return out;
}

std::string ReferenceMesh::config(std::string_view pod) const {
  return http_config(*this, *find_pod(pod));
}

std::string ReferenceMesh::inbound(std::string_view pod) const {
  return inbound_config(*this, *find_pod(pod));
}

std::string ReferenceMesh::streams(std::string_view pod) const {
  return stream_config(*this, *find_pod(pod));
}

std::string ReferenceMesh::place_of(const MeshPod& pod, std::uint16_t port) const {
  if (options_.capture == Capture::redirected) return fmt::format("{}", port + kInboundShift);
  return fmt::format("{}:{}", pod.address, port);
}

std::string ReferenceMesh::place_of(const MeshService& service, std::uint16_t port) const {
  const bool taken = options_.capture == Capture::redirected &&
                     std::ranges::count(speeches(), port, &SpeechRow::port) > 0;
  return fmt::format("{}:{}", service.address, taken ? port + kOutboundShift : port);
}

const MeshPod* ReferenceMesh::find_pod(std::string_view name) const {
  const auto found = std::ranges::find(pods_, name, &MeshPod::name);
  return found == pods_.end() ? nullptr : &*found;
}

std::string ReferenceMesh::hosts(std::string_view pod) const {
  // Who is outside and wants to speak TLS with a proxy of the mesh must reach it directly.
  const bool directly = options_.mtls != Mtls::any && find_pod(pod)->outside;
  std::string out = "127.0.0.1 localhost\n";
  for (const auto& [name, service] : services_) {
    std::vector<std::string> addresses;
    if (const MeshPod* called = directly ? find_pod(name) : nullptr)
      addresses = {called->address};
    else if (!service.address.empty())
      addresses = {service.address};
    else
      for (const MeshPod* one : pods_of(name)) addresses.push_back(one->address);
    for (const std::string& address : addresses)
      out += fmt::format("{} {} {}.{}\n", address, name, name, service.ns);
  }
  return out;
}

std::vector<const kube::Object*> ReferenceMesh::all(std::string_view kind) const {
  std::vector<const kube::Object*> out;
  for (const auto& [ref, object] : objects_)
    if (ref.kind == kind) out.push_back(&object);
  return out;
}

const kube::Object* ReferenceMesh::find(std::string_view kind, std::string_view name) const {
  for (const auto& [ref, object] : objects_)
    if (ref.kind == kind && ref.name == name) return &object;
  return nullptr;
}

void ReferenceMesh::break_weights(std::vector<double>& weights) const {
  double sum = 0;
  for (const double weight : weights) sum += weight;
  const bool several = std::ranges::count_if(weights, [](double w) { return w > 0; }) > 1;
  if (is_broken("weights-ignored"))
    for (double& weight : weights) weight = weight > 0 ? 1 : 0;
  if (is_broken("weights-swapped")) std::ranges::reverse(weights);
  if (is_broken("weights-skewed") && several) {
    weights.front() -= 0.15 * sum;
    weights.back() += 0.15 * sum;
  }
  if (is_broken("zero-weight-leaks"))
    for (double& weight : weights) weight = weight > 0 ? weight : 0.02 * sum;
}

std::vector<const MeshPod*> ReferenceMesh::pods_of(const std::string& service) const {
  const kube::Object* found = find("Service", service);
  const Value* selector = found == nullptr ? nullptr : kube::at(*found, {"spec", "selector"});
  std::vector<const MeshPod*> out;
  if (selector == nullptr || !selector->is_map()) return out;
  const auto selected = [&](const MeshPod& pod) {
    return std::ranges::all_of(selector->members(), [&](const doc::Member& wanted) {
      const auto label = pod.labels.find(wanted.key);
      return label != pod.labels.end() && wanted.value == Value(label->second);
    });
  };
  for (const MeshPod& pod : pods_)
    if (selected(pod)) out.push_back(&pod);
  return out;
}

std::string nginx_config(const std::string& folder, const std::string& name,
                         const std::string& servers, const std::string& streams) {
  std::string temporary;
  for (const char* kind : {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"})
    temporary += fmt::format("  {}_temp_path {}/{}.{};\n", kind, folder, name, kind);
  return fmt::format(
      "{4}daemon off;\nuser root;\nworker_processes 1;\npid {0}/{1}.pid;\n"
      "error_log {0}/{1}.log error;\nevents {{ worker_connections 1024; }}\nhttp {{\n"
      "  access_log off;\n  log_format weft '$remote_addr $status $request_time';\n"
      "  reset_timedout_connection on;\n  keepalive_requests 100000;\n"
      "  map_hash_bucket_size 256;\n  variables_hash_max_size 4096;\n"
      "  server_names_hash_bucket_size 256;\n"
      "  proxy_http_version 1.1;\n  proxy_set_header Host $http_host;\n"
      "  map $http_upgrade $weft_connection {{ default upgrade; \"\" \"\"; }}\n"
      "  proxy_set_header Upgrade $http_upgrade;\n"
      "  proxy_set_header Connection $weft_connection;\n  proxy_connect_timeout 5s;\n"
      "  client_max_body_size 0;\n  large_client_header_buffers 8 32k;\n"
      "  proxy_buffer_size 64k;\n  proxy_buffers 8 64k;\n  proxy_busy_buffers_size 128k;\n"
      "{2}{3}}}\n{5}",
      folder, name, temporary, servers,
      streams.empty() ? "" : fmt::format("load_module {};\n", nginx_stream_module()), streams);
}

}  // namespace weft::conform
