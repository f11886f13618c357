// Results of the store and files as one, read several at a time and dropped when they are added:
// a thousand workers take no more memory than a few.
//
//   WEFT_TRY(whole, merge_results(store, {"worker-1.json", "worker-2.json"}, directory, 2));
#pragma once

#include <span>
#include <string>

#include "lib/perf/store.h"
#include "lib/smp/run.h"

namespace weft::perf {

// Selectors as load_result has them, in their order; `threads` read at once. Errors are those of
// load_result and of Merger, the first in that order.
base::Result<smp::Run> merge_results(const Store& store, std::span<const std::string> selectors,
                                     const std::string& directory, unsigned threads);

}  // namespace weft::perf
