#include "lib/smp/smp_quirks.h"

#include <algorithm>
#include <cassert>

#include "lib/base/format.h"

namespace weft::smp {
namespace {

constexpr Quirk kQuirks[] = {
    {"smp.latency-unit", "latencies_ms was read in another unit than milliseconds, as asked"},
    {"smp.placeholder", "a field holds the placeholder of Meshery's export and was left out"},
    {"smp.percentile-missing", "a percentile is absent or zero, so it is not known"},
    {"smp.six-numbers", "the latency has no more than six numbers: no histogram, no p99.9"},
    {"smp.no-counts", "requests, errors and statuses are not recorded: success cannot be judged"},
    {"smp.bps", "bps may be a rate or a total of bytes, in 32 bits"},
    {"smp.memory-unit", "mem_mb may mean MB or MiB, and cache_hit_rate has no unit"},
    {"smp.duration",
     "mesheryctl reads this duration wrongly: it takes the last letter as the unit"},
    {"smp.only-first", "Meshery uses only the first client and the first URL"},
    {"smp.connections", "connections means threads to wrk2 and concurrency to nighthawk"},
    {"smp.load-generator", "the load generator is none that the SMP validator accepts"},
    {"smp.id", "the document has no id, so nothing can refer to it"},
    {"smp.mesh-version", "the version of the mesh is given twice and differs"},
    {"smp.no-mesh", "the document does not say which mesh it is about"},
    {"smp.environment", "the environment names no nodes or no Kubernetes version"},
    {"smp.stray-resources", "CPU, memory and swap have no place in a result and were left out"},
    {"smp.old-dialect", "the document is in the spelling from before the protobuf definition"},
    {"smp.unknown-key", "a key that SMP does not know was left out"},
    {"smp.rate", "client.rps of this dialect is the achieved rate where it is fractional"},
};

}  // namespace

std::span<const Quirk> smp_quirks() { return kQuirks; }

std::string quirk(std::string_view id, std::string_view detail) {
  const auto* row = std::find_if(std::begin(kQuirks), std::end(kQuirks),
                                 [id](const Quirk& known) { return known.id == id; });
  assert(row != std::end(kQuirks));
  if (detail.empty()) return fmt::format("{}: {}", id, row->sentence);
  return fmt::format("{}: {} ({})", id, row->sentence, detail);
}

}  // namespace weft::smp
