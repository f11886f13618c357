// An SMP performance profile as measurements of ours.
//
//   WEFT_TRY(profile, read_specs("checkout.yaml", false));
//   for (const Spec& spec : profile.specs) ...     // one per client and URL, to run in turn
#pragma once

#include <string>
#include <vector>

#include "lib/perf/spec.h"
#include "lib/smp/profile.h"

namespace weft::perf {

struct ProfileSpecs {
  std::vector<Spec> specs;         // at least one
  std::vector<std::string> notes;  // what is done differently from what the profile asks
};

// `one_url`: the URL comes from elsewhere, so each client counts once whatever its URLs.
// Refuses what this engine cannot do.
base::Result<ProfileSpecs> specs_of(const smp::Profile& profile, bool one_url);
base::Result<ProfileSpecs> read_specs(const std::string& path, bool one_url);

}  // namespace weft::perf
