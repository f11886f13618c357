// The steps of `weft perf search` and `weft perf curve`: each one is measured with live progress
// on a terminal and told in one line elsewhere, and all of them end in a table.
//
//   Steps steps(context, spec, limits);
//   auto found = perf::search(how, steps.measure());
#pragma once

#include <string>
#include <vector>

#include "cmd/context.h"
#include "lib/perf/spec.h"
#include "lib/perf/step.h"

namespace weft::cmd {

class Steps {
 public:
  Steps(Context& context, perf::Spec spec, const std::vector<perf::Limit>& limits)
      : context_(context), spec_(std::move(spec)), limits_(limits) {}

  perf::Measure measure();
  // The result of the newest step, kept in the store; its id.
  base::Result<std::string> save_last();

 private:
  base::Result<perf::Step> run(const perf::StepPlan& plan);

  Context& context_;
  perf::Spec spec_;
  const std::vector<perf::Limit>& limits_;
  perf::Spec last_spec_;
  load::Plan last_plan_;
  load::Outcome last_;
};

std::string steps_table(const std::vector<perf::Step>& steps,
                        const std::vector<perf::Limit>& limits, const term::Terminal& terminal);

}  // namespace weft::cmd
