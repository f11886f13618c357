// The settings of a profile in the options of a command that measures: the table of the flags reads
// them, so that a profile says whatever the command line can. What the command line says wins.
#pragma once

#include "cmd/context.h"
#include "cmd/perf/run_flags.h"
#include "lib/perf/profile_settings.h"

namespace weft::cmd {

// What the profile says for a command, whose flags these are ("search", search_flags(options));
// before anything else is made of the options. The command's own section wins over what is said for
// weft perf run; what of that the command has no flag for is passed over.
base::Result<void> apply_profile(Context& context, RunOptions& options, std::string_view command,
                                 std::vector<cli::Flag> flags);

// One of its phases, in a copy of the options. Refuses what belongs to the whole profile.
base::Result<RunOptions> options_of_phase(Context& context, const RunOptions& options,
                                          const doc::Document& profile,
                                          const perf::ProfilePhase& phase);

// The profile of the options, as read.
struct ReadProfile {
  doc::Document document;
  perf::ProfileSettings settings;
};
base::Result<ReadProfile> read_profile(Context& context, const RunOptions& options);

}  // namespace weft::cmd
