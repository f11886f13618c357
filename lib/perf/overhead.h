// What a mesh costs: the same service with it and without it, measured in turn.
//
//   WEFT_TRY(overhead, overhead_of(plain_runs, meshed_runs, MeshMarkMethod::headroom));
//   overhead.repeated.comparison       // latency, throughput, errors, with their intervals
//   overhead.costs                     // CPU and memory of every part
//   overhead.mark                      // absent, with the reason, where too little is known
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "lib/doc/value.h"
#include "lib/perf/repeated.h"
#include "lib/smp/meshmark_input.h"

namespace weft::perf {

// Use of one part while the service answered through the mesh, or without it.
struct PartCost {
  std::string part;  // "dp", "cp", "app"
  bool meshed = true;
  smp::Usage usage;
  std::optional<double> cpu_s_per_1000;  // CPU seconds for 1000 requests
  std::optional<double> mb_per_1000qps;  // megabytes at 1000 requests per second
};

// Of every part whose use is known.
std::vector<PartCost> costs_of(const smp::Run& run, bool meshed);

struct Overhead {
  Repeated repeated;  // without the mesh first
  std::vector<PartCost> costs;
  std::optional<smp::MeshMark> mark;
  std::string no_mark;  // why there is none
};

base::Result<Overhead> overhead_of(std::span<const smp::Run> plain,
                                   std::span<const smp::Run> meshed, smp::MeshMarkMethod method);

// Schema weft.perf-overhead/v1: the comparison, the costs and the MeshMark.
doc::Value overhead_to_json(const Overhead& overhead);

}  // namespace weft::perf
