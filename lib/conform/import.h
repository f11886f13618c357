// Results from files: our own, ConformanceReports of the Gateway API and rows that Meshery keeps
// for SMI. Read strictly: what a file claims about itself must hold, what it should not have is
// refused.
//
//   WEFT_TRY(runs, conform::read_runs(doc::Source{"istio.yaml", text}));
#pragma once

#include <vector>

#include "lib/base/result.h"
#include "lib/conform/result.h"

namespace weft::conform {

// One run of a result or a report, one for each row of Meshery's. What is imported has a tool of
// its own ("gateway-api", "meshery") and an id made of mesh, version and content.
base::Result<std::vector<Run>> read_runs(doc::Source source);

}  // namespace weft::conform
