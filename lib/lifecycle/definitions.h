// CustomResourceDefinitions of a step: who makes them, and whether they are established.
//
//   if (!left_to_helm(step, planned)) WEFT_CHECK(kube::apply_crds(...));
//   ... helm ...
//   WEFT_CHECK(definitions.watch(step.crds));       // while the next step goes on
//   WEFT_CHECK(definitions.seen_for(next.objects));  // unless that uses them
#pragma once

#include <future>

#include "lib/lifecycle/planning.h"

namespace weft::lifecycle {

// All of them new, among the templates of a new release, and nothing else in the chart uses them:
// helm begins with them.
bool left_to_helm(const PreparedStep& step, const PlannedStep& planned);

class Definitions {
 public:
  explicit Definitions(Work& work) : work_(work) {}

  // Looks until they are established, by a thread where the work goes side by side. What came of
  // those before is the result.
  base::Result<void> watch(kube::Objects crds);
  // At once when none of the objects is of a kind that is watched for.
  base::Result<void> seen_for(const kube::Objects& objects);
  base::Result<void> seen();

 private:
  Work& work_;
  kube::Objects crds_;
  std::future<base::Result<void>> established_;
};

}  // namespace weft::lifecycle
