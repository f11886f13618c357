#include "lib/conform/reference_attach.h"

#include <algorithm>
#include <tuple>

#include "lib/conform/reference_text.h"

namespace weft::conform {
namespace {

using doc::Value;

std::string namespace_of(const kube::Object& route, const ReferenceMesh& mesh) {
  const std::string ns(kube::namespace_of(route));
  return ns.empty() ? mesh.options().ns : ns;
}

std::string namespace_in(const Value& ref, const kube::Object& route, const ReferenceMesh& mesh) {
  const std::string ns = text_in(ref, "namespace");
  return ns.empty() ? namespace_of(route, mesh) : ns;
}

bool granted(const ReferenceMesh& mesh, const kube::Object& route, const std::string& from,
             const std::string& to, const std::string& service) {
  for (const kube::Object* grant : mesh.all("ReferenceGrant")) {
    if (kube::namespace_of(*grant) != to) continue;
    const Value& spec = body_of(*grant);
    const auto& sources = list_in(spec, "from");
    const auto& targets = list_in(spec, "to");
    const bool source = std::ranges::any_of(sources, [&](const Value& one) {
      return text_in(one, "kind") == kube::ref_of(route).kind && text_in(one, "namespace") == from;
    });
    const bool target = std::ranges::any_of(targets, [&](const Value& one) {
      const std::string name = text_in(one, "name");
      return text_in(one, "kind") == "Service" && (name.empty() || name == service);
    });
    if (source && target) return true;
  }
  return false;
}

// More specific matches come first, in the order that the standard gives; then names, then rules
// as they stand.
auto precedence(const Alternative& one) {
  const auto count = [&](std::string_view key) {
    return one.match == nullptr ? std::size_t{0} : list_in(*one.match, key).size();
  };
  const Value* method = one.match == nullptr ? nullptr : one.match->find("method");
  const auto named = [&](std::string_view key) {  // of gRPC
    return method == nullptr ? std::size_t{0} : text_in(*method, key).size();
  };
  return std::tuple(named("service"), named("method"), path_type(one.match) == "Exact",
                    prefix_of(one.match).size(), method != nullptr, count("headers"),
                    count("queryParams"));
}

bool is_parent(const ReferenceMesh& mesh, const Value& ref, const kube::Object& route,
               const std::string& name, std::uint16_t number) {
  const auto service = mesh.services().find(name);
  const Value* port = ref.find("port");
  const bool any_port = port == nullptr || mesh.is_broken("parent-port-ignored");
  return text_in(ref, "kind") == "Service" && text_in(ref, "name") == name &&
         service != mesh.services().end() && namespace_in(ref, route, mesh) == service->second.ns &&
         (any_port || *port == Value(std::int64_t{number}));
}

// Routes of the client's namespace if there are any, else those of the service's.
std::vector<const kube::Object*> routes(const ReferenceMesh& mesh, const MeshPod& pod,
                                        const std::string& service, std::uint16_t port,
                                        std::string_view kind) {
  const std::string own = mesh.services().at(service).ns;
  std::vector<const kube::Object*> producer, consumer;
  for (const kube::Object* route : mesh.all(kind)) {
    const auto& parents = list_in(body_of(*route), "parentRefs");
    std::size_t looked_at = 0;
    const bool attached = std::ranges::any_of(parents, [&](const Value& ref) {
      return (looked_at++ == 0 || !mesh.is_broken("first-parent-only")) &&
             is_parent(mesh, ref, *route, service, port);
    });
    if (!attached) continue;
    const std::string ns = namespace_of(*route, mesh);
    if (ns == own)
      producer.push_back(route);
    else if (ns == mesh.space_of(pod) || mesh.is_broken("consumer-route-for-all"))
      consumer.push_back(route);
  }
  if (mesh.is_broken("producer-first") && !producer.empty()) return producer;
  return consumer.empty() || mesh.is_broken("consumer-route-ignored") ? producer : consumer;
}

Value condition_of(std::string_view type, bool good, std::string_view reason) {
  return Value::map()
      .set("type", type)
      .set("status", good ? "True" : "False")
      .set("reason", reason)
      .set("message", "");
}

}  // namespace

std::string path_type(const Value* match) {
  const Value* path = match == nullptr ? nullptr : match->find("path");
  return path == nullptr ? "PathPrefix" : std::string(kube::text_at(*path, {"type"}, "PathPrefix"));
}

std::string path_value(const Value* match) {
  const Value* path = match == nullptr ? nullptr : match->find("path");
  return path == nullptr ? "/" : std::string(kube::text_at(*path, {"value"}, "/"));
}

std::string prefix_of(const Value* match) {
  std::string out = path_value(match);
  while (out.ends_with('/')) out.pop_back();
  return out;
}

std::string backend_problem(const ReferenceMesh& mesh, const kube::Object& route,
                            const Value& backend) {
  const std::string kind = text_in(backend, "kind");
  if (!kind.empty() && kind != "Service") return "InvalidKind";
  const std::string name = text_in(backend, "name");
  const std::string from = namespace_of(route, mesh);
  const std::string to = namespace_in(backend, route, mesh);
  if (from != to && !granted(mesh, route, from, to, name) && !mesh.is_broken("grant-ignored"))
    return "RefNotPermitted";
  const auto found = mesh.services().find(name);
  return found == mesh.services().end() || found->second.ns != to ? "BackendNotFound" : "";
}

std::vector<Alternative> alternatives(const ReferenceMesh& mesh, const MeshPod& pod,
                                      const std::string& service, std::uint16_t port,
                                      std::string_view kind) {
  std::vector<Alternative> out;
  for (const kube::Object* route : routes(mesh, pod, service, port, kind))
    for (const Value& rule : list_in(body_of(*route), "rules")) {
      const auto matches = list_in(rule, "matches");
      if (matches.empty()) out.push_back({route, &rule, nullptr});
      for (const Value& match : matches) out.push_back({route, &rule, &match});
    }
  if (!mesh.is_broken("precedence-ignored"))
    std::ranges::stable_sort(out, std::ranges::greater{}, precedence);
  return out;
}

Value route_status(const ReferenceMesh& mesh, const kube::Object& route) {
  std::string problem;
  for (const Value& rule : list_in(body_of(route), "rules"))
    for (const Value& backend : list_in(rule, "backendRefs"))
      if (problem.empty()) problem = backend_problem(mesh, route, backend);
  Value parents = Value::list();
  for (const Value& ref : list_in(body_of(route), "parentRefs")) {
    const auto service = mesh.services().find(text_in(ref, "name"));
    const bool there =
        service != mesh.services().end() && service->second.ns == namespace_in(ref, route, mesh);
    Value conditions = Value::list();
    conditions.push(condition_of("Accepted", there, there ? "Accepted" : "NoMatchingParent"));
    conditions.push(
        condition_of("ResolvedRefs", problem.empty(), problem.empty() ? "ResolvedRefs" : problem));
    parents.push(Value::map()
                     .set("parentRef", ref)
                     .set("controllerName", "weft.dev/reference")
                     .set("conditions", std::move(conditions)));
  }
  return Value::map().set("parents", std::move(parents));
}

}  // namespace weft::conform
