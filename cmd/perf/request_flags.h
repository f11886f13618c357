// The flags that say what is asked, and how: requests of HTTP, calls of gRPC, TLS. Bound to the
// options, which must outlive them.
#pragma once

#include "cmd/perf/run_flags.h"

namespace weft::cmd {

std::vector<cli::Flag> request_flags(RunOptions& options);
std::vector<cli::Flag> grpc_flags(RunOptions& options);
std::vector<cli::Flag> tls_flags(RunOptions& options);

}  // namespace weft::cmd
