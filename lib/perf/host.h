// Facts about the machine that generates the load: what a reader needs to judge a result. What
// cannot be found out is left out. No host name: results are made to be shared.
//
//   run.environment.facts = read_host("/");
//   // os: "Debian GNU/Linux 12 (bookworm)", kernel: "6.1.0-25-amd64", cpu: "AMD EPYC 7B13",
//   // cpus: "2", memory_mb: "7950", clock: "tsc"
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "lib/smp/run.h"

namespace weft::perf {

// `root` stands for "/" so that tests can show another machine. "cpus" are those this process
// may use: its affinity, not the number built in.
smp::Labels read_host(const std::string& root);

// The most memory this process ever held, from getrusage.
std::optional<std::uint64_t> peak_memory_bytes();

}  // namespace weft::perf
