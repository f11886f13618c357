#include <cstddef>
#include <cstdint>
#include <string>

#include "lib/smp/export.h"
#include "lib/smp/import.h"

// Whatever is read must also be written without a fault.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace weft::smp;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto runs = import_text(weft::doc::Source("input", text));
  if (!runs) return 0;
  for (const auto& format : export_formats())
    (void)export_runs(std::span(*runs).first(1), format.name).ok();
  return 0;
}
