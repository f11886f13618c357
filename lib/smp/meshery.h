// Meshery's stored results (meshery/meshery:server/models, MesheryResult): fortio's result in an
// envelope, snake_case until 2025 and camelCase after. A page of them has "results"; the files of
// dashboards are a bare list; one event of the run endpoint has "result".
//
//   WEFT_TRY(runs, read_meshery(document));  // one run per runner result
#pragma once

#include <vector>

#include "lib/base/result.h"
#include "lib/doc/value.h"
#include "lib/smp/run.h"

namespace weft::smp {

bool is_meshery(const doc::Value& root);
base::Result<std::vector<Run>> read_meshery(const doc::Document& document);

}  // namespace weft::smp
