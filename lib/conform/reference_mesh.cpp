#include "lib/conform/reference_mesh.h"

#include <algorithm>
#include <cmath>

#include "lib/base/format.h"
#include "lib/base/number.h"
#include "lib/base/text.h"

namespace weft::conform {
namespace {

using doc::Value;

// v1alpha1 kinds have no spec: their fields stand beside metadata.
const Value& body_of(const kube::Object& object) {
  const Value* spec = object.find("spec");
  return spec == nullptr ? object : *spec;
}

std::string text_of(const Value& map, std::string_view key) {
  const Value* value = map.find(key);
  return value != nullptr && value->is_string() ? std::string(value->string()) : std::string();
}

std::span<const Value> list_of(const Value& map, std::string_view key) {
  const Value* value = map.find(key);
  if (value == nullptr || !value->is_list()) return {};
  return value->items();
}

// 75, "75", or as v1alpha1 has it a quantity: "500m".
double weight_of(const Value& value) {
  if (value.is_number()) return value.number();
  if (!value.is_string()) return 0;
  std::string_view text = value.string();
  const bool milli = text.ends_with('m');
  if (milli) text.remove_suffix(1);
  return base::parse_double(text).value_or(0) / (milli ? 1000 : 1);
}

// As a string of nginx's configuration, whose only escapes are these two.
std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (c != '\n' && c != '\r') out += c;
  }
  return out + "\"";
}

std::string header_variable(std::string_view name) {
  std::string out = "$http_" + base::lower(name);
  std::ranges::replace(out, '-', '_');
  return out;
}

}  // namespace

// One application's configuration, line by line; conditions become variables that are 0 or 1.
class ConfigWriter {
 public:
  ConfigWriter(const ReferenceMesh& mesh, const MeshPod& pod) : mesh_(mesh), pod_(pod) {}

  std::string run() {
    std::string servers = inbound();
    for (const auto& [service, address] : mesh_.services_)
      servers += server(to_service(service, address), outbound(service));
    if (redirected())
      servers +=
          fmt::format("server {{\n  listen {};\n  return 200;\n}}\n", kHealthPort) +
          server(fmt::format("listen {} default_server;", kOutboundPort), "    return 502;\n");
    return maps_ + servers;
  }

 private:
  std::string variable() { return fmt::format("$v{}", next_++); }

  // A variable that is 1 where `source` is one of `keys`.
  std::string map(const std::string& source, const std::vector<std::string>& keys) {
    std::string name = variable();
    maps_ += fmt::format("map \"{}\" {} {{\n  default 0;\n", source, name);
    for (const std::string& key : keys) maps_ += fmt::format("  {} 1;\n", quoted(key));
    maps_ += "}\n";
    return name;
  }
  std::string all_of(const std::vector<std::string>& parts) {
    return parts.empty() ? std::string("1") : map(base::join(parts, ""), {"~^1+$"});
  }
  std::string any_of(const std::vector<std::string>& parts) {
    return parts.empty() ? std::string("0") : map(base::join(parts, ""), {"~1"});
  }
  bool broken(std::string_view mutant) const { return mesh_.is_broken(mutant); }

  // 1 where a request is what a match of an HTTPRouteGroup describes.
  std::string match(const Value& match) {
    std::vector<std::string> parts;
    std::vector<std::string> methods;
    for (const Value& method : list_of(match, "methods"))
      if (method.is_string()) methods.push_back(method.string());
    const bool any_method = methods.empty() || std::ranges::count(methods, "*") > 0;
    if (!any_method && !broken("method-ignored")) parts.push_back(map("$request_method", methods));
    if (const std::string path = text_of(match, "pathRegex");
        !path.empty() && !broken("path-ignored"))
      parts.push_back(map("$uri", {(broken("path-unanchored") ? "~(?:" : "~^(?:") + path + ")"}));
    std::vector<std::string> headers;
    if (const Value* wanted = match.find("headers"); wanted != nullptr && wanted->is_map())
      for (const doc::Member& header : wanted->members())
        if (header.value.is_string() && !broken("headers-ignored"))
          headers.push_back(
              map(header_variable(header.key), {"~^(?:" + header.value.string() + ")"}));
    if (broken("headers-or") && !headers.empty())
      parts.push_back(any_of(headers));
    else
      parts.insert(parts.end(), headers.begin(), headers.end());
    return all_of(parts);
  }

  // 1 where a request matches the group; of its matches only `names`, unless there are none.
  std::string group(std::string_view name, std::span<const Value> names) {
    const kube::Object* group = mesh_.find("HTTPRouteGroup", name);
    if (group == nullptr) return "0";
    std::vector<std::string> parts;
    for (const Value& one : list_of(body_of(*group), "matches")) {
      const bool named = names.empty() || broken("rule-matches-ignored") ||
                         std::ranges::count(names, Value(text_of(one, "name"))) > 0;
      if (named) parts.push_back(match(one));
      if (broken("first-match-only") && named) break;
    }
    return any_of(parts);
  }

  bool port_allowed(std::string_view route) const {
    const kube::Object* found = mesh_.find("TCPRoute", route);
    if (found == nullptr) return false;
    const Value* spec = found->find("spec");
    const Value* matches = spec == nullptr ? nullptr : spec->find("matches");
    if (matches == nullptr || broken("ports-ignored")) return true;
    const auto ports = list_of(*matches, "ports");
    return ports.empty() || std::ranges::count(ports, Value(std::int64_t{mesh_.options_.port})) > 0;
  }

  std::vector<std::string> sources_of(const Value& target) const {
    std::set<std::string> out;
    for (const Value& source : list_of(target, "sources")) {
      for (const MeshPod& pod : mesh_.pods_)
        if (!pod.outside && pod.account == text_of(source, "name")) out.insert(pod.address);
      if (broken("first-source-only")) break;
    }
    for (const MeshPod& pod : mesh_.pods_)
      if (pod.outside ? broken("outside-allowed") : broken("any-source")) out.insert(pod.address);
    return {out.begin(), out.end()};
  }

  // 1 where some TrafficTarget lets the request in.
  std::string allowed() {
    std::vector<std::string> parts;
    for (const kube::Object* object : mesh_.all("TrafficTarget")) {
      const Value& target = body_of(*object);
      const Value* destination = target.find("destination");
      if (destination == nullptr) continue;
      if (text_of(*destination, "name") != pod_.account) {
        if (broken("any-direction")) parts.push_back(reverse(target, *destination));
        continue;
      }
      std::vector<std::string> rules;
      for (const char* key : {"rules", "specs"})
        for (const Value& rule : list_of(target, key)) {
          if (text_of(rule, "kind") == "TCPRoute")
            rules.push_back(port_allowed(text_of(rule, "name")) ? "1" : "0");
          else
            rules.push_back(group(text_of(rule, "name"), list_of(rule, "matches")));
        }
      parts.push_back(all_of({map("$remote_addr", sources_of(target)), any_of(rules)}));
    }
    return any_of(parts);
  }

  // As if the destination of a target were a source, and its sources destinations.
  std::string reverse(const Value& target, const Value& destination) {
    const auto sources = list_of(target, "sources");
    const bool is_source = std::ranges::any_of(
        sources, [&](const Value& s) { return text_of(s, "name") == pod_.account; });
    std::vector<std::string> addresses;
    for (const MeshPod& pod : mesh_.pods_)
      if (is_source && pod.account == text_of(destination, "name"))
        addresses.push_back(pod.address);
    return map("$remote_addr", addresses);
  }

  std::string deny() const {
    if (broken("deny-reset")) return "return 444;";
    return "return 403;";
  }

  // What arrives for the application.
  std::string inbound() {
    const std::string own = fmt::format("http://127.0.0.1:{}", mesh_.options_.port);
    std::string location;
    const bool enforces = mesh_.options_.deny && !pod_.outside && !broken("default-allow");
    if (!pod_.outside && broken("nothing-gets-in"))
      location += "    " + deny() + "\n";
    else if (enforces)
      location += fmt::format("    if ({} = 0) {{ {} }}\n", as_variable(allowed()), deny());
    if (broken("backend-errors") && pod_.name.starts_with("app-b")) {
      std::string name = variable();
      maps_ += fmt::format("split_clients \"$request_id\" {} {{\n  5% 1;\n  * 0;\n}}\n", name);
      location += fmt::format("    if ({} = 1) {{ return 503; }}\n", name);
    }
    location += fmt::format("    proxy_pass {};\n", own);
    return server(redirected() ? fmt::format("listen {};", kInboundPort) : at(pod_.address),
                  location);
  }

  // "if" takes variables only.
  std::string as_variable(const std::string& condition) {
    if (condition.starts_with('$')) return condition;
    return map("1", {condition == "1" ? "1" : "never"});
  }

  static std::string round(double percent) { return fmt::format("{:.2f}%", percent); }

  using Choices = std::vector<std::pair<const MeshPod*, double>>;

  // A variable with the address of one of `pods`, by weight. Empty: there is nobody.
  std::string choice(const Choices& pods) {
    double sum = 0;
    for (const auto& [pod, weight] : pods) sum += weight;
    if (sum <= 0) return {};
    std::string name = variable();
    const char* key = broken("split-by-connection") ? "$connection" : "$request_id";
    maps_ += fmt::format("split_clients \"{}.{}\" {} {{\n", key, name.substr(1), name);
    std::string last;
    for (const auto& [pod, weight] : pods) {
      if (weight <= 0) continue;
      if (!last.empty()) maps_ += last;
      last = fmt::format("  {} {};\n", round(100 * weight / sum), pod->address);
    }
    maps_ += fmt::format("  * {}}}\n", last.substr(last.find(' ', 2) + 1));
    return name;
  }

  static void break_weights(std::vector<double>& weights, const ReferenceMesh& mesh) {
    double sum = 0;
    for (const double weight : weights) sum += weight;
    const bool several = std::ranges::count_if(weights, [](double w) { return w > 0; }) > 1;
    if (mesh.is_broken("weights-ignored"))
      for (double& weight : weights) weight = weight > 0 ? 1 : 0;
    if (mesh.is_broken("weights-swapped")) std::ranges::reverse(weights);
    if (mesh.is_broken("weights-skewed") && several) {
      weights.front() -= 0.15 * sum;
      weights.back() += 0.15 * sum;
    }
    if (mesh.is_broken("zero-weight-leaks"))
      for (double& weight : weights) weight = weight > 0 ? weight : 0.02 * sum;
  }

  // Pods behind the backends of a split, each with its weight.
  Choices backends_of(const Value& split) const {
    std::vector<std::string> names;
    std::vector<double> weights;
    for (const Value& backend : list_of(split, "backends")) {
      const Value* weight = backend.find("weight");
      names.push_back(text_of(backend, "service"));
      weights.push_back(weight == nullptr ? 0 : weight_of(*weight));
    }
    break_weights(weights, mesh_);
    Choices out;
    for (std::size_t i = 0; i < names.size(); ++i) {
      const auto pods = mesh_.pods_of(names[i]);
      for (const MeshPod* pod : pods)
        out.emplace_back(pod, weights[i] / static_cast<double>(pods.size()));
    }
    return out;
  }

  // What the application sends to a service.
  std::string outbound(const std::string& service) {
    Choices pods;
    for (const MeshPod* pod : mesh_.pods_of(service)) pods.emplace_back(pod, 1);
    std::string target = choice(pods);
    const bool splits = !pod_.outside || broken("split-outside");
    if (splits && !broken("split-ignored"))
      for (const kube::Object* object : mesh_.all("TrafficSplit")) {
        const Value& split = body_of(*object);
        if (text_of(split, "service") == service) target = split_target(split, target);
      }
    if (target.empty()) return "    return 503;\n";
    // A reset by the other proxy is handed on, not turned into an answer of this one.
    const char* hand_on = broken("deny-reset") ? "    error_page 502 /weft-reset;\n"
                                                 "    if ($uri = /weft-reset) { return 444; }\n"
                                               : "";
    return fmt::format("{}    proxy_pass http://{}:{};\n", hand_on, target, mesh_.options_.port);
  }

  std::string split_target(const Value& split, const std::string& otherwise) {
    std::string chosen = choice(backends_of(split));
    std::vector<std::string> matches;
    for (const Value& one : list_of(split, "matches"))
      matches.push_back(group(text_of(one, "name"), {}));
    if (matches.empty() || broken("split-matches-ignored") || chosen.empty()) return chosen;
    std::string name = variable();
    maps_ += fmt::format("map \"{}\" {} {{\n  default {};\n  1 {};\n}}\n", any_of(matches), name,
                         otherwise, chosen);
    return name;
  }

  bool redirected() const { return mesh_.options_.capture == Capture::redirected; }
  std::string at(const std::string& address) const {
    return fmt::format("listen {}:{};", address, mesh_.options_.port);
  }
  // How the proxy knows what is for a service: by the address, or by the Host that is asked for.
  std::string to_service(const std::string& service, const std::string& address) const {
    if (!redirected()) return at(address);
    return fmt::format("listen {0};\n  server_name {1} {1}.*;", kOutboundPort, service);
  }
  static std::string server(const std::string& listen, const std::string& location) {
    return fmt::format("server {{\n  {}\n  location / {{\n{}  }}\n}}\n", listen, location);
  }

  const ReferenceMesh& mesh_;
  const MeshPod& pod_;
  std::string maps_;
  int next_ = 1;
};

void ReferenceMesh::put(const kube::Object& object) {
  const kube::Ref ref = kube::ref_of(object);
  if (ref.kind != "Service" && !ref.group.ends_with(".smi-spec.io")) return;
  if (is_broken("update-ignored") && objects_.contains(ref)) return;
  objects_[ref] = object;
  if (ref.kind != "Service" || services_.contains(ref.name)) return;
  std::string address(kube::text_at(object, {"spec", "clusterIP"}));
  if (address.empty() || address == "None") {
    address = fmt::format("{}{}", options_.service_prefix, next_address_);
    next_address_ = next_address_ % 250 + 1;
  }
  services_[ref.name] = std::move(address);
}

void ReferenceMesh::remove(const kube::Ref& ref) {
  if (ref.kind == "Service") services_.erase(ref.name);
  const bool stays = is_broken("delete-ignored") && ref.kind != "Service";
  if (!stays) objects_.erase(ref);
}

std::optional<kube::Object> ReferenceMesh::get(const kube::Ref& ref) const {
  const auto found = objects_.find(ref);
  if (found == objects_.end()) return std::nullopt;
  return found->second;
}

std::string ReferenceMesh::config(std::string_view pod) const {
  return ConfigWriter(*this, *std::ranges::find(pods_, pod, &MeshPod::name)).run();
}

std::string ReferenceMesh::hosts() const {
  std::string out = "127.0.0.1 localhost\n";
  for (const auto& [name, address] : services_) out += fmt::format("{} {}\n", address, name);
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
                         const std::string& servers) {
  std::string temporary;
  for (const char* kind : {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"})
    temporary += fmt::format("  {}_temp_path {}/{}.{};\n", kind, folder, name, kind);
  return fmt::format(
      "daemon off;\nuser root;\nworker_processes 1;\npid {0}/{1}.pid;\n"
      "error_log {0}/{1}.log error;\nevents {{ worker_connections 1024; }}\nhttp {{\n"
      "  access_log off;\n  reset_timedout_connection on;\n  keepalive_requests 100000;\n"
      "  map_hash_bucket_size 256;\n  variables_hash_max_size 4096;\n"
      "  server_names_hash_bucket_size 256;\n"
      "  proxy_http_version 1.1;\n  proxy_set_header Host $http_host;\n"
      "  proxy_set_header Connection \"\";\n  proxy_connect_timeout 5s;\n{2}{3}}}\n",
      folder, name, temporary, servers);
}

}  // namespace weft::conform
