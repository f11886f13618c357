#include "lib/pattern/applying/status.h"

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/kube/ready.h"

namespace weft::pattern {
namespace {

using base::Result;

ServiceStatus status_of(std::size_t index, const kube::Objects& objects,
                        const std::vector<std::optional<kube::Object>>& live, std::size_t first) {
  ServiceStatus out{.service = index};
  std::size_t there = 0;
  for (std::size_t k = 0; k < objects.size(); ++k) {
    const auto& found = live[first + k];
    const std::string name = kube::ref_of(objects[k]).text();
    if (!found) {
      if (out.detail.empty()) out.detail = name + " is not there";
      continue;
    }
    ++there;
    const kube::Readiness readiness = kube::readiness(*found);
    if (readiness.state == kube::State::ready) continue;
    out.standing = Standing::waiting;
    if (out.detail.empty()) out.detail = fmt::format("{} {}", name, readiness.detail);
  }
  if (there < objects.size()) out.standing = there == 0 ? Standing::absent : Standing::partial;
  return out;
}

}  // namespace

std::string_view name_of(Standing standing) {
  switch (standing) {
    case Standing::ready:
      return "ready";
    case Standing::waiting:
      return "waiting";
    case Standing::partial:
      return "partial";
    case Standing::absent:
      return "absent";
  }
  return "";
}

Result<std::vector<ServiceStatus>> read_status(Target& target, const Resolution& resolution,
                                               const Graph& graph) {
  kube::Objects all;
  std::vector<std::size_t> first(resolution.parts.size());
  for (std::size_t i = 0; i < resolution.parts.size(); ++i) {
    first[i] = all.size();
    all.insert(all.end(), resolution.parts[i].objects.begin(), resolution.parts[i].objects.end());
  }
  WEFT_TRY(live, read_live(target.cluster, all));
  std::vector<ServiceStatus> out;
  for (const auto& level : graph.levels)
    for (std::size_t i : level) {
      const Part& part = resolution.parts[i];
      out.push_back(status_of(i, part.objects, live, first[i]));
      if (part.type.what != TypeKind::mesh) continue;
      WEFT_TRY(order, outgoing_order(target, part));
      WEFT_TRY(mesh, target.meshes.plan(order));
      if (mesh.from.empty())
        out.back() = {i, Standing::absent, part.order.id + " is not installed"};
      else if (mesh.action != kube::Action::none && out.back().standing == Standing::ready)
        out.back() = {i, Standing::partial,
                      fmt::format("{} {} is not what the pattern says", part.order.id, mesh.from)};
    }
  return out;
}

Result<std::vector<Applied>> list_applied(kube::Cluster& cluster) {
  WEFT_TRY(
      parents,
      cluster.list({.resource = "configmaps",
                    .ns = {},
                    .selector = fmt::format("{},app.kubernetes.io/managed-by=weft", kParentLabel),
                    .fields = {}}));
  std::vector<Applied> out;
  for (const kube::Object& parent : parents) {
    const Holdings holdings = holdings_of(parent);
    const auto text = [](const std::set<std::string>& words) {
      return base::join(std::vector<std::string>(words.begin(), words.end()), ",");
    };
    out.push_back({std::string(kube::text_at(parent, {"data", "pattern"})),
                   std::string(kube::namespace_of(parent)), text(holdings.kinds),
                   text(holdings.meshes)});
  }
  return out;
}

}  // namespace weft::pattern
