// Searches and curves as documents: schemas weft.perf-search/v1 and weft.perf-curve/v1. Rates per
// second, latencies in microseconds, shares of 1.
#pragma once

#include "lib/doc/value.h"
#include "lib/perf/curve.h"
#include "lib/perf/search.h"

namespace weft::perf {

// `url` was measured; `result` is the id under which the hold is kept, or empty.
doc::Value search_to_json(const Found& found, const SearchOptions& options, const std::string& url,
                          const std::string& result);
doc::Value curve_to_json(const Curve& curve, const CurveOptions& options, const std::string& url);

}  // namespace weft::perf
