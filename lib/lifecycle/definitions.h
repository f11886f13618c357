// CustomResourceDefinitions that are left to helm, and when they have to be established.
//
//   if (!left_to_helm(step, planned)) WEFT_CHECK(kube::apply_crds(...));
//   ... helm ...
//   if (use(next.objects, step.crds)) ...  // now wait until they are established
#pragma once

#include "lib/lifecycle/planning.h"

namespace weft::lifecycle {

// All of them new, among the templates of a new release, and nothing else in the chart uses them:
// helm begins with them.
bool left_to_helm(const PreparedStep& step, const PlannedStep& planned);

// Whether any of the objects is of a group that these definitions define.
bool use(const kube::Objects& objects, const kube::Objects& crds);

}  // namespace weft::lifecycle
