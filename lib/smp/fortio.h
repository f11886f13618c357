// fortio's JSON result of every age, 0.8.1 (2018) to 1.75 (fortio/fortio:periodic/periodic.go,
// RunnerResults; fhttp/httprunner.go, HTTPRunnerResults), and the same shape as written by
// Nighthawk (envoyproxy/nighthawk:source/client/output_formatter_impl.cc), getnighthawk
// (layer5io/getnighthawk:pkg/client/transform.go) and Meshery.
//
//   WEFT_TRY(run, read_fortio(document, document.root));
#pragma once

#include "lib/base/result.h"
#include "lib/doc/value.h"
#include "lib/smp/run.h"

namespace weft::smp {

bool is_fortio(const doc::Value& root);

// `result` is the fortio object: the root of `document` or a part of it. A failed run has no
// histogram; it is refused with fortio's own reason.
base::Result<Run> read_fortio(const doc::Document& document, const doc::Value& result);

}  // namespace weft::smp
