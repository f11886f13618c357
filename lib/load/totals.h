// What the workers of a run have counted, as one.
#pragma once

#include "lib/load/worker.h"

namespace weft::load {

void add_totals(Outcome& outcome, const Totals& totals);

}  // namespace weft::load
