// A MeshMark document or a list of resources, and a score that must lie in 0 to 100.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "lib/doc/read.h"
#include "lib/smp/meshmark_input.h"
#include "lib/smp/meshmark_json.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace weft;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto document = doc::read(doc::Source{"fuzz", text});
  if (!document.ok()) return 0;
  (void)smp::read_resources(document.value());
  const auto input = smp::read_meshmark(document.value());
  if (!input.ok()) return 0;
  const auto mark = smp::score(input.value());
  if (!mark.ok()) return 0;
  if (!(mark->score >= 0 && mark->score <= 100)) std::abort();
  (void)smp::meshmark_to_json(mark.value());
  return 0;
}
