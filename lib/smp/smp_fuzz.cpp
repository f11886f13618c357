// Any document as profile, as result and as run; what reads as a result is written and read again.
#include <cstdlib>

#include "lib/doc/read.h"
#include "lib/doc/write.h"
#include "lib/smp/profile.h"
#include "lib/smp/run_json.h"
#include "lib/smp/smp_read.h"
#include "lib/smp/smp_write.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace weft;
  const doc::Limits limits{.depth = 30, .nodes = 5000, .alias_bytes = 1 << 16};
  const auto document = doc::read(
      doc::Source("fuzz", std::string(reinterpret_cast<const char*>(data), size)), limits);
  if (!document.ok()) return 0;
  (void)smp::read_profile(*document).ok();
  if (const auto run = smp::run_from_json(*document); run.ok())
    (void)doc::write_json(smp::run_to_json(*run));
  const auto run = smp::read_smp_result(*document, {smp::LatencyUnit::milliseconds});
  if (!run.ok()) return 0;
  const auto text = doc::write_json(smp::to_protojson(smp::smp_bundle(*run)));
  const auto written = doc::read_json(doc::Source("written", text));
  if (!written.ok() || !smp::read_smp_result(*written).ok()) std::abort();
  return 0;
}
