#include <algorithm>

#include "lib/base/format.h"
#include "lib/pattern/apply.h"

namespace weft::pattern {
namespace {

using base::Result;

// Marks on namespaces that are not ours go: a namespace applied without them gives them back.
Result<void> unmark(Target& target, const Resolution& resolution) {
  WEFT_TRY(live, read_live(target.cluster, resolution.namespaces));
  kube::Objects plain;
  for (std::size_t i = 0; i < live.size(); ++i) {
    if (!live[i] || kube::at(resolution.namespaces[i], {"metadata", "labels"}) == nullptr) continue;
    plain.push_back(kube::stub_of(kube::ref_of(resolution.namespaces[i])));
  }
  if (plain.empty()) return {};
  auto applied = target.cluster.apply(plain, {});
  return applied.ok() ? Result<void>() : Result<void>(applied.error());
}

// Gone, or never there.
Result<bool> take_out(Target& target, const Part& part, const kube::WaitOptions& wait) {
  bool found = false;
  if (!part.objects.empty()) {
    WEFT_TRY(live, read_live(target.cluster, part.objects));
    std::vector<kube::Ref> refs;
    for (std::size_t k = 0; k < live.size(); ++k)
      if (live[k] && kube::label_of(*live[k], kMemberLabel) == target.inventory.id())
        refs.push_back(kube::ref_of(part.objects[k]));
    std::reverse(refs.begin(), refs.end());
    if (!refs.empty()) {
      found = true;
      WEFT_CHECK(target.cluster.remove(refs, {}));
      WEFT_TRY(gone, kube::wait_gone(target.cluster, refs, wait));
      if (auto error = gone.error()) return *error;
    }
  }
  if (part.type.what != TypeKind::mesh) return found;
  WEFT_TRY(parent, target.cluster.get(target.inventory.parent()));
  if (!parent || !holdings_of(*parent).meshes.contains(part.order.id)) return found;
  WEFT_CHECK(target.meshes.remove(part.order.id));
  return true;
}

}  // namespace

Result<Report> remove(Target& target, const Resolution& resolution, const Graph& graph,
                      const ApplyOptions& options) {
  Report out;
  std::vector<bool> stays(resolution.parts.size());
  for (auto level = graph.levels.rbegin(); level != graph.levels.rend(); ++level)
    for (std::size_t i : *level) {
      const Part& part = resolution.parts[i];
      Done done{.service = i};
      if (stays[i]) {
        done.outcome = Outcome::withheld;
        done.text = "something that needs it is still there";
      } else {
        options.tell({Progress::What::waiting, graph.level_of[i] + 1, graph.levels.size(),
                      part.service->key, "being deleted"});
        auto gone = take_out(target, part, options.wait);
        done.outcome = !gone.ok() ? Outcome::failed : *gone ? Outcome::done : Outcome::unchanged;
        if (!gone.ok()) {
          done.text = gone.error().cause.empty() ? gone.error().message : gone.error().cause;
          done.remedy = gone.error().remedy;
          if (out.complete()) out.code = gone.error().code;
        }
      }
      if (done.outcome == Outcome::failed || done.outcome == Outcome::withheld)
        for (const Edge& edge : graph.needs[i]) stays[edge.needs] = true;
      out.services.push_back(std::move(done));
    }
  if (!out.complete()) return out;
  WEFT_CHECK(unmark(target, resolution));
  WEFT_CHECK(target.cluster.remove({target.inventory.parent()}, {}));
  return out;
}

}  // namespace weft::pattern
