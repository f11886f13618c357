#include "lib/lifecycle/planning.h"

#include <algorithm>
#include <set>

#include "lib/base/file.h"
#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/doc/read.h"
#include "lib/kube/crds.h"
#include "lib/kube/errors.h"
#include "lib/lifecycle/canary.h"
#include "lib/lifecycle/changes.h"

namespace weft::lifecycle {

using namespace mesh;

namespace {

using base::Error;
using base::ExitCode;
using base::Result;
using kube::Object;
using kube::Objects;
using kube::ReleaseStatus;

std::vector<kube::Ref> refs_of(const Objects& objects) {
  std::vector<kube::Ref> refs;
  for (const Object& object : objects) refs.push_back(kube::ref_of(object));
  return refs;
}

bool is_crd(const Object& object) {
  return kube::text_at(object, {"kind"}) == "CustomResourceDefinition";
}

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
  Result<void> plan_step(const SetupStep& step);
  Result<void> plan_helm(const SetupStep& step, PreparedStep& prepared, PlannedStep& planned);
  Result<void> plan_tree(const SetupStep& step, PreparedStep& prepared, PlannedStep& planned);
  Result<void> check_served(const SetupStep& step, const Rendered& rendered);
  Result<void> check_foreign(const SetupStep& step, const kube::Release& release) const;
  void check_owners(const SetupStep& step, const Objects& objects,
                    const std::vector<std::optional<Object>>& live);
  Result<bool> untouched(const SetupStep& step, const kube::Release& release,
                         PreparedStep& prepared, PlannedStep& planned);
  Result<int> last_deployed(const SetupStep& step, const kube::Release& release);
  Result<void> plan_manifests();
  Result<Comparison> compare(const Objects& desired, const Objects& previous);

  Work& work_;
  Prepared& out_;
  std::vector<std::string> api_versions_;  // empty: not asked
  std::set<std::string> brought_;          // groups of the CRDs of the steps so far
  std::vector<std::string> owners_;        // conflicts of ownership found
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
  if (fresh) {
    WEFT_TRY(versions, api_versions(work_));
    api_versions_ = std::move(versions);
  }
  return {};
}

// Half-way through a chart is too late to learn that the server has no such API.
Result<void> Planner::check_served(const SetupStep& step, const Rendered& rendered) {
  for (const Object& crd : rendered.crds) brought_.emplace(kube::text_at(crd, {"spec", "group"}));
  if (api_versions_.empty()) return {};
  std::set<std::string> lines;
  for (const auto* some : {&rendered.crds, &rendered.objects, &rendered.hooks})
    for (const Object& object : *some) {
      const std::string version(kube::text_at(object, {"apiVersion"}));
      const std::string group = kube::ref_of(object).group;
      if (group.empty() || brought_.contains(group) ||
          std::ranges::find(api_versions_, version) != api_versions_.end())
        continue;
      lines.insert(fmt::format("{} of {}", kube::text_at(object, {"kind"}), version));
    }
  if (lines.empty()) return {};
  return Error{
      ExitCode::no,
      fmt::format("chart {} has objects of APIs that this cluster does not serve", step.chart.name),
      fmt::format("choose a version for this cluster: weft mesh show {}", out_.setup->mesh->id)}
      .because(base::join(std::vector<std::string>(lines.begin(), lines.end()), "\n"));
}

Result<void> Planner::check_foreign(const SetupStep& step, const kube::Release& release) const {
  if (out_.options.adopt || out_.installed.ours(release.name, release.ns)) return {};
  return Error{ExitCode::no,
               fmt::format("release {}/{} ({}-{}) was not installed by weft", release.ns,
                           release.name, release.chart, release.chart_version),
               fmt::format("weft {} {} --adopt takes it over with the values given here",
                           out_.options.verb, out_.setup->mesh->id)}
      .because(fmt::format("step {} uses that name", step.step->name));
}

// Objects of this step that exist and belong to something else: helm would stop at the first.
void Planner::check_owners(const SetupStep& step, const Objects& objects,
                           const std::vector<std::optional<Object>>& live) {
  if (out_.options.adopt) return;
  for (std::size_t i = 0; i < objects.size(); ++i) {
    if (!live[i]) continue;
    const auto release = kube::annotation_of(*live[i], "meta.helm.sh/release-name");
    const auto ns = kube::annotation_of(*live[i], "meta.helm.sh/release-namespace");
    if (release == step.step->release && ns == step.step->ns) continue;
    owners_.push_back(fmt::format("{} {}", kube::ref_of(objects[i]).text(),
                                  release.empty() ? "exists, not made by helm"
                                                  : fmt::format("belongs to {}/{}", ns, release)));
  }
}

Result<Comparison> Planner::compare(const Objects& desired, const Objects& previous) {
  WEFT_TRY(live, work_.cluster.get_each(refs_of(desired)));
  return compare_objects(*out_.setup->mesh, desired, live, previous);
}

// Nothing to do: same chart, same values, deployed as recorded, and the objects are as they were.
Result<bool> Planner::untouched(const SetupStep& step, const kube::Release& release,
                                PreparedStep& prepared, PlannedStep& planned) {
  if (release.status != ReleaseStatus::deployed || !out_.installed.record) return false;
  const RecordedStep* known = find_step(*out_.installed.record, release.name, release.ns);
  if (known == nullptr || known->revision != release.revision ||
      known->digest != step.chart.digest || known->values_sha256 != step.values_sha256)
    return false;
  WEFT_TRY(detail, work_.helm.status({release.name, release.ns}, release.revision));
  WEFT_TRY(objects, detail.objects());
  fill_namespaces(objects, release.ns, kube::crds_among(objects));
  WEFT_TRY(found, compare(objects, {}));
  for (const std::string& image : images_of(objects)) images_.insert(image);
  planned.masked = found.masked;
  if (!found.changes.empty()) return false;
  prepared.objects = std::move(objects);
  return true;
}

// Where a rollback goes: the newest revision that was deployed.
Result<int> Planner::last_deployed(const SetupStep& step, const kube::Release& release) {
  if (release.status == ReleaseStatus::deployed) return release.revision;
  WEFT_TRY(history, work_.helm.history({step.step->release, step.step->ns}));
  int best = 0;
  for (const kube::Revision& one : history)
    if (one.status == ReleaseStatus::deployed || one.status == ReleaseStatus::superseded)
      best = std::max(best, one.revision);
  return best;
}

Result<void> Planner::plan_helm(const SetupStep& step, PreparedStep& prepared,
                                PlannedStep& planned) {
  const kube::Release* release = out_.installed.find(step.step->release, step.step->ns);
  Objects previous;
  if (release != nullptr) {
    WEFT_CHECK(check_foreign(step, *release));
    planned.from_version = release->chart_version;
    WEFT_TRY(same, untouched(step, *release, prepared, planned));
    prepared.unchanged = same;
    if (same) {
      planned.action = StepAction::unchanged;
      prepared.revision_before = release->revision;
      return {};
    }
    WEFT_TRY(deployed, last_deployed(step, *release));
    prepared.revision_before = deployed;
    prepared.died = kube::is_pending(release->status);
    if (prepared.died)
      out_.plan.warnings.push_back(
          fmt::format("release {} is {} from a run that died: it is {} first", release->name,
                      kube::status_name(release->status),
                      deployed == 0 ? "removed" : fmt::format("rolled back to {}", deployed)));
    if (deployed != 0) {
      WEFT_TRY(detail, work_.helm.status({release->name, release->ns}, deployed));
      WEFT_TRY(objects, detail.objects());
      previous = std::move(objects);
    }
  }
  planned.action = prepared.revision_before == 0 ? StepAction::install : StepAction::upgrade;
  WEFT_TRY(rendered, render_step(work_, step,
                                 {.installed = prepared.revision_before != 0 && !prepared.died,
                                  .server = out_.plan.server_version,
                                  .api_versions = api_versions_}));
  WEFT_CHECK(check_served(step, rendered));
  fill_namespaces(previous, step.step->ns, rendered.crds);
  std::erase_if(previous, is_crd);
  WEFT_TRY(crds, kube::plan_crds(work_.cluster, rendered.crds));
  for (const std::string& refusal : crds.refusals())
    return Error{ExitCode::no, fmt::format("{} would lose objects", step.chart.name),
                 "convert the stored objects first, then run the same command"}
        .because(refusal);
  planned.crds = changes_of(crds);
  WEFT_TRY(live, work_.cluster.get_each(refs_of(rendered.objects)));
  check_owners(step, rendered.objects, live);
  Comparison found = compare_objects(*out_.setup->mesh, rendered.objects, live, previous);
  planned.objects = std::move(found.changes);
  planned.masked = found.masked;
  for (const std::string& image : images_of(rendered.objects)) images_.insert(image);
  for (const std::string& image : images_of(rendered.hooks)) images_.insert(image);
  prepared.crds = std::move(rendered.crds);
  prepared.objects = std::move(rendered.objects);
  return {};
}

Result<void> Planner::plan_tree(const SetupStep& step, PreparedStep& prepared,
                                PlannedStep& planned) {
  WEFT_TRY(objects, work_.kustomize(fmt::format("{}/{}", step.tree, step.step->path)));
  for (const std::string& file : step.step->then) {
    const std::string path = fmt::format("{}/{}", step.tree, file);
    WEFT_TRY(text, base::read_file(path));
    WEFT_TRY(more, kube::read_objects(doc::Source{path, std::move(text)}));
    std::move(more.begin(), more.end(), std::back_inserter(prepared.after));
  }
  prepared.by_helm = false;
  prepared.crds = kube::crds_among(objects);
  std::erase_if(objects, is_crd);
  prepared.objects = std::move(objects);
  fill_namespaces(prepared.objects, step.step->ns, prepared.crds);
  for (const std::string& image : images_of(prepared.objects)) images_.insert(image);
  WEFT_TRY(crds, kube::plan_crds(work_.cluster, prepared.crds));
  planned.crds = changes_of(crds);
  WEFT_TRY(found, compare(prepared.objects, {}));
  WEFT_TRY(after, compare(prepared.after, {}));
  planned.objects = std::move(found.changes);
  std::move(after.changes.begin(), after.changes.end(), std::back_inserter(planned.objects));
  planned.masked = found.masked + after.masked;
  prepared.unchanged = planned.crds.empty() && planned.objects.empty();
  planned.action = prepared.unchanged ? StepAction::unchanged : StepAction::apply;
  return {};
}

Result<void> Planner::plan_step(const SetupStep& step) {
  PreparedStep prepared{&step, step.step->name, step.step->ns};
  const bool tree = step.step->chart.empty();
  PlannedStep planned{tree ? step.step->name : step.step->release, step.step->ns};
  planned.chart = step.chart.name;
  planned.version = step.chart.version;
  planned.digest = step.chart.digest;
  planned.values_sha256 = step.values_sha256;
  if (tree)
    WEFT_CHECK(plan_tree(step, prepared, planned));
  else
    WEFT_CHECK(plan_helm(step, prepared, planned));
  out_.steps.push_back(std::move(prepared));
  out_.plan.steps.push_back(std::move(planned));
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
  WEFT_TRY(found, compare(objects, {}));
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
  for (const SetupStep& step : out_.setup->steps) {
    WEFT_CHECK(work_.check("planning " + step.step->name));
    work_.tell({.text = "planning " + step.step->name});
    WEFT_CHECK(plan_step(step));
  }
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
    PlannedStep planned{step.step->release, step.step->ns};
    planned.chart = step.chart.name;
    planned.version = step.chart.version;
    planned.digest = step.chart.digest;
    planned.values_sha256 = step.values_sha256;
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
