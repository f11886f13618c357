// Runs for the tests of the pages: made up, the same every time.
#pragma once

#include "lib/smp/run.h"

namespace weft::report {

// Thirty seconds of an open loop against a service that stalls once; `slower` stretches latencies.
smp::Run sample_run(double slower = 1);

// What an import leaves when the tool printed nothing but percentiles.
smp::Run percentiles_only_run();

// A histogram in buckets, without figures over time.
smp::Run buckets_only_run();

// Every text of it tries to leave its place in the page.
smp::Run hostile_run();

}  // namespace weft::report
