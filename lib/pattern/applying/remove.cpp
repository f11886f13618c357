#include <algorithm>

#include "lib/base/format.h"
#include "lib/pattern/applying/apply.h"
#include "lib/pattern/planning/leaving.h"

namespace weft::pattern {
namespace {

using base::Result;
using Refs = std::vector<kube::Ref>;

class Removal {
 public:
  Removal(Target& target, const Resolution& resolution, const Graph& graph,
          const ApplyOptions& options)
      : target_(target),
        resolution_(resolution),
        graph_(graph),
        options_(options),
        states_(resolution.parts.size()),
        refs_(resolution.parts.size()),
        stays_(resolution.parts.size()) {
    for (std::size_t i = 0; i < states_.size(); ++i) states_[i].service = i;
  }

  Result<Report> run() {
    WEFT_TRY(parent, target_.cluster.get(target_.inventory.parent()));
    if (parent) holdings_ = holdings_of(*parent);
    for (std::size_t level = graph_.levels.size(); level-- > 0;) {
      level_ = level;
      take_out(graph_.levels[level]);
    }
    for (auto level = graph_.levels.rbegin(); level != graph_.levels.rend(); ++level)
      for (std::size_t i : *level) report_.services.push_back(std::move(states_[i]));
    if (report_.complete()) WEFT_CHECK(clear_away());
    return std::move(report_);
  }

 private:
  // The objects of a level go together, then its meshes one after the other.
  void take_out(const std::vector<std::size_t>& level) {
    std::vector<std::size_t> going;
    for (std::size_t i : level) {
      if (!stays_[i]) {
        going.push_back(i);
        continue;
      }
      states_[i].outcome = Outcome::withheld;
      states_[i].text = "something that needs it is still there";
      keep_needs(i);
    }
    if (auto removed = remove_objects(going); !removed.ok()) blame(going, removed.error());
    for (std::size_t i : going) {
      if (states_[i].outcome != Outcome::failed) remove_mesh(i);
      if (states_[i].outcome == Outcome::open) states_[i].outcome = Outcome::unchanged;
      if (states_[i].outcome == Outcome::failed) keep_needs(i);
      tell(i);
    }
  }

  // Only what carries the label of this pattern.
  Result<void> remove_objects(const std::vector<std::size_t>& services) {
    kube::Objects objects;
    std::vector<std::size_t> owners;
    for (std::size_t i : services)
      for (const kube::Object& object : resolution_.parts[i].objects) {
        objects.push_back(object);
        owners.push_back(i);
      }
    WEFT_TRY(live, read_live(target_.cluster, objects));
    Refs all;
    for (std::size_t k = live.size(); k-- > 0;) {
      if (!live[k] || kube::label_of(*live[k], kMemberLabel) != target_.inventory.id()) continue;
      all.push_back(kube::ref_of(*live[k]));
      refs_[owners[k]].push_back(all.back());
      states_[owners[k]].outcome = Outcome::done;
    }
    return remove_members(target_.cluster, all, options_.wait);
  }

  // Of a level that could not go as a whole, those whose objects are still there; all of them when
  // it could not even be read.
  void blame(const std::vector<std::size_t>& services, const base::Error& error) {
    const bool unread = std::all_of(services.begin(), services.end(),
                                    [this](std::size_t i) { return refs_[i].empty(); });
    for (std::size_t i : services) {
      auto left = target_.cluster.get_each(refs_[i]);
      const bool there =
          !left.ok() || std::any_of(left->begin(), left->end(),
                                    [](const auto& each) { return each.has_value(); });
      if (there || unread) fail(i, error);
    }
  }

  void remove_mesh(std::size_t i) {
    const Part& part = resolution_.parts[i];
    if (part.type.what != TypeKind::mesh || !holdings_.meshes.contains(part.order.id)) return;
    // An add-on that is a feature of its mesh goes with the mesh.
    if (!part.type.feature.empty() && has_own_service(part.order.id)) return;
    options_.tell({Progress::What::waiting, level_ + 1, graph_.levels.size(), part.service->key,
                   part.order.id + " is being uninstalled"});
    auto removed = target_.meshes.remove(part.order.id);
    if (!removed.ok()) return fail(i, removed.error());
    states_[i].outcome = Outcome::done;
  }

  bool has_own_service(const std::string& mesh) const {
    return std::any_of(resolution_.parts.begin(), resolution_.parts.end(),
                       [&mesh](const Part& part) {
                         return part.type.what == TypeKind::mesh && part.order.id == mesh &&
                                part.type.feature.empty();
                       });
  }

  void fail(std::size_t i, const base::Error& error) {
    states_[i].outcome = Outcome::failed;
    states_[i].text = target_.secrets.hide(
        error.cause.empty() ? error.message : fmt::format("{}: {}", error.message, error.cause));
    states_[i].remedy = error.remedy;
    if (report_.complete()) report_.code = error.code;
  }

  void keep_needs(std::size_t i) {
    for (const Edge& edge : graph_.needs[i]) stays_[edge.needs] = true;
  }

  void tell(std::size_t i) {
    const Done& done = states_[i];
    if (done.outcome == Outcome::unchanged) return;
    const bool failed = done.outcome == Outcome::failed;
    options_.tell({failed ? Progress::What::failed : Progress::What::settled, level_ + 1,
                   graph_.levels.size(), resolution_.parts[i].service->key,
                   failed ? done.text : "deleted"});
  }

  // Members that left the file earlier and were never pruned, marks, and the inventory itself.
  Result<void> clear_away() {
    Resolution nothing;
    WEFT_TRY(left, find_leaving(target_.cluster, target_.inventory, holdings_, nothing));
    WEFT_CHECK(remove_members(target_.cluster, left, options_.wait));
    report_.pruned = std::move(left);
    const kube::Objects plain = unmarked(holdings_, nothing);
    WEFT_TRY(live, read_live(target_.cluster, plain));
    kube::Objects there;
    for (std::size_t k = 0; k < plain.size(); ++k)
      if (live[k]) there.push_back(plain[k]);
    if (!there.empty()) WEFT_CHECK(target_.cluster.apply(there, {}));
    for (const std::string& id : holdings_.meshes)
      if (!is_in_file(id))
        report_.notes.push_back(
            fmt::format("{} left the pattern before and stays: weft uninstall {}", id, id));
    return target_.cluster.remove({target_.inventory.parent()}, {});
  }

  bool is_in_file(const std::string& mesh) const {
    return std::any_of(resolution_.parts.begin(), resolution_.parts.end(),
                       [&mesh](const Part& part) {
                         return part.type.what == TypeKind::mesh && part.order.id == mesh;
                       });
  }

  Target& target_;
  const Resolution& resolution_;
  const Graph& graph_;
  const ApplyOptions& options_;
  std::vector<Done> states_;
  std::vector<Refs> refs_;  // by service: what was there to be deleted
  std::vector<bool> stays_;
  std::size_t level_ = 0;
  Holdings holdings_;
  Report report_;
};

}  // namespace

Result<Report> remove(Target& target, const Resolution& resolution, const Graph& graph,
                      const ApplyOptions& options) {
  return Removal(target, resolution, graph, options).run();
}

}  // namespace weft::pattern
