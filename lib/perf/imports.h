// Results of other tools on their way into the store.
//
//   WEFT_TRY(runs, import_file("fortio.json", {}));
//   WEFT_CHECK(save_imported(store, runs, clock.wall()));
#pragma once

#include <string>
#include <vector>

#include "lib/base/clock.h"
#include "lib/perf/store.h"
#include "lib/smp/import.h"

namespace weft::perf {

// At least one run; "-" is standard input.
base::Result<std::vector<smp::Run>> import_file(const std::string& path,
                                                const smp::ImportOptions& options);

// Stores all of them, each under a new id but for our own runs, which keep theirs. When one cannot
// be stored none is.
base::Result<void> save_imported(const Store& store, std::vector<smp::Run>& runs,
                                 base::WallTime now);

}  // namespace weft::perf
