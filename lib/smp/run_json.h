// A run as JSON, schema weft.perf-run/v1: the form for programs and the one that loses nothing.
// Keys carry their units; what is not known is absent; the schema may only grow, so unknown keys
// are ignored. Histograms travel in HdrHistogram's V2 encoding, with the exact figures that the
// encoding cannot carry beside them.
//
//   std::string text = doc::write_json(smp::run_to_json(run));
//   WEFT_TRY(again, smp::run_from_json(document));
#pragma once

#include <string_view>

#include "lib/base/result.h"
#include "lib/doc/value.h"
#include "lib/smp/run.h"

namespace weft::smp {

inline constexpr std::string_view kRunSchema = "weft.perf-run/v1";

doc::Value run_to_json(const Run& run);

// An input error with its position for another schema, a wrong kind of value or a histogram that
// contradicts itself. Times without a histogram are kept to the last digit but one.
base::Result<Run> run_from_json(const doc::Document& document);

}  // namespace weft::smp
