#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "lib/base/text.h"
#include "lib/perf/frame.h"

// Lines as a hostile pod could write them; what is taken must come back from its own frame.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  weft::perf::FrameReader reader;
  for (const std::string_view line : weft::base::split(text, '\n')) {
    const auto message = reader.take(line);
    if (!message) continue;
    weft::perf::FrameReader again;
    std::optional<weft::perf::Message> copy;
    const std::string frame = weft::perf::write_frame(*message);
    for (const std::string_view part : weft::base::split(frame, '\n'))
      if (auto found = again.take(part)) copy = std::move(found);
    if (!copy || !(*copy == *message)) std::abort();
  }
  static_cast<void>(reader.problems());
  return 0;
}
