#include <cstddef>
#include <cstdint>

#include "lib/kube/errors.h"
#include "lib/kube/release.h"

// What helm prints: JSON answers and complaints.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace weft::kube;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  static_cast<void>(read_releases(text).ok());
  static_cast<void>(read_history(text).ok());
  if (const auto release = read_release(text); release.ok()) {
    static_cast<void>(release->objects().ok());
    static_cast<void>(release->hook_objects().ok());
  }
  std::string name, version;
  split_chart(text, name, version);
  const std::string complaint = complaint_of(text);
  static_cast<void>(row_of(classify(complaint)));
  static_cast<void>(conflicts_in(complaint));
  static_cast<void>(foreign_objects_in(complaint));
  return 0;
}
