#include "lib/lifecycle/definitions.h"

#include <algorithm>
#include <set>

#include "lib/lifecycle/readiness.h"

namespace weft::lifecycle {
namespace {

using base::Result;

constexpr std::chrono::seconds kLongest{60};

// Whether any of the objects is of a group that these definitions define.
bool use(const kube::Objects& objects, const kube::Objects& crds) {
  std::set<std::string, std::less<>> groups;
  for (const kube::Object& crd : crds) groups.emplace(kube::text_at(crd, {"spec", "group"}));
  return std::ranges::any_of(objects, [&groups](const kube::Object& object) {
    return groups.contains(kube::ref_of(object).group);
  });
}

}  // namespace

bool left_to_helm(const PreparedStep& step, const PlannedStep& planned) {
  if (step.setup->step->crds != mesh::Crds::templates || step.revision_before != 0 || step.died)
    return false;
  return planned.crds.size() == step.crds.size() &&
         std::ranges::count(planned.crds, kube::Action::create, &Change::action) ==
             std::ssize(planned.crds) &&
         !use(step.objects, step.crds);
}

Result<void> Definitions::watch(kube::Objects crds) {
  WEFT_CHECK(seen());
  crds_ = std::move(crds);
  established_ = std::async(work_.launch(), [this]() -> Result<void> {
    Work own = work_;
    own.tell = [](const Event&) {};  // the next step speaks
    own.deadline = std::min(own.deadline, own.clock.monotonic() + kLongest);
    std::vector<kube::Target> targets;
    for (const kube::Object& crd : crds_) targets.push_back({kube::ref_of(crd), ""});
    WEFT_CHECK(wait_ready(own, targets, {}));
    return {};
  });
  return {};
}

Result<void> Definitions::seen_for(const kube::Objects& objects) {
  return use(objects, crds_) ? seen() : Result<void>();
}

Result<void> Definitions::seen() {
  auto out = established_.valid() ? established_.get() : Result<void>();
  crds_.clear();
  return out;
}

}  // namespace weft::lifecycle
