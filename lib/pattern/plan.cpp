#include "lib/pattern/plan.h"

#include <algorithm>
#include <map>
#include <set>

#include "lib/base/format.h"
#include "lib/kube/errors.h"

namespace weft::pattern {
namespace {

using base::Result;
using kube::Action;
using Live = std::vector<std::optional<kube::Object>>;

Action worst(const std::vector<kube::Change>& changes, Action so_far) {
  bool all_new = true;
  for (const kube::Change& change : changes) all_new &= change.action == Action::create;
  if (changes.empty()) return so_far;
  if (all_new && so_far == Action::none) return Action::create;
  return so_far == Action::create ? so_far : Action::update;
}

// What the server made of a field, or added, is no change: both sides come from it, and what it
// writes by itself is not looked at.
kube::Change compare_served(const kube::Object& served, const kube::Object& live) {
  return kube::compare(served, live, {.previous = &live, .masks = {}});
}

std::string identity(const kube::Ref& ref) { return ref.group + '/' + ref.text(); }

// A kind that is not there yet must not hide the others.
Result<Live> read_kinds(kube::Cluster& cluster, const std::vector<kube::Ref>& refs) {
  Live out(refs.size());
  std::map<std::string, std::vector<std::size_t>> kinds;
  for (std::size_t i = 0; i < refs.size(); ++i)
    kinds[refs[i].api_version() + '/' + refs[i].kind].push_back(i);
  for (const auto& [kind, places] : kinds) {
    std::vector<kube::Ref> some;
    for (std::size_t i : places) some.push_back(refs[i]);
    auto found = cluster.get_each(some);
    if (!found.ok() && kube::failure_of(found.error()) == kube::Failure::no_such_kind) continue;
    if (!found.ok()) return found.error();
    for (std::size_t n = 0; n < places.size(); ++n) out[places[n]] = std::move((*found)[n]);
  }
  return out;
}

class Planner {
 public:
  Planner(Target& target, const Resolution& resolution, const Graph& graph)
      : target_(target), resolution_(resolution), graph_(graph) {}

  Result<Plan> run() {
    WEFT_CHECK(plan_namespaces());
    for (const auto& level : graph_.levels)
      for (std::size_t i : level) WEFT_CHECK(collect(i));
    WEFT_TRY(live, read_live(target_.cluster, objects_));
    WEFT_TRY(served, dry_run(live));
    for (std::size_t k = 0; k < objects_.size(); ++k) judge(k, live[k], served[k]);
    for (PlannedService& service : plan_.services)
      service.action = worst(service.changes, service.mesh.action);
    WEFT_CHECK(find_leaving());
    return std::move(plan_);
  }

 private:
  Result<void> plan_namespaces() {
    WEFT_TRY(live, read_live(target_.cluster, resolution_.namespaces));
    for (std::size_t i = 0; i < live.size(); ++i) {
      auto change = kube::compare(resolution_.namespaces[i], live[i]);
      if (change.action != Action::none) plan_.namespaces.push_back(std::move(change));
    }
    return {};
  }

  Result<void> collect(std::size_t index) {
    const Part& part = resolution_.parts[index];
    PlannedService planned{.service = index};
    if (part.type.what == TypeKind::mesh) {
      WEFT_TRY(mesh, target_.meshes.plan(part.order));
      planned.mesh = mesh;
      meshes_.insert(part.order.id);
    }
    WEFT_TRY(objects, outgoing(target_, part));
    for (kube::Object& object : objects) {
      owner_.push_back(plan_.services.size());
      wanted_.insert(identity(kube::ref_of(object)));
      objects_.push_back(std::move(object));
    }
    plan_.services.push_back(std::move(planned));
    return {};
  }

  // Of those that live, what the server would make of them. When it refuses all together, one by
  // one, so that the refusal stands with its object.
  Result<Live> dry_run(const Live& live) {
    Live out(live.size());
    kube::Objects updates;
    std::vector<std::size_t> places;
    for (std::size_t k = 0; k < live.size(); ++k)
      if (live[k]) {
        updates.push_back(objects_[k]);
        places.push_back(k);
      }
    if (updates.empty()) return out;
    const kube::Apply how{.force = true, .dry_run = true};
    auto served = target_.cluster.apply(updates, how);
    if (served.ok() && served->size() == updates.size()) {
      for (std::size_t n = 0; n < places.size(); ++n) out[places[n]] = std::move((*served)[n]);
      return out;
    }
    for (std::size_t n = 0; n < places.size(); ++n) {
      auto one = target_.cluster.apply({updates[n]}, how);
      if (one.ok() && !one->empty())
        out[places[n]] = std::move(one->front());
      else if (!one.ok() && one.error().code == base::ExitCode::interrupted)
        return one.error();
      else if (!one.ok())
        plan_.services[owner_[places[n]]].unknown.push_back(
            fmt::format("{}: {}", kube::ref_of(updates[n]).text(),
                        one.error().cause.empty() ? one.error().message : one.error().cause));
    }
    return out;
  }

  void judge(std::size_t k, const std::optional<kube::Object>& live,
             const std::optional<kube::Object>& served) {
    auto change =
        live && served ? compare_served(*served, *live) : kube::compare(objects_[k], live);
    if (change.action == Action::none) return;
    change.ref = kube::ref_of(objects_[k]);
    plan_.services[owner_[k]].changes.push_back(std::move(change));
  }

  Result<void> find_leaving() {
    WEFT_TRY(parent, target_.cluster.get(target_.inventory.parent()));
    if (!parent) return {};
    const Holdings holdings = holdings_of(*parent);
    WEFT_TRY(members, list_members(target_.cluster, target_.inventory, holdings));
    for (const kube::Object& member : members)
      if (!wanted_.contains(identity(kube::ref_of(member))))
        plan_.leaving.push_back(kube::ref_of(member));
    for (const std::string& id : holdings.meshes)
      if (!meshes_.contains(id)) plan_.meshes_leaving.push_back(id);
    return {};
  }

  Target& target_;
  const Resolution& resolution_;
  const Graph& graph_;
  Plan plan_;
  kube::Objects objects_;
  std::vector<std::size_t> owner_;  // by object: its place in plan_.services
  std::set<std::string> wanted_;
  std::set<std::string> meshes_;
};

}  // namespace

bool Plan::changes_anything(bool prune) const {
  return !namespaces.empty() || (prune && !leaving.empty()) ||
         std::any_of(services.begin(), services.end(),
                     [](const auto& each) { return each.action != Action::none; });
}

Plan plan_offline(const Resolution& resolution, const Graph& graph) {
  Plan out;
  out.offline = true;
  const auto create = [](const kube::Object& object) {
    return kube::Change{.action = Action::create, .ref = kube::ref_of(object), .fields = {}};
  };
  for (const kube::Object& ns : resolution.namespaces) out.namespaces.push_back(create(ns));
  for (const auto& level : graph.levels)
    for (std::size_t i : level) {
      PlannedService planned{.service = i, .action = Action::create};
      for (const kube::Object& object : resolution.parts[i].objects)
        planned.changes.push_back(create(object));
      if (resolution.parts[i].type.what == TypeKind::mesh)
        planned.mesh = {Action::create, {}, resolution.parts[i].order.version};
      out.services.push_back(std::move(planned));
    }
  return out;
}

Result<Plan> make_plan(Target& target, const Resolution& resolution, const Graph& graph) {
  return Planner(target, resolution, graph).run();
}

Result<kube::Objects> outgoing(Target& target, const Part& part) {
  kube::Objects objects = part.objects;
  WEFT_CHECK(target.secrets.open(objects));
  for (kube::Object& object : objects) label_member(object, target.inventory.id());
  return objects;
}

Result<Live> read_live(kube::Cluster& cluster, const kube::Objects& objects) {
  constexpr std::size_t kBatch = 500;
  Live out;
  for (std::size_t at = 0; at < objects.size(); at += kBatch) {
    std::vector<kube::Ref> refs;
    for (std::size_t i = at; i < std::min(at + kBatch, objects.size()); ++i)
      refs.push_back(kube::ref_of(objects[i]));
    auto found = cluster.get_each(refs);
    if (!found.ok() && kube::failure_of(found.error()) == kube::Failure::no_such_kind) {
      WEFT_TRY(kind_by_kind, read_kinds(cluster, refs));
      for (auto& each : kind_by_kind) out.push_back(std::move(each));
      continue;
    }
    if (!found.ok()) return found.error();
    for (auto& each : *found) out.push_back(std::move(each));
  }
  return out;
}

}  // namespace weft::pattern
