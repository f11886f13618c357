// Results from files: our own, ConformanceReports of the Gateway API and rows that Meshery keeps
// for SMI. Read strictly: what a file claims about itself must hold, what it should not have is
// refused.
//
//   WEFT_TRY(imported, conform::read_runs(doc::Source{"istio.yaml", text}));
//   for (const conform::Run& run : imported.runs) ...
#pragma once

#include <vector>

#include "lib/base/result.h"
#include "lib/conform/result.h"

namespace weft::conform {

enum class Origin { weft, gateway_api, meshery };

// One run of a result or a report, one for each row of Meshery's. What others wrote gets a tool of
// its own ("gateway-api", "meshery") and an id made of mesh, version and content.
struct Imported {
  Origin origin = Origin::weft;
  std::vector<Run> runs{};
};
base::Result<Imported> read_runs(doc::Source source);

}  // namespace weft::conform
