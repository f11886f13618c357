// A run as fortio's JSON (fortio/fortio:fhttp/httprunner.go, HTTPRunnerResults): fortio's names,
// types and units, so that fortio's report shows it. Credentials of the URL are dropped, and so is
// all that fortio has no field for. Buckets are at most 1 % wide (8 ns below 1 us) and lie on a
// fixed grid, so files of several clients merge.
//
// A distribution known by percentiles only becomes coarse buckets between them.
#pragma once

#include <string>

#include "lib/base/result.h"
#include "lib/smp/run.h"

namespace weft::smp {

// An input error when the run has no latencies or does not say how many there are.
base::Result<std::string> write_fortio(const Run& run);

}  // namespace weft::smp
