#include "lib/perf/mesh_pair.h"

#include <algorithm>
#include <set>

#include "lib/base/format.h"
#include "lib/base/text.h"

namespace weft::perf {
namespace {

using base::Error;
using base::ExitCode;
using base::Result;
using Names = std::set<std::string, std::less<>>;

struct Side {
  std::string ns;
  kube::Object service;
  std::string selector;
  Names containers;  // of its pods, those that run all the time
};

Result<std::vector<Side>> sides_of(kube::Cluster& cluster, const Namespaces& names) {
  const std::string wanted = names.service.substr(0, names.service.find(':'));
  std::array<kube::Objects, 2> services;
  const std::array<std::string, 2> spaces{names.plain, names.meshed};
  for (std::size_t i = 0; i < 2; ++i) {
    WEFT_TRY(found, cluster.list({.resource = "services", .ns = spaces[i]}));
    services[i] = std::move(found);
  }
  std::vector<std::string> common;
  std::vector<Side> sides;
  for (const kube::Object& plain : services[0])
    for (const kube::Object& meshed : services[1]) {
      const auto name = kube::name_of(plain);
      if (name != kube::name_of(meshed) || (!wanted.empty() && name != wanted)) continue;
      common.emplace_back(name);
      sides = {{spaces[0], plain, {}, {}}, {spaces[1], meshed, {}, {}}};
    }
  if (common.size() == 1) return sides;
  if (common.empty())
    return Error{ExitCode::input,
                 fmt::format("the namespaces {} and {} have no service{} in common", names.plain,
                             names.meshed, wanted.empty() ? "" : " " + wanted),
                 fmt::format("kubectl get services -n {}", names.plain)};
  return Error{ExitCode::usage,
               fmt::format("the namespaces {} and {} have several services in common: {}",
                           names.plain, names.meshed, base::join(common, ", ")),
               fmt::format("name one: --service {}", common.front())};
}

// The port that was named, the only one, or the one that says it speaks HTTP.
Result<std::int64_t> port_of(const Side& side, std::string_view wanted) {
  const auto ports = kube::list_at(side.service, {"spec", "ports"});
  std::vector<std::int64_t> all, http;
  for (const kube::Object& port : ports) {
    const std::int64_t number = kube::int_at(port, {"port"});
    if (wanted == fmt::format("{}", number) || wanted == kube::text_at(port, {"name"}))
      return number;
    all.push_back(number);
    if (kube::text_at(port, {"appProtocol"}) == "http" ||
        kube::text_at(port, {"name"}).starts_with("http"))
      http.push_back(number);
  }
  if (wanted.empty() && all.size() == 1) return all.front();
  if (wanted.empty() && http.size() == 1) return http.front();
  const auto name = kube::name_of(side.service);
  return Error{ExitCode::usage,
               fmt::format("service {} of namespace {} has {}", name, side.ns,
                           wanted.empty() ? base::plural(all.size(), "port")
                                          : fmt::format("no port {}", wanted)),
               fmt::format("name one: --service {}:{}", name, all.empty() ? 80 : all.front())};
}

Result<void> read_containers(kube::Cluster& cluster, Side& side) {
  if (const doc::Value* labels = kube::at(side.service, {"spec", "selector"}))
    for (const auto& label : labels->members())
      if (label.value.is_string())
        side.selector += fmt::format("{}{}={}", side.selector.empty() ? "" : ",", label.key.view(),
                                     label.value.string());
  WEFT_TRY(pods, cluster.list({.resource = "pods", .ns = side.ns, .selector = side.selector}));
  for (const kube::Object& pod : pods)
    for (const char* list : {"containers", "initContainers"})
      for (const kube::Object& container : kube::list_at(pod, {"spec", list}))
        if (std::string_view(list) == "containers" ||
            kube::text_at(container, {"restartPolicy"}) == "Always")
          side.containers.emplace(kube::text_at(container, {"name"}));
  if (!side.selector.empty() && !side.containers.empty()) return {};
  return Error{ExitCode::cluster,
               fmt::format("service {} of namespace {} has no pods behind it",
                           kube::name_of(side.service), side.ns),
               fmt::format("kubectl get pods -n {} -l '{}'", side.ns, side.selector)};
}

UsageSource source_of(const Side& side, std::string part, const std::string& container) {
  return {.text = fmt::format("{}=pods:{}/{}/{}", part, side.ns, side.selector, container),
          .part = std::move(part),
          .kind = UsageSource::Kind::pods,
          .target = {},
          .ns = side.ns,
          .selector = side.selector,
          .container = container};
}

}  // namespace

Result<std::array<PairSide, 2>> find_pair(kube::Cluster& cluster, const Namespaces& names) {
  WEFT_TRY(sides, sides_of(cluster, names));
  const auto colon = names.service.find(':');
  const std::string wanted = colon == std::string::npos ? "" : names.service.substr(colon + 1);
  std::array<PairSide, 2> pair;
  for (Side& side : sides) WEFT_CHECK(read_containers(cluster, side));
  for (std::size_t i = 0; i < 2; ++i) {
    WEFT_TRY(port, port_of(sides[i], wanted));
    const std::string suffix = port == 80 ? "" : fmt::format(":{}", port);
    pair[i].url = fmt::format("http://{}.{}{}{}{}", kube::name_of(sides[i].service), sides[i].ns,
                              suffix, names.path.starts_with('/') ? "" : "/", names.path);
    for (const std::string& container : sides[i].containers) {
      const bool added = i == 1 && !sides[0].containers.contains(container);
      pair[i].usage.push_back(source_of(sides[i], added ? "dp" : "app", container));
    }
  }
  return pair;
}

}  // namespace weft::perf
