#include "lib/pattern/planning/plan.h"

#include <algorithm>
#include <map>
#include <set>

#include "lib/base/format.h"
#include "lib/base/parallel.h"
#include "lib/kube/errors.h"
#include "lib/kube/mask.h"
#include "lib/pattern/planning/dry_run.h"
#include "lib/pattern/planning/leaving.h"
#include "lib/pattern/resolving/objects.h"

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
// The values of a Secret may not be shown, but that they change is true here and no accident.
kube::Change compare_served(const kube::Object& served, const kube::Object& live) {
  auto change = kube::compare(served, live, {.previous = &live, .masks = {}});
  if (change.action == Action::none && !change.fields.empty()) change.action = Action::update;
  return change;
}

std::string text_of(const base::Error& error) {
  return error.cause.empty() ? error.message : fmt::format("{}: {}", error.message, error.cause);
}

// What the server said; that it was an apply goes without saying.
std::string reason_of(const base::Error& error) {
  return error.cause.empty() ? error.message : error.cause;
}

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

// Texts that opening references has made.
void note_opened(const doc::Value& sealed, const doc::Value& opened, std::set<std::string>& out) {
  if (sealed.is_map())
    for (std::size_t i = 0; i < sealed.members().size(); ++i)
      note_opened(sealed.members()[i].value, opened.members()[i].value, out);
  if (sealed.is_list())
    for (std::size_t i = 0; i < sealed.items().size(); ++i)
      note_opened(sealed.items()[i], opened.items()[i], out);
  if (sealed.is_string() && opened.is_string() && sealed.string() != opened.string())
    out.insert(opened.string());
}

class Planner {
 public:
  Planner(Target& target, const Resolution& resolution, const Graph& graph, bool force)
      : target_(target), resolution_(resolution), graph_(graph), force_(force) {}

  Result<Plan> run() {
    WEFT_TRY(parent, target_.cluster.get(target_.inventory.parent()));
    if (parent) holdings_ = holdings_of(*parent);
    WEFT_CHECK(plan_namespaces());
    plan_meshes();
    for (const auto& level : graph_.levels)
      for (std::size_t i : level) WEFT_CHECK(collect(i));
    WEFT_TRY(live, read_live(target_.cluster, objects_));
    note_new_namespaces(live);
    if (!force_) WEFT_CHECK(note_owners(live));
    WEFT_CHECK(ask_server(live));
    for (PlannedService& service : plan_.services)
      service.action = worst(service.changes, service.mesh.action);
    if (parent) WEFT_CHECK(find_what_leaves());
    return std::move(plan_);
  }

 private:
  Result<void> plan_namespaces() {
    const kube::Objects wanted = namespaces_of(target_, resolution_);
    WEFT_TRY(live, read_namespaces(target_.cluster, wanted));
    for (std::size_t i = 0; i < live.size(); ++i) {
      auto change = kube::compare(wanted[i], live[i]);
      if (change.action == Action::create) coming_.insert(change.ref.name);
      if (change.action != Action::none) plan_.namespaces.push_back(std::move(change));
    }
    const kube::Objects released = unmarked(holdings_, resolution_);
    WEFT_TRY(marked, read_live(target_.cluster, released));
    WEFT_TRY(answers, dry_run(target_.cluster, released, false));
    for (std::size_t i = 0; i < released.size(); ++i) {
      if (!marked[i] || !answers[i].served) continue;
      auto change = compare_served(*answers[i].served, *marked[i]);
      if (change.action != Action::none) plan_.namespaces.push_back(std::move(change));
    }
    return {};
  }

  // Each once: an add-on that is a feature of its mesh has the mesh's order.
  void plan_meshes() {
    std::vector<std::pair<MeshOrder, Result<MeshPlan>*>> orders;
    for (const Part& part : resolution_.parts) {
      if (part.type.what != TypeKind::mesh) continue;
      const auto [at, is_new] = meshes_.emplace(part.order.id, MeshPlan{});
      if (!is_new) continue;
      auto order = outgoing_order(target_, part);
      if (order.ok())
        orders.emplace_back(std::move(*order), &at->second);
      else
        at->second = order.error();
    }
    base::in_parallel(target_.abreast, orders.size(), [&](std::size_t k) {
      *orders[k].second = target_.meshes.plan(orders[k].first);
    });
  }

  Result<void> collect(std::size_t index) {
    const Part& part = resolution_.parts[index];
    PlannedService planned{.service = index};
    if (part.type.what == TypeKind::mesh) {
      const auto& mesh = meshes_.at(part.order.id);
      if (mesh.ok()) {
        planned.mesh = *mesh;
      } else {
        if (mesh.error().code == base::ExitCode::interrupted) return mesh.error();
        refuse(planned, {}, text_of(mesh.error()), mesh.error());
      }
    }
    auto objects = outgoing(target_, part);
    if (objects.ok()) {
      for (kube::Object& object : *objects) {
        owner_.push_back(plan_.services.size());
        objects_.push_back(std::move(object));
      }
    } else {
      refuse(planned, {}, text_of(objects.error()), objects.error());
    }
    place_.emplace(index, plan_.services.size());
    plan_.services.push_back(std::move(planned));
    return {};
  }

  void refuse(PlannedService& planned, const kube::Ref& ref, const std::string& why,
              const base::Error& error) const {
    planned.refused.push_back({ref, target_.secrets.hide(why), error.remedy, error.code});
  }

  void note_new_namespaces(const Live& live) {
    for (std::size_t k = 0; k < objects_.size(); ++k) {
      const kube::Ref ref = kube::ref_of(objects_[k]);
      if (ref.kind == "Namespace" && !live[k]) coming_.insert(ref.name);
    }
  }

  Result<void> note_owners(const Live& live) {
    Owners owners(target_.cluster, target_.inventory);
    for (std::size_t k = 0; k < objects_.size(); ++k) {
      if (!live[k]) continue;
      WEFT_TRY(owner, owners.other_than_us(*live[k]));
      if (!owner.empty())
        plan_.services[owner_[k]].refused.push_back(
            {kube::ref_of(objects_[k]), "belongs to " + owner, kTakeOver});
    }
    return {};
  }

  // Whether the service, or what it needs, brings kinds that are not there yet.
  bool brings_kinds(std::size_t service) const {
    std::vector<std::size_t> open{service};
    std::set<std::size_t> seen{service};
    while (!open.empty()) {
      const std::size_t index = open.back();
      open.pop_back();
      const PlannedService& planned = plan_.services[place_.at(index)];
      if (planned.mesh.action != Action::none) return true;
      for (const kube::Object& object : resolution_.parts[index].objects)
        if (kube::ref_of(object).kind == "CustomResourceDefinition") return true;
      for (const Edge& edge : graph_.needs[index])
        if (seen.insert(edge.needs).second) open.push_back(edge.needs);
    }
    return false;
  }

  Result<void> ask_server(const Live& live) {
    kube::Objects asked;
    std::vector<std::size_t> places;
    for (std::size_t k = 0; k < objects_.size(); ++k) {
      if (!live[k] && coming_.contains(kube::ref_of(objects_[k]).ns)) {
        judge(k, live[k], {});
        continue;
      }
      asked.push_back(objects_[k]);
      places.push_back(k);
    }
    WEFT_TRY(answers, dry_run(target_.cluster, asked, force_));
    for (std::size_t n = 0; n < places.size(); ++n) judge(places[n], live[places[n]], answers[n]);
    return {};
  }

  void judge(std::size_t k, const std::optional<kube::Object>& live, const Answer& answer) {
    PlannedService& planned = plan_.services[owner_[k]];
    const kube::Ref ref = kube::ref_of(objects_[k]);
    if (answer.refusal) note_refusal(planned, ref, answer);
    auto change = live && answer.served ? compare_served(*answer.served, *live)
                                        : kube::compare(objects_[k], live);
    if (change.action == Action::none) return;
    change.ref = ref;
    for (kube::FieldChange& field : change.fields) hide(field);
    planned.changes.push_back(std::move(change));
  }

  // What a secret takes the place of has most likely been one, too.
  void hide(kube::FieldChange& field) const {
    doc::Value shown = target_.secrets.masked(field.to);
    if (!(shown == field.to)) field.from = std::string(kube::kMasked);
    field.from = target_.secrets.masked(std::move(field.from));
    field.to = std::move(shown);
  }

  void note_refusal(PlannedService& planned, const kube::Ref& ref, const Answer& answer) const {
    for (const kube::Conflict& conflict : answer.conflicts)
      planned.contested.push_back({ref, conflict.manager, conflict.fields});
    if (!answer.conflicts.empty()) return;
    if (kube::failure_of(*answer.refusal) == kube::Failure::no_such_kind &&
        brings_kinds(planned.service))
      return;
    if (reason_of(*answer.refusal).find("does not support dry run") != std::string::npos)
      planned.unknown.push_back(fmt::format("{}: {}", ref.text(), reason_of(*answer.refusal)));
    else
      refuse(planned, ref, reason_of(*answer.refusal), *answer.refusal);
  }

  Result<void> find_what_leaves() {
    WEFT_TRY(leaving, find_leaving(target_.cluster, target_.inventory, holdings_, resolution_));
    plan_.leaving = std::move(leaving);
    for (const std::string& id : holdings_.meshes)
      if (!meshes_.contains(id)) plan_.meshes_leaving.push_back(id);
    return {};
  }

  Target& target_;
  const Resolution& resolution_;
  const Graph& graph_;
  bool force_;
  Holdings holdings_;
  Plan plan_;
  kube::Objects objects_;
  std::vector<std::size_t> owner_;            // by object: its place in plan_.services
  std::map<std::size_t, std::size_t> place_;  // by service: its place in plan_.services
  std::set<std::string> coming_;              // namespaces that the plan makes
  std::map<std::string, Result<MeshPlan>> meshes_;
};

}  // namespace

bool Plan::changes_anything(bool prune) const {
  return !namespaces.empty() || (prune && !leaving.empty()) ||
         std::any_of(services.begin(), services.end(),
                     [](const auto& each) { return each.action != Action::none; });
}

std::optional<base::ExitCode> Plan::obstacle() const {
  for (const PlannedService& service : services) {
    if (!service.refused.empty()) return service.refused.front().code;
    if (!service.contested.empty()) return base::ExitCode::cluster;
  }
  return std::nullopt;
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

Result<Plan> make_plan(Target& target, const Resolution& resolution, const Graph& graph,
                       bool force) {
  return Planner(target, resolution, graph, force).run();
}

kube::Objects namespaces_of(const Target& target, const Resolution& resolution) {
  kube::Objects out = resolution.namespaces;
  const std::string& home = target.inventory.ns;
  const auto is_home = [&home](const kube::Object& ns) { return kube::name_of(ns) == home; };
  if (home != "default" && std::none_of(out.begin(), out.end(), is_home))
    out.push_back(namespace_object(home));
  return out;
}

Result<Live> read_namespaces(kube::Cluster& cluster, const kube::Objects& namespaces) {
  auto live = read_live(cluster, namespaces);
  if (live.ok() || kube::failure_of(live.error()) != kube::Failure::forbidden) return live;
  Live out;
  for (const kube::Object& ns : namespaces) {
    if (is_marked(ns)) return live.error();
    out.emplace_back(ns);
  }
  return out;
}

Result<kube::Objects> outgoing(Target& target, const Part& part) {
  kube::Objects objects = part.objects;
  WEFT_CHECK(target.secrets.open(objects));
  for (kube::Object& object : objects) label_member(object, target.inventory.id());
  return objects;
}

Result<MeshOrder> outgoing_order(Target& target, const Part& part) {
  MeshOrder order = part.order;
  kube::Objects values{std::move(order.values)};
  WEFT_CHECK(target.secrets.open(values));
  order.values = std::move(values.front());
  note_opened(part.order.values, order.values, order.secrets);
  return order;
}

Result<Live> read_live(kube::Cluster& cluster, const kube::Objects& objects) {
  constexpr std::size_t kBatch = 200;
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
