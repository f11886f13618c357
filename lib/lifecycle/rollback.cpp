#include "lib/lifecycle/rollback.h"

#include "lib/base/format.h"
#include "lib/lifecycle/readiness.h"

namespace weft::lifecycle {

using namespace mesh;

namespace {

using base::Result;

constexpr std::chrono::minutes kOwnTime{2};

}  // namespace

Result<void> heal(Work& work, const kube::ReleaseName& name, int revision, const std::string& op) {
  if (revision == 0) {
    work.tell({.release = name.release, .text = "removing what a run that died left behind"});
    return work.helm.uninstall({.release = name.release,
                                .ns = name.ns,
                                .description = "weft " + op + ": left pending",
                                .timeout = work.left()});
  }
  work.tell(
      {.release = name.release, .text = fmt::format("rolling back to revision {}", revision)});
  const auto once = [&] {
    return work.helm.rollback({.release = name.release,
                               .ns = name.ns,
                               .revision = revision,
                               .force_conflicts = true,
                               .timeout = work.left()});
  };
  // helm 4 stops at objects that the failed revision had removed, but makes them all the same: the
  // second time it passes.
  auto done = once();
  return done.ok() || done.error().code == base::ExitCode::interrupted ? done : once();
}

Result<void> roll_back(Work& work, const std::vector<const PreparedStep*>& done,
                       const std::string& op) {
  Work own = work;
  own.deadline = std::max(work.deadline, work.clock.monotonic() + kOwnTime);
  for (auto at = done.rbegin(); at != done.rend(); ++at) {
    const PreparedStep* step = *at;
    if (step->setup == nullptr || !step->by_helm) continue;
    const kube::ReleaseName name{step->setup->step->release, step->ns};
    WEFT_CHECK(heal(own, name, step->revision_before, op));
    if (step->revision_before == 0) continue;
    WEFT_TRY(detail, own.helm.status(name, 0));
    WEFT_TRY(objects, detail.objects());
    fill_namespaces(objects, step->ns, {});
    WEFT_CHECK(wait_ready(own, workloads_of(objects), {.release = name.release}));
  }
  return {};
}

}  // namespace weft::lifecycle
