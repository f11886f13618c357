#include "lib/lifecycle/definitions.h"

#include <algorithm>
#include <set>

namespace weft::lifecycle {

bool left_to_helm(const PreparedStep& step, const PlannedStep& planned) {
  if (step.setup->step->crds != mesh::Crds::templates || step.revision_before != 0 || step.died)
    return false;
  return planned.crds.size() == step.crds.size() &&
         std::ranges::count(planned.crds, kube::Action::create, &Change::action) ==
             std::ssize(planned.crds) &&
         !use(step.objects, step.crds);
}

bool use(const kube::Objects& objects, const kube::Objects& crds) {
  std::set<std::string, std::less<>> groups;
  for (const kube::Object& crd : crds) groups.emplace(kube::text_at(crd, {"spec", "group"}));
  return std::ranges::any_of(objects, [&groups](const kube::Object& object) {
    return groups.contains(kube::ref_of(object).group);
  });
}

}  // namespace weft::lifecycle
