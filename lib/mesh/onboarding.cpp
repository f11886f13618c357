#include "lib/mesh/onboarding.h"

#include <algorithm>
#include <set>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/kube/object.h"
#include "lib/mesh/pods.h"
#include "lib/mesh/proxies.h"

namespace weft::mesh {
namespace {

using base::Error;
using base::ExitCode;
using base::Result;
using Changes = kube::Cluster::Changes;
using Texts = std::map<std::string, std::string>;

constexpr const char* kWorkloads = "deployments.apps,statefulsets.apps,daemonsets.apps";
constexpr std::string_view kSystem[] = {"kube-system", "kube-public", "kube-node-lease"};

// The way in: by the mode asked for, else the first; with the labels of the revision in place.
Result<Onboarding> way_of(const OnboardingRequest& request) {
  const Mesh& mesh = request.mesh;
  if (mesh.onboarding.empty())
    return Error{ExitCode::usage, fmt::format("{} has no namespaces to onboard", mesh.name),
                 fmt::format("weft mesh show {} says how pods join", mesh.id)};
  auto way = mesh.onboarding.begin();
  if (!request.mode.empty()) {
    way = std::ranges::find(mesh.onboarding, request.mode, &Onboarding::mode);
    std::vector<std::string> modes;
    for (const auto& each : mesh.onboarding) modes.push_back(each.mode);
    if (way == mesh.onboarding.end())
      return Error{ExitCode::usage,
                   fmt::format("{} has no mode {}{}", mesh.name, request.mode,
                               base::did_you_mean(request.mode, modes)),
                   fmt::format("one of: {}", base::join(modes, ", "))};
  }
  Onboarding chosen = *way;
  if (request.revision.empty()) return chosen;
  if (chosen.revision_label.empty())
    return Error{ExitCode::usage, fmt::format("{} knows no revisions", mesh.name)};
  chosen.namespace_labels = {{chosen.revision_label, request.revision}};
  return chosen;
}

// Keys that must not stay: what excludes the way chosen, or, when leaving, every way in.
std::set<std::string> keys_to_remove(const Mesh& mesh, const Onboarding& way, Direction direction) {
  std::set<std::string> keys(way.exclusive.begin(), way.exclusive.end());
  if (direction == Direction::leave)
    for (const Onboarding& each : mesh.onboarding) {
      for (const auto& [key, value] : each.namespace_labels) keys.insert(key);
      for (const auto& [key, value] : each.namespace_annotations) keys.insert(key);
      if (!each.revision_label.empty()) keys.insert(each.revision_label);
    }
  else
    for (const auto& [key, value] : way.namespace_labels) keys.erase(key);
  if (direction == Direction::join && !way.revision_label.empty() &&
      !way.namespace_labels.contains(way.revision_label))
    keys.insert(way.revision_label);
  return keys;
}

const doc::Value* part_of(const kube::Object& object, const char* part) {
  return kube::at(object, {"metadata", part});
}

Changes changes_of(const kube::Object& object, const char* part, const Texts& wanted,
                   const std::set<std::string>& unwanted) {
  Changes changes;
  const doc::Value* present = part_of(object, part);
  for (const auto& key : unwanted)
    if (present != nullptr && present->find(key) != nullptr) changes[key] = std::nullopt;
  for (const auto& [key, value] : wanted) {
    const doc::Value* now = present == nullptr ? nullptr : present->find(key);
    if (now == nullptr || !now->is_string() || now->string() != value) changes[key] = value;
  }
  return changes;
}

bool is_system(std::string_view ns) { return std::ranges::count(kSystem, ns) > 0; }

bool is_own(const Mesh& mesh, std::string_view ns) {
  return !ns.empty() && std::ranges::count(mesh.steps, ns, &Step::ns) > 0;
}

Result<void> refuse(const OnboardingRequest& request, const std::string& name) {
  if (is_system(name))
    return Error{ExitCode::usage, fmt::format("{} is a namespace of the system", name),
                 "pods of the control plane of Kubernetes must not depend on a mesh"};
  if (is_own(request.mesh, name))
    return Error{ExitCode::usage,
                 fmt::format("{} is a namespace of {} itself", name, request.mesh.name)};
  return {};
}

Result<void> refuse_foreign(const OnboardingRequest& request, const kube::Object& ns) {
  if (request.direction == Direction::leave) return {};
  const std::string name(kube::name_of(ns));
  for (const Mesh* other : request.others) {
    const bool conflicts = std::ranges::count(request.mesh.conflicts, other->id) > 0 ||
                           std::ranges::count(other->conflicts, request.mesh.id) > 0;
    if (other->id == request.mesh.id || !conflicts || onboarding_of(*other, ns) == nullptr)
      continue;
    return Error{ExitCode::input,
                 fmt::format("namespace {} belongs to {} already", name, other->name),
                 fmt::format("weft mesh offboard {} {} first", other->id, name)};
  }
  return {};
}

Error missing(const std::vector<std::string>& names) {
  return Error{ExitCode::cluster, fmt::format("namespace {} does not exist", names.front()),
               fmt::format("kubectl create namespace {}", names.front())};
}

bool owned_by(const Pod& pod, const kube::Object& workload) {
  const auto space = pod.owner.find(' ');
  const std::string_view kind = std::string_view(pod.owner).substr(0, space);
  const std::string_view name =
      std::string_view(pod.owner).substr(space == std::string::npos ? pod.owner.size() : space + 1);
  const auto workload_name = kube::name_of(workload);
  if (kube::text_at(workload, {"kind"}) != "Deployment")
    return kube::text_at(workload, {"kind"}) == kind && workload_name == name;
  // A ReplicaSet's name is its Deployment's and a hash.
  const auto dash = name.rfind('-');
  return kind == "ReplicaSet" && name.substr(0, dash) == workload_name;
}

// Is the pod one that the namespaces' change is about? Pods may wish otherwise for themselves.
bool concerns(const Mesh& mesh, const OnboardingPlan& plan, const Pod& pod) {
  const Wish wish = wish_of(mesh, pod);
  if (plan.direction == Direction::join) return wish != Wish::stay_out && !pod.host_network;
  return plan.by_pods || wish != Wish::join;
}

// Would the pod change if it were made anew?
bool stale(const Mesh& mesh, const OnboardingPlan& plan, const Pod& pod) {
  const bool carries = proxy_of(mesh.detect.dataplane, pod).has_value();
  return concerns(mesh, plan, pod) && carries == (plan.direction == Direction::leave);
}

void plan_restarts(const OnboardingRequest& request, const OnboardingPlan& whole,
                   const kube::Objects& workloads, const std::vector<Pod>& pods,
                   NamespacePlan& plan) {
  // A change of the revision makes new proxies of old ones.
  const bool renew = !request.revision.empty() && !plan.labels.empty();
  std::size_t alone = 0;
  std::set<kube::Ref> wanted;
  for (const Pod& pod : pods) {
    if (!renew && !stale(request.mesh, whole, pod)) continue;
    const auto owner = std::ranges::find_if(
        workloads, [&](const kube::Object& each) { return owned_by(pod, each); });
    if (owner == workloads.end())
      ++alone;
    else
      wanted.insert(kube::ref_of(*owner));
  }
  plan.workloads.assign(wanted.begin(), wanted.end());
  if (alone > 0)
    plan.notes.push_back(
        fmt::format("{} of no Deployment, StatefulSet or DaemonSet: restart by hand",
                    base::plural(alone, "pod")));
}

void note_pod_security(const Mesh& mesh, Direction direction, const kube::Object& ns,
                       NamespacePlan& plan) {
  const auto level = kube::label_of(ns, "pod-security.kubernetes.io/enforce");
  if (direction == Direction::leave || mesh.preflight.inject_psa != "privileged") return;
  if (level == "baseline" || level == "restricted")
    plan.notes.push_back(
        fmt::format("it enforces Pod Security {}, which refuses injected pods unless {} runs with "
                    "its CNI agent",
                    level, mesh.name));
}

Changes all_of(const Texts& texts, Direction direction) {
  Changes changes;
  for (const auto& [key, value] : texts)
    changes[key] = direction == Direction::join ? std::optional(value) : std::nullopt;
  return changes;
}

Result<NamespacePlan> plan_one(kube::Cluster& cluster, const OnboardingRequest& request,
                               const Onboarding& way, const OnboardingPlan& whole,
                               const kube::Object& ns) {
  WEFT_CHECK(refuse_foreign(request, ns));
  NamespacePlan plan{.ns = kube::ref_of(ns)};
  const bool join = request.direction == Direction::join;
  const auto unwanted = keys_to_remove(request.mesh, way, request.direction);
  const Texts none;
  plan.labels = changes_of(ns, "labels", join ? way.namespace_labels : none, unwanted);
  plan.annotations =
      changes_of(ns, "annotations", join ? way.namespace_annotations : none, unwanted);
  note_pod_security(request.mesh, request.direction, ns, plan);
  if (whole.by_pods) {
    plan.pod_labels = all_of(way.pod_labels, request.direction);
    plan.pod_annotations = all_of(way.pod_annotations, request.direction);
  }
  if (join && !way.restart && !whole.by_pods) return plan;
  WEFT_TRY(workloads, cluster.list({.resource = kWorkloads, .ns = plan.ns.name}));
  WEFT_TRY(pods, read_pods(cluster, plan.ns.name));
  plan_restarts(request, whole, workloads, pods, plan);
  return plan;
}

doc::Value template_patch(const NamespacePlan& plan) {
  const auto texts = [](const Changes& changes) {
    doc::Value map = doc::Value::map();
    for (const auto& [key, value] : changes) map.set(key, value ? doc::Value(*value) : nullptr);
    return map;
  };
  doc::Value metadata;
  metadata.set("labels", texts(plan.pod_labels)).set("annotations", texts(plan.pod_annotations));
  doc::Value outer;
  doc::Value spec;
  spec.set("template", outer.set("metadata", std::move(metadata)));
  return doc::Value().set("spec", std::move(spec));
}

Result<void> change(kube::Cluster& cluster, const OnboardingPlan& plan, const NamespacePlan& one,
                    base::WallTime now) {
  if (!one.labels.empty()) WEFT_CHECK(cluster.label(one.ns, one.labels));
  if (!one.annotations.empty()) WEFT_CHECK(cluster.annotate(one.ns, one.annotations));
  for (const auto& workload : one.workloads) {
    if (plan.by_pods)
      WEFT_CHECK(cluster.patch(workload, kube::PatchType::merge, template_patch(one)));
    else if (plan.restarts)
      WEFT_CHECK(cluster.restart(workload, now));
  }
  return {};
}

NamespaceOutcome look_at(const Mesh& mesh, const OnboardingPlan& plan, const std::string& ns,
                         const std::vector<Pod>& pods) {
  constexpr std::size_t kShown = 5;
  NamespaceOutcome outcome{.ns = ns};
  for (const Pod& pod : pods) {
    if (!pod.running || !concerns(mesh, plan, pod)) continue;
    ++outcome.pods;
    if (!stale(mesh, plan, pod))
      ++outcome.settled;
    else if (outcome.unsettled.size() < kShown)
      outcome.unsettled.push_back(pod.name);
  }
  return outcome;
}

bool shows_itself(const Dataplane& dataplane) {
  return !dataplane.containers.empty() || !dataplane.init_containers.empty() ||
         !dataplane.labels.empty() || !dataplane.annotations.empty();
}

}  // namespace

bool NamespacePlan::empty() const {
  return labels.empty() && annotations.empty() && workloads.empty();
}

bool OnboardingPlan::empty() const {
  return std::ranges::all_of(namespaces, &NamespacePlan::empty);
}

bool OnboardingOutcome::settled() const {
  return std::ranges::all_of(namespaces,
                             [](const auto& each) { return each.settled == each.pods; });
}

Result<void> check_onboarding(const OnboardingRequest& request) {
  WEFT_CHECK(way_of(request));
  for (const auto& name : request.namespaces) WEFT_CHECK(refuse(request, name));
  return {};
}

Result<OnboardingPlan> plan_onboarding(kube::Cluster& cluster, const OnboardingRequest& request) {
  WEFT_CHECK(check_onboarding(request));
  WEFT_TRY(way, way_of(request));
  std::vector<kube::Ref> refs;
  for (const auto& name : request.namespaces)
    refs.push_back(kube::make_ref("v1", "Namespace", "", name));
  WEFT_TRY(live, cluster.get_each(refs));
  std::vector<std::string> absent;
  for (std::size_t i = 0; i < refs.size(); ++i)
    if (!live[i]) absent.push_back(refs[i].name);
  if (!absent.empty()) return missing(absent);

  OnboardingPlan plan{.direction = request.direction,
                      .restarts = request.restart,
                      .by_pods = way.namespace_labels.empty() && way.namespace_annotations.empty(),
                      .proxies = shows_itself(request.mesh.detect.dataplane)};
  for (const auto& ns : live) {
    WEFT_TRY(one, plan_one(cluster, request, way, plan, *ns));
    plan.namespaces.push_back(std::move(one));
  }
  return plan;
}

Result<OnboardingPlan> plan_offboarding(kube::Cluster& cluster, const Mesh& mesh) {
  OnboardingRequest request{.mesh = mesh, .direction = Direction::leave};
  if (mesh.onboarding.empty()) return OnboardingPlan{.direction = Direction::leave};
  WEFT_TRY(live, cluster.list({.resource = "namespaces"}));
  WEFT_TRY(pods, read_pods(cluster, ""));
  std::set<std::string> meshed;
  for (const Pod& pod : pods)
    if (proxy_of(mesh.detect.dataplane, pod)) meshed.insert(pod.ns);
  for (const auto& ns : live) {
    const std::string name(kube::name_of(ns));
    if (is_system(name) || is_own(mesh, name)) continue;
    if (meshed.contains(name) || onboarding_of(mesh, ns) != nullptr)
      request.namespaces.push_back(name);
  }
  return plan_onboarding(cluster, request);
}

Result<OnboardingOutcome> carry_out(kube::Cluster& cluster, const Mesh& mesh,
                                    const OnboardingPlan& plan, const kube::WaitOptions& wait) {
  OnboardingOutcome outcome;
  std::vector<kube::Target> targets;
  for (const auto& one : plan.namespaces) {
    WEFT_CHECK(change(cluster, plan, one, wait.clock.wall()));
    if (!plan.restarts) continue;
    for (const auto& workload : one.workloads) targets.push_back({workload, ""});
  }
  outcome.restarted = targets.size();
  if (!targets.empty()) {
    WEFT_TRY(report, kube::wait(cluster, targets, wait));
    if (auto error = report.error()) return *std::move(error);
  }
  if (!plan.proxies || !plan.restarts) return outcome;
  for (const auto& one : plan.namespaces) {
    WEFT_TRY(pods, read_pods(cluster, one.ns.name));
    outcome.namespaces.push_back(look_at(mesh, plan, one.ns.name, pods));
  }
  return outcome;
}

}  // namespace weft::mesh
