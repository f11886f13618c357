#include "lib/lifecycle/step_plan.h"

#include <algorithm>

#include "lib/base/file.h"
#include "lib/base/format.h"
#include "lib/kube/crds.h"
#include "lib/kube/errors.h"

namespace weft::lifecycle {

using namespace mesh;

namespace {

using base::Error;
using base::ExitCode;
using base::Result;
using kube::Object;
using kube::Objects;
using kube::ReleaseStatus;
using Live = std::vector<std::optional<Object>>;

void add_refs(const Objects& objects, std::vector<kube::Ref>& out) {
  for (const Object& object : objects) out.push_back(kube::ref_of(object));
}

void add_images(const Objects& objects, StepDraft& out) {
  for (std::string& image : images_of(objects)) out.images.push_back(std::move(image));
}

bool is_crd(const Object& object) {
  return kube::text_at(object, {"kind"}) == "CustomResourceDefinition";
}

class StepPlanner {
 public:
  StepPlanner(Work& work, const Prepared& plan, const SetupStep& step)
      : work_(work), plan_(plan), step_(step) {}

  Result<StepDraft> run();

 private:
  Result<void> by_helm();
  Result<void> by_tree();
  Result<void> check_foreign(const kube::Release& release) const;
  void check_owners(const Objects& objects, const Live& live);
  Result<bool> untouched(const kube::Release& release);
  Result<int> last_deployed(const kube::Release& release);
  Result<Objects> look_back(const kube::Release& release);
  Result<void> compare(Rendered& rendered, Objects previous);

  const Mesh& mesh() const { return *plan_.setup->mesh; }

  Work& work_;
  const Prepared& plan_;
  const SetupStep& step_;
  StepDraft out_;
};

Result<void> StepPlanner::check_foreign(const kube::Release& release) const {
  if (plan_.options.adopt || plan_.installed.ours(release.name, release.ns)) return {};
  return Error{ExitCode::no,
               fmt::format("release {}/{} ({}-{}) was not installed by weft", release.ns,
                           release.name, release.chart, release.chart_version),
               fmt::format("weft {} {} --adopt takes it over with the values given here",
                           plan_.options.verb, mesh().id)}
      .because(fmt::format("step {} uses that name", step_.step->name));
}

// Objects of this step that exist and belong to something else: helm would stop at the first.
void StepPlanner::check_owners(const Objects& objects, const Live& live) {
  if (plan_.options.adopt) return;
  for (std::size_t i = 0; i < objects.size(); ++i) {
    if (!live[i]) continue;
    const auto release = kube::annotation_of(*live[i], "meta.helm.sh/release-name");
    const auto ns = kube::annotation_of(*live[i], "meta.helm.sh/release-namespace");
    if (release == step_.step->release && ns == step_.step->ns) continue;
    out_.owners.push_back(fmt::format("{} {}", kube::ref_of(objects[i]).text(),
                                      release.empty()
                                          ? "exists, not made by helm"
                                          : fmt::format("belongs to {}/{}", ns, release)));
  }
}

// Nothing to do: same chart, same values, deployed as recorded, and the objects are as they were.
Result<bool> StepPlanner::untouched(const kube::Release& release) {
  if (release.status != ReleaseStatus::deployed || !plan_.installed.record) return false;
  const RecordedStep* known = find_step(*plan_.installed.record, release.name, release.ns);
  if (known == nullptr || known->revision != release.revision ||
      known->digest != step_.chart.digest || known->values_sha256 != step_.values_sha256)
    return false;
  WEFT_TRY(detail, work_.helm.status({release.name, release.ns}, release.revision));
  WEFT_TRY(objects, detail.objects());
  fill_namespaces(objects, release.ns, kube::crds_among(objects));
  WEFT_TRY(found, compare_live(work_, mesh(), objects));
  add_images(objects, out_);
  out_.planned.masked = found.masked;
  if (!found.changes.empty()) return false;
  out_.prepared.objects = std::move(objects);
  return true;
}

// Where a rollback goes: the newest revision that was deployed.
Result<int> StepPlanner::last_deployed(const kube::Release& release) {
  if (release.status == ReleaseStatus::deployed) return release.revision;
  WEFT_TRY(history, work_.helm.history({release.name, release.ns}));
  int best = 0;
  for (const kube::Revision& one : history)
    if (one.status == ReleaseStatus::deployed || one.status == ReleaseStatus::superseded)
      best = std::max(best, one.revision);
  return best;
}

// What the release rendered when it was deployed last.
Result<Objects> StepPlanner::look_back(const kube::Release& release) {
  WEFT_TRY(deployed, last_deployed(release));
  out_.prepared.revision_before = deployed;
  out_.prepared.died = kube::is_pending(release.status);
  if (out_.prepared.died)
    out_.warnings.push_back(
        fmt::format("release {} is {} from a run that died: it is {} first", release.name,
                    kube::status_name(release.status),
                    deployed == 0 ? "removed" : fmt::format("rolled back to {}", deployed)));
  if (deployed == 0) return Objects{};
  WEFT_TRY(detail, work_.helm.status({release.name, release.ns}, deployed));
  return detail.objects();
}

Result<void> StepPlanner::compare(Rendered& rendered, Objects previous) {
  fill_namespaces(previous, step_.step->ns, rendered.crds);
  std::erase_if(previous, is_crd);
  std::vector<kube::Ref> refs;
  add_refs(rendered.crds, refs);
  add_refs(rendered.objects, refs);
  WEFT_TRY(live, work_.cluster.get_each(refs));
  const auto objects_begin = live.begin() + std::ssize(rendered.crds);
  const kube::CrdPlan crds = kube::plan_crds(rendered.crds, Live(live.begin(), objects_begin));
  for (const std::string& refusal : crds.refusals())
    return Error{ExitCode::no, fmt::format("{} would lose objects", step_.chart.name),
                 "convert the stored objects first, then run the same command"}
        .because(refusal);
  out_.planned.crds = changes_of(crds);
  const Live living(objects_begin, live.end());
  check_owners(rendered.objects, living);
  Comparison found = compare_objects(mesh(), rendered.objects, living, previous);
  out_.planned.objects = std::move(found.changes);
  out_.planned.masked = found.masked;
  return {};
}

Result<void> StepPlanner::by_helm() {
  Objects previous;
  if (const auto* release = plan_.installed.find(step_.step->release, step_.step->ns)) {
    WEFT_CHECK(check_foreign(*release));
    out_.planned.from_version = release->chart_version;
    WEFT_TRY(same, untouched(*release));
    if (same) {
      out_.prepared.unchanged = true;
      out_.prepared.revision_before = release->revision;
      out_.planned.action = StepAction::unchanged;
      return {};
    }
    WEFT_TRY(before, look_back(*release));
    previous = std::move(before);
  }
  const PreparedStep& prepared = out_.prepared;
  out_.planned.action = prepared.revision_before == 0 ? StepAction::install : StepAction::upgrade;
  WEFT_TRY(rendered, render_step(work_, step_,
                                 {.installed = prepared.revision_before != 0 && !prepared.died,
                                  .server = plan_.plan.server_version,
                                  .api_versions = plan_.options.api_versions}));
  for (const auto* some : {&rendered.crds, &rendered.objects, &rendered.hooks})
    add_refs(*some, out_.uses);
  WEFT_CHECK(compare(rendered, std::move(previous)));
  add_images(rendered.objects, out_);
  add_images(rendered.hooks, out_);
  out_.prepared.crds = std::move(rendered.crds);
  out_.prepared.objects = std::move(rendered.objects);
  return {};
}

Result<void> StepPlanner::by_tree() {
  PreparedStep& prepared = out_.prepared;
  WEFT_TRY(objects, work_.kustomize(fmt::format("{}/{}", step_.tree, step_.step->path)));
  for (const std::string& file : step_.step->then) {
    const std::string path = fmt::format("{}/{}", step_.tree, file);
    WEFT_TRY(text, base::read_file(path));
    WEFT_TRY(more, kube::read_objects(doc::Source{path, std::move(text)}));
    std::move(more.begin(), more.end(), std::back_inserter(prepared.after));
  }
  prepared.by_helm = false;
  prepared.crds = kube::crds_among(objects);
  std::erase_if(objects, is_crd);
  prepared.objects = std::move(objects);
  fill_namespaces(prepared.objects, step_.step->ns, prepared.crds);
  add_images(prepared.objects, out_);
  WEFT_TRY(crds, kube::plan_crds(work_.cluster, prepared.crds));
  out_.planned.crds = changes_of(crds);
  WEFT_TRY(found, compare_live(work_, mesh(), prepared.objects));
  WEFT_TRY(after, compare_live(work_, mesh(), prepared.after));
  out_.planned.objects = std::move(found.changes);
  std::move(after.changes.begin(), after.changes.end(), std::back_inserter(out_.planned.objects));
  out_.planned.masked = found.masked + after.masked;
  prepared.unchanged = out_.planned.crds.empty() && out_.planned.objects.empty();
  out_.planned.action = prepared.unchanged ? StepAction::unchanged : StepAction::apply;
  return {};
}

Result<StepDraft> StepPlanner::run() {
  const bool tree = step_.step->chart.empty();
  out_.prepared = {&step_, step_.step->name, step_.step->ns};
  out_.planned = planned_of(step_);
  WEFT_CHECK(tree ? by_tree() : by_helm());
  return std::move(out_);
}

}  // namespace

PlannedStep planned_of(const SetupStep& step) {
  PlannedStep out{step.step->chart.empty() ? step.step->name : step.step->release, step.step->ns};
  out.chart = step.chart.name;
  out.version = step.chart.version;
  out.digest = step.chart.digest;
  out.values_sha256 = step.values_sha256;
  return out;
}

Result<StepDraft> draft_step(Work& work, const Prepared& plan, const SetupStep& step) {
  return StepPlanner(work, plan, step).run();
}

Result<Comparison> compare_live(Work& work, const Mesh& mesh, const Objects& desired) {
  std::vector<kube::Ref> refs;
  add_refs(desired, refs);
  WEFT_TRY(live, work.cluster.get_each(refs));
  return compare_objects(mesh, desired, live, {});
}

}  // namespace weft::lifecycle
