#include "lib/lifecycle/planning.h"

#include <algorithm>
#include <future>
#include <set>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/doc/read.h"
#include "lib/lifecycle/canary.h"
#include "lib/lifecycle/step_plan.h"

namespace weft::lifecycle {

using namespace mesh;

namespace {

using base::Error;
using base::ExitCode;
using base::Result;
using kube::Object;
using kube::Objects;

// Group versions the server has: what templates ask for as .Capabilities.APIVersions.
Result<std::vector<std::string>> api_versions(Work& work) {
  WEFT_TRY(text, work.cluster.raw("/apis"));
  WEFT_TRY(document, doc::read_json(doc::Source{"/apis", std::move(text)}));
  std::vector<std::string> out;
  for (const doc::Value& group : kube::list_at(document.root, {"groups"}))
    for (const doc::Value& version : kube::list_at(group, {"versions"}))
      out.emplace_back(kube::text_at(version, {"groupVersion"}));
  return out;
}

class Planner {
 public:
  Planner(Work& work, Prepared& prepared) : work_(work), out_(prepared) {}

  Result<void> run();

 private:
  Result<void> facts();
  Result<void> plan_steps();
  Result<void> add(StepDraft draft);
  Result<void> check_served(const StepDraft& draft);
  Result<void> plan_manifests();

  Work& work_;
  Prepared& out_;
  std::set<std::string> brought_;    // groups of the CRDs of the steps so far
  std::vector<std::string> owners_;  // conflicts of ownership found
  std::set<std::string> images_;
};

Result<void> Planner::facts() {
  Plan& plan = out_.plan;
  WEFT_TRY(context, work_.cluster.context_name());
  plan.context = context;
  plan.server_version = out_.options.server_version;
  if (plan.server_version.empty()) {
    WEFT_TRY(server, work_.cluster.server());
    plan.server_version = server.version.text;
  }
  const bool fresh = std::ranges::any_of(out_.setup->steps, [this](const SetupStep& step) {
    return out_.installed.find(step.step->release, step.step->ns) == nullptr;
  });
  if (fresh && out_.options.api_versions.empty()) {
    WEFT_TRY(versions, api_versions(work_));
    out_.options.api_versions = std::move(versions);
  }
  return {};
}

// Half-way through a chart is too late to learn that the server has no such API.
Result<void> Planner::check_served(const StepDraft& draft) {
  for (const Object& crd : draft.prepared.crds)
    brought_.emplace(kube::text_at(crd, {"spec", "group"}));
  const auto& served = out_.options.api_versions;
  if (served.empty()) return {};
  std::set<std::string> lines;
  for (const kube::Ref& ref : draft.uses) {
    const std::string version = fmt::format("{}/{}", ref.group, ref.version);
    if (!ref.group.empty() && !brought_.contains(ref.group) &&
        std::ranges::find(served, version) == served.end())
      lines.insert(fmt::format("{} of {}", ref.kind, version));
  }
  if (lines.empty()) return {};
  return Error{
      ExitCode::no,
      fmt::format("chart {} has objects of APIs that this cluster does not serve",
                  draft.planned.chart),
      fmt::format("choose a version for this cluster: weft mesh show {}", out_.setup->mesh->id)}
      .because(base::join(std::vector<std::string>(lines.begin(), lines.end()), "\n"));
}

Result<void> Planner::add(StepDraft draft) {
  WEFT_CHECK(check_served(draft));
  const auto append = [](auto& from, auto& to) { to.insert(to.end(), from.begin(), from.end()); };
  append(draft.owners, owners_);
  append(draft.warnings, out_.plan.warnings);
  images_.insert(draft.images.begin(), draft.images.end());
  out_.steps.push_back(std::move(draft.prepared));
  out_.plan.steps.push_back(std::move(draft.planned));
  return {};
}

// Most of the time goes into starting helm and kubectl: each step asks its own questions.
Result<void> Planner::plan_steps() {
  std::vector<std::future<Result<StepDraft>>> drafts;
  for (const SetupStep& step : out_.setup->steps) {
    WEFT_CHECK(work_.check("planning " + step.step->name));
    work_.tell({.text = "planning " + step.step->name});
    drafts.push_back(
        std::async(work_.launch(), [this, &step] { return draft_step(work_, out_, step); }));
  }
  for (auto& pending : drafts) {
    WEFT_TRY(draft, pending.get());
    WEFT_CHECK(add(std::move(draft)));
  }
  return {};
}

// Objects of features, applied by ourselves once the control plane is ready.
Result<void> Planner::plan_manifests() {
  Objects objects;
  for (const SelectedManifest& manifest : out_.setup->selection.manifests) {
    WEFT_TRY(read, kube::read_objects(doc::Source{"feature " + manifest.feature, manifest.yaml}));
    std::move(read.begin(), read.end(), std::back_inserter(objects));
  }
  if (objects.empty()) return {};
  const std::string home = home_of(*out_.setup->mesh);
  WEFT_TRY(found, compare_live(work_, *out_.setup->mesh, objects));
  PlannedStep planned{"settings", home, StepAction::apply};
  planned.objects = std::move(found.changes);
  PreparedStep prepared{nullptr, "settings", home};
  prepared.by_helm = false;
  prepared.unchanged = planned.objects.empty();
  if (prepared.unchanged) planned.action = StepAction::unchanged;
  prepared.objects = std::move(objects);
  out_.steps.push_back(std::move(prepared));
  out_.plan.steps.push_back(std::move(planned));
  return {};
}

Result<void> Planner::run() {
  WEFT_CHECK(facts());
  WEFT_CHECK(plan_steps());
  WEFT_CHECK(plan_manifests());
  if (!owners_.empty())
    return Error{ExitCode::no,
                 fmt::format("{} of {} exist{} and belong{} to something else",
                             base::plural(owners_.size(), "object"), out_.setup->mesh->id,
                             owners_.size() == 1 ? "s" : "", owners_.size() == 1 ? "s" : ""),
                 "remove what owns them, or give --adopt to take them over"}
        .because(base::join(owners_, "\n"));
  out_.plan.images.assign(images_.begin(), images_.end());
  return {};
}

Prepared begin_plan(Setup setup, Installed installed, const PlanOptions& options) {
  Prepared out{std::make_unique<Setup>(std::move(setup)), std::move(installed), options, {}, {}};
  out.plan.verb = options.verb;
  out.plan.mesh = out.setup->mesh->id;
  out.plan.mode = out.setup->selection.mode;
  out.plan.from = installed_version(*out.setup->mesh, out.installed);
  out.plan.to = out.setup->version.version;
  return out;
}

}  // namespace

std::string installed_version(const Mesh& mesh, const Installed& installed) {
  if (mesh.driver == Driver::kustomize)
    return installed.record ? installed.record->version : std::string();
  // CRDs may be ahead of the control plane, beside a canary and after one that was given up.
  const bool by_control_plane = !mesh.upgrade.canary.steps.empty();
  const std::string revision = installed.record ? installed.record->revision : std::string();
  for (const Step& step : mesh.steps) {
    if (by_control_plane && !is_canary_step(mesh, step)) continue;
    const kube::Release* release =
        installed.find(by_control_plane ? release_of(step, revision) : step.release, step.ns);
    if (release == nullptr || !step.chart_version.empty()) continue;
    const auto known = version_of(mesh, release->chart_version);
    return known ? known->version : release->chart_version;
  }
  return {};
}

Result<Prepared> plan_install(Work& work, Setup setup, Installed installed,
                              const PlanOptions& options) {
  Prepared out = begin_plan(std::move(setup), std::move(installed), options);
  WEFT_CHECK(Planner(work, out).run());
  return out;
}

Result<Prepared> plan_offline(Work& work, Setup setup, const PlanOptions& options) {
  Prepared out = begin_plan(std::move(setup), {}, options);
  std::set<std::string> images;
  for (const SetupStep& step : out.setup->steps) {
    WEFT_TRY(rendered, render_step(work, step, {}));
    PlannedStep planned = planned_of(step);
    for (const Object& object : rendered.crds)
      planned.crds.push_back({kube::Action::create, kube::ref_of(object)});
    for (const Object& object : rendered.objects)
      planned.objects.push_back({kube::Action::create, kube::ref_of(object)});
    planned.unknown = {"what of this exists already: no cluster was asked"};
    for (const std::string& image : images_of(rendered.objects)) images.insert(image);
    out.plan.steps.push_back(std::move(planned));
  }
  out.plan.images.assign(images.begin(), images.end());
  return out;
}

}  // namespace weft::lifecycle
