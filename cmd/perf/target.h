// What a command measures, as its flags say: a URL, or the sample service started for --serve.
//
//   WEFT_TRY(service, start_service(options));     // serves as long as it lives
//   WEFT_CHECK(complete_flags(context, options));
#pragma once

#include <memory>
#include <vector>

#include "cmd/context.h"
#include "cmd/perf/measure.h"
#include "cmd/perf/run_flags.h"
#include "lib/serve/service.h"

namespace weft::cmd {

// On a free port of this machine, whose URL goes into the options. Null without --serve.
base::Result<std::unique_ptr<serve::Service>> start_service(RunOptions& options);

// What flags name only: the URL given as an argument, the content of --body-file.
base::Result<void> complete_flags(Context& context, RunOptions& options);

// What is to be measured, one run after the other: as the profile says, under the flags. The
// options must outlive the jobs.
base::Result<std::vector<PerfJob>> plan_jobs(Context& context, RunOptions& options,
                                             std::optional<std::size_t> only = std::nullopt);

// The targets of a command that chooses when to ask: as the profile says, under the flags. One
// without a profile.
base::Result<std::vector<perf::Spec>> plan_targets(Context& context, RunOptions& options);
// The only one; its URL goes into the options.
base::Result<perf::Spec> plan_target(Context& context, RunOptions& options);

}  // namespace weft::cmd
