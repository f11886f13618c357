// Suites are written by others: whatever they hold, reading and linting ends with problems, not
// with a crash or without an end.
#include <cstddef>
#include <cstdint>
#include <string>

#include "lib/conform/lint.h"
#include "lib/doc/read.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto document = weft::doc::read(
      weft::doc::Source("suite", std::string(reinterpret_cast<const char*>(data), size)));
  if (document.ok()) weft::conform::lint({*std::move(document), {}, ""});
  return 0;
}
