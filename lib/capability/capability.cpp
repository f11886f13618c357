#include "lib/capability/capability.h"

#include <algorithm>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/capability/builtin.h"
#include "lib/doc/read.h"

namespace weft::capability {
namespace {

struct Builtin {
  std::vector<Capability> capabilities;
  std::vector<std::string> problems;
};

Builtin read_builtin() {
  Builtin result;
  for (const auto& file : builtin_capabilities()) {
    auto document = doc::read(doc::Source(std::string(file.name), std::string(file.text)));
    auto capability = document.ok() ? read_capability(*document)
                                    : base::Result<Capability>(std::move(document).error());
    if (capability.ok())
      result.capabilities.push_back(std::move(*capability));
    else
      result.problems.push_back(fmt::format("{}: {}", file.name, capability.error().message));
  }
  std::ranges::sort(result.capabilities, {}, &Capability::order);
  return result;
}

const Builtin& builtin() {
  static const Builtin result = read_builtin();
  return result;
}

bool is_called(const Capability& one, std::string_view name) {
  const auto same = [name](std::string_view other) {
    return base::equal_ignoring_case(name, other);
  };
  return same(one.type) || same(one.name) || same(one.id) || std::ranges::any_of(one.aliases, same);
}

}  // namespace

const std::vector<Column>& meshes() {
  static const std::vector<Column> columns = {
      {"istio", "Istio", "definitions of releases 1.8 to 1.30"},
      {"linkerd", "Linkerd",
       "definitions of releases 2.9 to 2.20 and the annotations of its policy controller"},
      {"consul", "Consul", "definitions of consul-k8s 0.34 to 2.0"},
      {"kuma", "Kuma", "definitions of releases 2.2 to 2.14"},
      {"osm", "Open Service Mesh", "definitions of releases 0.5 to 1.2"},
      {"traefik-mesh", "Traefik Mesh",
       "its manual of configuration and the definitions of release 1.4"},
      {"nginx-service-mesh", "NGINX Service Mesh", "definitions of releases 1.7 and 2.0"},
      {"network-service-mesh", "Network Service Mesh",
       "definitions of release 1.18 and the API of its registry"},
      {"app-mesh", "AWS App Mesh", "definitions of controller releases 1.0 to 1.13"},
      {"cilium", "Cilium", "its API types and the definitions of the Gateway API"},
      {"gateway-api", "Gateway API", "definitions of releases 0.5 to 1.6, both channels"},
      {"smi", "Service Mesh Interface", "the specification: access, metrics, split and specs"}};
  return columns;
}

const Column* find_column(std::string_view mesh) {
  const auto found = std::ranges::find(meshes(), mesh, &Column::mesh);
  return found == meshes().end() ? nullptr : &*found;
}

const Cell* Capability::on(std::string_view mesh) const {
  const auto found = std::ranges::find(cells, mesh, &Cell::mesh);
  return found == cells.end() ? nullptr : &*found;
}

const std::vector<Capability>& all() { return builtin().capabilities; }

std::vector<std::string> builtin_problems() { return builtin().problems; }

base::Result<const Capability*> find(std::string_view name) {
  std::vector<std::string> names;
  for (const auto& one : all()) {
    if (is_called(one, name)) return &one;
    names.insert(names.end(), {one.type, one.name, one.id});
  }
  return base::Error{
      base::ExitCode::usage,
      fmt::format("no capability is called {}{}", name, base::did_you_mean(name, names)),
      "weft capability list"};
}

const Capability* of_type(std::string_view type) {
  const auto found = std::ranges::find_if(all(), [type](const Capability& one) {
    return one.type == type || std::ranges::find(one.aliases, type) != one.aliases.end();
  });
  return found == all().end() ? nullptr : &*found;
}

std::vector<std::string> types() {
  std::vector<std::string> names;
  for (const auto& one : all()) names.push_back(one.type);
  return names;
}

}  // namespace weft::capability
