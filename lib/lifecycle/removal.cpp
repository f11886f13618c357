#include "lib/lifecycle/removal.h"

#include <algorithm>
#include <set>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/lifecycle/leftovers.h"
#include "lib/lifecycle/render.h"

namespace weft::lifecycle {

using namespace mesh;

namespace {

using base::Error;
using base::ExitCode;
using base::Result;
using kube::Object;

// Names and namespaces of the releases that belong to the mesh, in the order of installation.
std::vector<kube::ReleaseName> names_of(const Mesh& mesh, const Installed& installed) {
  std::vector<kube::ReleaseName> names;
  const auto add = [&names](const std::string& release, const std::string& ns) {
    const auto same = [&](const kube::ReleaseName& one) {
      return one.release == release && one.ns == ns;
    };
    if (!release.empty() && std::ranges::none_of(names, same)) names.push_back({release, ns});
  };
  for (const Step& step : mesh.steps) add(step.release, step.ns);
  if (installed.record)
    for (const RecordedStep& step : installed.record->steps) add(step.release, step.ns);
  return names;
}

class RemovalPlanner {
 public:
  RemovalPlanner(Work& work, const Catalog& catalog, Removal& out)
      : work_(work), catalog_(catalog), out_(out) {}

  Result<void> run();

 private:
  Result<void> plan_releases();
  Result<void> plan_purge();
  Result<void> plan_crds();
  Result<void> plan_namespaces();
  Result<void> plan_members();
  void add_step(const std::string& name, const std::vector<kube::Ref>& refs,
                const std::string& caution);

  Work& work_;
  const Catalog& catalog_;
  Removal& out_;
};

void RemovalPlanner::add_step(const std::string& name, const std::vector<kube::Ref>& refs,
                              const std::string& caution) {
  if (refs.empty()) return;
  PlannedStep step{name, "", StepAction::uninstall};
  for (const kube::Ref& ref : refs)
    step.objects.push_back({kube::Action::remove, ref, {}, caution});
  out_.plan.steps.push_back(std::move(step));
}

Result<void> RemovalPlanner::plan_releases() {
  auto names = names_of(*out_.mesh, out_.installed);
  std::reverse(names.begin(), names.end());
  for (const auto& name : names) {
    const kube::Release* release = out_.installed.find(name.release, name.ns);
    if (release == nullptr) continue;
    if (!out_.options.adopt && !out_.installed.ours(name.release, name.ns))
      return Error{ExitCode::no,
                   fmt::format("release {}/{} ({}-{}) was not installed by weft", name.ns,
                               name.release, release->chart, release->chart_version),
                   fmt::format("weft uninstall {} --adopt removes it nevertheless", out_.mesh->id)};
    PlannedStep step{name.release, name.ns, StepAction::uninstall, release->chart};
    step.from_version = release->chart_version;
    WEFT_TRY(detail, work_.helm.status(name, 0));
    WEFT_TRY(objects, detail.objects());
    fill_namespaces(objects, name.ns, objects);
    for (const Object& object : objects)
      if (kube::annotation_of(object, "helm.sh/resource-policy") != "keep")
        step.objects.push_back({kube::Action::remove, kube::ref_of(object)});
    out_.plan.steps.push_back(std::move(step));
    out_.releases.push_back(*release);
  }
  return {};
}

// CRDs that another mesh lives on stay, whatever was asked.
Result<void> RemovalPlanner::plan_crds() {
  WEFT_TRY(crds, find_crds(work_, *out_.mesh));
  WEFT_TRY(others, neighbours(work_, *out_.mesh, out_.installed, catalog_));
  std::map<std::string, std::string> shared;
  for (const Object& crd : crds) {
    const std::string group(kube::text_at(crd, {"spec", "group"}));
    const auto user = std::ranges::find_if(
        others, [&group](const Mesh* other) { return other->crd_groups.contains(group); });
    if (user == others.end())
      out_.crds.push_back(kube::ref_of(crd));
    else
      shared[group] = (*user)->id;
  }
  for (const auto& [group, user] : shared)
    out_.plan.warnings.push_back(fmt::format("CRDs of {} stay: {} uses them", group, user));
  return {};
}

Result<void> RemovalPlanner::plan_namespaces() {
  std::set<std::string> names;
  for (const Step& step : out_.mesh->steps)
    if (step.create_namespace) names.insert(step.ns);
  for (const Leftover& rule : out_.mesh->uninstall.leftovers)
    if (rule.kind == "Namespace" && rule.remove != LeftoverDelete::never) names.insert(rule.name);
  if (out_.installed.record)
    names.insert(out_.installed.record->namespaces.begin(),
                 out_.installed.record->namespaces.end());
  std::vector<kube::Ref> refs;
  for (const std::string& name : names)
    if (name != "default" && !name.starts_with("kube-"))
      refs.push_back(kube::make_ref("v1", "Namespace", "", name));
  WEFT_TRY(live, work_.cluster.get_each(refs));
  for (std::size_t i = 0; i < refs.size(); ++i) {
    if (!live[i]) continue;
    const auto foreign = std::ranges::find_if(out_.installed.releases, [&](const auto& release) {
      return release.ns == refs[i].name &&
             std::ranges::none_of(out_.releases, [&](const auto& ours) {
               return ours.name == release.name && ours.ns == release.ns;
             });
    });
    if (foreign == out_.installed.releases.end())
      out_.namespaces.push_back(refs[i]);
    else
      out_.plan.warnings.push_back(
          fmt::format("namespace {} stays: release {} lives there", refs[i].name, foreign->name));
  }
  return {};
}

Result<void> RemovalPlanner::plan_members() {
  WEFT_TRY(leaving, plan_offboarding(work_.cluster, *out_.mesh));
  std::vector<std::string> inside;
  PlannedStep step{"offboard", "", StepAction::apply};
  for (const NamespacePlan& one : leaving.namespaces) {
    if (one.empty()) continue;
    inside.push_back(one.ns.name);
    step.objects.push_back({kube::Action::update, one.ns, {}, "leaves the mesh"});
    for (const kube::Ref& workload : one.workloads)
      step.objects.push_back({kube::Action::update, workload, {}, "restarts without the proxy"});
  }
  if (inside.empty()) return {};
  if (out_.options.offboard) {
    out_.plan.steps.push_back(std::move(step));
    out_.offboarding = std::move(leaving);
    return {};
  }
  out_.plan.warnings.push_back(
      fmt::format("{} still belong{} to the mesh: {}; --offboard takes them out first, else their "
                  "pods keep proxies without a control plane",
                  base::plural(inside.size(), "namespace"), inside.size() == 1 ? "s" : "",
                  base::join(inside, ", ")));
  return {};
}

Result<void> RemovalPlanner::plan_purge() {
  WEFT_TRY(found, find_leftovers(work_, *out_.mesh));
  for (const FoundLeftover& one : found)
    if (one.rule->remove == LeftoverDelete::always ||
        (one.rule->remove == LeftoverDelete::purge && out_.options.purge))
      out_.leftovers.push_back(one.ref);
  if (!out_.options.purge) return {};
  if (!out_.options.keep_crds) WEFT_CHECK(plan_crds());
  return plan_namespaces();
}

Result<void> RemovalPlanner::run() {
  WEFT_TRY(context, work_.cluster.context_name());
  out_.plan.context = context;
  WEFT_CHECK(plan_members());
  if (!out_.mesh->uninstall.danger.empty())
    out_.plan.warnings.push_back(out_.mesh->uninstall.danger);
  WEFT_TRY(webhooks, find_webhooks(work_, *out_.mesh));
  out_.webhooks = std::move(webhooks);
  add_step("webhooks", out_.webhooks, "");
  WEFT_CHECK(plan_releases());
  if (out_.installed.record) out_.objects = out_.installed.record->objects;
  add_step("objects", out_.objects, "");
  WEFT_CHECK(plan_purge());
  add_step("leftovers", out_.leftovers, "");
  add_step("crds", out_.crds, "with every object of its kind");
  add_step("namespaces", out_.namespaces, "with everything in it");
  return {};
}

}  // namespace

bool Removal::nothing() const {
  return releases.empty() && webhooks.empty() && objects.empty() && leftovers.empty() &&
         crds.empty() && namespaces.empty() && offboarding.empty() && !installed.record;
}

Result<Removal> plan_removal(Work& work, const Mesh& mesh, Installed installed,
                             const Catalog& catalog, const RemovalOptions& options) {
  Removal out{&mesh, std::move(installed), options, {}, {}, {}, {}, {}, {}, {}};
  out.plan.verb = "uninstall";
  out.plan.mesh = mesh.id;
  if (out.installed.record) {
    out.plan.mode = out.installed.record->mode;
    out.plan.from = out.installed.record->version;
  }
  WEFT_CHECK(RemovalPlanner(work, catalog, out).run());
  return out;
}

}  // namespace weft::lifecycle
