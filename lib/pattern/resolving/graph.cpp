#include "lib/pattern/resolving/graph.h"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>

#include "lib/base/format.h"
#include "lib/base/text.h"

namespace weft::pattern {
namespace {

using base::Error;
using base::Result;
using doc::Value;

// Services by every name that dependsOn may use.
class Names {
 public:
  explicit Names(const Pattern& pattern) {
    for (std::size_t i = 0; i < pattern.services.size(); ++i) {
      const Service& service = pattern.services[i];
      keys_.emplace(service.key, i);
      names_[service.name].push_back(i);
      if (!service.id.empty()) names_[service.id].push_back(i);
    }
    for (const Drawing& drawing : pattern.drawings)
      for (const std::string& name : {drawing.key, drawing.name, drawing.id})
        drawings_.insert(name);
  }

  bool is_drawing(const std::string& name) const { return drawings_.contains(name); }

  // Empty: nothing of that name. More than one: ambiguous.
  std::vector<std::size_t> find(const std::string& name) const {
    if (const auto key = keys_.find(name); key != keys_.end()) return {key->second};
    const auto found = names_.find(name);
    return found == names_.end() ? std::vector<std::size_t>{} : found->second;
  }

  std::vector<std::string> all_but(const std::string& own) const {
    std::vector<std::string> out;
    for (const auto& [key, index] : keys_)
      if (key != own) out.push_back(key);
    return out;
  }

 private:
  std::unordered_map<std::string, std::size_t> keys_;
  std::unordered_map<std::string, std::vector<std::size_t>> names_;
  std::set<std::string> drawings_;
};

std::string keys_text(const Pattern& pattern, const std::vector<std::size_t>& indices) {
  std::vector<std::string> out;
  out.reserve(indices.size());
  for (std::size_t i : indices) out.push_back(pattern.services[i].key);
  return base::join(out, ", ");
}

// "ns/name" of a reference that may leave the namespace out.
std::string full(std::string_view reference, std::string_view ns) {
  return reference.find('/') != std::string_view::npos ? std::string(reference)
                                                       : fmt::format("{}/{}", ns, reference);
}

// Hosts are short names or end in .svc.cluster.local: the first two labels tell.
std::string host_key(std::string_view host, std::string_view ns) {
  const auto labels = base::split(host, '.');
  return labels.size() > 1 ? fmt::format("{}/{}", labels[1], labels[0])
                           : fmt::format("{}/{}", ns, host);
}

class Builder {
 public:
  Builder(const Resolution& resolution, Notes& notes)
      : in_(resolution),
        pattern_(*resolution.pattern),
        notes_(notes),
        names_(pattern_),
        asked_(resolution.parts.size()),
        found_(resolution.parts.size()) {}

  Result<Graph> run() {
    for (std::size_t i = 0; i < in_.parts.size(); ++i) WEFT_CHECK(ask(i));
    Graph graph;
    graph.needs = asked_;
    if (!order(graph)) return circle(graph);
    for (std::size_t i = 0; i < in_.parts.size(); ++i) register_part(i);
    for (std::size_t i = 0; i < in_.parts.size(); ++i) connect_part(i);
    for (std::size_t i = 0; i < in_.parts.size(); ++i)
      graph.needs[i].insert(graph.needs[i].end(), found_[i].begin(), found_[i].end());
    if (!order(graph)) drop_found(graph);
    return graph;
  }

 private:
  Result<void> ask(std::size_t index) {
    const Service& service = pattern_.services[index];
    for (const Name& need : service.depends_on) {
      const auto found = names_.find(need.text);
      if (found.size() > 1)
        return service.error(need.at,
                             fmt::format("{} depends on {}, which may be any of: {}", service.key,
                                         need.text, keys_text(pattern_, found)),
                             "name the one that is meant by its key");
      if (found.empty() && names_.is_drawing(need.text)) {
        notes_.push_back(
            {Level::info,
             fmt::format("{} depends on {}, which is only drawn: ignored", service.key, need.text),
             service.source->where(need.at)});
        continue;
      }
      if (found.empty())
        return service.error(
            need.at,
            fmt::format("{} depends on {}, which does not exist{}", service.key, need.text,
                        base::did_you_mean(need.text, names_.all_but(service.key))),
            "name a service of this pattern");
      const auto same = [&found](const Edge& edge) { return edge.needs == found.front(); };
      if (std::any_of(asked_[index].begin(), asked_[index].end(), same))
        notes_.push_back({Level::info,
                          fmt::format("{} depends on {} twice", service.key, need.text),
                          service.source->where(need.at)});
      else
        asked_[index].push_back({found.front(), Why::asked});
    }
    return {};
  }

  void register_part(std::size_t index) {
    const Part& part = in_.parts[index];
    if (part.type.what == TypeKind::mesh) meshes_.emplace(part.order.id, index);
    for (const kube::Object& object : part.objects) {
      const kube::Ref ref = kube::ref_of(object);
      if (ref.kind == "Namespace") namespaces_.emplace(ref.name, index);
      if (ref.kind == "Gateway") gateways_.emplace(fmt::format("{}/{}", ref.ns, ref.name), index);
      if (ref.kind == "DestinationRule")
        rules_.emplace(host_key(kube::text_at(object, {"spec", "host"}), ref.ns), index);
      if (ref.kind == "CustomResourceDefinition")
        definitions_.emplace(fmt::format("{}/{}", kube::text_at(object, {"spec", "group"}),
                                         kube::text_at(object, {"spec", "names", "kind"})),
                             index);
    }
  }

  void connect_part(std::size_t index) {
    const Part& part = in_.parts[index];
    for (const kube::Object& object : part.objects) {
      const kube::Ref ref = kube::ref_of(object);
      connect(index, namespaces_, ref.ns, Why::ns);
      connect(index, definitions_, fmt::format("{}/{}", ref.group, ref.kind), Why::definition);
      if (part.type.what == TypeKind::mesh) continue;
      connect(index, meshes_, mesh_of(ref.group), Why::mesh);
      const auto injected = in_.injected.find(ref.ns);
      if (injected != in_.injected.end()) add(index, injected->second, Why::mesh);
      connect_routes(index, object, ref);
    }
  }

  void connect_routes(std::size_t index, const kube::Object& object, const kube::Ref& ref) {
    if (ref.kind == "VirtualService") {
      for (const Value& gateway : kube::list_at(object, {"spec", "gateways"}))
        if (gateway.is_string())
          connect(index, gateways_, full(gateway.string(), ref.ns), Why::gateway);
      for (const char* protocol : {"http", "tcp", "tls"})
        for (const Value& rule : kube::list_at(object, {"spec", protocol}))
          for (const Value& route : kube::list_at(rule, {"route"}))
            if (!kube::text_at(route, {"destination", "subset"}).empty())
              connect(index, rules_,
                      host_key(kube::text_at(route, {"destination", "host"}), ref.ns), Why::subset);
    }
    if (ref.kind.ends_with("Route"))
      for (const Value& parent : kube::list_at(object, {"spec", "parentRefs"})) {
        const auto ns = kube::text_at(parent, {"namespace"}, ref.ns);
        connect(index, gateways_, fmt::format("{}/{}", ns, kube::text_at(parent, {"name"})),
                Why::gateway);
      }
  }

  static std::string mesh_of(std::string_view group) {
    if (group.ends_with(".istio.io")) return "istio";
    if (group.ends_with("linkerd.io")) return "linkerd";
    if (group == "kuma.io") return "kuma";
    if (group == "consul.hashicorp.com") return "consul";
    if (group == "cilium.io") return "cilium";
    if (group.ends_with("openservicemesh.io")) return "osm";
    return group == "appmesh.k8s.aws" ? "app-mesh" : "";
  }

  using Index = std::unordered_map<std::string, std::size_t>;
  void connect(std::size_t index, const Index& known, const std::string& name, Why why) {
    if (known.empty() || name.empty()) return;
    if (const auto found = known.find(name); found != known.end()) add(index, found->second, why);
  }

  void add(std::size_t index, std::size_t needs, Why why) {
    if (index == needs) return;
    for (const auto* edges : {&asked_[index], &found_[index]})
      for (const Edge& edge : *edges)
        if (edge.needs == needs) return;
    found_[index].push_back({needs, why});
  }

  // Levels by counting down what is still needed. False when a circle is left.
  static bool order(Graph& graph) {
    const std::size_t size = graph.needs.size();
    std::vector<std::vector<std::size_t>> wanted_by(size);
    std::vector<std::size_t> open(size);
    std::vector<std::size_t> level;
    for (std::size_t i = 0; i < size; ++i) {
      open[i] = graph.needs[i].size();
      for (const Edge& edge : graph.needs[i]) wanted_by[edge.needs].push_back(i);
      if (open[i] == 0) level.push_back(i);
    }
    graph.levels.clear();
    graph.level_of.assign(size, 0);
    std::size_t placed = 0;
    while (!level.empty()) {
      std::vector<std::size_t> next;
      for (std::size_t i : level) {
        graph.level_of[i] = graph.levels.size();
        for (std::size_t j : wanted_by[i])
          if (--open[j] == 0) next.push_back(j);
      }
      placed += level.size();
      std::sort(next.begin(), next.end());
      graph.levels.push_back(std::move(level));
      level = std::move(next);
    }
    return placed == size;
  }

  // Walks what is needed until a service comes again.
  Error circle(const Graph& graph) const {
    std::set<std::size_t> placed;
    for (const auto& level : graph.levels) placed.insert(level.begin(), level.end());
    std::size_t at = 0;
    while (placed.contains(at)) ++at;
    std::vector<std::size_t> path;
    std::vector<bool> seen(graph.needs.size());
    while (!seen[at]) {
      seen[at] = true;
      path.push_back(at);
      for (const Edge& edge : graph.needs[at])
        if (!placed.contains(edge.needs)) {
          at = edge.needs;
          break;
        }
    }
    path.erase(path.begin(), std::find(path.begin(), path.end(), at));
    constexpr std::size_t kShown = 10;
    std::string text;
    for (std::size_t n = 0; n < std::min(path.size(), kShown); ++n)
      text += pattern_.services[path[n]].key + " -> ";
    if (path.size() > kShown) text += fmt::format("{} more -> ", path.size() - kShown);
    const Service& service = pattern_.services[at];
    return service.error(
        service.depends_on.front().at,
        fmt::format("services depend on each other in a circle: {}{}", text, service.key),
        "remove one of these dependencies");
  }

  // What people ask for counts more than what is only usual.
  void drop_found(Graph& graph) {
    std::set<std::size_t> placed;
    for (const auto& level : graph.levels) placed.insert(level.begin(), level.end());
    for (std::size_t i = 0; i < graph.needs.size(); ++i)
      if (!placed.contains(i))
        std::erase_if(graph.needs[i], [](const Edge& edge) { return edge.why != Why::asked; });
    order(graph);
  }

  const Resolution& in_;
  const Pattern& pattern_;
  Notes& notes_;
  Names names_;
  std::vector<std::vector<Edge>> asked_;
  std::vector<std::vector<Edge>> found_;
  Index namespaces_, gateways_, rules_, definitions_, meshes_;
};

}  // namespace

std::string_view name_of(Why why) {
  switch (why) {
    case Why::asked:
      return "dependsOn";
    case Why::ns:
      return "namespace";
    case Why::definition:
      return "definition";
    case Why::mesh:
      return "mesh";
    case Why::gateway:
      return "gateway";
    case Why::subset:
      return "subset";
  }
  return "";
}

Result<Graph> make_graph(const Resolution& resolution, Notes& notes) {
  return Builder(resolution, notes).run();
}

}  // namespace weft::pattern
