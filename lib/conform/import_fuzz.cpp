#include <cstddef>
#include <cstdint>

#include "lib/conform/difference.h"
#include "lib/conform/formats.h"
#include "lib/conform/import.h"
#include "lib/conform/matrix.h"
#include "lib/conform/signing.h"

// Whatever can be read can be written in every format, compared, signed and shown.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace weft::conform;
  auto imported =
      read_runs(weft::doc::Source{"input", {reinterpret_cast<const char*>(data), size}});
  if (!imported) return 0;
  auto& runs = imported->runs;
  std::vector<Entry> entries;
  for (Run& run : runs) {
    for (const auto& format : formats()) (void)render(run, format.name).ok();
    (void)differences(run, runs.front());
    (void)check_claims(statement_of(run, {}), run, "").ok();
    entries.push_back({run});
  }
  if (const auto matrix = matrix_of(entries)) (void)matrix_markdown(*matrix);
  return 0;
}
